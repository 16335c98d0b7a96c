"""The database that a restore goes to, seen from outside; Django's settings are those of another folder."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from desagravo.operations.backup.refusals import BackupProblem


class Place(Protocol):
    """Where the restored database will live."""

    def event(self) -> int | None:
        """The newest event of what lives there now; None where there is nothing."""

    def refuse_if_used(self) -> None:
        """Raises BackupProblem if somebody works with it."""

    def begin(self, name: str) -> None:
        """Make room for a database beside the one that lives."""

    def beside(self, staging: Path, name: str) -> str:
        """The address of that room."""

    def drop(self, name: str) -> None:
        """Remove it."""


@dataclass(frozen=True)
class Sqlite:
    """A file."""

    path: Path

    def event(self) -> int | None:
        if not self.path.is_file() or not self.path.stat().st_size:
            return None
        try:
            with contextlib.closing(sqlite3.connect(self.path)) as connection:
                row = connection.execute("SELECT seq FROM history_chainhead").fetchone()
        except sqlite3.DatabaseError:
            return None  # broken, or not ours: it is put aside, not removed
        return int(row[0]) if row else None

    def refuse_if_used(self) -> None:
        """A running product holds the lock of its folder, which was asked before."""

    def begin(self, name: str) -> None:
        """The file is unpacked where the rest is."""

    def beside(self, staging: Path, name: str) -> str:
        return ""

    def drop(self, name: str) -> None:
        """It goes with the folder."""


@dataclass(frozen=True)
class Postgres:
    """A database of PostgreSQL; the product's tables are in its first schema."""

    url: str

    def event(self) -> int | None:
        with self.connection() as connection:
            if not connection.execute("SELECT to_regclass('history_chainhead')").fetchone()[0]:
                tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
                if count := tables.fetchone()[0]:
                    raise BackupProblem(
                        f"the database holds {count} tables that are not Desagravo's. Name an empty one (--database)."
                    )
                return None
            row = connection.execute("SELECT seq FROM history_chainhead").fetchone()
            return int(row[0]) if row else 0

    def refuse_if_used(self) -> None:
        with self.connection() as connection:
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()[0]
        if others:
            raise BackupProblem(f"{others} other connections are open to the database. Stop the product on every node.")

    def begin(self, name: str) -> None:
        with self.connection() as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')

    def beside(self, staging: Path, name: str) -> str:
        parts = urlsplit(self.url)
        query = [(key, value) for key, value in parse_qsl(parts.query) if key != "options"]
        query.append(("options", f"-csearch_path={name} -capplication_name={name}"))
        return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))

    def drop(self, name: str) -> None:
        with self.connection() as connection:
            connection.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')

    def switch(self, new: str, old: str) -> None:
        """``new`` becomes the schema that the product works in; what was there is called ``old``. Again: nothing."""
        with self.connection() as connection, connection.transaction():
            there = {row[0] for row in connection.execute("SELECT nspname FROM pg_namespace")}
            if new not in there:
                return
            now = connection.execute("SELECT current_schema()").fetchone()[0] or "public"
            if now in there:
                connection.execute(f'ALTER SCHEMA "{now}" RENAME TO "{old}"')
            connection.execute(f'ALTER SCHEMA "{new}" RENAME TO "{now}"')
            if not connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = %s", [old]).fetchone():
                connection.execute(f'DROP SCHEMA IF EXISTS "{old}"')

    @contextlib.contextmanager
    def connection(self) -> Iterator[Any]:
        import psycopg

        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                yield connection
        except psycopg.Error as problem:
            raise BackupProblem(f"PostgreSQL refused: {str(problem).strip()}") from problem


def place(url: str, data: Path) -> Any:
    """The place of this address; without one, SQLite in the data folder."""
    if url.startswith(("postgres://", "postgresql://")):
        return Postgres(url)
    return Sqlite(Path("/" + url.partition("://")[2].lstrip("/")) if url else data / "desagravo.sqlite3")
