"""Work that may take longer than a minute keeps its lease for as long as it may take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

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


def test_nobody_takes_over_while_it_may_still_be_done() -> None:
    seen = []

    def slow(_event: EventView, work: Work) -> None:
        with clock.at(clock.now() + timedelta(seconds=100)):
            seen.append(outbox.claim())
        with clock.at(clock.now() + timedelta(seconds=190)):
            seen.append(bool(outbox.claim()))

    registry.subscribe("test.heard", "test.slow", slow, lease_seconds=180)
    hear()
    outbox.run_due(limit=1)
    assert seen == [[], True]


def test_who_runs_the_work_is_told_what_begins_and_that_it_ended() -> None:
    told: list[str] = []
    registry.subscribe("test.heard", "test.quick", lambda _event, _work: told.append("done"))
    hear()
    outbox.run_due(begin=told.append)
    assert told == ["test.quick", "done", ""]
    assert Delivery.objects.get().state == "done"


def test_papers_are_held_longer_than_the_typesetter_may_take() -> None:
    assert typesetting._SECONDS < PAPER_SECONDS
    made = [each for kind in registry.kinds() for each in registry.subscribers(kind) if each.name.startswith("cases.")]
    assert made
    assert {each.lease_seconds for each in made} == {PAPER_SECONDS}
