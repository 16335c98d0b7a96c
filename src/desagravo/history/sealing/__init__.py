"""Keeping events and checkpoints as they were written: triggers of the database refuse to change or remove them.

Salts are never changed either, and deleted only while the newest event is one that tells of an erasure.
They guard against mistakes of programs, also ours, and make tampering deliberate; against somebody who owns the
database the chain and its published checkpoints speak (``design/security.md``, section 5). SQLite drops the
triggers silently whenever a migration alters a column, so :func:`seal` runs after every migration.

Other rooms have rows that are final from some moment on, as a published edition is; they name them with
:func:`keep_final`, and the same guard stands before these.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from desagravo.history.chain import START
from desagravo.history.models import ChainHead, Event
from desagravo.history.sealing import postgres, sqlite
from desagravo.history.sealing.final import FinalRows

EVENTS = "history_event"
HEAD = "history_chainhead"
SALTS = "history_salt"
CHECKPOINTS = "history_checkpoint"
_TABLES = (EVENTS, HEAD, SALTS, CHECKPOINTS)


_FINAL: list[FinalRows] = []


def keep_final(table: str, *, column: str, value: str, keys: tuple[str, ...]) -> None:
    """Rows of this table are neither changed nor removed once the column has this value. For ``AppConfig.ready``.

    ``keys`` are its unique columns: no other row may take the place of one that is final.
    """
    final = FinalRows(table, column, value, keys)
    if final not in _FINAL:
        _FINAL.append(final)


def seal(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put the triggers and the counter row in place. May be repeated; does nothing before the tables exist."""
    if not _tables_exist(using):
        return
    engine = _engine(using)
    with transaction.atomic(using=using):
        _run(using, [*engine.unseal(*_TABLES), *engine.seal(*_TABLES)])
        for final in _finals(using):
            _run(using, [*engine.unseal_final(final), *engine.seal_final(final)])
        if not Event.objects.using(using).exists():
            ChainHead.objects.using(using).get_or_create(pk=1, defaults={"seq": 0, "hash": START})


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The names of the triggers that should be there and are not, or were switched off."""
    if not _tables_exist(using):
        return []
    with connections[using].cursor() as cursor:
        cursor.execute(_engine(using).IN_FORCE)
        in_force = {name for (name,) in cursor.fetchall()}
    engine = _engine(using)
    wanted = [*engine.TRIGGERS, *(name for final in _finals(using) for name in engine.names_of_final(final))]
    return [name for name in wanted if name not in in_force]


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Within this block the database lets events be changed. Only for tests and for their emptying of tables."""
    if connections[using].vendor == "postgresql" and connections[using].in_atomic_block:
        # what the transaction has put off is looked at now: no table can be altered while it waits
        _run(using, ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"])
    _run(using, _engine(using).unseal(*_TABLES))
    for final in _finals(using):
        _run(using, _engine(using).unseal_final(final))
    try:
        yield
    finally:
        seal(using)


@contextmanager
def erasing(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Within this block salts may be deleted. Only for ``history.actions.erase_salts``, which looks for the event.

    PostgreSQL looks for itself: its trigger lets salts go while the newest event is one that erases.
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    connection.connection.create_function(sqlite.ERASING, 0, lambda: 1)
    try:
        yield
    finally:
        connection.connection.create_function(sqlite.ERASING, 0, None)


def _finals(using: str) -> list[FinalRows]:
    """Those whose table exists; in the middle of an upgrade some do not yet."""
    tables = set(connections[using].introspection.table_names())
    return [final for final in _FINAL if final.table in tables]


def _engine(using: str) -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgres}[connections[using].vendor]


def _run(using: str, statements: list[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _tables_exist(using: str) -> bool:
    return set(_TABLES) <= set(connections[using].introspection.table_names())
