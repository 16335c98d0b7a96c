"""What another edition of the rulebook would change on a case: its dates, and what would be decided today."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from desagravo.cases import binding, deciding, happened, limits
from desagravo.cases.editions import edition_of
from desagravo.cases.limit_names import limit_name, policy_of
from desagravo.cases.models import AppliedRulebook, Case
from desagravo.cases.next_step import promised
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.departments import queries as departments
from desagravo.rulebook import decide
from desagravo.rulebook import edition as editions
from desagravo.rulebook import queries as rulebook


@dataclass(frozen=True)
class DateMoved:
    """One limit before and after; a day is None where the limit does not run. ``policy`` is empty for the promise."""

    policy: str
    key: str
    name: str
    before: date | None
    after: date | None


@dataclass(frozen=True)
class Preview:
    """What the move would do. ``dates`` change at once; the rest is only told: what was decided stays decided.

    ``outcome`` is (as it is, as the new rules would have it), empty where nobody assessed the case; ``departments`` and
    ``approvals`` are those that the rules propose and ask for, before and after.
    """

    case: Case
    dates: tuple[DateMoved, ...]
    outcome: tuple[str, str]
    departments: tuple[tuple[str, ...], tuple[str, ...]]
    approvals: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def changes(self) -> bool:
        """Does anything differ at all?"""
        pairs = (self.outcome, self.departments, self.approvals)
        return bool(self.dates) or any(before != after for before, after in pairs)


def editions_to_move_to(code: str) -> list[rulebook.EditionRow]:
    """The editions that count already, the newest first, without this one. Drafts and later ones are none of them."""
    today = departments.today_here()
    there = [
        row
        for row in rulebook.editions()
        if row.state == "starter" or (row.state == "published" and row.in_force_from and row.in_force_from <= today)
    ]
    return [row for row in there if row.code != code]


def keeping(code: str) -> QuerySet[Case]:
    """The open cases that keep this edition."""
    codes = ["", code] if code == rulebook.STARTER else [code]
    return Case.objects.filter(open=True, erased_at=None, edition__in=codes)


def preview(case: Case, after: str) -> Preview:
    """What moving the case to this edition would change, computed without touching anything."""
    twin = under(case, after)
    before_limits = limits.compute(case, limits.applied_to(case))
    after_limits = _running(case, twin)
    limits.set_duties(twin, after_limits)
    was, will = _days(before_limits), _days(after_limits)
    dates = [
        DateMoved(policy, key, limit_name(policy, key, after), was.get((policy, key)), will.get((policy, key)))
        for policy, key in dict.fromkeys([*was, *will])
        if was.get((policy, key)) != will.get((policy, key))
    ]
    promise = (_day(promised(case)), _day(promised(twin)))
    if case.open and case.status not in ("answered", "withdrawn") and promise[0] != promise[1]:
        name = next(
            (each.name for each in rulebook.targets(active(), edition=after) if each.code == "answer"), "answer"
        )
        dates.insert(0, DateMoved("", "answer", name, *promise))
    return Preview(case, tuple(dates), _outcome(case, twin), _routes(case, twin), _approvals(case, twin))


def under(case: Case, edition: str) -> Case:
    """The case as if it kept another edition: a copy in memory that is never saved."""
    twin = copy.copy(case)
    twin.edition = edition
    return twin


def taken_along(applied: Iterable[AppliedRulebook], after: str) -> list[AppliedRulebook]:
    """The rulebooks that a person applied, and that the other edition has, too."""
    return [row for row in applied if not row.because and policy_of(after, row.policy) is not None]


def _running(case: Case, twin: Case) -> list[limits.Running]:
    """The limits under the other edition, with the calendars that the case has already."""
    every = limits.applied_to(case, ended=True)
    now_applied = [row for row in every if row.ended_at is None]
    calendars = {row.policy: row for row in now_applied}
    ended_by_people = {row.policy for row in every if row.ended_at and row.ended_by_id}
    wanted = [row.policy for row in taken_along(now_applied, twin.edition)]
    wanted += [each.policy for each in binding.bindings(twin) if each.policy not in (*wanted, *ended_by_people)]
    told, known = happened.happened(case), limits.attributes_of(twin)
    running = []
    for policy in wanted:
        found = policy_of(twin.edition, policy)
        assert found is not None
        row = AppliedRulebook(case=case, policy=policy, policy_version=found.version, edition=twin.edition)
        old = calendars.get(policy)
        calendar = limits.calendar_of(old) if old else binding.calendar_for(twin, found)
        running.append(limits.count(row, calendar, told, known, clock.now()))
    return running


def _days(running: Iterable[limits.Running]) -> dict[tuple[str, str], date | None]:
    """(policy, limit) → its last day, for those that run or have passed; one that is over has none any more."""
    return {
        (each.applied.policy, limit.key): limit.due_on or _day(limit.bound)
        for each in running
        for limit in each.limits
        if limit.state in ("running", "missed") and limit.bound
    }


def _day(moment: datetime) -> date:
    return limits.last_moment(moment).astimezone(ZoneInfo(departments.organisation().time_zone)).date()


def _outcome(case: Case, twin: Case) -> tuple[str, str]:
    assessment = case.assessments.order_by("-pk").first()
    if assessment is None:
        return "", ""
    questions = {each["code"] for each in editions.book("triage", edition_of(twin))["question"]}
    answers = {
        code: answer
        for code, answer in assessment.answers.items()
        if code in decide.KNOWN or code.removesuffix("_amount") in questions
    }
    try:
        return case.severity, decide.triage(answers, edition=edition_of(twin)).outcome
    except ValueError:  # a question that is asked otherwise now
        return case.severity, case.severity


def _routes(case: Case, twin: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    assessment, form = case.assessments.order_by("-pk").first(), case.forms.order_by("-version").first()
    both = []
    for each in (case, twin):
        told = deciding.facts(each, assessment=assessment, form=form)
        both.append(tuple(sorted(found.department for found in decide.route(told, edition=edition_of(each)))))
    return both[0], both[1]


def _approvals(case: Case, twin: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    both = [tuple(each.role for each in deciding.approvals_needed(one)) for one in (case, twin)]
    return both[0], both[1]
