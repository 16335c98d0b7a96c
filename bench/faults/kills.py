"""The long series of kills, one seed after another, each result at once a line of docs/measured/kills.md.

    nice .venv/bin/python -m bench.faults.kills sqlite          (four seeds: 100 kills of the web, 100 of workers)
    nice .venv/bin/python -m bench.faults.kills postgres        (starts an embedded PostgreSQL)

Takes hours on a busy machine. `--copy` works on a copy of the last commit, so that the checkout may change meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.check import POSTGRES, _postgres

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "measured" / "kills.md"
SEEDS = (10, 11, 12, 13)
HEAD = """# The long series of kills

Written by `python -m bench.faults.kills`. Each line is one seed: 25 kill -9 of web processes and 25 of workers at
random moments under load, every named point, and the end of everything; four seeds make the hundred of each. What is
asked afterwards: every complaint once, numbers without gaps, nothing sent twice by Message-ID and by content, the chain
whole, no lease beyond 60 s, and the invariants of `tests/promises/invariants.py`.

| End (UTC) | Commit | Database | Seed | Result | Kills | Complaints | Mails | Longest lease | Minutes |
|---|---|---|---|---|---|---|---|---|---|
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="The long series of kills.")
    parser.add_argument("engine", choices=["sqlite", "postgres"])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--copy", action="store_true", help="work on a copy of the last commit")
    asked = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    commit = commit.strip()
    with tempfile.TemporaryDirectory(prefix="desagravo-kills-") as folder:
        Path(folder).chmod(0o755)
        tree = _copied(Path(folder) / "tree") if asked.copy else ROOT
        if asked.engine == "sqlite":
            return max(_series(tree, commit, "sqlite", seed, "", folder) for seed in asked.seeds)
        with _postgres(folder) as url:
            return max(_series(tree, commit, "postgres", seed, url, folder) for seed in asked.seeds)


def _copied(tree: Path) -> Path:
    """The last commit, with what is built and never committed."""
    tree.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    built = [ROOT / "src" / "desagravo" / "static", *ROOT.glob("src/desagravo/locale/*/LC_MESSAGES/*.mo")]
    for each in built:
        target = tree / each.relative_to(ROOT)
        if each.is_dir():
            shutil.copytree(each, target, dirs_exist_ok=True)
        else:
            shutil.copy(each, target)
    return tree


def _series(tree: Path, commit: str, engine: str, seed: int, postgres: str, folder: str) -> int:
    started = time.monotonic()
    surroundings = {**os.environ, POSTGRES: postgres, "DESAGRAVO_DATABASE_URL": "", "PYTHONPATH": str(tree / "src")}
    command = [sys.executable, "-m", "pytest", "tests/promises/test_nothing_lost.py", "-q", "-rA", "-n", "0"]
    command += [
        "-p",
        "no:cacheprovider",
        "-k",
        f"hundred and {engine} and {seed}",
        f"--basetemp={folder}/{engine}{seed}",
    ]
    ended = subprocess.run(command, cwd=tree, env=surroundings, capture_output=True, text=True)
    _write(commit, engine, seed, ended, (time.monotonic() - started) / 60)
    return ended.returncode


def _write(commit: str, engine: str, seed: int, ended: subprocess.CompletedProcess[str], minutes: float) -> None:
    told = (json.loads(line) for line in ended.stdout.splitlines() if line.startswith('{"kills"'))
    figures: dict[str, Any] = next(told, {})
    kills = ", ".join(f"{name} {count}" for name, count in figures.get("kills", {}).items())
    result = "passed" if ended.returncode == 0 else f"failed (exit code {ended.returncode})"
    if ended.returncode:
        kept = Path(tempfile.gettempdir()) / f"kills-{engine}-{seed}.log"
        kept.write_text(ended.stdout + ended.stderr)
        result += f", see {kept}"
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    row = [now, commit, engine, seed, result, kills or "–", figures.get("complaints", "–")]
    row += [figures.get("mails", "–"), figures.get("longest_lease", "–"), f"{minutes:.0f}"]
    if not RESULTS.exists():
        RESULTS.write_text(HEAD)
    with RESULTS.open("a") as file:
        file.write("| " + " | ".join(map(str, row)) + " |\n")


if __name__ == "__main__":
    sys.exit(main())
