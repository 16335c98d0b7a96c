"""From an event to a date: how each unit is counted. Pure, without Django.

Day zero is the local date of the event and is not counted. A date ends with its local day: the bound is the next local
midnight in UTC, exclusive. Hours run on the line of UTC, whatever the clocks on the wall do.
"""

from __future__ import annotations

import calendar as months_of_the_year
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.policies import CalendarRule, Milestone
from desagravo.rulebook.words import Texts

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Happened:
    """Something that happened to a case. ``at`` is aware; ``milestone`` the limit that it is about, where it is one."""

    name: str
    at: datetime
    milestone: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    """One line of the explanation. ``number`` is its count, 0 if it does not count; then ``why`` says why:

    ``day_zero``, ``after_hours`` (the receipt is moved to the next business day), ``weekend``, a kind of closed day
    (``national``, ``regional``, ``municipal``, ``optional``, ``own``, with its ``name``), ``paused``, ``held`` (the
    customer's own limit stands still), ``rolled`` (the limit ended on a closed day and moved here).
    """

    date: date
    number: int
    why: str = ""
    name: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Segment:
    """A time in which a clock stands still. ``lasts``: nothing has ended it yet; ``held``: see ``Milestone.hold``."""

    start: datetime
    end: datetime
    lasts: bool = False
    held: bool = False


@dataclass(frozen=True)
class Place:
    """A calendar as one rulebook reads it: which of its closed days close this clock, and what happens after hours."""

    calendar: Calendar
    zone: ZoneInfo
    municipal: bool = True
    saturday: bool = False
    roll_forward: bool = False
    cutoff: time | None = None

    @staticmethod
    def of(calendar: Calendar, rule: CalendarRule) -> Place:
        """The calendar under the rules of a rulebook."""
        return Place(calendar, ZoneInfo(calendar.zone), rule.municipal, rule.saturday, rule.roll_forward, rule.cutoff)

    def why_closed(self, day: date, *, wide: bool = False) -> str:
        """Why this day is no business day, empty if it is one."""
        return self.calendar.why_closed(day, wide=wide, municipal=self.municipal, saturday=self.saturday)

    def nth_business_day(self, day: date, n: int, *, wide: bool = False) -> date:
        """The n-th business day after this one."""
        return self.calendar.nth_business_day(day, n, wide=wide, municipal=self.municipal, saturday=self.saturday)

    def business_day_from(self, day: date, *, wide: bool = False) -> date:
        """This day, or the next business day."""
        return self.calendar.business_day_from(day, wide=wide, municipal=self.municipal, saturday=self.saturday)


@dataclass(frozen=True)
class Due:
    """When a limit ends: a local day and its end, for hours the moment ``at``."""

    day_zero: date
    due_on: date | None = None
    due_before: datetime | None = None
    closes_at: datetime | None = None
    at: datetime | None = None

    @property
    def bound(self) -> datetime:
        """The moment that decides."""
        bound = self.closes_at or self.at or self.due_before
        assert bound is not None
        return bound


def local_day(place: Place, moment: datetime) -> date:
    """The date on the wall there."""
    return moment.astimezone(place.zone).date()


def end_of_day(place: Place, day: date) -> datetime:
    """The next local midnight in UTC. Where clocks change at midnight (Azores) it is what the zone gives first."""
    return datetime.combine(day + _DAY, time(0), place.zone).astimezone(UTC)


def day_zero(place: Place, moment: datetime, *, moves: bool) -> date:
    """The local date of the event. With ``moves``, what comes after the cut-off or on a closed day counts as having
    come on the next business day; exactly at the cut-off is in time."""
    day = local_day(place, moment)
    if not moves:
        return day
    # compared in UTC: in the night when an hour is repeated, a second later is never a day earlier
    if place.cutoff and moment.astimezone(UTC) > datetime.combine(day, place.cutoff, place.zone).astimezone(UTC):
        day += _DAY
    return place.business_day_from(day)


def due(
    place: Place, milestone: Milestone, n: float, moment: datetime, segments: tuple[Segment, ...], moves: bool
) -> Due:
    """When ``n`` units of this limit are over, counted from this moment."""
    zero = day_zero(place, moment, moves=moves)
    if milestone.unit == "hours":
        return Due(zero, at=moment.astimezone(UTC) + timedelta(hours=n))
    end = _last_day(place, milestone, n, zero, segments)
    if place.roll_forward and milestone.unit != "business_days":
        end = place.business_day_from(end)
    closing = None
    if milestone.closes:
        closing = datetime.combine(end, place.calendar.closes_at, place.zone).astimezone(UTC)
    return Due(zero, end, end_of_day(place, end), closing)


def tolerance(place: Place, milestone: Milestone, moment: datetime, segments: tuple[Segment, ...]) -> Due | None:
    """Until when the firm refuses nothing to a customer: every closed day counts, and a closed last day moves on."""
    if milestone.kind != "customer_window" or milestone.unit == "hours":
        return None
    zero = local_day(place, moment)
    end = _last_day(place, milestone, milestone.n, zero, segments, wide=True)
    end = place.business_day_from(end, wide=True)
    return Due(zero, end, end_of_day(place, end))


def _last_day(
    place: Place, milestone: Milestone, n: float, zero: date, segments: tuple[Segment, ...], *, wide: bool = False
) -> date:
    whole = int(n)
    if milestone.unit == "weeks":
        return zero + whole * timedelta(weeks=1)
    if milestone.unit in {"months", "years"}:
        return months_later(zero, whole * (12 if milestone.unit == "years" else 1), milestone.months_rule)
    counts_all = milestone.unit == "calendar_days"
    if not segments:
        return zero + whole * _DAY if counts_all else place.nth_business_day(zero, whole, wide=wide)
    still = Still(place, segments)
    day = zero
    while whole:
        day += _DAY
        if (counts_all or not place.why_closed(day, wide=wide)) and not still.on(day):
            whole -= 1
    return day


def months_later(day: date, months: int, rule: str) -> date:
    """The same day so many months later. Where it does not exist: the last of the month (``clamp``), or the following
    day (``next_day``). Always from day zero, never month by month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = months_of_the_year.monthrange(year, month + 1)[1]
    if day.day <= last:
        return date(year, month + 1, day.day)
    return date(year, month + 1, last) + (_DAY if rule == "next_day" else timedelta(0))


def segments(events: Iterable[Any], opens: str, now: datetime, *, held: bool = False) -> tuple[Segment, ...]:
    """The times between an event that stops the clock and the one that starts it again; more of the same change
    nothing. One that lasts is taken to end now: the earliest that is still possible."""
    found: list[Segment] = []
    start: datetime | None = None
    # of two at the same moment the clock stops first and then runs
    for event in sorted(events, key=lambda each: (each.at, each.name != opens)):
        if event.name == opens:
            start = start or event.at
        elif start:
            found.append(Segment(start, event.at, held=held))
            start = None
    if start:
        found.append(Segment(start, max(now, start), lasts=True, held=held))
    return tuple(found)


class Still:
    """On which days a clock stands still: those at whose end it does. A day on which it starts again counts."""

    def __init__(self, place: Place, segments: tuple[Segment, ...]) -> None:
        self.days = [(local_day(place, each.start), local_day(place, each.end)) for each in segments]
        self.why = "held" if segments and segments[0].held else "paused"

    def on(self, day: date) -> bool:
        """Does it stand still at the end of this day?"""
        return any(first <= day < last for first, last in self.days)


def unconfirmed(place: Place, milestone: Milestone, due: Due, tolerant: Due | None) -> tuple[int, ...]:
    """The unconfirmed years into which the count of business days reaches; calendar days need no calendar."""
    rolls = place.roll_forward and milestone.unit != "hours"
    if due.due_on is None or not (milestone.unit == "business_days" or rolls or tolerant):
        return ()
    last = max(due.due_on, tolerant.due_on) if tolerant and tolerant.due_on else due.due_on
    first = due.day_zero if milestone.unit == "business_days" else due.due_on
    return place.calendar.unconfirmed(first, last)


def explain(
    place: Place, milestone: Milestone, n: float, moment: datetime, segments: tuple[Segment, ...], moves: bool
) -> tuple[Day, ...]:
    """The count of a limit, line by line, from the day of the event to the last day. Empty for hours."""
    if milestone.unit == "hours":
        return ()
    zero = day_zero(place, moment, moves=moves)
    return (
        *_before(place, local_day(place, moment), zero),
        Day(zero, 0, "day_zero"),
        *_counted(place, milestone, int(n), zero, segments),
    )


def _before(place: Place, received: date, zero: date) -> Iterable[Day]:
    """The days between a receipt after hours and the day that counts as its day zero."""
    day = received
    while day < zero:
        why = place.why_closed(day)
        yield _closed(place, day, why) if why else Day(day, 0, "after_hours")
        day += _DAY


def _counted(place: Place, milestone: Milestone, n: int, zero: date, segments: tuple[Segment, ...]) -> Iterable[Day]:
    day = zero
    if milestone.unit in {"calendar_days", "business_days"}:
        still, number = Still(place, segments), 0
        while number < n:
            day += _DAY
            why = place.why_closed(day) if milestone.unit == "business_days" else ""
            if why:
                yield _closed(place, day, why)
            elif still.on(day):
                yield Day(day, 0, still.why)
            else:
                number += 1
                yield Day(day, number)
    elif milestone.unit == "weeks":
        for number in range(1, n + 1):
            day = zero + number * timedelta(weeks=1)
            yield Day(day, number)
    elif n:
        day = _last_day(place, milestone, n, zero, segments)
        yield Day(day, n)
    if place.roll_forward and milestone.unit != "business_days":
        yield from _rolled(place, day)


def _rolled(place: Place, day: date) -> Iterable[Day]:
    """From a closed last day to the business day on which the limit ends."""
    if not place.why_closed(day):
        return
    day += _DAY
    while why := place.why_closed(day):
        yield _closed(place, day, why)
        day += _DAY
    yield Day(day, 0, "rolled")


def _closed(place: Place, day: date, why: str) -> Day:
    found = place.calendar.closed_day(day)
    return Day(day, 0, why, found.name if found and why != "weekend" else {})
