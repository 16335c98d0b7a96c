"""Work that may take longer than a minute keeps its lease while it goes on, and not a minute longer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from desagravo.cases.after import PAPER_SECONDS
from desagravo.common import clock
from desagravo.common.documents import typesetting
from desagravo.history import outbox, registry
from desagravo.history.models import Delivery
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView
from tests.rooms.history.kinds import hear, own_kinds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_kinds() -> Iterator[None]:
    with own_kinds():
        yield


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_the_work_goes_on_and_not_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "RENEW_SECONDS", 0.02)
    ends: list[datetime | None] = []

    def slow(_event: EventView, work: Work) -> None:
        row = Delivery.objects.filter(pk=work.id)
        ends.append(row.get().due_at)
        while row.get().due_at == ends[0]:
            time.sleep(0.01)
        ends.append(row.get().due_at)

    registry.subscribe("test.heard", "test.slow", slow, lease_seconds=180)
    hear()
    outbox.run_due(limit=1)
    assert ends[0]
    assert ends[1]
    assert ends[0] < ends[1] <= clock.now() + timedelta(seconds=outbox.LEASE_SECONDS)
    assert Delivery.objects.get().state == "done"


def test_work_of_a_worker_that_died_is_taken_over_after_a_minute_however_long_it_may_take() -> None:
    registry.subscribe("test.heard", "test.slow", lambda _event, _work: None, lease_seconds=180)
    hear()
    outbox.claim()
    assert outbox.claim() == []
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert len(outbox.claim()) == 1


def test_a_worker_without_its_lease_stops_renewing() -> None:
    registry.subscribe("test.heard", "test.slow", lambda _event, _work: None)
    hear()
    (late,) = outbox.claim()
    with clock.at(clock.now() + timedelta(seconds=61)):
        outbox.claim()
    with pytest.raises(outbox.LeaseLost):
        late.renew()


def test_who_runs_the_work_is_told_what_begins_and_that_it_ended() -> None:
    told: list[str] = []
    registry.subscribe("test.heard", "test.quick", lambda _event, _work: told.append("done"))
    hear()
    outbox.run_due(begin=told.append)
    assert told == ["test.quick", "done", ""]
    assert Delivery.objects.get().state == "done"


def test_papers_are_held_longer_than_the_typesetter_may_take() -> None:
    assert typesetting._SECONDS < PAPER_SECONDS
    papers = {"cases.receipt", "cases.letter", "cases.sign_off"}
    made = [each for kind in registry.kinds() for each in registry.subscribers(kind) if each.name in papers]
    assert made
    assert {each.lease_seconds for each in made} == {PAPER_SECONDS}
