"""How SQLite is spoken to.

Every transaction begins with BEGIN IMMEDIATE, so that two people who save at the same moment wait for each other
instead of failing with "database is locked". `synchronous=FULL` keeps what was acknowledged through a power cut.
`recursive_triggers` closes the way around the append-only triggers that INSERT OR REPLACE would be.
`secure_delete` writes zeros over what is deleted: what was erased is not left behind in the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA recursive_triggers=ON; PRAGMA foreign_keys=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728; "
    "PRAGMA journal_size_limit=67108864; PRAGMA secure_delete=ON;"
)


def database(path: Path, *, synchronous: str = "FULL") -> dict[str, Any]:
    """Django's settings for the SQLite file at `path`."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": PRAGMAS.format(synchronous=synchronous),
        },
    }
