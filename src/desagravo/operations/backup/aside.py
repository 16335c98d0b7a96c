"""What an upgrade or a restore puts aside is a copy of everybody, also of who is erased later: it has an age.

    backups/before-<version>-….backup   before an upgrade
    before-restore-…                    what lived before a restore; on PostgreSQL a schema of that name, too
    restoring-…                         of a restore or a trial that was killed; on PostgreSQL a schema, too

The first two go after thirty days, the last with the next start or within an hour, unless somebody works in it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

KEPT_DAYS = 30
_COPY = re.compile(r"before-[^/]+-(\d{8}T\d{6}Z)\.backup")
_FOLDER = re.compile(r"before-restore-(\d{8}T\d{6}Z)")
_SCHEMA = re.compile(r"before_restore_(\d{8}t\d{6}z)")
_LEFT = re.compile(r"restoring_\d{14}_[a-z0-9_]+")

log = structlog.get_logger("desagravo.backup")


@dataclass(frozen=True)
class Aside:
    """One copy: a file or a folder, or a schema of PostgreSQL by its name."""

    at: datetime
    path: Path | None = None
    schema: str = ""

    def name(self) -> str:
        return self.schema or str(self.path)

    def remove(self) -> None:
        """Gone for good."""
        if self.schema:
            _drop(self.schema)
        elif self.path and self.path.is_dir():
            shutil.rmtree(self.path)
        elif self.path:
            self.path.unlink()


def kept(data: Path) -> list[Aside]:
    """What was put aside and is still there, oldest first. Django must be set up."""
    found = [Aside(_moment(told[1]), path) for path in data.glob("before-*") if (told := _FOLDER.fullmatch(path.name))]
    backups = (data / "backups").glob("before-*")
    found += [Aside(_moment(told[1]), path) for path in backups if (told := _COPY.fullmatch(path.name))]
    found += [Aside(_moment(told[1]), schema=name) for name in _schemas() if (told := _SCHEMA.fullmatch(name))]
    return sorted(found, key=lambda each: (each.at, each.name()))


def tick(now: datetime) -> int:
    """Remove what is too old, and what a killed restore left. Nobody waits for the number, so it is always 0."""
    data = Path(os.environ["DESAGRAVO_DATA"])
    clear_killed(data)
    for each in kept(data):
        if now - each.at <= timedelta(days=KEPT_DAYS):
            continue
        try:
            each.remove()
        except OSError as problem:  # another may go
            log.error("a copy could not be removed", place=each.name(), error=str(problem))
        else:
            log.info("a copy was removed", place=each.name())
    return 0


@contextlib.contextmanager
def working(data: Path) -> Iterator[bool]:
    """Held while something is restored or tried; False where somebody holds it already."""
    with (data / "run" / "restoring.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def clear_killed(data: Path) -> None:
    """Remove what a restore or a trial left that was killed before it came to its end."""
    with working(data) as alone:
        if not alone or (data / "run" / "restoring.json").exists():  # that one is finished, not thrown away
            return
        for folder in (data, data / "run"):
            for left in folder.glob("restoring-*"):
                shutil.rmtree(left, ignore_errors=True)
        used = _used()
        for name in _schemas():
            if _LEFT.fullmatch(name) and name not in used:
                _drop(name)


def _schemas() -> list[str]:
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace ORDER BY nspname")
        return [row[0] for row in cursor.fetchall()]


def _used() -> set[str]:
    """Who fills a schema calls the connection by its name: a trial may run on another machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT application_name FROM pg_stat_activity WHERE datname = current_database()")
        return {row[0] for row in cursor.fetchall()}


def _drop(schema: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


def _moment(told: str) -> datetime:
    return datetime.strptime(told.upper(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
