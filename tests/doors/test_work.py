"""The worker: what is due is done, and one failure does not stop the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import OperationalError

from desagravo.history import outbox
from desagravo.operations import heartbeat, work

pytestmark = pytest.mark.django_db  # a tick keeps the time of the organisation
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


def test_the_sign_of_life_comes_from_the_loop_and_names_what_was_begun(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DESAGRAVO_DATA", str(tmp_path))
    (tmp_path / "run").mkdir()
    seen = []

    def one_job(*, begin: Callable[[str], None], **_limits: object) -> int:
        begin("mail.customer")
        seen.append(heartbeat.read(tmp_path))
        begin("")
        return 1

    monkeypatch.setattr(outbox, "run_due", one_job)
    work._round()
    assert seen[0] is not None
    assert seen[0].job == "mail.customer"
    after = heartbeat.read(tmp_path)
    assert after is not None
    assert after.job == ""
    assert "heartbeat" not in {each.name for each in threading.enumerate()}


def test_every_tick_of_the_house_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert work.TICKS
    for tick in work.TICKS:
        assert callable(tick.function())
