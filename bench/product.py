"""The product as its own processes, ready to be measured."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil


@contextlib.contextmanager
def running(command: str, data: Path, database_url: str, **environment: str) -> Iterator[tuple[str, psutil.Process]]:
    """`desagravo start` or `demo`: its address, and the process from which the others come."""
    surroundings = {
        **os.environ,
        "DESAGRAVO_DATABASE_URL": database_url,
        "DESAGRAVO_LOG_LEVEL": "WARNING",
        **environment,
    }
    program = [sys.executable, "-m", "desagravo.operations", command, "--port", "0", "--data", str(data), "--json"]
    with tempfile.TemporaryFile() as errors:
        started = subprocess.Popen(program, env=surroundings, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert started.stdout
            line = started.stdout.readline()
            if not line:
                errors.seek(0)
                raise RuntimeError(errors.read().decode()[-2000:])
            yield json.loads(line)["url"], psutil.Process(started.pid)
        except Exception:
            errors.seek(0)
            print(errors.read().decode()[-4000:], file=sys.stderr)
            raise
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(60)


def part(root: psutil.Process, word: str) -> psutil.Process:
    """The child whose command has this word."""
    for child in root.children():
        if word in " ".join(child.cmdline()):
            return child
    raise LookupError(word)


@contextlib.contextmanager
def asleep(worker: psutil.Process) -> Iterator[None]:
    """The worker stands still meanwhile: papers and mails are not what the person at the page waits for.

    Not before it has worked off what an earlier run left: stopped in a transaction, it would hold everybody up.
    """
    quiet = 0
    while quiet < 4:
        before = worker.cpu_times()
        time.sleep(1)
        after = worker.cpu_times()
        own = after.user + after.system - before.user - before.system
        children = after.children_user - before.children_user
        quiet = quiet + 1 if own + children < 0.05 and not worker.children() else 0
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()


def postmaster(folder: Path) -> int:
    """The process of the embedded PostgreSQL of this data folder."""
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@contextlib.contextmanager
def one_line_view() -> Iterator[tuple[str, psutil.Process]]:
    """The comparison: a one-line template under the same server."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = subprocess.Popen([sys.executable, "-m", "bench.limits", str(port)])
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield f"http://localhost:{port}", psutil.Process(started.pid)
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(30)
