"""What the rules are told about a case, and what they say: gathered here, decided in ``rulebook.decide``."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from desagravo.cases.editions import edition_of
from desagravo.cases.models import Assessment, Case, ComplaintForm, Point, RequiredApproval, Response
from desagravo.customers import queries as customers
from desagravo.departments import queries as departments
from desagravo.rulebook import decide
from desagravo.rulebook import queries as rulebook

DAYS_OF_A_MONTH = 365.25 / 12
ASKED_FOR = "approval.asked_for"
"""The rule of an approval that no rule asks for: somebody wanted one."""


def known_beside(case: Case) -> dict[str, str]:
    """What the product knows and puts beside the triage answers, as the rules read it; nothing where there is nothing.

    Confidential cases are not counted: a number must not tell of them.
    """
    known = {}
    if earlier := earlier_complaints(case):
        known[decide.EARLIER] = str(earlier)
    form = case.forms.order_by("-version").first()
    if form and (categories := form.fields.get("problem_category")):
        known[decide.CATEGORIES] = " ".join(categories)
    return known


def earlier_complaints(case: Case) -> int:
    """How many complaints the same customer made before this one, within the months of the edition."""
    months = decide.months_of_repetition(edition=edition_of(case))
    since = case.received_at - timedelta(days=round(months * DAYS_OF_A_MONTH))
    same = Case.objects.filter(customer__in=customers.same_person(case.customer), confidential=False)
    before = Q(received_at__lt=case.received_at) | Q(received_at=case.received_at, pk__lt=case.pk)
    return same.filter(before, received_at__gte=since).count()


def facts(
    case: Case,
    *,
    assessment: Assessment | None,
    form: ComplaintForm | None,
    flags: Iterable[str] = (),
    points: Sequence[Point] | None = None,
) -> decide.Facts:
    """What rules look at. With ``points`` the remedies are those that were decided, else those that were asked for."""
    answers = dict(assessment.answers) if assessment else {}
    fields = form.fields if form else {}
    return facts_from(
        answers=answers,
        fields=fields,
        description=form.description if form else "",
        severity=case.severity,
        channel=case.channel,
        stage=case.stage,
        attributes=case.attributes,
        flags=tuple({each.code for each in rulebook.flags("en", edition=edition_of(case))} & set(flags)),
        decided=None if points is None else [(each.decision, each.remedy) for each in points],
    )


def facts_from(
    *,
    answers: Mapping[str, str],
    fields: Mapping[str, Any],
    description: str,
    severity: str,
    channel: str,
    stage: int,
    attributes: Mapping[str, Any],
    flags: Collection[str] = (),
    decided: Sequence[tuple[str, str]] | None = None,
) -> decide.Facts:
    """The same from plain values, as the try-out reads thousands of them. ``decided``: decision and remedy a point."""
    wanted = tuple(fields.get("remedy_requested") or ())
    return decide.Facts(
        triage=decide.only_answers(answers),
        outcome=severity,
        categories=tuple(fields.get("problem_category") or ()),
        remedies=wanted if decided is None else tuple({remedy for _decision, remedy in decided if remedy}),
        flags=flags,
        amount=amount_at_stake(answers, fields),
        attributes={code: str(value) for code, value in attributes.items()},
        product=str(fields.get("product") or ""),
        channel=channel,
        decisions=tuple({decision for decision, _remedy in decided or () if decision}),
        earlier=int(answers.get(decide.EARLIER) or 0),
        stage=stage,
        text=description,
    )


def amount_at_stake(answers: Mapping[str, str], fields: Mapping[str, Any]) -> Decimal | None:
    """The larger of what the assessment says and what the customer asks for."""
    told = [decide.amount_in(answers), _claimed(fields)]
    return max((each for each in told if each is not None), default=None)


def _claimed(fields: Mapping[str, Any]) -> Decimal | None:
    try:
        return decide.as_amount(str(fields.get("amount_requested") or ""))
    except (ValueError, InvalidOperation):
        return None


def approvals_needed(case: Case) -> tuple[decide.Approval, ...]:
    """The approvals that the case's edition asks for before its answer leaves, as the case stands now."""
    told = facts(
        case,
        assessment=case.assessments.order_by("-pk").first(),
        form=case.forms.order_by("-version").first(),
        points=list(case.points.order_by("position")),
    )
    return decide.approvals(told, edition=edition_of(case))


def colleagues(people: Iterable[departments.Decider] | None = None) -> list[decide.Colleague]:
    """Everybody who works here, as the rules of approval see them today."""
    there = departments.deciders() if people is None else people
    return [decide.Colleague(each.id, each.roles, each.departments, each.stands_in_for) for each in there]


@dataclass(frozen=True)
class Standing:
    """The approvals of one text, and who may give which.

    ``rows`` in the order in which they were asked for. ``verdicts`` are those of the approvals still missing, for the
    one who asks; ``has_given``: gave one of them before.
    """

    rows: tuple[RequiredApproval, ...]
    verdicts: Mapping[str, decide.Verdict]
    has_given: bool = False

    @property
    def missing(self) -> tuple[RequiredApproval, ...]:
        """Those that nobody gave yet."""
        return tuple(row for row in self.rows if row.given_at is None)

    @property
    def mine(self) -> tuple[str, ...]:
        """The roles as which this person may approve now, those that need no reason first."""
        fitting = [role for role, verdict in self.verdicts.items() if not verdict.refusal]
        return tuple(sorted(fitting, key=lambda role: self.verdicts[role].needs_reason))

    @property
    def refusal(self) -> str:
        """Why this person may give none; "" if one may be given. The reason nearest to a yes counts."""
        codes = {verdict.refusal for verdict in self.verdicts.values()}
        if self.has_given and "" not in codes:
            return "approved_already"
        return next((code for code in ("", "four_eyes") if code in codes), "not_asked")


def standing(
    response: Response, person: str, *, rows: Sequence[RequiredApproval], among: Sequence[decide.Colleague]
) -> Standing:
    """How the approvals of this text stand, for this person."""
    given_by = {str(row.given_by_id) for row in rows if row.given_by_id}
    verdicts = {
        row.role: decide.may_give(row.role, person, colleagues=among, authors=response.authors, given_by=given_by)
        for row in rows
        if row.given_at is None
    }
    return Standing(tuple(rows), verdicts, person in given_by)


def who_may_give(response: Response) -> set[str]:
    """The ids of all who could give one of the approvals that are missing."""
    rows, among = list(response.required_approvals.order_by("pk")), colleagues()
    return {each.id for each in among if not standing(response, each.id, rows=rows, among=among).refusal}
