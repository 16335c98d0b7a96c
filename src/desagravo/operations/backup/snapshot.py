"""One moment of the database, while people go on writing.

SQLite: the online backup of the database itself, in one step: a reader of the log, which nobody waits for. PostgreSQL:
one REPEATABLE READ transaction, each table as COPY gives it in the order of its key. No `pg_dump`: it must not be
older than the server, and no operator should learn that at the restore. The structure comes from our own migrations.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desagravo.operations.backup.archive import Writer

PART = 4 * 2**20
"""Bytes of the database in one member, before they are compressed."""
ALIAS = "snapshot"
_PLAIN = (
    "SET LOCAL TimeZone = 'UTC'", "SET LOCAL DateStyle = 'ISO, YMD'", "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 3", "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL idle_in_transaction_session_timeout = 0",  # files are copied meanwhile
)  # fmt: skip


@dataclass
class Snapshot:
    """The moment: number and hash of its newest event, and what the manifest says of the database."""

    engine: str
    event: int
    head: str
    migrations: dict[str, list[str]]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    using: str = "default"
    file: Path | None = None


@contextlib.contextmanager
def taken(scratch: Path) -> Iterator[Snapshot]:
    """The present moment; it can be read as long as the block lasts. ``scratch``: a folder for a copy of SQLite."""
    from django.db import connection

    with _sqlite(scratch) if connection.vendor == "sqlite" else _postgres() as moment:
        yield moment


@contextlib.contextmanager
def _sqlite(scratch: Path) -> Iterator[Snapshot]:
    from django.db import connection, connections

    copy = scratch / "snapshot.sqlite3"
    copy.touch(mode=0o600)
    living = sqlite3.connect(connection.settings_dict["NAME"])
    with contextlib.closing(living) as source, contextlib.closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        # No log beside the copy: what is in the archive is one file.
        target.execute("PRAGMA journal_mode=DELETE")
    connections.databases[ALIAS] = {
        **connection.settings_dict,
        "NAME": str(copy),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"init_command": "PRAGMA query_only=ON"},
    }
    try:
        yield _moment("sqlite", using=ALIAS, file=copy)
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.databases[ALIAS]


@contextlib.contextmanager
def _postgres() -> Iterator[Snapshot]:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for setting in _PLAIN:
            cursor.execute(setting)
        yield _moment("postgresql", using="default")


def _moment(engine: str, *, using: str, file: Path | None = None) -> Snapshot:
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM history_chainhead WHERE id = 1")
        event, head = cursor.fetchone() or (0, "")
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connections[using]).applied_migrations()):
        migrations.setdefault(app, []).append(name)
    return Snapshot(engine, event, head, migrations, using=using, file=file)


def write(moment: Snapshot, archive: Writer) -> None:
    """The database as members `database/…`, in parts of a few megabytes; fills in the tables' counts and digests."""
    if moment.file:
        moment.tables = digests(moment.using)
        with moment.file.open("rb") as content:
            _parts(archive, "desagravo.sqlite3", iter(lambda: content.read(PART), b""))
        return
    for table, columns, order in _tables():
        count = _Counted(_rows(table, columns, order))
        _parts(archive, table, count)
        moment.tables[table] = {"rows": count.rows, "sha256": count.digest.hexdigest(), "columns": columns}
    moment.sequences = _sequences()


def digests(using: str = "default") -> dict[str, dict[str, Any]]:
    """Table → number of rows and SHA-256 over all of them, in the order of their keys."""
    from django.db import connections, transaction

    if connections[using].vendor == "sqlite":
        return {table: _digest(using, table) for table in _sqlite_tables(using)}
    found = {}
    with transaction.atomic(), connections[using].cursor() as cursor:
        for setting in _PLAIN:
            cursor.execute(setting)
        for table, columns, order in _tables():
            count = _Counted(_rows(table, columns, order))
            for _some in count:
                pass
            found[table] = {"rows": count.rows, "sha256": count.digest.hexdigest(), "columns": columns}
    return found


def _digest(using: str, table: str) -> dict[str, Any]:
    from django.db import connections

    digest, rows = hashlib.sha256(), 0
    connections[using].ensure_connection()
    for row in connections[using].connection.execute(f'SELECT rowid, * FROM "{table}" ORDER BY rowid'):  # noqa: S608
        digest.update(repr(tuple(row)).encode(errors="surrogatepass"))
        rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


def _sqlite_tables(using: str) -> list[str]:
    """All tables, and those of the search by their one name only."""
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%%'", [])
        found = dict(cursor.fetchall())
    virtual = [name for name, sql in found.items() if sql.upper().startswith("CREATE VIRTUAL")]
    return sorted(name for name in found if not any(name.startswith(f"{each}_") for each in virtual))


class _Counted:
    """Goes through rows of COPY once; each row is one line."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self.rows, self.digest = pieces, 0, hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.rows += piece.count(b"\n")
            self.digest.update(piece)
            yield piece


def _tables() -> list[tuple[str, list[str], list[str]]]:
    """Table, its columns, and the columns of its key, of the schema that the product works in."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, COALESCE(array_position(i.indkey::int2[], a.attnum), -1) "
            "FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
            "LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
            "WHERE s.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.relname, a.attnum"
        )
        rows = cursor.fetchall()
    columns: dict[str, list[str]] = {}
    keys: dict[str, list[tuple[int, str]]] = {}
    for table, column, place in rows:
        columns.setdefault(table, []).append(column)
        keys.setdefault(table, [])
        if place >= 0:
            keys[table].append((place, column))
    return [(table, columns[table], [column for _place, column in sorted(keys[table])]) for table in sorted(columns)]


def _rows(table: str, columns: list[str], order: list[str]) -> Iterator[bytes]:
    from django.db import connection

    by = f" ORDER BY {quoted(order)}" if order else ""
    statement = f'COPY (SELECT {quoted(columns)} FROM "{table}"{by}) TO STDOUT'  # noqa: S608
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in copy:
            yield bytes(row)


def quoted(names: list[str]) -> str:
    """Names as a list in a statement. They come from the catalogue of the database or were compared with it."""
    return ", ".join(f'"{name}"' for name in names)


def _sequences() -> dict[str, int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences "
            "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
        return dict(cursor.fetchall())


def _parts(archive: Writer, name: str, pieces: Iterable[bytes]) -> None:
    number, gathered = 0, bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= PART:
            number += 1
            _part(archive, name, number, bytes(gathered))
            gathered.clear()
    if gathered or not number:
        _part(archive, name, number + 1, bytes(gathered))


def _part(archive: Writer, name: str, number: int, content: bytes) -> None:
    archive.add(f"database/{name}/{number:06d}.gz", gzip.compress(content, 1, mtime=0))
