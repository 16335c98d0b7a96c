"""The time limits of a case as people read them: what is due first, from what it is counted, and why that day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.cases import limits
from desagravo.cases.actions.clock_events import asked_about
from desagravo.cases.actions.extend import Extendable, extendable
from desagravo.cases.clock_words import (
    BEARER,
    LIMIT_KIND,
    LIMIT_STATE,
    event_words,
    evidence_words,
)
from desagravo.cases.limit_names import limit_name, policy_of, rulebook_name
from desagravo.cases.limits import Running
from desagravo.cases.models import AppliedRulebook, Case, ClockEvent, Recomputation, TimeLimit
from desagravo.cases.queries.visible import visible_to
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import NotNow, NotYours
from desagravo.rulebook import edition as editions
from desagravo.rulebook import places
from desagravo.rulebook.clocks import Day, Limit
from desagravo.rulebook.policies import Milestone
from desagravo.rulebook.words import say

_SHOWN_ON_CASE: Final = 4
_OPEN: Final = ("running", "missed")


class OpenLimit(NamedTuple):
    """A limit as the case page shows it: its name, the last day (or the moment, for hours), and how near it is."""

    name: str
    due: date | datetime | None
    tone: str
    kind: str


@dataclass(frozen=True)
class DayShown:
    """One line of the count: the day, its number, or why it does not count."""

    day: date
    number: int
    why: str
    tone: str = ""


@dataclass(frozen=True)
class LimitShown:
    """A limit with everything that explains it. ``row`` is the key of its row, 0 while it has not started."""

    row: int
    key: str
    name: str
    rulebook: str
    version: str
    state: str
    state_words: str
    tone: str
    kind: str
    kind_words: str
    bearer: str
    due: date | datetime | None
    elsewhere: datetime | None
    length: str
    started_by: str
    started_at: datetime | None
    met_at: datetime | None
    counted: str
    days: tuple[DayShown, ...]
    source: str
    evidence: str
    tolerance: date | None
    asks: tuple[str, ...]
    binding: bool
    paused_since: datetime | None
    extended: int
    may_be_extended: bool
    unconfirmed: tuple[int, ...]
    replaced_by: str
    earlier: tuple[tuple[datetime, datetime, datetime | None], ...]
    missed_reason: str
    needs_reason: bool


@dataclass(frozen=True)
class RulebookShown:
    """A rulebook on the case: why it binds, since when, and until when if it ended."""

    applied: int
    name: str
    version: str
    title: str
    because: str
    by: str
    since: datetime
    ended_at: datetime | None
    reason: str
    evidence: str
    review_by: date | None
    review_passed: bool


@dataclass(frozen=True)
class EventShown:
    """Something recorded for the clocks."""

    key: int
    words: str
    at: datetime
    note: str
    by: str
    taken_back: bool


@dataclass(frozen=True)
class Question:
    """Something that rulebooks ask about the case. ``derived``: the case itself tells the answer given."""

    code: str
    text: str
    kind: str
    options: tuple[tuple[str, str], ...]
    answer: str
    derived: str


@dataclass(frozen=True)
class LimitsOf:
    """The page of the time limits. ``open`` are duties, targets and routes, the earliest first."""

    open: list[LimitShown]
    customer: list[LimitShown]
    keep: list[LimitShown]
    not_started: list[LimitShown]
    past: list[LimitShown]
    rulebooks: list[RulebookShown]
    ended: list[RulebookShown]
    events: list[EventShown]
    questions: list[Question]
    recordable: list[tuple[str, str]]
    applicable: list[tuple[str, str]]


def open_limits(case: Case) -> list[OpenLimit]:
    """The next few limits of the company on this case that are still open, the earliest first. One query."""
    rows = TimeLimit.objects.filter(case=case, state__in=_OPEN, bearer="firm", met_at=None, applied__ended_at=None)
    rows = rows.exclude(kind="retention_min").order_by("due_before")
    told = rows.values_list(
        "applied__policy", "applied__edition", "key", "kind", "state", "started_at", "due_on", "due_before"
    )
    return [
        OpenLimit(
            limit_name(policy, key, edition or editions.STARTER),
            due_on or due_before,
            _tone(state, started_at, due_before, kind),
            kind,
        )
        for policy, edition, key, kind, state, started_at, due_on, due_before in told[:_SHOWN_ON_CASE]
    ]


def limits_of(case: Case) -> LimitsOf:
    """Everything on the page, computed at this moment."""
    applied = limits.applied_to(case, ended=True)
    confirmed = places.calendar_of(case.establishment).confirmed
    running = limits.compute(case, [each for each in applied if each.ended_at is None], confirmed=confirmed)
    rows = {(row.applied_id, row.key): row for row in TimeLimit.objects.filter(case=case)}
    shown = [(_shown(each, limit, rows), limit) for each in running for limit in each.limits]
    past = [each for each, _limit in shown if each.state in _PAST]
    past += [_ended(row, applied) for row in rows.values() if row.applied_id in _ended_keys(applied) and row.started_at]
    still = [each for each, limit in shown if limit.open]
    policies = [each.policy for each in running]
    return LimitsOf(
        open=sorted((each for each in still if each.kind not in _APART), key=_due_first),
        customer=[each for each in still if each.kind == "customer_window"],
        keep=[each for each in still if each.kind == "retention_min"],
        not_started=[each for each, _limit in shown if each.state == "not_started"],
        past=past,
        rulebooks=[_rulebook(each) for each in _with_people(case) if each.ended_at is None],
        ended=[_rulebook(each) for each in _with_people(case) if each.ended_at is not None],
        events=_events(case),
        questions=questions_of(case, running),
        recordable=[(name, event_words(name)) for name in asked_about(policies)],
        applicable=_applicable(case, applied),
    )


_PAST: Final = frozenset({"met", "replaced", "lapsed", "ended"})
_APART: Final = frozenset({"customer_window", "retention_min"})


def limit_of(case: Case, key: int) -> TimeLimit:
    """One limit of this case. Raises NotYours."""
    row = TimeLimit.objects.select_related("applied__calendar").filter(case=case, pk=key).first()
    if row is None:
        raise NotYours("not_found")
    return row


def applied_of(case: Case, key: int) -> AppliedRulebook:
    """One rulebook on this case. Raises NotYours."""
    row = AppliedRulebook.objects.filter(case=case, pk=key).first()
    if row is None:
        raise NotYours("not_found")
    return row


def clock_event_of(case: Case, key: int) -> ClockEvent:
    """One recorded event of this case. Raises NotYours."""
    row = ClockEvent.objects.filter(case=case, pk=key).first()
    if row is None:
        raise NotYours("not_found")
    return row


def extension_of(case: Case, row: TimeLimit) -> Extendable:
    """How far this limit may be extended. Raises NotNow."""
    return extendable(case, row)


def missed_to_explain(case: Case) -> list[tuple[int, str]]:
    """The duties that were missed on this case and of which nobody said why: key and name."""
    rows = TimeLimit.objects.filter(
        case=case, state="missed", kind="firm_obligation", missed_reason="", applied__ended_at=None
    ).select_related("applied")
    return [(row.pk, limit_name(row.applied.policy, row.key, row.applied.edition)) for row in rows]


def name_of(row: TimeLimit) -> str:
    """What a limit is called."""
    return limit_name(row.applied.policy, row.key, row.applied.edition or editions.STARTER)


def _shown(each: Running, limit: Limit, rows: Mapping[tuple[int, str], TimeLimit]) -> LimitShown:
    row = rows.get((each.applied.pk, limit.key))
    milestone = each.policy.milestone(limit.key)
    days = _days(limit.days, each) if limit.started else ()
    bound = limits.last_moment(limit.bound) if limit.bound else None
    elsewhere = bound is not None and limit.due_on is not None and _elsewhere(each.calendar.zone, bound)
    return LimitShown(
        row=row.pk if row else 0,
        key=limit.key,
        name=say(limit.name, active()),
        rulebook=say(each.policy.name, active()),
        version=each.policy.version,
        state=limit.state,
        state_words=_state_words(limit),
        tone=_tone(limit.state, limit.started[1] if limit.started else None, limit.bound, limit.kind),
        kind=limit.kind,
        kind_words=str(LIMIT_KIND.get(limit.kind, limit.kind)),
        bearer=str(BEARER.get(limit.bearer, limit.bearer)),
        due=limit.due_on or limit.bound,
        elsewhere=bound if elsewhere else None,
        length=_length(milestone),
        started_by=event_words(limit.started[0]) if limit.started else event_words(milestone.start),
        started_at=limit.started[1] if limit.started else None,
        met_at=limit.met_at,
        counted=_counted(limit, each),
        days=days,
        source=limit.source,
        evidence=evidence_words(milestone.evidence or each.policy.evidence),
        tolerance=limit.tolerance if limit.tolerance != limit.due_on else None,
        asks=tuple(_question_words(each.applied.edition, code) for code in limit.asks),
        binding=limit.binding,
        paused_since=limit.paused_since,
        extended=limit.extended,
        may_be_extended=_may_be_extended(each, limit),
        unconfirmed=limit.unconfirmed,
        replaced_by=limit_name(each.policy.id, limit.replaced_by, each.applied.edition) if limit.replaced_by else "",
        earlier=tuple((each.started_at, limits.last_moment(each.bound), each.met_at) for each in limit.earlier),
        missed_reason=row.missed_reason if row else "",
        needs_reason=bool(row and limit.state == "missed" and not row.missed_reason),
    )


def _ended(row: TimeLimit, applied: Sequence[AppliedRulebook]) -> LimitShown:
    """A limit of a rulebook that does not bind the case any more: what its row remembers."""
    book = next(each for each in applied if each.pk == row.applied_id)
    return LimitShown(
        row=row.pk, key=row.key, name=limit_name(book.policy, row.key, book.edition), version=book.policy_version,
        rulebook=rulebook_name(book.policy), state=row.state, state_words=str(LIMIT_STATE.get(row.state, row.state)),
        tone="", kind=row.kind, kind_words=str(LIMIT_KIND.get(row.kind, row.kind)),
        bearer=str(BEARER.get(row.bearer, row.bearer)), due=row.due_on or row.due_before, elsewhere=None, length="",
        started_by="", started_at=row.started_at, met_at=row.met_at, counted="", days=(), source="", evidence="",
        tolerance=None, asks=(), binding=False, paused_since=None, extended=0, may_be_extended=False, unconfirmed=(),
        replaced_by="", earlier=(), missed_reason=row.missed_reason, needs_reason=False,
    )  # fmt: skip


def _ended_keys(applied: Iterable[AppliedRulebook]) -> set[int]:
    return {each.pk for each in applied if each.ended_at is not None}


def _due_first(shown: LimitShown) -> tuple[bool, str]:
    due = shown.due
    return (due is None, due.isoformat()[:10] if due else "")


def _tone(state: str, started: datetime | None, bound: datetime | None, kind: str) -> str:
    """Red is a missed duty, amber is soon: three quarters of the time are over, or a day is left."""
    if state == "missed":
        return "late"
    if state == "met":
        return "kept"
    if state != "running" or started is None or bound is None or kind in _APART:
        return ""
    now = clock.now()
    span = (bound - started).total_seconds()
    near = (bound - now).total_seconds() < 24 * 3600 or (span > 0 and (now - started).total_seconds() / span >= 0.75)
    return "soon" if near else ""


def _state_words(limit: Limit) -> str:
    if limit.state == "missed" and limit.met_at:
        return _("missed, and done later")
    if limit.paused_since:
        return _("stands still")
    return str(LIMIT_STATE.get(limit.state, limit.state))


def _elsewhere(zone: str, bound: datetime) -> bool:
    """Does the last moment bear another day or hour where the reader is?"""
    here = timezone.get_current_timezone()
    return bound.astimezone(here).replace(tzinfo=None) != bound.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _length(milestone: Milestone) -> str:
    n = milestone.n
    if milestone.unit == "hours" and n and n < 1:
        minutes = round(n * 60)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if not n:
        return _("at once") if milestone.unit == "hours" else _("by the end of the same day")
    count = int(n)
    words = {
        "hours": ngettext("%(n)d hour", "%(n)d hours", count),
        "calendar_days": ngettext("%(n)d calendar day", "%(n)d calendar days", count),
        "business_days": ngettext("%(n)d working day", "%(n)d working days", count),
        "weeks": ngettext("%(n)d week", "%(n)d weeks", count),
        "months": ngettext("%(n)d month", "%(n)d months", count),
        "years": ngettext("%(n)d year", "%(n)d years", count),
    }
    return words[milestone.unit] % {"n": count}


def _counted(limit: Limit, each: Running) -> str:
    """Which day of how many it is today, where days are counted."""
    numbered = [day for day in limit.days if day.number] if limit.started and limit.state == "running" else []
    if not numbered:
        return ""
    today = clock.now().astimezone(ZoneInfo(each.calendar.zone)).date()
    so_far = max((day.number for day in numbered if day.date <= today), default=0)
    return _("day %(now)d of %(all)d") % {"now": so_far, "all": numbered[-1].number}


_WHY: Final = {
    "day_zero": lambda: _("the day itself does not count"),
    "after_hours": lambda: _("after hours: counted as received on the next working day"),
    "weekend": lambda: _("weekend"),
    "national": lambda: _("public holiday"),
    "regional": lambda: _("regional holiday"),
    "municipal": lambda: _("municipal holiday"),
    "optional": lambda: _("optional day off"),
    "own": lambda: _("closed"),
    "paused": lambda: _("waiting for the customer"),
    "held": lambda: _("the customer's time stands still"),
    "rolled": lambda: _("ends on the next working day"),
}


def _days(days: Iterable[Day], each: Running) -> tuple[DayShown, ...]:
    today = clock.now().astimezone(ZoneInfo(each.calendar.zone)).date()
    return tuple(DayShown(day.date, day.number, _why(day), "today" if day.date == today else "") for day in days)


def _why(day: Day) -> str:
    if not day.why:
        return ""
    words = _WHY[day.why]() if day.why in _WHY else day.why
    name = say(day.name, active()) if day.name else ""
    return f"{name} ({words})" if name else words


def _may_be_extended(each: Running, limit: Limit) -> bool:
    extension = next((one for one in each.policy.extensions if one.of == limit.key), None)
    return extension is not None and limit.state == "running" and limit.extended < extension.max_times


def _with_people(case: Case) -> Iterable[AppliedRulebook]:
    return AppliedRulebook.objects.filter(case=case).select_related("applied_by", "ended_by").order_by("pk")


def _rulebook(row: AppliedRulebook) -> RulebookShown:
    policy = policy_of(row.edition or editions.STARTER, row.policy)
    by = row.ended_by if row.ended_at else row.applied_by
    return RulebookShown(
        applied=row.pk,
        name=rulebook_name(row.policy, row.edition),
        version=row.policy_version,
        title=policy.title if policy else row.policy,
        because=rule_words(row.edition, row.because),
        by=by.name if by else "",
        since=row.applied_at,
        ended_at=row.ended_at,
        reason=row.reason,
        evidence=evidence_words(policy.evidence) if policy else "",
        review_by=policy.review_by if policy else None,
        review_passed=bool(policy and policy.review_by and policy.review_by < timezone.localtime(clock.now()).date()),
    )


def rule_words(edition: str, rule: str) -> str:
    """Why a rule of the edition applied its rulebook."""
    book = editions.book("rulebooks", edition or editions.STARTER)
    row = next((each for each in book.get("applies", ()) if each["code"] == rule), None)
    return say(row["reason"], active()) if row else ""


def _events(case: Case) -> list[EventShown]:
    rows = ClockEvent.objects.filter(case=case).select_related("recorded_by").order_by("at", "pk")
    return [
        EventShown(
            row.pk,
            _event_words(case, row),
            row.at,
            row.note,
            row.recorded_by.name if row.recorded_by else "",
            row.taken_back_at is not None,
        )
        for row in rows
    ]


def _event_words(case: Case, row: ClockEvent) -> str:
    if row.name == "known":
        told = [_question_words(case.edition, code) for code in row.facts]
        return _("Answered: %(question)s") % {"question": "; ".join(told)}
    return event_words(row.name)


def _question_words(edition: str, code: str) -> str:
    row = next((each for each in _asked(edition) if each["code"] == code), None)
    return say(row["text"], active()) if row else event_words(code)


def _asked(edition: str) -> Sequence[Mapping[str, Any]]:
    return tuple(editions.book("rulebooks", edition or editions.STARTER).get("attribute", ()))


def questions_of(case: Case, running: Sequence[Running] | None = None) -> list[Question]:
    """What can be answered about this case: what decides which rulebooks bind it, and what those ask."""
    running = limits.compute(case, limits.applied_to(case)) if running is None else running
    book = editions.book("rulebooks", case.edition or editions.STARTER)
    wanted = {
        code for row in book.get("applies", ()) for clause in row["when"] for code in clause.get("attributes", ())
    }
    wanted |= {code for each in running for code in limits.asks(each.applied)}
    derived = limits.attributes_of(case)
    return [
        Question(
            code=row["code"],
            text=say(row["text"], active()),
            kind=row["kind"],
            options=tuple((each["code"], say(each["name"], active())) for each in row.get("option", ())),
            answer=_answer(case.attributes.get(row["code"])),
            derived="" if row["code"] in case.attributes else _answer(derived.get(row["code"])),
        )
        for row in _asked(case.edition)
        if row["code"] in wanted
    ]


def _answer(value: Any) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


def _applicable(case: Case, applied: Iterable[AppliedRulebook]) -> list[tuple[str, str]]:
    """The rulebooks of the case's edition that do not bind it: id and name."""
    here = {each.policy for each in applied if each.ended_at is None}
    edition = case.edition or editions.STARTER
    return [(key, rulebook_name(key, edition)) for key in editions.policies(edition) if key not in here]


def recordable(case: Case) -> list[tuple[str, str]]:
    """What may be recorded for the clocks of this case: code and words."""
    policies = [each.policy for each in limits.compute(case, limits.applied_to(case))]
    return [(name, event_words(name)) for name in asked_about(policies)]


def applicable(case: Case) -> list[tuple[str, str]]:
    """The rulebooks that a person may apply to this case."""
    return _applicable(case, limits.applied_to(case))


@dataclass(frozen=True)
class RecomputationShown:
    """A proposal, or what became of it. ``dates`` are the first of the dates that would move."""

    key: int
    state: str
    looked_at: int
    total: int
    changed: int
    cases: int
    earlier: int
    later: int
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    finished_at: datetime | None
    dates: list[tuple[str, str, str, date | None, date | None]]


MOST_DATES: Final = 200


def recomputations(actor: Actor, *, dates: bool = True) -> list[RecomputationShown]:
    """The newest proposals, the newest first; the one that waits for a decision with the dates of cases that the
    reader may see."""
    rows = Recomputation.objects.select_related("asked_by", "decided_by").order_by("-pk")[:10]
    return [_recomputation(row, actor, dates=dates and row.state == "proposed") for row in rows]


def _recomputation(row: Recomputation, actor: Actor, *, dates: bool) -> RecomputationShown:
    seen = row.dates.filter(applied__case__in=visible_to(actor)).select_related("applied__case")
    found = seen.order_by("pk")[:MOST_DATES] if dates else ()
    return RecomputationShown(
        key=row.pk, state=row.state, looked_at=row.looked_at, total=row.total, changed=row.changed, cases=row.cases,
        earlier=row.result.get("earlier", 0), later=row.result.get("later", 0),
        asked_by=row.asked_by.name if row.asked_by else "", asked_at=row.asked_at,
        decided_by=row.decided_by.name if row.decided_by else "", decided_at=row.decided_at,
        finished_at=row.finished_at,
        dates=[
            (each.applied.case.number, rulebook_name(each.applied.policy),
             limit_name(each.applied.policy, each.key, each.applied.edition), each.old_due_on, each.new_due_on)
            for each in found
        ],
    )  # fmt: skip


__all__ = [
    "MOST_DATES",
    "DayShown",
    "EventShown",
    "LimitShown",
    "LimitsOf",
    "NotNow",
    "OpenLimit",
    "Question",
    "RecomputationShown",
    "RulebookShown",
    "applicable",
    "applied_of",
    "clock_event_of",
    "extension_of",
    "limit_of",
    "limits_of",
    "missed_to_explain",
    "name_of",
    "open_limits",
    "questions_of",
    "recomputations",
    "recordable",
    "rule_words",
]
