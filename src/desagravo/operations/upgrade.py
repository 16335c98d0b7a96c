"""Bringing the database up to date: one at a time, a backup first, whole or not at all, never backwards.

A product that is older than its database does not start. When migrations are pending and there is something to lose, a
backup is written to `backups/before-…` of the data folder. PostgreSQL takes all migrations in one transaction. SQLite
cannot (its tables are rebuilt with the checks of references switched off), so there the file is put back as it was, by
the next start if the machine goes down meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from desagravo import __version__
from desagravo.operations.backup.archive import sync_folder
from desagravo.operations.backup.refusals import BackupProblem
from desagravo.operations.backup.sealed import Secret

_LOCK = 0x44657361
"""Of PostgreSQL, asked by every node that starts: the first one migrates, the others find it done."""


class NotUpgraded(BackupProblem):
    """The database could not be brought up to date, and is as it was; the text says why and what to do."""


def upgrade() -> None:
    """Django is set up, and :func:`one_at_a_time` held. Raises NotUpgraded."""
    _put_back_after_a_fall()
    _refuse_newer()
    if waiting := pending():
        _upgrade(waiting)
    elif (left := _copy_of_before()) and left.exists():
        left.unlink()  # of an upgrade that was killed; nobody needs it, and people in it may be erased since


def pending() -> list[str]:
    """The migrations that this version has and the database has not, as `app.name`."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def unknown() -> list[str]:
    """The migrations that the database has and this version does not know: those of a newer one."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    ours = {config.label for config in apps.get_app_configs()}
    known = set(loader.disk_migrations) | {
        replaced for migration in loader.disk_migrations.values() for replaced in migration.replaces
    }
    return sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if app in ours and (app, name) not in known
    )


def _refuse_newer() -> None:
    if newer := unknown():
        raise NotUpgraded(
            f"The database was made by a newer version of Desagravo than {__version__} (it has {newer[0]}). "
            "Start that version, or restore the backup that was made before the upgrade (backups/before-… in the data "
            "folder)."
        )


def _upgrade(waiting: list[str]) -> None:
    from django.db import connection

    used = _has_data()
    kept = _back_up() if used else None
    if used:
        print(f"Bringing the database up to date: {len(waiting)} changes …", file=sys.stderr, flush=True)
    with _as_it_was(used) if connection.vendor == "sqlite" else _in_one_transaction():
        try:
            _migrate()
        except Exception as problem:
            raise NotUpgraded(
                f"The database could not be brought up to version {__version__}: {type(problem).__name__}: {problem}. "
                "It is as it was before. Start the version that you had; "
                + (f"the backup is {kept}." if kept else "nothing was in it yet.")
            ) from problem


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def _has_data() -> bool:
    from django.db import connection

    if "history_event" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM history_event LIMIT 1")
        return cursor.fetchone() is not None


def _back_up() -> Path:
    from desagravo.operations.backup import making

    data = Path(os.environ["DESAGRAVO_DATA"])
    folder = data / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    key = os.environ.get("DESAGRAVO_BACKUP_KEY")
    target = folder / f"before-{__version__}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
    try:
        making.make(data, target, secret=Secret(Path(key) if key else None))
    except BackupProblem as problem:
        raise NotUpgraded(
            f"No backup could be made before the upgrade, so it was not begun: {problem} "
            "Make room, or see to the folder, and start again."
        ) from problem
    print(f"Backed up to {target} before the upgrade.", file=sys.stderr, flush=True)
    return target


@contextlib.contextmanager
def _in_one_transaction() -> Iterator[None]:
    """References are checked at once: a table with checks still waiting cannot be altered in the same transaction."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield


@contextlib.contextmanager
def _as_it_was(used: bool) -> Iterator[None]:
    """Puts the SQLite file back if the block fails. The copy is also there when the machine goes down meanwhile."""
    from django.db import connection

    path, copy = Path(str(connection.settings_dict["NAME"])), _copy_of_before()
    if not used or copy is None:
        yield
        return
    draft = copy.with_name(f"{copy.name}.part")
    with contextlib.closing(sqlite3.connect(path)) as living, contextlib.closing(sqlite3.connect(draft)) as target:
        draft.chmod(0o600)
        living.backup(target)
    draft.replace(copy)  # under this name it is whole
    sync_folder(copy.parent)
    try:
        yield
    except BaseException:
        _put_back(copy, path)
        raise
    copy.unlink()
    sync_folder(copy.parent)  # a copy that comes back with the power would undo what is written from now on


def _put_back_after_a_fall() -> None:
    """The machine went down during an upgrade: what lives is changed by half, and the copy from before is whole."""
    from django.db import connection

    copy = _copy_of_before()
    if copy is None:
        return
    for end in ("", "-journal", "-wal", "-shm"):
        copy.with_name(f"{copy.name}.part{end}").unlink(missing_ok=True)
    if copy.exists() and (pending() or unknown()):
        print("An upgrade was interrupted: the database is put back as it was before.", file=sys.stderr, flush=True)
        _put_back(copy, Path(str(connection.settings_dict["NAME"])))


def _put_back(copy: Path, path: Path) -> None:
    from django.db import connection

    connection.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    copy.replace(path)
    sync_folder(path.parent)


def _copy_of_before() -> Path | None:
    """Where the SQLite file is copied while it is changed; None on PostgreSQL."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return None
    return copy_beside(Path(str(connection.settings_dict["NAME"])))


def copy_beside(path: Path) -> Path:
    """The name of that copy, for an SQLite file of this name."""
    return path.with_name(f".{path.name}.before-upgrade")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """On PostgreSQL several nodes may start at once. On SQLite the folder has one product, and its own lock."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    import psycopg

    with psycopg.connect(os.environ["DESAGRAVO_DATABASE_URL"], autocommit=True) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield
