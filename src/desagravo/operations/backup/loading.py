"""In a process of its own, on what was unpacked: fill the database, compare it, make it fit to work with.

`DESAGRAVO_DATA` is the folder of the unpacked backup, the database is a copy of SQLite in it or a new schema
of PostgreSQL. Nothing that lives is touched here.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
import zlib
from pathlib import Path
from typing import Any

from desagravo.operations.backup import snapshot
from desagravo.operations.backup.refusals import BackupProblem, Damaged
from desagravo.operations.backup.unpacking import NOTE, SQLITE


def main(staging: Path) -> int:
    """Prints one line of JSON: what was found, or the problem."""
    import django

    django.setup()
    try:
        told = load(staging)
    except BackupProblem as problem:
        told = {"problem": str(problem)}
    print(json.dumps(told, default=str))
    return 1 if told.get("problem") else 0


def load(staging: Path) -> dict[str, Any]:
    """Raises BackupProblem: what came out is not what the manifest says, or its history is not whole."""
    from django.core.management import call_command
    from django.db import connection

    manifest: dict[str, Any] = json.loads((staging / NOTE).read_text())
    if manifest["engine"] != connection.vendor:
        raise BackupProblem(
            f"this is a backup of a product on {manifest['engine']}, and it would be restored to {connection.vendor}. "
            "Name a database of the same kind (--database, or DESAGRAVO_DATABASE_URL)."
        )
    _known(manifest["migrations"])
    if connection.vendor == "postgresql":
        _fill(staging, manifest)
    elif not (staging / SQLITE).is_file():
        raise Damaged("the backup is damaged: its database is missing.")
    _compare(manifest)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    found = _make_fit()
    found["verify"] = _verified(manifest)
    connection.close()
    return {"event": manifest["event"], "head": manifest["head"], "tables": len(manifest["tables"]), **found}


def _known(migrations: dict[str, list[str]]) -> None:
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    ours = set(MigrationLoader(connection).disk_migrations)
    unknown = [f"{app}.{name}" for app, names in migrations.items() for name in names if (app, name) not in ours]
    if unknown:
        raise BackupProblem(
            f"this backup was made by a newer version of Desagravo (it knows {unknown[0]}): "
            "restore it with that version."
        )


def _fill(staging: Path, manifest: dict[str, Any]) -> None:
    """Our own migrations, as far as the backup's, then the rows. References are checked once, at the end."""
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    from desagravo.history import sealing

    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, names in manifest["migrations"].items() for name in names}
    nodes = executor.loader.graph.node_map
    newest = [
        key
        for key in wanted
        if not any(child.key in wanted and child.key[0] == key[0] for child in nodes[key].children)
    ]
    executor.migrate(sorted(newest))
    if "operations_cache" in manifest["tables"]:
        call_command("createcachetable", verbosity=0)
    there = {table: set(columns) for table, columns, _order in snapshot._tables()}  # noqa: SLF001
    said = {table: set(facts["columns"]) for table, facts in manifest["tables"].items()}
    if there != said:
        differ = sorted(set(there) ^ set(said)) or [table for table in there if there[table] != said[table]]
        raise BackupProblem(f"the backup's tables are not those of this version: {', '.join(differ[:5])}.")
    with transaction.atomic(), connection.cursor() as cursor:
        references = _references(cursor)
        for table, name, _words in references:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        cursor.execute(f"TRUNCATE {snapshot.quoted(sorted(there))}")
        for table, facts in sorted(manifest["tables"].items()):
            _copy(cursor, staging, table, facts["columns"])
        for table, name, words in references:
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {words}')
        for name, last in manifest["sequences"].items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{name}"', last])
    sealing.seal()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _references(cursor: Any) -> list[tuple[str, str, str]]:
    cursor.execute(
        "SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k "
        "JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace s ON s.oid = c.relnamespace "
        "WHERE k.contype = 'f' AND s.nspname = current_schema() ORDER BY 1, 2"
    )
    found: list[tuple[str, str, str]] = cursor.fetchall()
    return found


def _copy(cursor: Any, staging: Path, table: str, columns: list[str]) -> None:
    with cursor.copy(f'COPY "{table}" ({snapshot.quoted(columns)}) FROM STDIN') as copy:
        for part in sorted((staging / "database" / table).glob("*.gz")):
            copy.write(zlib.decompress(part.read_bytes(), 31))


def _compare(manifest: dict[str, Any]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM history_chainhead WHERE id = 1")
        event, head = cursor.fetchone() or (0, "")
    if (event, head) != (manifest["event"], manifest["head"]):
        raise Damaged(f"the restored database ends with event {event}, the backup says {manifest['event']}.")
    found = snapshot.digests()
    for table, facts in manifest["tables"].items():
        if {**facts} != found.get(table):
            rows = (found.get(table) or {}).get("rows", 0)
            raise Damaged(f"the table {table} is not what was backed up: {rows} rows, {facts['rows']} expected.")


def _make_fit() -> dict[str, Any]:
    """No sign-in that was ended comes to life again, what was on its way waits for a person, the erased stay erased."""
    from django.contrib.sessions.models import Session
    from django.core.cache import cache

    from desagravo.history import restored

    sessions, _each = Session.objects.all().delete()
    cache.clear()
    erased_again = importlib.import_module("desagravo.cases.actions").reapply_erasures()
    waiting = {name: act() for name, act in restored.acts().items()}
    return {"sessions_ended": sessions, "held": waiting, "erased_again": erased_again}


def _verified(manifest: dict[str, Any]) -> dict[str, Any]:
    from desagravo.history.verify import verify

    report = verify()
    lost = manifest["files"]["gone"] or manifest["files"]["damaged"]
    if not report.ok and not (lost and report.problem in {"missing_content", "changed_content"}):
        raise BackupProblem(f"the restored history is not whole: {report.sentence()}")
    if not report.ok:
        print(f"desagravo: {report.sentence()} The backup said so already.", file=sys.stderr)
    return dataclasses.asdict(report)
