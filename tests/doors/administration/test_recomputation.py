"""A changed calendar is a proposal: old and new dates, and a person decides."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from django.test import Client

from desagravo.cases import actions, binding, limits
from desagravo.cases.models import Case, ProposedDate, Recomputation, TimeLimit
from desagravo.common import clock
from desagravo.common.refusals import NotNow
from desagravo.rulebook.calendars import ClosedDay
from tests.cast import MONDAY, Cast, answered, engage, filed, fresh, in_work, kinds

URL = "/administration/calendar/recomputation/"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with clock.at(MONDAY):
        yield engage()


def _close(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """The place is closed on this day from now on."""
    before = binding.calendar_for
    told = ClosedDay(day, {"en": "Inventory"}, "own")

    def calendar_for(*args: object) -> object:
        calendar = before(*args)  # type: ignore[arg-type]
        return replace(calendar, closed=MappingProxyType({**calendar.closed, day: told}))

    monkeypatch.setattr(binding, "calendar_for", calendar_for)


def _work() -> None:
    while actions.recompute(clock.now()):
        pass


def test_dates_move_only_when_somebody_accepts(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    moved, done = in_work(cast), answered(cast)
    actions.apply_rulebook(moved, policy="eu-psd2", reason="It binds.", actor=cast.sofia)
    before = TimeLimit.objects.get(case=moved, key="final_or_holding_response")
    due = fresh(moved).answer_due
    _close(monkeypatch, date(2026, 3, 10))
    assert TimeLimit.objects.get(pk=before.pk).due_on == before.due_on
    client.force_login(cast.person("marta"))
    assert client.post(f"{URL}proposal/").status_code == 303
    with pytest.raises(NotNow):
        actions.propose_recomputation(actor=cast.marta)
    assert "Looking through the open cases: 0 of 2." in client.get(URL).content.decode()
    _work()
    page = client.get(URL).content.decode()
    assert "Take the new dates over" in page
    assert moved.number in page
    assert done.number not in page  # what was done keeps its date
    assert TimeLimit.objects.get(pk=before.pk).due_on == before.due_on == date(2026, 3, 23)
    row = Recomputation.objects.get()
    assert client.post(f"{URL}{row.pk}/decision/", {"decision": "accept"}).status_code == 303
    _work()
    assert TimeLimit.objects.get(pk=before.pk).due_on == date(2026, 3, 24)
    assert fresh(moved).answer_due != due
    assert kinds(moved)[-1] == "limit.computed_anew"
    assert "limit.computed_anew" not in kinds(done)
    assert limits.applied_to(done)[0].calendar.sha256 == limits.applied_to(moved)[0].calendar.sha256
    assert "Taken over" in client.get(URL).content.decode()
    running = limits.compute(fresh(moved), limits.applied_to(moved))
    rows = {(each.applied_id, each.key): each for each in TimeLimit.objects.filter(case=moved)}
    assert limits.differences(running, rows, clock.now()) == ([], [])


def test_rejected_changes_nothing(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = filed()
    _close(monkeypatch, date(2026, 3, 10))
    row = actions.propose_recomputation(actor=cast.marta)
    _work()
    assert ProposedDate.objects.filter(recomputation=row).exists()
    client.force_login(cast.person("xavier"))
    assert client.post(f"{URL}{row.pk}/decision/", {"decision": "reject"}).status_code == 303
    _work()
    assert TimeLimit.objects.get(case=case, key="final_response").due_on == date(2026, 3, 30)
    with pytest.raises(NotNow):
        actions.accept_recomputation(row.pk, actor=cast.marta)


def test_same_calendar_moves_nothing(cast: Cast) -> None:
    filed()
    row = actions.propose_recomputation(actor=cast.marta)
    _work()
    row.refresh_from_db()
    assert (row.state, row.looked_at, row.changed) == ("proposed", 1, 0)


def test_who_comes_in(client: Client, cast: Cast) -> None:
    client.force_login(cast.person("dora"))
    page = client.get(URL)
    assert page.status_code == 200
    assert "See what would change" not in page.content.decode()
    assert client.post(f"{URL}proposal/").status_code == 404
    client.force_login(cast.person("rui"))
    assert client.get(URL).status_code == 404


@pytest.mark.parametrize(
    "day", [date(2026, 2, 27), date(2026, 3, 2), date(2026, 3, 10), date(2026, 3, 30), date(2026, 4, 20)]
)
def test_what_is_passed_over_would_not_have_moved(cast: Cast, monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    recompute = importlib.import_module("desagravo.cases.actions.recompute")
    waiting, other = in_work(cast), filed()
    answered(cast)
    actions.apply_rulebook(other, policy="es-sac-2025", reason="It binds.", actor=cast.sofia)
    actions.record_clock_event(waiting, name="waiting_customer", actor=cast.rui)
    _close(monkeypatch, day)
    with clock.at(MONDAY + timedelta(days=4)):
        cases = list(Case.objects.filter(open=True).order_by("pk"))
        few = recompute.changes(recompute.anew(cases), clock.now())
        monkeypatch.setattr(recompute, "affected", set)
        assert recompute.changes(recompute.anew(cases), clock.now()) == few


def test_only_cases_that_the_reader_sees_are_named(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, shown = in_work(cast), in_work(cast)
    for case in (secret, shown):
        actions.apply_rulebook(case, policy="eu-psd2", reason="It binds.", actor=cast.sofia)
    actions.make_confidential(secret, actor=cast.rui)
    _close(monkeypatch, date(2026, 3, 10))
    actions.propose_recomputation(actor=cast.marta)
    _work()
    client.force_login(cast.person("marta"))
    page = client.get(URL).content.decode()
    assert shown.number in page
    assert secret.number not in page
    client.force_login(cast.person("xavier"))  # an administrator reads no case
    page = client.get(URL).content.decode()
    assert shown.number not in page
    assert secret.number not in page
