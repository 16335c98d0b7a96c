"""The worker: what is due is done, and one failure does not stop the rest."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import OperationalError

from desagravo.history import outbox
from desagravo.operations import work

CALLS: list[str] = []


def good(_now: datetime) -> int:
    CALLS.append("good")
    return 1


def bad(_now: datetime) -> int:
    CALLS.append("bad")
    raise RuntimeError("no")


@pytest.fixture(autouse=True)
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[work.Tick]:
    CALLS.clear()
    ticks = [work.Tick(f"{__name__}:bad", every=60), work.Tick(f"{__name__}:good", every=60)]
    monkeypatch.setattr(work, "TICKS", ticks)
    monkeypatch.setattr(outbox, "run_due", lambda **_limits: 0)
    monkeypatch.setattr(work.time, "sleep", lambda _seconds: None)
    return ticks


def test_a_failing_tick_does_not_stop_the_next_and_each_waits_its_time() -> None:
    assert work._round() is True
    assert CALLS == ["bad", "good"]
    assert work._round() is False
    assert CALLS == ["bad", "good"]


@pytest.mark.django_db
def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_limits: object) -> int:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(outbox, "run_due", away)
    assert work._round() is False


def test_every_tick_of_the_house_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert work.TICKS
    for tick in work.TICKS:
        assert callable(tick.function())
