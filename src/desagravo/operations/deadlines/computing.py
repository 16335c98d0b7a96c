"""Computes the milestones of one case: by its own ``params``, or by the rulebook that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from desagravo.operations.deadlines.reading import Broken, Case, Entry
from desagravo.rulebook import calendars, clocks, counting, policies
from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.counting import Day, Due, Happened
from desagravo.rulebook.policies import Milestone, Policy

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {"calendar_days": "calendar days", "business_days": "business days"}

RECEIPTS = ("received", "filed", "registered", "complaint_date", "sent_to_company")
"""Events that are the receipt of a complaint, as the rulebooks call it."""

OTHER_NAMES: Mapping[str, Mapping[str, str]] = {
    "es-sac-2025": {"first_answer": "continuity_answer"},
    "uk-fca-disp": {"final_or_holding_response": "psd_final_or_holding", "final_response_max": "psd_final_max"},
    "uk-nhs": {"acknowledgement": "ack"},
}
"""What worked cases call a milestone, and what the rulebook calls it."""
_WITHOUT_EVENTS = "_without_events"
_EFFECTIVE = "effective_receipt_date"


@dataclass(frozen=True)
class Result:
    """One milestone of one case."""

    case: str
    milestone: str
    zone: ZoneInfo
    date: date | None
    due_before: datetime | None
    at: datetime | None
    reasoning: str

    def as_json(self) -> dict[str, Any]:
        """As it is printed."""
        row: dict[str, Any] = {"id": self.case, "milestone": self.milestone}
        row["date"] = self.date.isoformat() if self.date else None
        if self.at is None:
            row["due_before_utc"] = _utc(self.due_before) if self.due_before else None
        else:
            row["at_utc"] = _utc(self.at)
            row["at_local"] = self.at.astimezone(self.zone).isoformat()
        row["reasoning"] = self.reasoning
        return row

    def differences(self, expected: Mapping[str, Any]) -> Iterator[str]:
        """What is other than expected, a sentence each; what this program does not compute is passed over."""
        row = self.as_json() | ({"weekday": WEEKDAYS[self.date.weekday()]} if self.date else {})
        for name, value in expected.items():
            if name in row and name != "reasoning" and not _same(row[name], value):
                yield f"{self.case}: {name} of {self.milestone} is {row[name]}, expected was {value}."
            elif name in {"due_before_utc", "at_utc"} and name not in row:
                yield f"{self.case}: {self.milestone} has no {name}, expected was {value}."


def _same(found: Any, expected: Any) -> bool:
    if found == expected:
        return True
    try:  # the same moment may be written in another way
        return bool("T" in expected and datetime.fromisoformat(found) == datetime.fromisoformat(expected))
    except (TypeError, ValueError):
        return False


def _utc(moment: datetime) -> str:
    text = moment.astimezone(UTC).isoformat()
    return text.replace("+00:00", "Z")


def compute(case: Case) -> list[Result]:
    """Every milestone that the case asks for: those of ``params``, else those expected, else all that have begun.

    Raises:
        Broken: the rulebook has no such milestone.
    """
    computing = _Computing(case)
    names = [*case.params, *(name for name in case.expected if name not in case.params)]
    if not case.params and not case.expected:
        return computing.all()
    return [computing.by_entry(name) if name in case.params else computing.by_rulebook(name) for name in names]


class _Computing:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.zone = ZoneInfo(case.zone)
        self.policy = policies.shipped_policy(case.policy)
        self.calendar = _calendar(case, self.policy)

    # by the case's own numbers

    def by_entry(self, name: str) -> Result:
        entry = self.case.params[name]
        place = counting.Place(self.calendar, self.zone, roll_forward=entry.rolls, cutoff=entry.cutoff)
        moment = self.start(entry)
        if not entry.unit:
            return self.effective(name, counting.day_zero(place, moment, moves=entry.moves))
        milestone = _milestone(name, entry)
        pauses = [each for each in self.case.events if each.name in {"waiting_customer", "customer_replied"}]
        segments = counting.segments(pauses, "waiting_customer", self.last()) if entry.pauses else ()
        due = counting.due(place, milestone, entry.n, moment, segments, entry.moves)
        if segments and segments[-1].lasts and segments[-1].start < due.bound:
            return self.paused(name, segments[-1].start)
        days = counting.explain(place, milestone, entry.n, moment, segments, entry.moves)
        return self.result(name, due, days, milestone, entry.n, moment)

    def start(self, entry: Entry) -> datetime:
        """The event of that name; the noon of a day that was computed before; else the receipt."""
        found = [each.at for each in self.case.events if each.name == entry.start]
        if found:
            return min(found)
        if entry.start in self.case.params and entry.start != _EFFECTIVE and self.case.params[entry.start].unit:
            raise Broken([f"case {self.case.id}: “start” names {entry.start}, which is a limit and no event."])
        if entry.start in self.case.params and not self.case.params[entry.start].unit:
            day = self.by_entry(entry.start).date
            assert day is not None
            return datetime.combine(day, time(12), self.zone)
        return self.case.received_at

    # by the rulebook

    def by_rulebook(self, name: str) -> Result:
        key = OTHER_NAMES.get(self.policy.id, {}).get(name, name)
        policy = self.policy
        if key.endswith(_WITHOUT_EVENTS):
            key, policy = key.removesuffix(_WITHOUT_EVENTS), replace(policy, pause="none")
        if key == _EFFECTIVE:
            place = counting.Place.of(self.calendar, policy.calendar)
            moves = policy.calendar.after_hours == "next_business_day"
            return self.effective(name, counting.day_zero(place, self.case.received_at, moves=moves))
        try:
            milestone = policy.milestone(key)
        except KeyError:
            known = ", ".join(each.key for each in policy.milestones)
            raise Broken([f"case {self.case.id}: {policy.id} has no milestone “{name}”. It has: {known}."]) from None
        found = [each for each in self.limits(policy, milestone.start) if each.key == key]
        if not found:
            raise Broken([f"case {self.case.id}: {name} does not exist for this case: {_condition(milestone)}."])
        return self.of_limit(name, milestone, found[0])

    def all(self) -> list[Result]:
        """Every limit that has begun."""
        limits = self.limits(self.policy, "")
        return [self.of_limit(each.key, self.policy.milestone(each.key), each) for each in limits if each.started]

    def limits(self, policy: Policy, start: str) -> tuple[clocks.Limit, ...]:
        """The limits with the case's events. The receipt stands for every event of receipt, and for the start that is
        asked for if no event of the case does."""
        told = {each.name for each in self.case.events}
        wanted = {*RECEIPTS, policy.opens_with, start} - {"", "filed_or_completed"} - told
        receipts = [Happened(name, self.case.received_at) for name in sorted(wanted)]
        return clocks.limits(policy, [*receipts, *self.case.events], self.calendar, self.case.attributes, self.last())

    def of_limit(self, name: str, milestone: Milestone, limit: clocks.Limit) -> Result:
        if limit.paused_since:
            return self.paused(name, limit.paused_since)
        assert limit.started and limit.day_zero
        due = Due(limit.day_zero, limit.due_on, limit.due_before, limit.closes_at, limit.at)
        n = milestone.n if not limit.extended else max((day.number for day in limit.days), default=milestone.n)
        return self.result(name, due, limit.days, milestone, n, limit.started[1])

    # what is told

    def last(self) -> datetime:
        """The moment up to which the file tells what happened."""
        return max([self.case.received_at, *(each.at for each in self.case.events)])

    def effective(self, name: str, day: date) -> Result:
        place = counting.Place(self.calendar, self.zone)
        words = f"Received {_named(self.case.received_at.astimezone(self.zone).date())}; counts as {_named(day)}."
        return Result(self.case.id, name, self.zone, day, counting.end_of_day(place, day), None, words)

    def paused(self, name: str, since: datetime) -> Result:
        day = since.astimezone(self.zone).date()
        words = f"The clock stands still since {_named(day)} and nothing in the file starts it again: there is no date."
        return Result(self.case.id, name, self.zone, None, None, None, words)

    def result(
        self, name: str, due: Due, days: tuple[Day, ...], milestone: Milestone, n: float, moment: datetime
    ) -> Result:
        if due.at:
            local = due.at.astimezone(self.zone)
            words = (
                f"{name}: {_plain(n)} hours on the line of UTC from {_utc(moment)} -> {_utc(due.at)}, on the wall "
                f"{local.isoformat()}."
            )
            return Result(self.case.id, name, self.zone, local.date(), None, due.at, words)
        words = explained(name, due, days, milestone, n)
        return Result(self.case.id, name, self.zone, due.due_on, due.due_before, None, words)


def _calendar(case: Case, policy: Policy) -> Calendar:
    moments = [case.received_at, *(each.at for each in case.events)]
    entries = [(each.n, each.unit) for each in case.params.values()]
    entries += [(each.n, each.unit) for each in policy.milestones]
    days = {"hours": 1 / 24, "calendar_days": 1, "business_days": 1.6, "weeks": 7, "months": 31, "years": 366}
    reach = max((n * days.get(unit, 1) for n, unit in entries), default=0)
    return calendars.make(
        case.country,
        case.subdivision,
        case.zone,
        first_year=min(moments).year - 1,
        last_year=max(moments).year + 2 + int(reach / 365) if reach < 36_500 else max(moments).year + 1,
        extra_closed=case.extra_closed,
        categories=case.categories,
    )


def _milestone(name: str, entry: Entry) -> Milestone:
    bearer = "customer" if entry.kind == "customer_window" else "firm"
    return Milestone(
        name, {"en": name}, entry.n, entry.unit, entry.start, entry.kind, bearer, months_rule=entry.months_rule
    )


def _condition(milestone: Milestone) -> str:
    return f"it asks for {milestone.on.text}" if milestone.on else "its condition does not hold"


def explained(name: str, due: Due, days: tuple[Day, ...], milestone: Milestone, n: float) -> str:
    """The count in one paragraph, as worked cases tell it."""
    skipped = [
        day.date.isoformat() for day in days if day.why and day.date.weekday() < 5 and day.why not in _NO_CLOSURE
    ]
    paused = [day.date.isoformat() for day in days if day.why in {"paused", "held"}]
    words = [f"Day 0 = {_named(due.day_zero)}, not counted."]
    if days and days[0].date < due.day_zero:
        words.insert(0, f"Received {_named(days[0].date)} after hours or on a closed day.")
    if milestone.unit == "business_days":
        words.append(f"Weekday closures skipped: {skipped or 'none'}.")
    if paused:
        words.append(f"The clock stood still: {paused}.")
    if milestone.unit in _UNITS:
        counted = ", ".join(
            f"{day.date.day:02} {_MONTHS[day.date.month - 1]}({day.number})" for day in days if day.number
        )
        words.append(f"{name}: {_plain(n)} {_UNITS[milestone.unit]} -> {counted or 'day 0 itself'}.")
    else:
        assert due.due_on
        rule = f" ({milestone.months_rule})" if milestone.unit in {"months", "years"} else ""
        words.append(f"{name}: + {_plain(n)} {milestone.unit}{rule} -> {_named(due.due_on)}.")
    if any(day.why == "rolled" for day in days):
        words.append("The last day is closed, so the limit ends on the next business day.")
    return " ".join(words)


_NO_CLOSURE = frozenset({"day_zero", "after_hours", "paused", "held", "rolled", "weekend"})


def _named(day: date) -> str:
    return f"{day.isoformat()} ({WEEKDAYS[day.weekday()]})"


def _plain(n: float) -> str:
    return str(int(n)) if n == int(n) else str(n)


def overflow(case: Case, error: Exception) -> str:
    """What to say of a date that no calendar has."""
    return f"case {case.id}: the dates leave the calendar ({error})."
