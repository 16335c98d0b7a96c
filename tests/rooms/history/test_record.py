from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.history import queries, registry
from desagravo.history.actions import Entry, record, record_many
from desagravo.history.chain import START, commitment, event_hash
from desagravo.history.models import ChainHead, Delivery, Event, Salt
from desagravo.history.registry import UnknownFacts, Who
from desagravo.history.verify import verify
from tests.rooms.history.kinds import INES, MARTA, RUI, Heard, Said, hear, say

MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_event_carries_everything_that_was_hashed() -> None:
    with clock.at(MONDAY):
        event = record(
            Said(3, to="9"),
            actor=MARTA,
            case=INES,
            subject=("message", "5"),
            because="starter-2026.1#triage.safety",
            department="quality",
            private={"text": "Ardeu a tomada."},
            occurred_at=MONDAY - timedelta(days=1),
        )
    told = json.loads(event.payload)
    salt = bytes(Salt.objects.get(event=event).salt)
    assert told.pop("commits") == {"text": commitment(salt, "Ardeu a tomada.")}
    assert told == {
        "seq": 1,
        "case_number": INES,
        "n": 1,
        "subject_kind": "message",
        "subject_id": "5",
        "kind": "test.said",
        "version": 1,
        "occurred_at": "2026-01-04T10:00:00.000000Z",
        "recorded_at": "2026-01-05T10:00:00.000000Z",
        "actor_kind": "staff",
        "actor_id": "7",
        "department": "quality",
        "because": "starter-2026.1#triage.safety",
        "details": {"number": 3, "to": "9", "departments": []},
        "prev": START,
    }
    assert event.hash == event_hash(START, event.payload)
    assert queries.head() == (1, event.hash)
    assert "Ardeu" not in str(Event.objects.values().get())


@pytest.mark.django_db
def test_numbers_have_no_gaps_in_the_chain_and_within_each_case() -> None:
    record(Said(), actor=SYSTEM, case=INES)
    record_many([Entry(Said(i), SYSTEM, case=case) for i, case in enumerate([RUI, INES, RUI, "", INES])])
    record(Said(), actor=SYSTEM, case=INES)
    found = list(Event.objects.order_by("seq").values_list("seq", "case_number", "n"))
    assert found == [(1, INES, 1), (2, RUI, 1), (3, INES, 2), (4, RUI, 2), (5, "", None), (6, INES, 3), (7, INES, 4)]
    head = queries.case_head(RUI)
    assert head is not None
    assert (head.n, head.seq) == (2, 4)
    assert queries.case_head("2026-99999") is None
    assert queries.kinds_of_case(RUI) == ["test.said", "test.said"]
    assert [event.seq for event in queries.since(5)] == [6, 7]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(Said(), actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap() -> None:
    say()
    with transaction.atomic():
        record(Said(), actor=SYSTEM, case=INES)
        transaction.set_rollback(True)
    assert say().seq == 2
    assert verify().ok


@pytest.mark.django_db
def test_four_queries_with_following_work_and_few_for_thousands(django_assert_max_num_queries: Any) -> None:
    registry.subscribe("test.heard", "test.work", lambda event, work: None)
    with django_assert_max_num_queries(4):
        record(Heard(), actor=SYSTEM, case=INES)
    with django_assert_max_num_queries(5):
        record(Heard(), actor=SYSTEM, case=INES, private={"text": "x", "name": "y"})
    cases = [f"2025-{number:05d}" for number in range(1000)]
    with CaptureQueriesContext(connection) as few:
        record_many([Entry(Heard(), SYSTEM, case=case) for case in cases * 2])
    assert len(few) < 80, "Django sends SQLite at most 999 values at once"
    assert Delivery.objects.count() == 2002
    assert queries.of_case(cases[7])[1].n == 2


@pytest.mark.django_db
def test_what_cannot_be_an_event_is_refused() -> None:
    @dataclass(frozen=True)
    class Stranger:
        pass

    with pytest.raises(LookupError):
        record(Stranger(), actor=SYSTEM)
    with pytest.raises(ValueError, match="private"):
        record(Said(to="x" * 1001), actor=SYSTEM)
    with pytest.raises(TypeError):
        record(Said(number=0.5), actor=SYSTEM)  # type: ignore[arg-type]
    assert queries.head() == (0, START)


@pytest.mark.django_db
def test_sentences_are_made_when_read_with_names_looked_up_at_once() -> None:
    record(Said(3, to="9"), actor=MARTA, case=INES)
    record(Said(4), actor=Actor("customer", INES), case=INES)
    views = queries.of_case(INES)
    assert queries.people_in(views) == {"7", "9"}
    who = Who(people={"7": "Marta Reis", "9": "Rui Sousa"})
    assert views[0].sentence(who) == "Marta Reis told Rui Sousa the number 3."
    assert views[1].sentence(who).startswith("The customer told")
    assert views[0].sentence() == "7 told 9 the number 3."
    assert isinstance(views[0].facts, Said)


@pytest.mark.django_db
def test_older_events_are_lifted_and_unknown_ones_still_shown() -> None:
    record(Said(3), actor=SYSTEM, case=INES)

    @dataclass(frozen=True)
    class SaidLouder:
        volume: int
        number: int

        def sentence(self, who: Who) -> str:
            return f"{self.number} at {self.volume}"

    said = registry._kinds.pop("test.said")
    (view,) = queries.of_case(INES)
    assert isinstance(view.facts, UnknownFacts)
    assert "test.said" in view.sentence()

    lift = {1: lambda old: {"number": old["number"], "volume": 1}}
    registry.event_kind("test.said", version=2, upcasts=lift)(SaidLouder)
    (view,) = queries.of_case(INES)
    assert view.facts == SaidLouder(volume=1, number=3)
    record(SaidLouder(9, 9), actor=SYSTEM, case=INES)
    registry._kinds["test.said"] = said
    assert isinstance(queries.of_case(INES)[1].facts, UnknownFacts), "written by a newer release"
    assert verify().ok


def test_kinds_are_registered_once_and_completely() -> None:
    with pytest.raises(ValueError, match="two kinds"):
        registry.event_kind("test.said")(Heard)
    with pytest.raises(ValueError, match="upcast"):
        registry.event_kind("test.new", version=3, upcasts={1: dict})(Heard)
    with pytest.raises(ValueError, match="no facts"):
        registry.event_kind("test.new", people=["nobody"])(Heard)
    with pytest.raises(TypeError, match="frozen"):
        registry.event_kind("test.new")(type("Loose", (), {"sentence": lambda self, who: ""}))
    registry.subscribe("test.misspelt", "test.work", lambda event, work: None)
    assert registry.unheard_kinds() == ["test.misspelt"]


@pytest.mark.django_db(transaction=True)
def test_threads_append_without_gaps() -> None:
    registry.subscribe("test.heard", "test.work", lambda event, work: None)
    problems: list[Exception] = []

    def append(case: str) -> None:
        try:
            for number in range(15):
                hear(number, case=case)
                say(number, case=INES)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=append, args=(f"2026-1000{each}",)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert queries.head()[0] == Event.objects.count() == 120
    assert [event.n for event in queries.of_case(INES)] == list(range(1, 61))
    assert Delivery.objects.count() == 60
    assert verify().ok


APPEND = """
import django; django.setup()
from django.db import transaction
from desagravo.common.actor import SYSTEM
from desagravo.history.actions import record
from tests.rooms.history.kinds import Said, own_kinds
with own_kinds():
    for number in range(25):
        with transaction.atomic():
            record(Said(number), actor=SYSTEM, case="2026-00001")
"""


@pytest.mark.django_db(transaction=True)
def test_processes_append_without_gaps(settings: Any) -> None:
    database = {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"], "TEST": {}}
    script = (
        "from django.conf import settings; settings.configure(USE_TZ=True, INSTALLED_APPS=['desagravo.history'],"
        f" DATABASES={{'default': {database!r}}})\n{APPEND}"
    )
    running = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(3)]
    for process in running:
        assert process.communicate(timeout=60)[1] == b""
        assert process.returncode == 0
    assert queries.head()[0] == 75
    assert [event.n for event in queries.of_case(INES)] == list(range(1, 76))
    assert verify().ok
    assert ChainHead.objects.count() == 1
