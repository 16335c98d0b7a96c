"""The longest lawful minimum wins, counted from the right event, and every doubt is decided for keeping."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desagravo.rulebook import edition, retention
from desagravo.rulebook.retention import RECORD, RECORDING, Minimum, Verdict, later

DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))
STARTS = ("received", "closed", "final_response_sent", "resolved", "call_date")
MINIMUMS = st.builds(
    Minimum,
    code=st.sampled_from("abc"),
    what=st.just(RECORD),
    n=st.integers(0, 40),
    unit=st.sampled_from(["days", "weeks", "months", "years"]),
    start=st.sampled_from(["received", "closed", "answered", "resolved", "resolution_notified"]),
    months_rule=st.sampled_from(["clamp", "next_day"]),
)
HAPPENED = st.dictionaries(st.sampled_from(STARTS), DAYS)


@given(st.lists(MINIMUMS, max_size=5), HAPPENED, DAYS)
def test_nothing_goes_before_any_minimum_that_binds_it(
    minimums: list[Minimum], happened: dict[str, date], today: date
) -> None:
    found = retention.verdict(minimums, happened)
    if not found.may_go(today):
        return
    assert minimums
    for each in minimums:
        last = each.last_day(happened)
        assert last is not None
        assert last < today
        begun = [happened[name] for name in retention.ENDS.get(each.start, (each.start,)) if name in happened]
        assert max(begun) <= last


@given(st.lists(MINIMUMS, min_size=1, max_size=4), MINIMUMS, HAPPENED, DAYS)
def test_another_minimum_never_lets_a_case_go_earlier(
    minimums: list[Minimum], one: Minimum, happened: dict[str, date], today: date
) -> None:
    before, after = retention.verdict(minimums, happened), retention.verdict([*minimums, one], happened)
    assert before.may_go(today) or not after.may_go(today)


@given(DAYS, st.integers(0, 40), st.sampled_from(["days", "weeks", "months", "years"]))
def test_a_longer_time_never_ends_earlier_and_never_before_it_began(start: date, n: int, unit: str) -> None:
    assert start <= later(start, n, unit, "clamp") <= later(start, n, unit, "next_day") <= later(start, n + 1, unit)


def test_months_without_the_day() -> None:
    leap = date(2028, 2, 29)
    assert later(leap, 2, "years", "next_day") == date(2030, 3, 1)  # BR-08
    assert later(leap, 2, "years", "clamp") == date(2030, 2, 28)
    assert later(date(2026, 8, 31), 6, "months", "clamp") == date(2027, 2, 28)
    assert later(date(2026, 12, 31), 2, "months") == date(2027, 3, 1)
    with pytest.raises(ValueError, match="fortnights"):
        later(leap, 1, "fortnights")


def test_it_may_go_on_the_day_after() -> None:
    until = Verdict(date(2030, 3, 1), "br-sac")
    assert not until.may_go(date(2030, 3, 1))
    assert until.may_go(date(2030, 3, 2))
    assert not Verdict(None, "").may_go(date(2099, 1, 1))


def test_without_any_rule_nothing_goes() -> None:
    assert not retention.verdict([], {"closed": date(2000, 1, 1)}).may_go(date(2050, 1, 1))


def test_what_has_not_happened_begins_nothing() -> None:
    waiting = Minimum("x", RECORD, 1, "days", "closed")
    assert retention.verdict([waiting], {"received": date(2000, 1, 1)}) == Verdict(None, "x", (("x", None),))


EXPECTED: dict[str, set[tuple[str, int, str, str]]] = {
    "iso-10002-generic": {(RECORD, 5, "years", "closed")},
    "uk-fca-disp": {(RECORD, 3, "years", "received"), (RECORD, 5, "years", "received")},
    "br-sac": {(RECORDING, 90, "calendar_days", "call_date"), (RECORD, 2, "years", "resolved")},
    "pt-livro-reclamacoes": {(RECORD, 3, "years", "closed")},
    "es-sac-2025": {(RECORDING, 0, "days", "resolution_notified")},
    "us-cfpb": set(),
}


@pytest.mark.parametrize("policy", sorted(EXPECTED))
def test_the_rulebooks_of_jurisdictions_say_what_their_files_say(policy: str) -> None:
    table = edition.policies(edition.STARTER)[policy]
    found = retention.of_policy(table)
    assert {(each.what, each.n, each.unit, each.start) for each in found} == EXPECTED[policy]
    assert all(each.code == policy for each in found)


def test_an_attribute_that_nobody_answered_binds() -> None:
    found = retention.of_policy(edition.policies(edition.STARTER)["uk-fca-disp"])

    def years(attributes: dict[str, Any]) -> set[int]:
        return {each.n for each in retention.applying(found, RECORD, attributes=attributes)}

    assert years({}) == {3, 5}
    assert years({"collective_portfolio": True}) == {3, 5}
    assert years({"collective_portfolio": False}) == years({"collective_portfolio": "no"}) == {3}


def test_a_rule_for_some_categories() -> None:
    rule = Minimum("x", RECORD, 10, "years", "closed", categories=("SAF.health_or_safety",))
    for categories, binds in (((), True), (("SAF.health_or_safety",), True), (("DEL.late",), False)):
        assert bool(retention.applying([rule], RECORD, attributes={}, categories=categories)) is binds


def test_the_house_keeps_records_and_recordings() -> None:
    found = retention.of_house(edition.book("retention", edition.STARTER))
    assert {(each.what, each.n, each.unit) for each in found} == {(RECORD, 5, "years"), (RECORDING, 90, "days")}


def test_the_last_of_the_events_that_stand_for_it_counts() -> None:
    rule = Minimum("x", RECORD, 1, "years", "answered")
    first, last = date(2026, 1, 1), date(2026, 6, 1)
    told = {"final_response_sent": first, "closed": last}
    assert rule.last_day(told) == date(2027, 6, 1)
    assert last - first > timedelta(days=30)
