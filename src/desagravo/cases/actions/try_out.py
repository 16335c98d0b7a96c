"""Try an edition on past cases: what it would have said of them, beside what each case's own edition says.

Nothing of a case is written, not even a look at it; the worker reads, and only the row of the try-out changes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases import binding, deciding, happened, trying
from desagravo.cases.editions import edition_of
from desagravo.cases.events.trying import TryOutAsked
from desagravo.cases.models import AppliedRulebook, Assessment, Case, ComplaintForm, Point, TryOut
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotYours, Refusal, words
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.history.actions import record
from desagravo.rulebook import applying, clocks, decide, places, plain, policies
from desagravo.rulebook import edition as editions
from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.clocks import Happened
from desagravo.rulebook.policies import Policy

AT_ONCE: Final = 500
"""Cases looked at together: memory does not grow with their number."""
HOUSE_TARGET: Final = "house/answer"
"""The house's own promise for the answer, beside what rulebooks ask."""
_NOT_YET: Final = {"holding_sent": False}
"""As in ``limits.attributes_of``: what is so only from an event on that bears its name."""
_DUE: Final = frozenset({"firm_obligation", "target"})
_BOOKS: Final = ("triage", "routing", "approvals", "rulebooks", "targets")

words(
    {
        "period_too_long": _("Choose at most ten years."),
        "nothing_in_period": _("No complaint came in between these days. Choose others."),
    }
)


def ask_for_try_out(code: str, *, from_day: date | None, to_day: date | None, actor: Actor) -> TryOut:
    """Have an edition tried on the cases that came in between these days, both included. The worker does it.

    Raises:
        NotAllowed: neither a manager nor an administrator.
        NotYours: there is no such edition.
        Missing: a day is missing, they are the wrong way round, too far apart, or nothing came in between them.
    """
    authority.require(actor, "try_out")
    if not editions.known(code):
        raise NotYours("not_found")
    if from_day is None or to_day is None:
        days = {"from_day": from_day, "to_day": to_day}
        raise Missing({name: [Refusal("needs_day")] for name, day in days.items() if day is None})
    if to_day < from_day:
        raise Missing({"to_day": [Refusal("days_backwards")]})
    if to_day - from_day > timedelta(days=3660):
        raise Missing({"to_day": [Refusal("period_too_long")]})
    total = _cases(from_day, to_day).count()
    if not total:
        raise Missing({"from_day": [Refusal("nothing_in_period")]})
    with transaction.atomic():
        row = TryOut.objects.create(
            edition=code,
            edition_sha256=digest(code),
            from_day=from_day,
            to_day=to_day,
            total=total,
            asked_by_id=int(actor.id) if actor.kind == "staff" else None,
            asked_at=clock.now(),
        )
        asked = TryOutAsked(row.pk, code, from_day.isoformat(), to_day.isoformat(), total)
        record(asked, actor=actor, subject=("try_out", str(row.pk)))
    return row


def digest(code: str) -> str:
    """What the edition says at this moment, as a digest: a draft may change while it is tried."""
    whole = editions.whole(code)
    return plain.digest_of(whole.books, whole.policies)


def run_try_out(row: TryOut, *, progress: Callable[[int], None] = lambda percent: None) -> TryOut:
    """Look at every case, and keep what was found. Broken off, it begins anew: nothing was written."""
    TryOut.objects.filter(pk=row.pk).update(state="running", position=0)
    draft, own, tally = _Rules(row.edition), _OwnRules(), trying.Tally()
    after = 0
    while cases := list(_cases(row.from_day, row.to_day).filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        _look(cases, draft, own, tally)
        after = cases[-1].pk
        TryOut.objects.filter(pk=row.pk).update(position=tally.cases)
        progress(100 * tally.cases // max(row.total, tally.cases))
    row.state, row.position, row.total = "done", tally.cases, tally.cases
    row.result, row.finished_at = tally.as_json(), clock.now()
    row.save(update_fields=["state", "position", "total", "result", "finished_at"])
    return row


def _cases(from_day: date, to_day: date) -> Any:
    zone = ZoneInfo(departments.organisation().time_zone)
    begins = datetime.combine(from_day, time(0), zone).astimezone(UTC)
    ends = datetime.combine(to_day + timedelta(days=1), time(0), zone).astimezone(UTC)
    return Case.objects.filter(received_at__gte=begins, received_at__lt=ends, erased_at=None)


class _Rules:
    """All that one edition says, read once: a draft is not kept anywhere else."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.books: Mapping[str, Mapping[str, Any]] = {name: editions.book(name, code) for name in _BOOKS}
        self.tables = editions.policies(code)
        self._read: dict[str, Policy] = {}
        self._same: dict[str, frozenset[str]] = {}
        rows = self.books["rulebooks"].get("attribute", ())
        self.later = {each["code"]: each.get("at_first") for each in rows if each.get("arises")}

    def policy(self, name: str) -> Policy:
        """A rulebook of a jurisdiction as this edition has it."""
        if name not in self._read:
            self._read[name] = policies.read(self.tables[name])
        return self._read[name]

    def same_as(self, other: "_Rules") -> frozenset[str]:
        """The books and rulebooks in which this edition and another one say the same."""
        found = self._same.get(other.code)
        if found is None:
            books = {name for name in _BOOKS if self.books[name] == other.books[name]}
            tables = {name for name, table in self.tables.items() if table == other.tables.get(name)}
            if tables != self.tables.keys() or tables != other.tables.keys():
                books -= {"rulebooks"}  # what binds depends on the days from which they count
            found = self._same[other.code] = frozenset(books | {f"policy:{name}" for name in tables})
        return found

    @cached_property
    def days_to_answer(self) -> int:
        """The house's own promise."""
        return next((int(row["days"]) for row in self.books["targets"]["target"] if row["code"] == "answer"), 0)


class _OwnRules(dict[str, _Rules]):
    """The editions that cases keep, each read once."""

    def __missing__(self, code: str) -> _Rules:
        found = self[code] = _Rules(code if editions.known(code) else editions.STARTER)
        return found


@dataclass(frozen=True)
class _Past:
    """What is known of one case, whatever the edition."""

    case: Case
    answers: Mapping[str, str]
    overruled_to: str
    fields: Mapping[str, Any]
    description: str
    points: Sequence[tuple[str, str]]
    events: tuple[Happened, ...]
    by_hand: frozenset[str]
    ended_by_hand: frozenset[str]


def _look(cases: Sequence[Case], draft: _Rules, own: _OwnRules, tally: trying.Tally) -> None:
    for past in _gather(cases):
        rules = own[edition_of(past.case)]
        before = _see(past, rules)
        after = _see(past, draft, before, draft.same_as(rules))
        tally.add(past.case.pk, before.outlook, after.outlook, overruled=bool(past.overruled_to))
        tally.untimed += _closed_elsewhere(past.case)


def _gather(cases: Sequence[Case]) -> Iterable[_Past]:
    """Everything about these cases, in a constant number of queries."""
    keys = [case.pk for case in cases]
    told = happened.gather(cases)
    newest: dict[int, tuple[dict[str, str], str]] = {}
    assessed = Assessment.objects.filter(case_id__in=keys).order_by("pk")
    for key, answers, overruled_to in assessed.values_list("case_id", "answers", "overruled_to"):
        newest[key] = (answers, overruled_to)
    forms: dict[int, tuple[dict[str, Any], str]] = {}
    written = ComplaintForm.objects.filter(case_id__in=keys).order_by("version")
    for key, fields, description in written.values_list("case_id", "fields", "description"):
        forms[key] = (fields, description)
    points: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for key, decision, remedy in Point.objects.filter(case_id__in=keys).values_list("case_id", "decision", "remedy"):
        points[key].append((decision, remedy))
    by_hand: dict[int, set[str]] = defaultdict(set)
    ended: dict[int, set[str]] = defaultdict(set)
    applied = AppliedRulebook.objects.filter(case_id__in=keys)
    for key, policy, because, ended_by in applied.values_list("case_id", "policy", "because", "ended_by_id"):
        if ended_by:
            ended[key].add(policy)
        elif not because:
            by_hand[key].add(policy)
    for case in cases:
        answers, overruled_to = newest.get(case.pk, ({}, ""))
        fields, description = forms.get(case.pk, ({}, ""))
        hands = frozenset(by_hand.get(case.pk, ())), frozenset(ended.get(case.pk, ()))
        past = (answers, overruled_to, fields, description, tuple(points.get(case.pk, ())), told[case.pk])
        yield _Past(case, *past, *hands)


@dataclass(frozen=True)
class _Seen:
    """What an edition says of a case, and what was found on the way: another one that says the same needs not look."""

    outlook: trying.Outlook
    bound: frozenset[str]
    attributes: Mapping[str, Any]
    missed: Mapping[str, frozenset[str]]


def _see(past: _Past, rules: _Rules, seen: _Seen | None = None, same: frozenset[str] = frozenset()) -> _Seen:
    """What these rules say. ``seen``: what others said; ``same``: the books in which they say the same."""
    severity = (
        seen.outlook.severity
        if seen and "triage" in same
        else trying.decided(past.answers, rules.books, overruled_to=past.overruled_to)
    )
    if seen and severity != seen.outlook.severity:
        same = same - {"routing", "approvals"}
    bound, attributes = (seen.bound, seen.attributes) if seen and "rulebooks" in same else _bound(past, rules)
    timed = [] if _closed_elsewhere(past.case) else sorted(bound)
    missed = {name: _missed_again(name, past, rules, attributes, seen, same) for name in timed}
    late = frozenset().union(*missed.values(), {HOUSE_TARGET} if _answer_was_late(past, rules) else ())
    proposed, approvals = _decided(past, rules, severity, seen, same)
    return _Seen(trying.Outlook(severity, proposed, approvals, late), bound, attributes, missed)


def _decided(
    past: _Past, rules: _Rules, severity: str, seen: _Seen | None, same: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    told = {
        "answers": past.answers,
        "fields": past.fields,
        "severity": severity,
        "channel": past.case.channel,
        "stage": past.case.stage,
        "attributes": past.case.attributes,
    }
    if seen and "routing" in same:
        routed = seen.outlook.departments
    else:
        found = deciding.facts_from(**told, description=past.description)
        routed = frozenset(each.department for each in decide.route(found, rules.books["routing"]))
    if seen and "approvals" in same:
        return routed, seen.outlook.approvals
    found = deciding.facts_from(**told, description="", decided=past.points)
    return routed, frozenset(each.role for each in decide.approvals(found, rules.books["approvals"]))


def _bound(past: _Past, rules: _Rules) -> tuple[frozenset[str], Mapping[str, Any]]:
    """The rulebooks that bind the case under these rules and what people applied or ended, and what they ask about."""
    book = rules.books["rulebooks"]
    found = binding.situation(past.case, past.fields)
    known = applying.derived(found, book)
    bound = {each.policy for each in applying.bindings(replace(found, attributes=known), book, rules.tables)}
    bound = (bound | (past.by_hand & rules.tables.keys())) - past.ended_by_hand
    return frozenset(bound), _attributes(past.case, found, rules)


def _missed_again(
    name: str, past: _Past, rules: _Rules, attributes: Mapping[str, Any], seen: _Seen | None, same: frozenset[str]
) -> frozenset[str]:
    counted = seen is not None and name in seen.missed and f"policy:{name}" in same and attributes == seen.attributes
    return seen.missed[name] if seen and counted else _missed(past, name, rules, attributes)


def _missed(past: _Past, name: str, rules: _Rules, attributes: Mapping[str, Any]) -> frozenset[str]:
    policy = rules.policy(name)
    found = clocks.limits(policy, past.events, _calendar(past.case), attributes, clock.now())
    return frozenset(f"{name}/{each.key}" for each in found if _was_missed(each))


def _attributes(case: Case, found: applying.Situation, rules: _Rules) -> dict[str, Any]:
    """As ``limits.attributes_of``, with the book at hand: what was known of the case from its beginning."""
    answered = {code: value for code, value in case.attributes.items() if code not in rules.later}
    told = applying.Situation(channel=case.channel, categories=found.categories, attributes=answered)
    return {**_NOT_YET, **rules.later, **applying.derived(told, rules.books["rulebooks"])}


def _closed_elsewhere(case: Case) -> bool:
    """Taken over as closed: nobody knows when it was answered, so nobody can say that it was late."""
    return not case.open and case.answered_at is None and case.closed_at is None


def _was_missed(limit: clocks.Limit) -> bool:
    """It was the company's to do, for certain, and was not done in time."""
    duty = limit.binding and limit.certain and limit.bearer == "firm" and limit.kind in _DUE
    return duty and limit.state == "missed"


def _answer_was_late(past: _Past, rules: _Rules) -> bool:
    """Later than the house itself promises; a case that ended without an answer was never late."""
    case = past.case
    if not rules.days_to_answer or (case.answered_at is None and not case.open):
        return False
    return (case.answered_at or clock.now()) > _promised(case, rules)


def _promised(case: Case, rules: _Rules) -> datetime:
    """The end of business on the last day, counted as ``working_days.due_after`` does, with the book at hand."""
    book = rules.books["targets"]
    zone = ZoneInfo(departments.organisation().time_zone or str(book["zone"]))
    day = _calendar(case).nth_business_day(case.received_at.astimezone(zone).date(), rules.days_to_answer)
    return datetime.combine(day, time.fromisoformat(str(book["business_day_ends"])), zone)


def _calendar(case: Case) -> Calendar:
    """The calendar of the case's place, as it is today, around the year in which the case came in."""
    year, now = case.received_at.year, clock.now().year
    return places.calendar_of(case.establishment, year=year if year < now - places.YEARS_BEFORE else now)
