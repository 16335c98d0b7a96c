"""The sign of life of the worker: a file whose time says when the worker's own loop last came by, and whose text says
what it began then. A worker that hangs cannot touch it. `/health` reads it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from desagravo.operations import node


@dataclass(frozen=True)
class Told:
    """Seconds since the last sign of life, and what was begun with it; empty between two jobs."""

    silent: float
    job: str


def beat(folder: Path, job: str = "") -> None:
    """Say: I live, and now I begin ``job``."""
    file = node.folder(folder) / "worker"
    draft = file.with_name(f".worker.{os.getpid()}")
    draft.write_text(job)
    draft.chmod(0o600)
    draft.replace(file)  # whole or not at all: nobody reads half a name


def read(folder: Path) -> Told | None:
    """The last sign of life of this node's worker, or of any worker where this node has none; None before the first."""
    told = [_read(each / "worker") for each in (node.all_folders(folder) if node.web_only() else [node.folder(folder)])]
    return min((each for each in told if each), key=lambda each: each.silent, default=None)


def _read(file: Path) -> Told | None:
    try:
        return Told(time.time() - file.stat().st_mtime, file.read_text())
    except OSError:
        return None
