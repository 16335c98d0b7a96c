"""Starts the web server and the worker, keeps them going, and stops them together.

Standard output belongs to whoever asked: the address and the sign-ins (one line of JSON with --json). Everything else
goes to standard error.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from desagravo.common import one_time_code
from desagravo.operations import family, heartbeat, node
from desagravo.operations.backup.refusals import BackupProblem
from desagravo.operations.backup.restoring import finish_switch
from desagravo.settings.surroundings import data_folder

FIRST_PORT = 8000
READY_SECONDS = 120
STOP_SECONDS = 10
LONGEST_WAIT = 30.0
SETUP_CODE = "DESAGRAVO_SETUP_CODE_DIGEST"
"""Where the process that prepares the database finds the digest of a new one-time code."""


class CannotStart(Exception):
    """The product cannot run; the text says why and what to do."""


@dataclass
class Child:
    """A process of the product, started again when it ends by itself, after 1, 2, 4 … 30 seconds."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 1.0
    due: float = 0.0
    ends: int = 0

    def start(self) -> None:
        environment = {**os.environ, family.PARENT: str(os.getpid())}
        self.process = subprocess.Popen(self.command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Notice an end, and start again when it is time."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.ends += 1
            self.wait = 1.0 if now - self.started > 60 else min(self.wait * 2, LONGEST_WAIT)
            self.process, self.due = None, now + self.wait
            say(f"The {self.name} ended by itself ({_ending(code)}); it starts again in {self.wait:.0f} s.")


@dataclass
class Family:
    """The processes of one product."""

    children: list[Child]
    stopping: bool = field(default=False)

    def look_after(self) -> None:
        for child in self.children:
            child.look_after()

    def stop(self) -> None:
        """Ask all to end, and end by force whoever has not after ten seconds."""
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run(*, demo: bool, host: str, port: int | None, as_json: bool) -> int:
    """Run the product, or the parts of it that this node has, until it is interrupted. Raises CannotStart."""
    folder = data_folder()
    try:
        locks = _only_one(folder)
    except OSError as problem:
        raise CannotStart(
            f"The folder {folder} cannot be written: {problem.strerror}. See to its disk first."
        ) from None
    _finish_restore(folder)
    port = _free_port(host, port)
    url = os.environ.setdefault("DESAGRAVO_URL", f"http://localhost:{port}")
    (node.folder(folder) / "worker").unlink(missing_ok=True)
    # SIGINT too: a shell that puts us into the background lets us start with it ignored
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        code = _prepare(folder)
        return _serve(url, host=host, port=port, demo=demo, as_json=as_json, code=code)
    except KeyboardInterrupt:
        return 0
    finally:
        for lock in locks:
            lock.close()


def say(words: str) -> None:
    """A line of the log. A log that can take nothing, on a full disk say, ends nobody."""
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr, flush=True)


def _interrupt(_signal: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"signal {-code}"


def _only_one(folder: Path) -> list[IO[str]]:
    """Two products on one folder would work off each other's deliveries under two addresses: refuse the second.

    Nodes share the lock of the folder among themselves, and each has one of its own.
    """
    name = node.name()
    if name and not os.environ.get("DESAGRAVO_DATABASE_URL", "").startswith("postgres"):
        raise CannotStart("Several nodes need PostgreSQL: set DESAGRAVO_DATABASE_URL, or start without --node.")
    if name and not node.is_name(name):
        raise CannotStart(f"{name!r} is no name for a node: small letters, digits and hyphens, 32 at most.")
    node.folder(folder).mkdir(mode=0o700, exist_ok=True)
    locks = [(folder / "run" / "lock").open("w")]
    wanted = [fcntl.LOCK_SH if name else fcntl.LOCK_EX]
    if name:
        locks.append((node.folder(folder) / "lock").open("w"))
        wanted.append(fcntl.LOCK_EX)
    for lock, kind in zip(locks, wanted, strict=True):
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Desagravo is running with the folder {folder} already"
                + (f" as the node {name}" if lock is not locks[0] else "")
                + ". Stop it first, or use --data."
            ) from None
    return list(locks)


def _finish_restore(folder: Path) -> None:
    """A restore that was interrupted while it switched is finished before anything is read."""
    try:
        finish_switch(folder)
    except BackupProblem as problem:
        raise CannotStart(f"A restore was interrupted and cannot be finished: {problem}") from problem


def _free_port(host: str, wanted: int | None) -> int:
    """The port that was asked for, or the first free one from 8000; 0 takes any."""
    if wanted is not None:
        if (port := _try_port(host, wanted)) is None:
            raise CannotStart(f"Port {wanted} is taken by another program. Stop it, or choose another with --port.")
        return port
    for candidate in range(FIRST_PORT, FIRST_PORT + 100):
        if (port := _try_port(host, candidate)) is not None:
            return port
    raise CannotStart(f"No port from {FIRST_PORT} to {FIRST_PORT + 99} is free. Choose one with --port.")


def _try_port(host: str, port: int) -> int | None:
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except (OSError, OverflowError):
            return None
        return int(attempt.getsockname()[1])


def _python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def _prepare(folder: Path) -> str:
    """In a process of its own, so that the one that stays does not carry Django in memory.

    Gives the one-time code of a product that nobody has set up yet: the process is told its digest only, and keeps
    that while there is no administrator.
    """
    code = one_time_code.new()
    os.environ[SETUP_CODE] = one_time_code.digest(code)
    child = Child("preparation", _python("desagravo.operations", "migrate"))
    child.start()
    assert child.process is not None
    try:
        ended = child.process.wait()
    except KeyboardInterrupt:
        Family([child]).stop()
        raise
    finally:
        os.environ.pop(SETUP_CODE, None)
    if ended:
        raise CannotStart("The database could not be made ready; the lines above say why.")
    return code if one_time_code.is_right(folder, code) else ""


def _serve(url: str, *, host: str, port: int, demo: bool, as_json: bool, code: str) -> int:
    web = Child("web server", _python("desagravo.operations.serve", host, str(port)))
    worker = Child("worker", _python("desagravo.operations", "work"))
    parts = os.environ.get("DESAGRAVO_PARTS", "")
    processes = Family({"web": [web], "worker": [worker]}.get(parts, [web, worker]))
    try:
        for child in processes.children:
            child.start()
        if parts == "worker":
            url = ""
            _wait_for_worker(processes)
        else:
            _wait_until_ready(processes, host, port)
        _announce(url, demo=demo, as_json=as_json, code=code)
        while True:
            processes.look_after()
            time.sleep(0.5)
    finally:
        # A second Ctrl-C while stopping must not leave anybody behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        processes.stop()


def _wait_until_ready(processes: Family, host: str, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    cause = "nothing answered"
    while time.monotonic() < deadline:
        processes.look_after()
        if any(child.ends > 2 for child in processes.children):
            raise CannotStart("Desagravo could not start; the lines above say why.")
        status, cause = _health(host, port)
        if status == 200:
            return
        time.sleep(0.1)
    raise CannotStart(f"Desagravo was not ready after {READY_SECONDS} seconds: {cause}")


def _wait_for_worker(processes: Family) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while heartbeat.read(Path(os.environ["DESAGRAVO_DATA"])) is None:
        processes.look_after()
        if any(child.ends > 2 for child in processes.children) or time.monotonic() > deadline:
            raise CannotStart("The worker could not start; the lines above say why.")
        time.sleep(0.1)


def _health(host: str, port: int) -> tuple[int, str]:
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  compared, not listened on
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, "nothing answered"
    finally:
        connection.close()


def _announce(url: str, *, demo: bool, as_json: bool, code: str) -> None:
    sign_ins: list[dict[str, str]] = []
    file = Path(os.environ["DESAGRAVO_DATA"]) / "keys" / "sign_ins.json"
    if demo and file.is_file():
        sign_ins = json.loads(file.read_text())
    if as_json:
        told = {"url": url, "sign_ins": sign_ins, **({"setup_code": code} if code else {})}
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    print(f"\nDesagravo is ready: {url or 'the worker of ' + (node.name() or 'this product')}\n", flush=True)
    if sign_ins:
        wide = max(len(sign_in["role"]) for sign_in in sign_ins)
        print(f"The desk of the staff is at {url}/desk/. Sign-ins:\n")
        for sign_in in sign_ins:
            role = sign_in["role"].replace("_", " ")
            print(f"  {role:<{wide}}  {sign_in['email']}  {sign_in['password']}")
        print()
    if code:
        print(f"Nobody has set it up yet. Open {url}/setup/ and type this one-time code:\n\n  {code}\n")
    print("Ctrl-C stops it.", flush=True)
