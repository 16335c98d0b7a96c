"""Calendars, with the traps of the package that were measured: see docs/rulebooks.md."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desagravo.rulebook import calendars
from desagravo.rulebook.calendars import BadCalendar, Calendar


def make(country: str, part: str = "", year: int = 2026, **more: object) -> Calendar:
    return calendars.make(country, part, "UTC", first_year=year, last_year=year, **more)  # type: ignore[arg-type]


def kinds(calendar: Calendar) -> dict[str, int]:
    found = [each.kind for each in calendar.closed.values()]
    return {kind: found.count(kind) for kind in set(found)}


def test_the_united_kingdom_has_no_calendar_of_its_own() -> None:
    with pytest.raises(BadCalendar) as refused:
        make("GB")
    assert refused.value.code == "needs_subdivision"
    assert refused.value.facts["known"] == ("ENG", "NIR", "SCT", "WLS")
    assert len(make("GB", "ENG").closed) == 9
    assert len(make("GB", "SCT").closed) == 11
    assert date(2026, 6, 15) in make("GB", "SCT").closed


def test_portugals_carnival_is_closed_by_name_only() -> None:
    plain = make("PT")
    assert len(plain.closed) == 13
    assert plain.why_closed(date(2026, 2, 17)) == ""
    assert plain.why_closed(date(2026, 2, 17), wide=True) == "optional"
    for name in ("Carnaval", "carnival "):
        named = make("PT", optional=[name])
        assert named.why_closed(date(2026, 2, 17)) == "optional"
        assert set(named.closed) - set(plain.closed) == {date(2026, 2, 17)}  # not Lisbon's day, not Christmas Eve
    with pytest.raises(BadCalendar) as refused:
        make("PT", optional=["Karneval"])
    assert "Carnival" in refused.value.facts["known"]


def test_a_district_of_portugal_adds_the_day_of_its_capital_only() -> None:
    porto = make("PT", "13")
    assert kinds(porto) == {"national": 13, "municipal": 1}
    assert porto.why_closed(date(2026, 6, 24)) == "municipal"
    assert porto.why_closed(date(2026, 6, 24), municipal=False) == ""
    assert porto.why_closed(date(2026, 6, 24), municipal=False, wide=True) == "municipal"
    assert make("PT", "Porto") == porto
    assert kinds(make("PT", "30")) == {"national": 13, "regional": 2}


def test_brazils_customary_days() -> None:
    assert len(make("BR").closed) == 10
    assert make("BR").why_closed(date(2026, 11, 20)) == "national"
    assert make("BR").why_closed(date(2026, 6, 4)) == ""
    town = make("BR", "São Paulo Capital")
    assert town.why_closed(date(2026, 6, 4)) == "municipal"
    assert town.why_closed(date(2026, 7, 9)) == "regional"


def test_spain_without_a_part_changes_from_year_to_year() -> None:
    assert {date(2026, 11, 1), date(2026, 12, 6)} & set(make("ES").closed) == set()
    assert {date(2027, 11, 1), date(2027, 12, 6)} <= set(make("ES", year=2027).closed)
    assert date(2027, 8, 15) not in make("ES", year=2027).closed
    barcelona = make("ES", "Barcelona")
    assert barcelona.why_closed(date(2026, 9, 24)) == "municipal"
    assert barcelona.why_closed(date(2026, 9, 11)) == "regional"
    assert barcelona.why_closed(date(2026, 10, 12)) == "national"


def test_own_days_and_their_reasons() -> None:
    calendar = make(
        "PT",
        extra_closed={date(2026, 8, 3): "Holidays of the house", date(2026, 12, 25): "Christmas"},
        extra_open={date(2026, 12, 8): "Sale", date(2026, 12, 12): "Stocktaking"},
    )
    assert calendar.why_closed(date(2026, 8, 3)) == "own"
    assert calendar.name_of(date(2026, 8, 3), "es") == "Holidays of the house"
    assert calendar.closed[date(2026, 12, 25)].kind == "national"
    assert calendar.why_closed(date(2026, 12, 8)) == ""
    assert calendar.why_closed(date(2026, 12, 8), wide=True) == "national"  # never against a customer
    assert calendar.why_closed(date(2026, 12, 12)) == ""
    assert calendar.why_closed(date(2026, 12, 13)) == "weekend"
    assert calendar.why_closed(date(2026, 12, 12), wide=True) == "weekend"


def test_names_in_the_readers_language() -> None:
    assert make("PT").name_of(date(2026, 4, 3), "pt-br") == "Sexta-feira Santa"
    assert make("PT").name_of(date(2026, 4, 3), "en") == "Good Friday"
    assert make("PT").name_of(date(2026, 4, 3), "es") == "Good Friday"
    assert make("GB", "ENG").name_of(date(2026, 12, 28), "pt-pt") == "Boxing Day (observed)"
    assert make("PT").name_of(date(2026, 4, 4), "en") == ""


def test_weekends_are_those_of_the_country() -> None:
    assert make("AE").weekend == {5, 6}
    assert make("EG").weekend == {4, 5}
    assert make("PT", weekend=frozenset({6})).why_closed(date(2026, 4, 4)) == ""
    assert make("").closed == {}


def test_years_that_nobody_confirmed() -> None:
    calendar = calendars.make("ES", "MD", "Europe/Madrid", first_year=2026, last_year=2029, confirmed=[2028])
    assert calendar.unconfirmed(date(2026, 1, 1), date(2026, 12, 31)) == ()
    assert calendar.unconfirmed(date(2026, 12, 1), date(2028, 1, 31)) == (2027,)
    assert calendar.unconfirmed(date(2028, 1, 1), date(2031, 1, 1)) == (2029, 2030, 2031)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("XX", "", "UTC"), "unknown_country"),
        (("PT", "99", "UTC"), "unknown_subdivision"),
        (("PT", "", "Europe/Lisboa"), "unknown_zone"),
        (("PT", "", "../../etc/passwd"), "unknown_zone"),
    ],
)
def test_what_is_no_calendar(arguments: tuple[str, str, str], code: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        calendars.make(*arguments, first_year=2026, last_year=2026)
    assert refused.value.code == code


def test_years_that_make_no_sense() -> None:
    for first, last in ((2027, 2026), (1, 9000), (0, 1)):
        with pytest.raises(BadCalendar):
            calendars.make("PT", "", "UTC", first_year=first, last_year=last)


PLACES = [("PT", "11"), ("ES", "Barcelona"), ("GB", "SCT"), ("BR", ""), ("US", "CA"), ("", "")]


@settings(max_examples=60, deadline=None, database=None)
@given(st.sampled_from(PLACES), st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.text(max_size=20)))
def test_a_calendar_comes_back_from_its_table(place: tuple[str, str], own: dict[date, str]) -> None:
    calendar = calendars.make(*place, "Europe/Lisbon", first_year=2026, last_year=2027, extra_closed=own)
    kept = json.loads(json.dumps(calendar.as_table()))
    again = Calendar.from_table(kept)
    assert again == calendar
    assert again.sha256 == calendar.sha256
    more = replace(calendar, opened={date(2026, 1, 1): "Open"})
    assert more.sha256 != calendar.sha256


def test_a_table_that_is_none() -> None:
    for table in ({}, {"years": [1]}, {**make("PT").as_table(), "closed": [["2026-13-01", "own", {}]]}):
        with pytest.raises(BadCalendar):
            Calendar.from_table(table)


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from(PLACES), st.dates(date(2025, 6, 1), date(2028, 6, 1)), st.integers(0, 300), st.booleans())
def test_the_nth_business_day_is_found_as_one_counts(place: tuple[str, str], day: date, n: int, wide: bool) -> None:
    """Within the years that the calendar knows, before them and after them."""
    calendar = calendars.make(*place, "UTC", first_year=2026, last_year=2027)
    counted, at = 0, day
    while counted < n:
        at += timedelta(days=1)
        counted += not calendar.why_closed(at, wide=wide)
    assert calendar.nth_business_day(day, n, wide=wide) == at
