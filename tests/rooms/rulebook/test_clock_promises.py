"""The seven promises of the clocks, for calendars, rules and orders of events that nobody thought of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time as system_time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desagravo.rulebook import clocks, policies
from desagravo.rulebook.calendars import Calendar, ClosedDay
from desagravo.rulebook.clocks import Happened
from desagravo.rulebook.policies import CalendarRule, Extension, Milestone, Policy

MANY = settings(max_examples=400, deadline=None, database=None)
ZONES = (
    "Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira", "Europe/Madrid", "Europe/London", "America/Sao_Paulo",
    "America/Manaus", "America/New_York", "America/Santiago", "America/Havana", "Asia/Kathmandu", "Pacific/Apia",
    "Pacific/Chatham", "Africa/Cairo", "UTC",
)  # fmt: skip
TURNS = (
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 24, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 28, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 4, 5, 2, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
)  # fmt: skip
moments = st.one_of(
    st.sampled_from(TURNS),
    st.builds(
        lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), st.integers(0, 2 * 366 * 86_400)
    ),
)
days = st.builds(lambda count: date(2025, 12, 1) + timedelta(days=count), st.integers(0, 1200))
UNITS = ("hours", "calendar_days", "business_days", "weeks", "months", "years")
FIRM = ("firm_obligation", "target", "route_option")


@st.composite
def a_calendar(draw: st.DrawFn) -> Calendar:
    closed = draw(st.sets(days, max_size=14))
    opened = draw(st.sets(days, max_size=4)) - closed
    kinds = draw(
        st.lists(st.sampled_from(["national", "municipal", "own"]), min_size=len(closed), max_size=len(closed))
    )
    return Calendar(
        country="",
        subdivision="",
        zone=draw(st.sampled_from(ZONES)),
        first_year=2025,
        last_year=2032,
        closed={day: ClosedDay(day, {"en": "Closed"}, kind) for day, kind in zip(sorted(closed), kinds, strict=True)},
        opened=dict.fromkeys(opened, "stocktaking"),
        closes_at=draw(st.sampled_from([time(17), time(0), time(23, 59)])),
    )


@st.composite
def a_milestone(draw: st.DrawFn, kinds: tuple[str, ...] = FIRM) -> Milestone:
    unit = draw(st.sampled_from(UNITS))
    n: float = draw(st.integers(0, 4 if unit == "years" else 40))
    if unit == "hours":
        n = draw(st.sampled_from([0.05, 1, 2, 72.5]))
    return Milestone(
        key="limit",
        name={"en": "Limit"},
        n=n,
        unit=unit,
        start="received",
        kind=draw(st.sampled_from(kinds)),
        bearer="firm",
        months_rule=draw(st.sampled_from(["clamp", "next_day"])),
        closes=unit != "hours" and draw(st.booleans()),
        met_by=("final_response_sent",),
    )


@st.composite
def a_policy(draw: st.DrawFn, *, pausing: bool | None = None) -> Policy:
    milestone = draw(a_milestone())
    if pausing:
        milestone = replace(
            milestone, unit=draw(st.sampled_from(["calendar_days", "business_days"])), n=int(milestone.n)
        )
    pause = (
        pausing if pausing is not None else milestone.unit in {"calendar_days", "business_days"} and draw(st.booleans())
    )
    extension = Extension("limit", draw(st.integers(1, 10)), milestone.unit, 2, ("reason",))
    moves = draw(st.booleans())
    return Policy(
        id="any", version="1", name={"en": "Any"}, title="Any", evidence="I", review_by=None,
        milestones=(milestone,),
        calendar=CalendarRule(
            roll_forward=draw(st.booleans()),
            after_hours="next_business_day" if moves else "same_day",
            cutoff=draw(st.sampled_from([time(18), time(0, 30), time(1, 30), time(23, 59)])) if moves else None,
            saturday=draw(st.booleans()),
            municipal=draw(st.booleans()),
        ),
        opens_with="received",
        pause="end_of_day" if pause else "none",
        extensions=(extension,) if draw(st.booleans()) else (),
    )  # fmt: skip


@st.composite
def a_course(draw: st.DrawFn) -> tuple[datetime, list[Happened]]:
    """The receipt, and what happens in the following weeks."""
    received = draw(moments)
    names = ["waiting_customer", "customer_replied", "extension", "waiting_customer", "customer_replied"]
    seconds = st.one_of(st.sampled_from([0, 60, 86_400]), st.integers(0, 50 * 86_400))
    told = draw(st.lists(st.tuples(st.sampled_from(names), seconds), max_size=7))
    return received, [
        Happened(name, received + timedelta(seconds=after), "limit" if name == "extension" else "", {"reason": True})
        for name, after in told
    ]


def the_limit(policy: Policy, received: datetime, events: list[Happened], calendar: Calendar) -> clocks.Limit:
    now = max([received, *(each.at for each in events)]) + timedelta(days=1)
    (limit,) = clocks.limits(policy, [Happened("received", received), *events], calendar, {}, now)
    return limit


def bound(policy: Policy, received: datetime, events: list[Happened], calendar: Calendar) -> datetime:
    found = the_limit(policy, received, events, calendar).bound
    assert found
    return found


@MANY
@given(a_policy(), a_course(), a_calendar(), days)
def test_1_a_closed_day_more_never_makes_a_limit_earlier(
    policy: Policy, course: tuple[datetime, list[Happened]], calendar: Calendar, day: date
) -> None:
    more = replace(calendar, closed={**calendar.closed, day: ClosedDay(day, {"en": "New"}, "own")})
    assert bound(policy, *course, more) >= bound(policy, *course, calendar)


@MANY
@given(a_policy(pausing=True), a_course(), a_calendar())
def test_2_a_pause_never_shortens(policy: Policy, course: tuple[datetime, list[Happened]], calendar: Calendar) -> None:
    without = replace(policy, pause="none")
    received, events = course
    events = [each for each in events if each.name != "extension"]
    assert bound(policy, received, events, calendar) >= bound(without, received, events, calendar)


@MANY
@given(a_policy(), a_course(), a_calendar(), st.randoms(use_true_random=False))
def test_3_events_of_one_moment_may_come_in_any_order(
    policy: Policy, course: tuple[datetime, list[Happened]], calendar: Calendar, dice: object
) -> None:
    received, events = course
    at_once = [replace(each, at=received + timedelta(days=(each.at - received).days)) for each in events]
    shuffled = list(at_once)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert the_limit(policy, received, shuffled, calendar) == the_limit(policy, received, at_once, calendar)


@MANY
@given(a_policy(), a_course(), a_calendar())
@example(
    policies.shipped_policy("iso-10002-generic"),
    (datetime(2026, 10, 2, 17, 0, tzinfo=UTC), []),
    Calendar("", "", "Europe/Lisbon", 2025, 2030, {}),
)
def test_4_a_second_later_is_never_due_earlier(
    policy: Policy, course: tuple[datetime, list[Happened]], calendar: Calendar
) -> None:
    received, events = course
    later = received + timedelta(seconds=1)
    events = [replace(each, at=max(each.at, later)) for each in events]
    now = max([later, *(each.at for each in events)])
    before = clocks.limits(policy, [Happened("received", received), *events], calendar, {}, now)
    after = clocks.limits(policy, [Happened("received", later), *events], calendar, {}, now)
    for one, other in zip(before, after, strict=True):
        if one.bound and other.bound:
            assert other.bound >= one.bound


@MANY
@given(st.sampled_from(["eu-psd2", "uk-fca-disp", "us-cfpb"]), a_course(), a_calendar())
def test_5_the_final_limit_is_never_before_the_holding_limit(
    name: str, course: tuple[datetime, list[Happened]], calendar: Calendar
) -> None:
    policy = policies.shipped_policy(name)
    received, events = course
    known = {"psd_or_emd": True, "holding_sent": True, "reason_beyond_control": True, "status": "in_progress"}
    happened = [Happened(policy.opens_with, received), *events]
    made = {each.key: each for each in clocks.limits(policy, happened, calendar, known, received)}
    for milestone in policy.milestones:
        if milestone.replaces:
            longer, shorter = made[milestone.key].bound, made[milestone.replaces].bound
            assert longer and shorter and longer >= shorter
            assert made[milestone.replaces].state == "replaced"


@MANY
@given(st.sampled_from(["es-sac-2025", "es-financial"]), moments, moments, moments, a_calendar())
def test_6_a_restarted_limit_is_never_earlier(
    name: str, received: datetime, asked: datetime, completed: datetime, calendar: Calendar
) -> None:
    policy = policies.shipped_policy(name)
    filed = Happened("filed", received)
    events = [filed, Happened("completion_requested", asked), Happened("completed_by_customer", completed)]
    original = clocks.limits(policy, [filed], calendar, {"topic": "billing"}, received)
    again = clocks.limits(policy, events, calendar, {"topic": "billing"}, max(received, asked, completed))
    for one, other in zip(original, again, strict=True):
        if policy.milestone(one.key).start == "filed_or_completed":
            assert one.bound and other.bound
            assert other.bound >= one.bound


@pytest.fixture
def _other_clock() -> Iterator[None]:
    was = os.environ.get("TZ")
    yield
    os.environ.pop("TZ", None)
    if was is not None:
        os.environ["TZ"] = was
    system_time.tzset()


@pytest.mark.usefixtures("_other_clock")
@settings(max_examples=200, deadline=None, database=None)
@given(a_policy(), a_course(), a_calendar(), st.sampled_from(["Asia/Tokyo", "America/Los_Angeles", "UTC"]))
def test_7_the_servers_zone_changes_nothing(
    policy: Policy, course: tuple[datetime, list[Happened]], calendar: Calendar, zone: str
) -> None:
    os.environ["TZ"] = "UTC"
    system_time.tzset()
    here = the_limit(policy, *course, calendar)
    os.environ["TZ"] = zone
    system_time.tzset()
    there = the_limit(policy, *course, calendar)
    assert there == here
    assert there.days == here.days


def test_7_the_servers_language_changes_nothing(tmp_path: Path) -> None:
    """The whole command, in another zone, language and numbering."""
    case = {
        "id": "1", "policy": "iso-10002-generic", "timezone": "Atlantic/Azores", "received_at": "2026-10-23T17:30:00Z",
        "calendar": {"country": "PT", "subdivision": "20", "extra_closed_days": ["2026-10-26"]},
    }  # fmt: skip
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case]))
    told = {
        subprocess.run(
            [sys.executable, "-m", "desagravo.operations", "deadlines", str(file)],
            env={**os.environ, **surroundings},
            capture_output=True,
            check=True,
        ).stdout
        for surroundings in (
            {"TZ": "UTC", "LC_ALL": "C"},
            {"TZ": "Asia/Tokyo", "LC_ALL": "pt_PT.UTF-8", "LANG": "pt_PT.UTF-8"},
            {"TZ": "America/Los_Angeles", "LC_ALL": "ar_EG.UTF-8", "PYTHONUTF8": "1"},
        )
    }
    assert len(told) == 1
    assert b"2026-10-28" in told.pop()


@MANY
@given(a_policy(), a_course(), a_calendar())
def test_the_explanation_ends_where_the_limit_ends(
    policy: Policy, course: tuple[datetime, list[Happened]], calendar: Calendar
) -> None:
    limit = the_limit(policy, *course, calendar)
    if limit.due_on is None:
        assert limit.days == ()
        return
    assert limit.days[-1].date == limit.due_on
    numbers = [day.number for day in limit.days if day.number]
    assert numbers == sorted(set(numbers))
    assert all(one.date < other.date for one, other in zip(limit.days, limit.days[1:], strict=False))
    assert [day.date for day in limit.days if day.why == "day_zero"] == [limit.day_zero]
