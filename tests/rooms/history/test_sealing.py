from __future__ import annotations

import io
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from desagravo.history import checkpoints, checks, queries, sealing
from desagravo.history.models import ChainHead, Checkpoint, Event
from desagravo.history.verify import verify
from tests.rooms.history.kinds import INES, say

ATTACKS = [
    "UPDATE history_event SET payload = 'x' WHERE seq = 1",
    "UPDATE history_event SET kind = kind",
    "DELETE FROM history_event WHERE seq = 2",
    "DELETE FROM history_event",
    "DELETE FROM history_chainhead",
    "UPDATE history_chainhead SET seq = 1",
    "UPDATE history_chainhead SET hash = 'x'",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO history_event SELECT * FROM history_event WHERE seq = 1",
    "REPLACE INTO history_event SELECT * FROM history_event WHERE seq = 2",
    "UPDATE OR REPLACE history_event SET seq = 1 WHERE seq = 2",
    "INSERT OR REPLACE INTO history_chainhead VALUES (1, 0, '')",
    "INSERT OR REPLACE INTO history_event SELECT 3, case_number, n, subject_kind, subject_id, kind, version,"
    " occurred_at, recorded_at, actor_kind, actor_id, department, because, payload, prev_hash, hash"
    " FROM history_event WHERE seq = 1",
    "INSERT INTO history_event SELECT * FROM history_event WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET kind = 'x'",
]
ON_POSTGRES = [
    "TRUNCATE history_event",
    "TRUNCATE history_event, history_salt, history_delivery CASCADE",
    "TRUNCATE history_chainhead",
    "INSERT INTO history_event SELECT * FROM history_event WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET kind = 'x'",
    "SET LOCAL session_replication_role = replica; DELETE FROM history_event",
]


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ATTACKS)
def test_nothing_is_changed_or_removed(statement: str) -> None:
    say(), say()
    refused(statement)
    assert verify().ok
    assert verify().events == 2


@pytest.mark.django_db
@pytest.mark.sqlite_only
@pytest.mark.parametrize("statement", ON_SQLITE)
def test_nothing_is_replaced_on_sqlite(statement: str) -> None:
    say(), say()
    refused(statement)
    assert verify().events == 2


@pytest.mark.django_db
@pytest.mark.sqlite_only
def test_an_event_without_a_case_is_not_replaced_either() -> None:
    say(case="")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
    try:
        refused("INSERT OR REPLACE INTO history_event SELECT * FROM history_event")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite_only
def test_nothing_is_replaced_by_a_program_without_our_settings() -> None:
    say(), say()
    connection.close()
    stranger = sqlite3.connect(connection.settings_dict["NAME"])
    assert stranger.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    for statement in ON_SQLITE:
        with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
            stranger.execute(statement)
    stranger.close()
    assert verify().ok


@pytest.mark.django_db
@pytest.mark.postgres_only
@pytest.mark.parametrize("statement", ON_POSTGRES)
def test_nothing_is_emptied_or_replaced_on_postgres(statement: str) -> None:
    say(), say()
    refused(statement)
    assert verify().events == 2


@pytest.mark.django_db
def test_the_models_are_refused_too() -> None:
    say()
    for act in (lambda: Event.objects.update(kind="x"), lambda: Event.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.get().delete()


@pytest.mark.django_db(transaction=True)
def test_flush_is_refused_and_loses_nothing() -> None:
    say()
    with pytest.raises(Exception, match=r"flush|only ever"):
        call_command("flush", interactive=False, verbosity=0)
    assert verify().events == 1


@pytest.mark.django_db(transaction=True)
def test_altering_a_column_unseals_sqlite_and_migrate_seals_again() -> None:
    say()
    old = Event._meta.get_field("because")
    new = models.CharField(max_length=201)
    new.set_attributes_from_name("because")
    new.model = Event
    with connection.schema_editor() as editor:
        editor.alter_field(Event, old, new)
    if connection.vendor == "sqlite":
        assert set(sealing.missing()) >= {"history_event_no_update", "history_event_no_delete"}
        assert [message.id for message in checks.sealed(databases=["default"])] == ["history.W001"]
        assert verify().unsealed
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    assert sealing.missing() == []
    assert checks.sealed(databases=["default"]) == []
    refused("DELETE FROM history_event")
    with connection.schema_editor() as editor:
        editor.alter_field(Event, new, old)
    sealing.seal()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres_only
def test_a_trigger_that_was_switched_off_is_missed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE history_event DISABLE TRIGGER history_event_sealed")
    assert sealing.missing() == ["history_event_sealed"]
    sealing.seal()
    assert sealing.missing() == []


@pytest.mark.django_db
def test_sealing_may_be_repeated_and_keeps_the_counter() -> None:
    say()
    sealing.seal()
    sealing.seal()
    assert ChainHead.objects.get().seq == 1
    assert say().seq == 2


@pytest.mark.django_db
def test_lifting_is_for_a_block_only() -> None:
    say()
    with sealing.lifted():
        Event.objects.update(because="x")
    refused("UPDATE history_event SET because = ''")
    assert verify().first_bad_event == 1


@pytest.mark.django_db
def test_the_newest_event_of_a_case_is_found_by_the_index_of_the_case() -> None:
    say()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        query: Any = Event.objects.filter(case_number=INES, n__isnull=False).order_by("n").query
        sql, values = query.sql_with_params()
        cursor.execute(f"{prefix} {sql}", values)
        plan = str(cursor.fetchall())
    assert "history_event_of_case" in plan or "sqlite_autoindex_history_event_2 (case_number=?" in plan
    assert "TEMP B-TREE" not in plan
    assert queries.case_head(INES) is not None


CHECKPOINT_ATTACKS = [
    "UPDATE history_checkpoint SET root = 'x'",
    "DELETE FROM history_checkpoint",
    "DELETE FROM history_checkpoint WHERE number = 2",
]
CHECKPOINT_ON_SQLITE = [
    "INSERT OR REPLACE INTO history_checkpoint SELECT * FROM history_checkpoint WHERE number = 1",
    "INSERT OR REPLACE INTO history_checkpoint SELECT 9, first_seq, last_seq, root, head, made_at, key_id, signature,"
    " payload FROM history_checkpoint WHERE number = 1",
]


@pytest.fixture
def _two_checkpoints(settings: Any, tmp_path: Path) -> None:
    settings.DESAGRAVO_DATA, settings.DESAGRAVO_CHECKPOINTS = tmp_path, str(tmp_path / "checkpoints")
    for _ in range(2):
        say()
        checkpoints.make()


@pytest.mark.django_db
@pytest.mark.usefixtures("_two_checkpoints")
@pytest.mark.parametrize("statement", CHECKPOINT_ATTACKS)
def test_a_checkpoint_is_not_changed_or_removed(statement: str) -> None:
    refused(statement)
    assert Checkpoint.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.sqlite_only
@pytest.mark.usefixtures("_two_checkpoints")
@pytest.mark.parametrize("statement", CHECKPOINT_ON_SQLITE)
def test_a_checkpoint_is_not_replaced_on_sqlite(statement: str) -> None:
    refused(statement)


@pytest.mark.django_db
@pytest.mark.postgres_only
@pytest.mark.usefixtures("_two_checkpoints")
def test_checkpoints_are_not_emptied_on_postgres() -> None:
    refused("TRUNCATE history_checkpoint")
    refused("SET LOCAL session_replication_role = replica; DELETE FROM history_checkpoint")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_two_checkpoints")
def test_altering_a_column_of_the_checkpoints_unseals_sqlite_and_migrate_seals_again() -> None:
    old = Checkpoint._meta.get_field("key_id")
    new = models.CharField(max_length=33)
    new.set_attributes_from_name("key_id")
    new.model = Checkpoint
    with connection.schema_editor() as editor:
        editor.alter_field(Checkpoint, old, new)
    if connection.vendor == "sqlite":
        assert set(sealing.missing()) >= {"history_checkpoint_no_update", "history_checkpoint_no_delete"}
        assert [message.id for message in checks.sealed(databases=["default"])] == ["history.W001"]
    call_command("migrate", verbosity=0, stdout=io.StringIO())
    assert sealing.missing() == []
    refused("DELETE FROM history_checkpoint")
    with connection.schema_editor() as editor:
        editor.alter_field(Checkpoint, new, old)
    sealing.seal()
