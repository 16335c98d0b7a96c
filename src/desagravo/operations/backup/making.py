"""`desagravo backup`: one file with the database, the files, the keys and the published checkpoints."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from desagravo import __version__
from desagravo.operations.backup import known, snapshot
from desagravo.operations.backup.archive import AT_ONCE, FORMAT, Writer, is_name, writing
from desagravo.operations.backup.refusals import BackupProblem
from desagravo.operations.backup.sealed import Secret

CHECKPOINTS, ERASURES = "checkpoints", "erasures.jsonl"
"""What was published, and what must stay erased: kept too."""
_PUBLISHED = re.compile(r"checkpoint_(?:(\d+)|key_[0-9a-f]+)\.json")
_OURS = re.compile(r"desagravo-\d{8}T\d{6}Z-e\d+\.backup")
_STORED = re.compile(r"[0-9a-f]{40}")
_TOLD_AT_MOST = 1000


@dataclass
class Made:
    """What a backup holds. ``gone``: files that the database names and that were not there; ``damaged``: not what
    the database says; ``foreign``: lies among ours and was left out."""

    file: Path
    event: int
    head: str
    made_at: str
    sealed: bool
    keys: bool
    bytes: int = 0
    files: int = 0
    file_bytes: int = 0
    gone: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "file": str(self.file)}

    def warnings(self) -> list[str]:
        """What a person should know of this backup."""
        told = []
        if not self.sealed:
            secrets = " and the keys of the product" if self.keys else ""
            told.append(
                f"This backup is not encrypted; it holds every case{secrets}. Keep it where nobody else can read it, "
                "or make one with --key or --passphrase-file."
            )
        if not self.keys:
            told.append("The keys are not in this backup: keep the folder `keys` apart, or private links are lost.")
        if self.gone:
            told.append(f"{len(self.gone)} files that cases name were not there, for instance {self.gone[0]}.")
        if self.damaged:
            told.append(f"{len(self.damaged)} files are not what was stored, for instance {self.damaged[0]}.")
        if self.foreign:
            told.append(f"{len(self.foreign)} files that are not the product's were left out: {self.foreign[0]!r}.")
        return told


def make(data: Path, to: Path, *, secret: Secret, keys: bool = True) -> Made:
    """A backup of the product on ``data``, which may be running. ``to``: a folder, or the name of a new file.

    Django must be set up. Raises BackupProblem.
    """
    now = datetime.now(UTC)
    with _scratch(data) as scratch, snapshot.taken(scratch) as moment:
        target = _target(to, f"desagravo-{now:%Y%m%dT%H%M%SZ}-e{moment.event}.backup")
        made = Made(target, moment.event, moment.head, now.isoformat(timespec="seconds"), bool(secret), keys)
        with _told(target), writing(target, secret) as archive:
            head = {"format": FORMAT, "product": __version__, "engine": moment.engine, "made_at": made.made_at}
            archive.add("backup.json", json.dumps(head).encode())
            with _named_files(scratch, moment.using) as named:
                snapshot.write(moment, archive)
                _files(data / "files", archive, named, made)
            made.foreign = _others(data, archive, keys=keys, newest=_newest_checkpoint(moment.using))
            archive.close(head | _manifest(moment, made))
    made.bytes = target.stat().st_size
    known.note_backup(data, file=str(target), event=made.event, bytes=made.bytes, sealed=made.sealed)
    return made


def keep_newest(folder: Path, count: int, *, but: Path) -> list[Path]:
    """Remove our backups beyond the newest ``count`` in this folder, never ``but``; tells which."""
    ours = sorted((path for path in folder.iterdir() if _OURS.fullmatch(path.name)), reverse=True)
    gone = [path for path in ours[max(count, 1) :] if path != but]
    for path in gone:
        path.unlink()
    return gone


@contextlib.contextmanager
def _scratch(data: Path) -> Iterator[Path]:
    """A folder of this backup's own, closed to others; what a backup left that was killed goes first."""
    run = data / "run"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in run.glob("backup-*"):
        if not _lives(left.name.split("-")[1]):
            shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"backup-{os.getpid()}-", dir=run))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        return True
    return True


def _target(to: Path, name: str) -> Path:
    """In a folder, which is made if it is missing; or a file, if its name ends in `.backup`."""
    target = to if to.suffix == ".backup" and not to.is_dir() else to / name
    if target.exists():
        raise BackupProblem(f"{target} exists already; a backup is never written over.")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise BackupProblem(f"the folder {target.parent} cannot be made: {problem.strerror}.") from None
    return target


@contextlib.contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise BackupProblem(
            f"the backup could not be written to {target.parent}: {problem.strerror}. Nothing is left of it there."
        ) from problem


@contextlib.contextmanager
def _named_files(scratch: Path, using: str) -> Iterator[sqlite3.Connection]:
    """The files that the snapshot names, in a small database of their own: there may be millions."""
    from desagravo.cases.queries import stored as cases
    from desagravo.departments.queries import stored as departments

    with contextlib.closing(sqlite3.connect(scratch / "named.sqlite3")) as named:
        named.execute("CREATE TABLE named (stored TEXT PRIMARY KEY, size INTEGER, sha256 TEXT) WITHOUT ROWID")
        rooms = (cases, departments) if _of_this_version(using) else ()
        for rows in (room.stored_files(using=using) for room in rooms):
            named.executemany("INSERT OR REPLACE INTO named VALUES (?, ?, ?)", rows)
        named.commit()
        yield named


def _of_this_version(using: str) -> bool:
    """Rooms can be asked only about tables of their own version; before an upgrade all files are copied unasked."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[using])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _files(store: Path, archive: Writer, named: sqlite3.Connection, made: Made) -> None:
    """Every file of the store, folder by folder, each compared with what the database says of it.

    A file is on the disk before the transaction that names it ends, so that all files of the snapshot are there when
    we come, but those that somebody erased meanwhile. What nobody names is kept too: a form that is being filled in.
    """
    for number in range(256):
        prefix = f"{number:02x}"
        range_ = (prefix, f"{prefix}g")
        wanted = {
            stored: (size, sha256)
            for stored, size, sha256 in named.execute("SELECT * FROM named WHERE stored >= ? AND stored < ?", range_)
        }
        for path in sorted((store / prefix).glob("*")):
            if not _STORED.fullmatch(path.name):
                continue
            expected = wanted.get(path.name)
            copied = _copy(path, archive)
            if copied is None:
                continue
            wanted.pop(path.name, None)
            made.files += 1
            made.file_bytes += copied[0]
            if expected and (expected[0] not in (None, copied[0]) or (expected[1] and expected[1] != copied[1])):
                made.damaged.append(path.name)
        made.gone += sorted(wanted)
        del made.gone[_TOLD_AT_MOST:], made.damaged[_TOLD_AT_MOST:]


def _copy(path: Path, archive: Writer) -> tuple[int, str] | None:
    """Copies one file; size and SHA-256, or None where it was deleted meanwhile."""
    try:
        content = path.open("rb")
    except FileNotFoundError:
        return None
    with content:
        size = os.fstat(content.fileno()).st_size
        return size, archive.stream(f"files/{path.parent.name}/{path.name}", size, _exactly(content, size))


def _exactly(content: IO[bytes], size: int) -> Iterable[bytes]:
    """So many bytes: a file that is just being written may grow, and nothing names it yet."""
    while size and (piece := content.read(min(size, AT_ONCE))):
        size -= len(piece)
        yield piece


def _others(data: Path, archive: Writer, *, keys: bool, newest: int) -> list[str]:
    """Keys, what was published until the snapshot, and the list of what was erased until now.

    Gives what lies there and is not ours: the folder of the checkpoints may be a checkout with a life of its own.
    """
    places = {"keys": data / "keys"} if keys else {}
    places[CHECKPOINTS] = Path(os.environ.get("DESAGRAVO_CHECKPOINTS") or data / CHECKPOINTS)
    foreign = []
    for name, place in places.items():
        for path in sorted(place.rglob("*")):
            inside = path.relative_to(place).as_posix()
            if not path.is_file() or inside.startswith(".") or path.name.startswith("."):
                continue
            published = _PUBLISHED.fullmatch(inside)
            if not is_name(f"{name}/{inside}") or (name == CHECKPOINTS and not published):
                foreign.append(f"{name}/{inside}")
            elif not published or int(published[1] or 0) <= newest:
                archive.add(f"{name}/{inside}", path.read_bytes())
    if (data / ERASURES).is_file():
        archive.add(ERASURES, (data / ERASURES).read_bytes())
    return foreign[:_TOLD_AT_MOST]


def _newest_checkpoint(using: str) -> int:
    """Of the snapshot: one that is published while we copy is not in it."""
    from django.db import connections

    if "history_checkpoint" not in connections[using].introspection.table_names():
        return 0
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(number), 0) FROM history_checkpoint")
        return int(cursor.fetchone()[0])


def _manifest(moment: snapshot.Snapshot, made: Made) -> dict[str, Any]:
    return {
        "event": moment.event,
        "head": moment.head,
        "migrations": moment.migrations,
        "tables": moment.tables,
        "sequences": moment.sequences,
        "keys": made.keys,
        "files": {"count": made.files, "bytes": made.file_bytes, "gone": made.gone, "damaged": made.damaged},
    }


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
