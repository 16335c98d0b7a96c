"""One machine of several that work on one PostgreSQL and one data folder.

    DESAGRAVO_NODE    its name; empty for a product that is alone
    DESAGRAVO_PARTS   web, worker, or empty for both

The database, the files, the keys and what was published are shared. A lock, the worker's sign of life and the static
files are each node's own, in `run/NAME`: two versions may serve side by side while the nodes are upgraded in turn.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def name() -> str:
    """The name of this node; empty for a product that is alone."""
    return os.environ.get("DESAGRAVO_NODE", "")


def is_name(text: str) -> bool:
    """May a node be called so? It becomes the name of a folder."""
    return bool(_NAME.fullmatch(text))


def web_only() -> bool:
    """Is the worker somewhere else?"""
    return os.environ.get("DESAGRAVO_PARTS") == "web"


def folder(data: Path) -> Path:
    """Where this node keeps what is its own."""
    return data / "run" / name() if name() else data / "run"


def all_folders(data: Path) -> list[Path]:
    """The same of every node that ever ran on this data folder."""
    run = data / "run"
    return [run, *sorted(path for path in run.glob("*") if path.is_dir() and is_name(path.name))]
