"""The time limits of a case: computed from what happened, kept as rows with every step.

Rows are what the inbox, the warnings and the closing ask; the day-by-day explanation is computed when somebody reads
it. Computing again never changes the past: a limit that was missed stays missed, whatever comes after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from desagravo.cases import happened, warning
from desagravo.cases.limit_names import policy_of
from desagravo.cases.models import AppliedRulebook, CalendarSnapshot, Case, TimeLimit
from desagravo.common import clock
from desagravo.rulebook import applying, clocks, policies
from desagravo.rulebook import edition as editions
from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.clocks import Happened, Limit
from desagravo.rulebook.policies import Policy

FINAL: Final = frozenset({"final_response_sent"})
"""The answer to the customer: of the limits that it fulfils, the earliest is promised."""
MOVES_NO_CLOCK: Final = frozenset(
    {
        "overrule", "reassign", "hand_over", "consult", "answer_consultation", "withdraw_consultation", "follow_up",
        "come_back", "finish_follow_up", "note", "attach", "seen", "release_message", "hold_back_message", "find",
        "point", "drop_point", "decide_point", "draft", "request_approval", "return_answer", "release", "hold_back",
        "hold_back_approved", "send_tracking_again", "renew_tracking", "make_confidential", "lift_confidentiality",
        "let_know", "no_longer_let_know", "break_glass",
    }
)  # fmt: skip
"""Verbs that change nothing of what any clock asks: after them nothing is computed anew."""


@dataclass(frozen=True)
class Running:
    """A rulebook on a case with its limits, as they stand now."""

    applied: AppliedRulebook
    policy: Policy
    calendar: Calendar
    limits: tuple[Limit, ...]


def renew_limits(case: Case, verb: str = "") -> None:
    """Compute the limits of a case anew, keep what changed, and set its earliest duties. Does not save the case.

    ``verb``: the step that was just taken; after most of them nothing can have changed.
    """
    if verb in MOVES_NO_CLOCK or case.erased_at is not None or not case.pk:
        return
    applied = applied_to(case)
    if not applied:
        case.duty_due = case.answer_due = None
        return
    running = compute(case, applied)
    keep(running, clock.now())
    set_duties(case, running)


def applied_to(case: Case, *, ended: bool = False) -> list[AppliedRulebook]:
    """The rulebooks that bind the case, in the order in which they were applied; with ``ended`` also earlier ones."""
    found = AppliedRulebook.objects.filter(case=case).select_related("calendar").defer("calendar__content")
    return list((found if ended else found.filter(ended_at=None)).order_by("pk"))


def compute(
    case: Case,
    applied: Iterable[AppliedRulebook],
    now: datetime | None = None,
    *,
    confirmed: frozenset[int] | None = None,
) -> list[Running]:
    """Every limit of these rulebooks on the case, from its rows, as it stands now.

    ``confirmed``: the years whose official calendar somebody confirmed by now, where the reader wants to be warned.
    """
    applied = list(applied)
    told = happened.happened(case)
    known = attributes_of(case) if any(asks(each) for each in applied) else {}
    moment = now or clock.now()
    if confirmed is None:
        return [running(each, told, known, moment) for each in applied]
    calendars = [replace(calendar_of(each), confirmed=confirmed) for each in applied]
    return [count(each, days, told, known, moment) for each, days in zip(applied, calendars, strict=True)]


def asks(applied: AppliedRulebook) -> frozenset[str]:
    """The attributes that the conditions of this rulebook ask about."""
    policy = policy_of(applied.edition or editions.STARTER, applied.policy)
    found = (each.on.attributes for each in policy.milestones if each.on) if policy else ()
    return frozenset().union(*found)


def running(applied: AppliedRulebook, told: tuple[Happened, ...], known: Mapping[str, Any], now: datetime) -> Running:
    """One rulebook on a case, counted with the calendar that was kept when its clock started."""
    return count(applied, calendar_of(applied), told, known, now)


def count(
    applied: AppliedRulebook,
    calendar: Calendar,
    told: tuple[Happened, ...],
    known: Mapping[str, Any],
    now: datetime,
) -> Running:
    """One rulebook on a case, counted with this calendar."""
    policy = policy_of(applied.edition or editions.STARTER, applied.policy)
    if policy is None:
        return Running(applied, _GONE, calendar, ())
    return Running(applied, policy, calendar, clocks.limits(policy, told, calendar, known, now))


def attributes_of(case: Case, categories: Sequence[str] | None = None) -> dict[str, Any]:
    """What has been known of the case from its beginning: what it tells itself, under what people answered.

    What comes about later is told by events; here it is as it was at first.
    """
    if categories is None:
        told = case.forms.order_by("-version").values_list("fields__problem_category", flat=True).first()
        categories = told if isinstance(told, list) else ()
    book = editions.book("rulebooks", case.edition or editions.STARTER)
    later = {each["code"]: each.get("at_first") for each in book.get("attribute", ()) if each.get("arises")}
    answered = {code: value for code, value in case.attributes.items() if code not in later}
    situation = applying.Situation(channel=case.channel, categories=categories, attributes=answered)
    return {**_NOT_YET, **later, **applying.derived(situation, book)}


_NOT_YET: Final = {"holding_sent": False}
"""What is so only from an event on that bears its name."""


_GONE: Final = Policy("", "", {}, "", "", None, (), policies.CalendarRule(), "")
_calendars: dict[str, Calendar] = {}
_MOST_CALENDARS: Final = 200


def calendar_of(applied: AppliedRulebook) -> Calendar:
    """The calendar that was kept when the clock started. One never changes, so each is read once by a process."""
    digest = applied.calendar.sha256
    found = _calendars.get(digest)
    if found is None:
        if len(_calendars) >= _MOST_CALENDARS:
            _calendars.clear()
        content = CalendarSnapshot.objects.values_list("content", flat=True).get(pk=applied.calendar_id)
        found = _calendars[digest] = Calendar.from_table(content)
    return found


def snapshot(calendar: Calendar) -> CalendarSnapshot:
    """The calendar as a row, kept once however many cases use it."""
    digest = calendar.sha256
    row = CalendarSnapshot.objects.filter(sha256=digest).defer("content").first()
    if row is None:
        row, _new = CalendarSnapshot.objects.get_or_create(
            sha256=digest, defaults={"content": calendar.as_table(), "made_at": clock.now()}
        )
    return row


def keep(running: Sequence[Running], now: datetime) -> None:
    """Write the rows of these limits, and only what differs from those that are there."""
    rows = {
        (row.applied_id, row.key): row
        for row in TimeLimit.objects.filter(applied_id__in=[each.applied.pk for each in running])
    }
    new, changed = differences(running, rows, now)
    if new:
        TimeLimit.objects.bulk_create(new)
    for row in changed:
        row.save()


def differences(
    running: Iterable[Running], rows: Mapping[tuple[int, str], TimeLimit], now: datetime
) -> tuple[list[TimeLimit], list[TimeLimit]]:
    """The rows that are missing, and those that say something else than the clocks: corrected, not saved."""
    new: list[TimeLimit] = []
    changed: list[TimeLimit] = []
    seen: set[tuple[int, str]] = set()
    for each in running:
        for limit in each.limits:
            row = rows.get((each.applied.pk, limit.key))
            if limit.started is None and row is None:
                continue
            seen.add((each.applied.pk, limit.key))
            if row is None:
                new.append(_new(each, limit, now))
            elif _brought_up_to_date(row, limit, each.calendar, now):
                changed.append(row)
    for place, row in rows.items():
        if place not in seen and row.state != "ended":
            row.state, row.warn_next_at, row.missed_at = "ended", None, None
            changed.append(row)
    return new, changed


COLUMNS: Final = (
    "kind", "bearer", "state", "started_at", "due_on", "due_before", "met_at", "missed_at", "warned", "warn_next_at",
)  # fmt: skip
"""What the clocks say of a limit, as columns."""


def columns(limit: Limit) -> dict[str, Any]:
    """A limit as its row keeps it."""
    return {
        "kind": limit.kind,
        "bearer": limit.bearer,
        "state": limit.state,
        "started_at": limit.started[1] if limit.started else None,
        "due_on": limit.due_on,
        "due_before": limit.bound,
        "met_at": limit.met_at,
        "missed_at": limit.bound if limit.state == "missed" else None,
    }


def _new(each: Running, limit: Limit, now: datetime) -> TimeLimit:
    """A row for a limit that has started. What passed before the rulebook was applied warns nobody any more."""
    row = TimeLimit(case_id=each.applied.case_id, applied=each.applied, key=limit.key, **columns(limit))
    row.warned = warning.passed(limit, now) if warning.warned_of(limit) else 0
    row.warn_next_at = warning.next_moment(limit, row.warned, each.calendar, now)
    return row


def _brought_up_to_date(row: TimeLimit, limit: Limit, calendar: Calendar, now: datetime) -> bool:
    """Give the row what the clocks say; False if it said so already.

    A date that moved away, or a round that began anew, is warned of anew; one that came nearer is warned of at once.
    """
    told = columns(limit)
    before = {name: getattr(row, name) for name in told}
    if told["due_before"] != before["due_before"] or told["started_at"] != before["started_at"]:
        later = not before["due_before"] or not told["due_before"] or told["due_before"] > before["due_before"]
        row.warned = warning.passed(limit, now) if later and warning.warned_of(limit) else 0
    warn_next_at = warning.next_moment(limit, row.warned, calendar, now)
    if told == before and warn_next_at == row.warn_next_at:
        return False
    for name, value in told.items():
        setattr(row, name, value)
    row.warn_next_at = warn_next_at
    return True


def last_moment(bound: datetime) -> datetime:
    """The last moment before the bound: its local day is the one that people are told."""
    return bound - timedelta(seconds=1)


def set_duties(case: Case, running: Iterable[Running]) -> None:
    """The earliest open obligation of the case, and the earliest that an answer fulfils. Does not save."""
    duties = [(each, limit) for each in running for limit in each.limits if is_duty(limit)]
    case.duty_due = min((limit.bound for _each, limit in duties if limit.bound), default=None)
    answers = [limit.bound for each, limit in duties if limit.bound and is_final(each.policy, limit.key)]
    case.answer_due = min(answers, default=None)


def is_duty(limit: Limit) -> bool:
    """Does a rule bind the company, and is it still to be done? House targets are promises, not duties."""
    return limit.open and limit.binding and limit.bearer == "firm" and limit.kind == "firm_obligation"


def is_final(policy: Policy, key: str) -> bool:
    """Is the limit fulfilled by an answer to the customer?"""
    return not FINAL.isdisjoint(policy.milestone(key).met_by)
