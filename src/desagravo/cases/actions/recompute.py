"""After a calendar changed: what the limits of open cases would be, proposed; taken over when a person accepts it.

The worker looks through the open cases in pieces, so that nobody waits for it and its progress can be seen. Until
somebody accepts, every case keeps the calendar that was kept when its clocks started.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import transaction

from desagravo.cases import binding, happened, limits
from desagravo.cases.actions._path import entry
from desagravo.cases.actions.bind import categories_of
from desagravo.cases.events.clocks import LimitsComputedAnew
from desagravo.cases.limit_names import policy_of
from desagravo.cases.limits import Running
from desagravo.cases.models import (
    AppliedRulebook,
    Case,
    ClockEvent,
    ProposedDate,
    Recomputation,
    TimeLimit,
)
from desagravo.cases.next_step import renew_next_step
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow, NotYours
from desagravo.departments import authority
from desagravo.history.actions import record_many
from desagravo.rulebook.calendars import Calendar

AT_ONCE: Final = 1000
"""Cases looked at together: memory does not grow with their number."""
_SECONDS: Final = 2.0
_MOST_REMEMBERED: Final = 200
"""How long the worker goes on at a time, before it does something else."""
_OVER: Final = frozenset({"met", "ended", "lapsed"})
"""What is over keeps its date, whatever the calendar says since."""
_UNDECIDED: Final = ("waiting", "proposed", "accepted")


class Change(NamedTuple):
    """One limit that would end on another day."""

    applied: int
    key: str
    before: date | None
    after: date | None


def propose_recomputation(*, actor: Actor) -> Recomputation:
    """Have the worker find out what the calendars as they are now would change on the open cases.

    Raises:
        NotAllowed: neither a manager nor an administrator.
        NotNow: an earlier proposal is not decided yet.
    """
    authority.require(actor, "recompute_limits")
    with transaction.atomic():
        if Recomputation.objects.filter(state__in=_UNDECIDED).exists():
            raise NotNow("recomputation_undecided")
        return Recomputation.objects.create(
            total=Case.objects.filter(open=True).count(), asked_at=clock.now(), asked_by_id=_person(actor)
        )


@transaction.atomic
def accept_recomputation(key: int, *, actor: Actor) -> Recomputation:
    """Take the new dates over, for every case as it will be at that moment. The worker does it."""
    return _decide(key, "accepted", actor)


@transaction.atomic
def reject_recomputation(key: int, *, actor: Actor) -> Recomputation:
    """Leave every open case with the calendar that it has."""
    return _decide(key, "rejected", actor)


def _decide(key: int, state: str, actor: Actor) -> Recomputation:
    authority.require(actor, "recompute_limits")
    row = Recomputation.objects.select_for_update().filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    if row.state != "proposed":
        raise NotNow("recomputation_not_proposed")
    row.state, row.position, row.looked_at = state, 0, 0
    row.decided_at, row.decided_by_id = clock.now(), _person(actor)
    row.finished_at = clock.now() if state == "rejected" else None
    row.save()
    return row


def recompute(_now: datetime) -> int:
    """Go on with what is waiting or was accepted, for a short while; tells how many cases. The worker calls this."""
    until = time.monotonic() + _SECONDS
    done = 0
    while time.monotonic() < until and (count := _piece()):
        done += count
    return done


@transaction.atomic
def _piece() -> int:
    """The next cases of the oldest one that is under way. 0 when there is nothing to do."""
    row = Recomputation.objects.select_for_update().filter(state__in=("waiting", "accepted")).order_by("pk").first()
    if row is None:
        return 0
    cases = list(_open_cases(row.position, lock=row.state == "accepted"))
    if cases:
        (_propose if row.state == "waiting" else _take_over)(row, cases)
        row.position = cases[-1].pk
        row.looked_at += len(cases)
    else:
        row.state = "proposed" if row.state == "waiting" else "done"
        row.finished_at = clock.now() if row.state == "done" else None
    row.save()
    return len(cases) or 1


def _open_cases(after: int, *, lock: bool) -> Iterable[Case]:
    found = Case.objects.filter(open=True, pk__gt=after).order_by("pk")
    return (found.select_for_update(of=("self",)) if lock else found)[:AT_ONCE]


def _propose(row: Recomputation, cases: Sequence[Case]) -> None:
    found = changes(anew(cases), clock.now())
    ProposedDate.objects.bulk_create(
        [ProposedDate(recomputation=row, applied_id=c.applied, key=c.key, old_due_on=c.before, new_due_on=c.after)
         for each in found.values() for c in each]
    )  # fmt: skip
    row.cases += len(found)
    row.changed += sum(map(len, found.values()))
    told: dict[str, int] = dict(row.result)
    for each in found.values():
        for change in each:
            way = "earlier" if change.before and change.after and change.after < change.before else "later"
            told[way] = told.get(way, 0) + 1
    row.result = told


_Pairs = Mapping[int, Sequence[tuple[AppliedRulebook, Calendar]]]


def anew(cases: Sequence[Case], pairs: _Pairs | None = None) -> dict[int, list[Running]]:
    """Case → its rulebooks counted with the calendars as they are now; without those of which no date can move."""
    pairs = moved_calendars(cases) if pairs is None else pairs
    touched = affected(pairs)
    chosen = [case for case in cases if case.pk in touched]
    asking = [key for key in touched if any(limits.asks(each) for each, _new in pairs[key])]
    categories = categories_of(asking)
    told = happened.gather(chosen)
    now = clock.now()
    found: dict[int, list[Running]] = {}
    for case in chosen:
        known = _known(case, categories)
        found[case.pk] = [limits.count(each, days, told[case.pk], known, now) for each, days in pairs[case.pk]]
    return found


def moved_calendars(cases: Sequence[Case]) -> _Pairs:
    """Case → its rulebooks, each with the calendar that would be kept today, where that is another one."""
    applied: dict[int, list[AppliedRulebook]] = defaultdict(list)
    rows = AppliedRulebook.objects.filter(case_id__in=[case.pk for case in cases], ended_at=None)
    for each in rows.select_related("calendar").defer("calendar__content").order_by("pk"):
        applied[each.case_id].append(each)
    calendars: dict[tuple[str, str, str], Calendar] = {}
    found = {case.pk: [(each, _calendar(case, each, calendars)) for each in applied[case.pk]] for case in cases}
    return {
        key: pairs for key, pairs in found.items() if any(each.calendar.sha256 != new.sha256 for each, new in pairs)
    }


def affected(pairs: _Pairs) -> set[int]:
    """The cases of which a date could move: those with an open limit that spans a day which is another one now.

    Where somebody recorded something for the clocks (a pause, an extension), it is not guessed but counted.
    """
    found = set(ClockEvent.objects.filter(case_id__in=list(pairs)).values_list("case_id", flat=True).distinct())
    differ = {
        each.pk: _days_that_differ(limits.calendar_of(each), new) for rows in pairs.values() for each, new in rows
    }
    rows = TimeLimit.objects.filter(applied_id__in=list(differ)).exclude(state__in=_OVER)
    for case, applied, started_at, due_on in rows.values_list("case_id", "applied_id", "started_at", "due_on"):
        days = differ[applied]
        if case in found or started_at is None or days == ():
            continue
        first = started_at.date() - timedelta(days=1)  # in whatever zone it began
        if days is None or any(first <= day and (due_on is None or day <= due_on) for day in days):
            found.add(case)
    return found


_differences: dict[tuple[str, str], tuple[date, ...] | None] = {}


def _days_that_differ(old: Calendar, new: Calendar) -> tuple[date, ...] | None:
    """The days on which the two calendars do not agree; None if they differ in more than days."""
    key = (old.sha256, new.sha256)
    if key not in _differences:
        if len(_differences) > _MOST_REMEMBERED:
            _differences.clear()
        _differences[key] = _compare(old, new)
    return _differences[key]


def _compare(old: Calendar, new: Calendar) -> tuple[date, ...] | None:
    same = all(
        getattr(old, name) == getattr(new, name)
        for name in ("country", "zone", "first_year", "last_year", "weekend", "closes_at")
    )
    if not same:
        return None
    days = {*old.closed, *new.closed, *old.wide, *new.wide, *old.opened, *new.opened}
    return tuple(sorted(day for day in days if _kinds(old, day) != _kinds(new, day)))


def _kinds(calendar: Calendar, day: date) -> tuple[str, str, bool]:
    closed, wide = calendar.closed.get(day), calendar.wide.get(day)
    return (closed.kind if closed else "", wide.kind if wide else "", day in calendar.opened)


def _calendar(case: Case, applied: AppliedRulebook, known: dict[tuple[str, str, str], Calendar]) -> Calendar:
    place = (case.establishment, applied.edition, applied.policy)
    if place not in known:
        policy = policy_of(applied.edition, applied.policy)
        known[place] = binding.calendar_for(case, policy) if policy else limits.calendar_of(applied)
    return known[place]


def _known(case: Case, categories: Mapping[int, Sequence[str]]) -> Mapping[str, Any]:
    return limits.attributes_of(case, categories[case.pk]) if case.pk in categories else {}


def changes(found: Mapping[int, Sequence[Running]], now: datetime) -> dict[int, list[Change]]:
    """Case → the limits that are still open and would end on another day than their rows say."""
    applied = [each.applied.pk for running in found.values() for each in running]
    rows = {
        (row, key): (due_on, state)
        for row, key, due_on, state in TimeLimit.objects.filter(applied_id__in=applied).values_list(
            "applied_id", "key", "due_on", "state"
        )
    }
    told: dict[int, list[Change]] = {}
    for case, running in found.items():
        for each in running:
            for limit in each.limits:
                due_on, state = rows.get((each.applied.pk, limit.key), (None, ""))
                if state and state not in _OVER and due_on != limit.due_on:
                    told.setdefault(case, []).append(Change(each.applied.pk, limit.key, due_on, limit.due_on))
    return told


def _take_over(row: Recomputation, cases: Sequence[Case]) -> None:
    """Count with the new calendars from now on, case by case, and write down which dates moved."""
    pairs = moved_calendars(cases)
    found = anew(cases, pairs)
    moved = changes(found, clock.now())
    _keep_calendars(pairs)
    everything = [each for running in found.values() for each in running]
    kept = {
        (limit.applied_id, limit.key): limit
        for limit in TimeLimit.objects.filter(applied_id__in=[each.applied.pk for each in everything])
    }
    new, changed = limits.differences(everything, kept, clock.now())
    TimeLimit.objects.bulk_create(new)
    TimeLimit.objects.bulk_update(changed, limits.COLUMNS, batch_size=100)
    events = []
    for case in cases:
        if case.pk not in moved:
            continue
        limits.set_duties(case, found[case.pk])
        renew_next_step(case)
        case.save(update_fields=["duty_due", "answer_due", "next_step", "next_due", "came_back_at"])
        events.append(entry(case, _told(row, moved[case.pk], found[case.pk]), actor=_decided_by(row)))
    if events:
        record_many(events)


def _keep_calendars(pairs: _Pairs) -> None:
    """Each rulebook counts with its new calendar from now on; one statement for each calendar."""
    by_calendar: dict[str, tuple[Calendar, list[int]]] = {}
    for rows in pairs.values():
        for each, calendar in rows:
            by_calendar.setdefault(calendar.sha256, (calendar, []))[1].append(each.pk)
    for calendar, keys in by_calendar.values():
        AppliedRulebook.objects.filter(pk__in=keys).update(calendar=limits.snapshot(calendar))


def _told(row: Recomputation, moved: Sequence[Change], running: Sequence[Running]) -> LimitsComputedAnew:
    policies = {each.applied.pk: each.applied.policy for each in running}
    dates = [
        [
            policies[change.applied],
            change.key,
            change.before.isoformat() if change.before else "",
            change.after.isoformat() if change.after else "",
        ]
        for change in moved
    ]
    return LimitsComputedAnew(row.pk, dates)


def _decided_by(row: Recomputation) -> Actor:
    return Actor("staff", str(row.decided_by_id)) if row.decided_by_id else Actor("system", "")


def _person(actor: Actor) -> int | None:
    return int(actor.id) if actor.kind == "staff" else None
