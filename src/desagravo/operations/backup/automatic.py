"""A backup every hour while the product runs, if the operator named a folder for it.

    DESAGRAVO_BACKUPS         folder, better on another disk; without it no backup is made by itself
    DESAGRAVO_BACKUP_KEY      public half of a key (`desagravo backup-key`); without it backups are not encrypted
    DESAGRAVO_BACKUP_KEEP     how many stay (48)
    DESAGRAVO_BACKUP_MINUTES  how often (60)

The worker only starts it: a copy of many files may take longer than mails may wait. Of several workers one does.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from desagravo.operations import family
from desagravo.operations.backup import known

_running: tuple[subprocess.Popen[str], IO[str]] | None = None


def tick(_now: datetime) -> int:
    """Start a backup when it is time, and notice how it ended. Nobody waits for the number, so it is always 0."""
    folder = os.environ.get("DESAGRAVO_BACKUPS")
    if _running:
        _look_after()
    elif folder and _is_time(Path(os.environ["DESAGRAVO_DATA"])):
        _start(Path(os.environ["DESAGRAVO_DATA"]), folder)
    return 0


def _is_time(data: Path) -> bool:
    """By the clock of the machine: what a test says about the present does not concern the disk."""
    told = known.state(data)
    last = max(filter(None, (told.backed_up_at, told.problem_at)), default=None)
    every = timedelta(minutes=float(os.environ.get("DESAGRAVO_BACKUP_MINUTES", "60")))
    return last is None or datetime.now(UTC) - last >= every


def _start(data: Path, folder: str) -> None:
    global _running
    lock = (data / "run" / "backup.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return
    if not _is_time(data):  # another worker has just made one
        lock.close()
        return
    Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [sys.executable, "-m", "desagravo.operations", "backup", "--to", folder]
    command += ["--keep", os.environ.get("DESAGRAVO_BACKUP_KEEP", "48")]
    if key := os.environ.get("DESAGRAVO_BACKUP_KEY"):
        command += ["--key", key]
    environment = {**os.environ, family.PARENT: str(os.getpid())}
    child = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    _running = (child, lock)


def _look_after() -> None:
    global _running
    assert _running
    child, lock = _running
    if child.poll() is None:
        return
    words = child.stderr.read().strip() if child.stderr else ""
    if child.returncode:
        known.note_problem(Path(os.environ["DESAGRAVO_DATA"]), words.removeprefix("desagravo: ") or "it was killed")
        print(words, file=sys.stderr, flush=True)
    lock.close()
    _running = None
