"""What of the cases may go and what must stay, and why: the minimums of the rulebook, read case by case.

Cases are judged in batches with a constant number of queries. A legal hold goes before every rule; so do a body outside
that is not done, a promise that is not kept, and a complaint of which nobody knows yet when its time begins.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from desagravo.cases import happened
from desagravo.cases.models import AppliedRulebook, Attachment, Case, ComplaintForm, FollowUp, Referral
from desagravo.cases.terms import KEEP_PROMISE
from desagravo.departments import queries as departments
from desagravo.history import queries as history
from desagravo.rulebook import edition as editions
from desagravo.rulebook import retention
from desagravo.rulebook.retention import RECORD, RECORDING, Minimum

AT_ONCE: Final = 300
"""Cases judged together; memory does not grow with their number."""
ENDED: Final = ("closed", "withdrawn")


class Judged(NamedTuple):
    """One case, or one recording on it (``file``). ``why``: may_go, open, hold, outside, promise, not_begun, kept.

    ``until`` is the last day on which ``rule`` (a row of the house's book, or a rulebook) keeps it.
    """

    number: str
    why: str
    until: date | None
    rule: str
    file: int = 0


def in_batches(cases: QuerySet[Case]) -> Iterator[list[Case]]:
    """These cases, in the order in which they came."""
    last = 0
    while batch := list(cases.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield batch
        last = batch[-1].pk


def judge(cases: Sequence[Case], today: date) -> list[Judged]:
    """What may go today and what stays, for each of these cases."""
    facts = _Facts(cases)
    return [_judge(case, facts, today) for case in cases]


def judge_recordings(cases: Sequence[Case], today: date) -> list[Judged]:
    """The same for the sound recordings that the house made, each by its own minimums."""
    rows = Attachment.objects.filter(
        case__in=cases, media_type__startswith="audio/", actor_kind="staff", for_customer=False, redacted_at=None
    ).order_by("pk")
    found = list(rows)
    facts = _Facts([case for case in cases if any(each.case_id == case.pk for each in found)])
    keys = {case.pk: case for case in cases}
    return [_judge_recording(keys[row.case_id], row, facts, today) for row in found]


def on_hold_among(numbers: Iterable[str]) -> set[str]:
    """The cases among these of which nothing may be erased. One query."""
    said = history.kinds_of_cases(list(numbers), ("case.held", "case.hold_lifted"))
    return {number for number, kinds in said.items() if kinds[-1] == "case.held"}


def minimums_of(case: Case, policies: Iterable[tuple[str, str]]) -> tuple[Minimum, ...]:
    """All minimums that the case keeps: the house's by its edition, and those of the rulebooks that bind it.

    ``policies``: (edition, id) of each.
    """
    found = list(retention.of_house(editions.book("retention", case.edition or editions.STARTER)))
    for edition, policy in policies:
        table = editions.policies(edition or editions.STARTER).get(policy)
        found += retention.of_policy(table) if table else ()
    return tuple(found)


class _Facts:
    """What the verdicts on a batch need to know, gathered at once."""

    def __init__(self, cases: Sequence[Case]) -> None:
        keys = [case.pk for case in cases]
        self.zone = ZoneInfo(departments.organisation().time_zone)
        self.told = happened.gather(cases)
        self.held = on_hold_among([case.number for case in cases])
        outside = Referral.objects.filter(case__in=keys, kind="external", ended_on=None)
        self.outside = set(outside.values_list("case", flat=True))
        promised = FollowUp.objects.filter(case__in=keys, about=KEEP_PROMISE, done_at=None)
        self.promised = set(promised.values_list("case", flat=True))
        self.policies: Mapping[int, list[tuple[str, str]]] = defaultdict(list)
        bound = AppliedRulebook.objects.filter(case__in=keys, ended_at=None).order_by("pk")
        for case, edition, policy in bound.values_list("case", "edition", "policy"):
            self.policies[case].append((edition, policy))
        self.categories: dict[int, Sequence[str]] = {}
        forms = ComplaintForm.objects.filter(case__in=keys).order_by("version")
        for case, told in forms.values_list("case", "fields__problem_category"):
            self.categories[case] = told if isinstance(told, list) else ()

    def days(self, case: Case) -> dict[str, date]:
        """Event → the local day on which it happened last."""
        found: dict[str, date] = {}
        for each in self.told[case.pk]:
            day = self.day(each.at)
            found[each.name] = max(found.get(each.name, day), day)
        return found

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def binding(self, case: Case, what: str) -> tuple[Minimum, ...]:
        return retention.applying(
            minimums_of(case, self.policies.get(case.pk, ())),
            what,
            attributes=case.attributes,
            categories=self.categories.get(case.pk, ()),
        )


def _judge(case: Case, facts: _Facts, today: date) -> Judged:
    verdict = retention.verdict(facts.binding(case, RECORD), facts.days(case))
    before = _in_the_way(case, facts)
    if before:
        return Judged(case.number, before, verdict.until, verdict.code)
    if verdict.until is None:
        return Judged(case.number, "not_begun", None, verdict.code)
    return Judged(case.number, "may_go" if verdict.may_go(today) else "kept", verdict.until, verdict.code)


def _in_the_way(case: Case, facts: _Facts) -> str:
    """What keeps a case whatever the rules say; the hold before everything."""
    if case.number in facts.held:
        return "hold"
    if case.status not in ENDED:
        return "open"
    if case.pk in facts.outside:
        return "outside"
    return "promise" if case.pk in facts.promised else ""


def _judge_recording(case: Case, row: Attachment, facts: _Facts, today: date) -> Judged:
    days: dict[str, Any] = {**facts.days(case), "recorded": facts.day(row.at)}
    verdict = retention.verdict(facts.binding(case, RECORDING), days)
    if case.number in facts.held:
        return Judged(case.number, "hold", verdict.until, verdict.code, row.pk)
    if case.pk in facts.outside:
        return Judged(case.number, "outside", verdict.until, verdict.code, row.pk)
    if verdict.until is None:
        return Judged(case.number, "not_begun", None, verdict.code, row.pk)
    why = "may_go" if verdict.may_go(today) else "kept"
    return Judged(case.number, why, verdict.until, verdict.code, row.pk)
