"""The worked dates of ``deadline_cases.json`` come out when the same events are raised on a case in the product."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desagravo.cases import actions, binding, limits
from desagravo.cases.models import AnswerDraft, Case, TimeLimit
from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.rulebook import calendars
from desagravo.rulebook import edition as editions
from tests.cast import CALM, Cast, decided, engage, filed, fresh

_PLACES = (
    Path(__file__).parents[2] / "data" / "deadline_cases.json",
    Path(__file__).parents[4] / "shared" / "cases" / "deadline_cases.json",
)
_FILE = next((each for each in _PLACES if each.is_file()), None)
WORKED = {each["id"]: each for each in json.loads(_FILE.read_text())["cases"]} if _FILE else {}

POLICY = {"uk-fca-disp-psd": "uk-fca-disp"}
KEYS = {
    ("uk-nhs", "acknowledgement"): "ack",
    ("es-sac-2025", "first_answer"): "continuity_answer",
    ("uk-fca-disp-psd", "final_or_holding_response"): "psd_final_or_holding",
    ("uk-fca-disp-psd", "final_response_max"): "psd_final_max",
    ("iso-10002-generic", "acknowledgement_1_business_day"): "acknowledgement",
}
OTHER_NUMBERS = {"ISO-04": ("final_response", 10), "ISO-06": ("acknowledgement", 1)}
"""Worked with other numbers than the file has: the rulebook is the same but for them."""
NO_LIMIT = {"final_response_without_events", "effective_receipt_date"}
ANSWERS: dict[str, dict[str, Any]] = {
    "ES-05": {"topic": "continuity", "basic_service": True},
    "UK-03": {"psd_or_emd": False},
    "UK-05": {"psd_or_emd": False},
    "UK-06": {"psd_or_emd": False},
    "UK-07": {"psd_or_emd": True},
    "UK-08": {"psd_or_emd": False},
    "US-01": {"status": "in_progress"},
    "US-02": {"status": "in_progress"},
}
BEGINS_LATER = {"BR-06": "history_requested"}
"""The worked start is no receipt: it is recorded on a case."""


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with clock.at(datetime.fromisoformat("2026-01-02T09:00:00+00:00")):
        yield engage()


@pytest.mark.skipif(not WORKED, reason="the worked cases are not here")
@pytest.mark.parametrize("name", sorted(WORKED) or ["none"])
def test_worked_dates(name: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told = WORKED[name]
    policy = POLICY.get(told["policy"], told["policy"])
    monkeypatch.setattr(binding, "calendar_for", lambda _case, _policy: _calendar(told))
    if name in OTHER_NUMBERS:
        _with_number(monkeypatch, policy, *OTHER_NUMBERS[name])
    at = datetime.fromisoformat(told["received_at"])
    case = _case(cast, policy, at, name)
    for event in told.get("events", ()):
        _raise(cast, case, event["type"], datetime.fromisoformat(event["at"]))
    found = _rows(case, policy)
    for key, expected in told["expected"].items():
        if key in NO_LIMIT:
            continue
        row = found[KEYS.get((told["policy"], key), key)]
        assert row.due_before is not None
        if "at_utc" in expected:
            assert row.due_before == datetime.fromisoformat(expected["at_utc"]), key
        else:
            assert row.due_on == date.fromisoformat(expected["date"]), key
            bound = datetime.fromisoformat(expected["due_before_utc"])
            closes = row.due_before if row.kind == "route_option" else bound
            assert (row.due_before, closes <= bound) == (closes, True), key


@pytest.mark.skipif(not WORKED, reason="the worked cases are not here")
def test_late_holding_reply_does_not_heal(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told = WORKED["EU-01"]
    monkeypatch.setattr(binding, "calendar_for", lambda _case, _policy: _calendar(told))
    case = _case(cast, "eu-psd2", datetime.fromisoformat(told["received_at"]), "EU-01", holding=False)
    rows = _rows(case, "eu-psd2")
    assert rows["final_or_holding_response"].due_on == date(2026, 6, 19)
    for day, state in ((18, "replaced"), (22, "missed")):
        with clock.at(datetime(2026, 6, day, 12, tzinfo=UTC)):
            event = actions.record_clock_event(case, name="holding_sent", actor=cast.rui)
            actions.answer_attributes(case, answers={"reason_beyond_control": True}, actor=cast.rui)
            rows = _rows(case, "eu-psd2")
            assert rows["final_or_holding_response"].state == state
            assert rows["final_response_max"].due_on == date(2026, 7, 17)
            if state == "replaced":
                actions.answer_attributes(case, answers={"reason_beyond_control": None}, actor=cast.rui)
                actions.take_back_event(case, event=event.pk, reason="It was not sent.", actor=cast.rui)
                _forget_known(case)


def _forget_known(case: Case) -> None:
    for row in case.clock_events.filter(name="known", taken_back_at=None):
        actions.take_back_event(case, event=row.pk, reason="Answered too early.", actor=SYSTEM)


def _case(cast: Cast, policy: str, at: datetime, name: str, *, holding: bool = True) -> Case:
    """A case under the rulebook, received at this moment."""
    later = BEGINS_LATER.get(name)
    with clock.at(at - timedelta(days=3) if later else at):
        case = filed(channel="phone" if policy == "br-sac" else "web", today=clock.now().date())
        if ANSWERS.get(name):
            actions.answer_attributes(case, answers=ANSWERS[name], actor=cast.sofia)
        if policy not in {each.policy for each in limits.applied_to(case)}:
            actions.apply_rulebook(case, policy=policy, reason="It binds this case.", actor=cast.sofia)
    with clock.at(at):
        if later:
            actions.record_clock_event(case, name=later, actor=cast.rui)
        if name in {"UK-07", "EU-01"} and holding:
            with clock.at(at + timedelta(days=1)):
                actions.record_clock_event(case, name="holding_sent", actor=cast.rui)
                if name == "EU-01":
                    actions.answer_attributes(case, answers={"reason_beyond_control": True}, actor=cast.rui)
    return fresh(case)


def _raise(cast: Cast, case: Case, what: str, at: datetime) -> None:
    """The event as people bring it about in the product."""
    with clock.at(at):
        if what == "customer_replied":
            actions.add_message(case, body="Aqui está o que faltava.", actor=cast.ines, channel="phone")
        elif what == "final_response_sent":
            actions.assess(fresh(case), answers=CALM, actor=cast.sofia)
            actions.assign(fresh(case), to=str(cast.person("rui").pk), actor=cast.sofia)
            version = decided(cast, fresh(case))
            asked = limits.compute(case, limits.applied_to(case))
            items = {item.code for each in asked for item in each.policy.response.must_include}
            told = {"by": cast.rui.id, "at": at.isoformat(), "words": "It says so."}
            AnswerDraft.objects.filter(case=case).update(confirmed=dict.fromkeys(sorted(items), told))
            actions.respond(fresh(case), draft_version=version, actor=cast.rui)
        else:
            actions.record_clock_event(fresh(case), name=what, actor=cast.rui)


def _rows(case: Case, policy: str) -> Mapping[str, TimeLimit]:
    return {row.key: row for row in TimeLimit.objects.filter(case=case, applied__policy=policy)}


def _calendar(told: Mapping[str, Any]) -> calendars.Calendar:
    place = told["calendar"]
    return calendars.make(
        place["country"],
        place["subdivision"] or "",
        told["timezone"],
        first_year=2025,
        last_year=2031,
        extra_closed=[date.fromisoformat(day) for day in place["extra_closed_days"]],
    )


def _with_number(monkeypatch: pytest.MonkeyPatch, policy: str, key: str, n: int) -> None:
    table = dict(editions.policies(editions.STARTER)[policy])
    table["milestone"] = [{**each, "n": n} if each["key"] == key else each for each in table["milestone"]]
    changed = {**editions.policies(editions.STARTER), policy: table}
    monkeypatch.setattr(editions, "policies", lambda _code="": changed)
