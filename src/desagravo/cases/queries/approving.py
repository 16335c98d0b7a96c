"""Who has to approve an answer, why, who did, and what waits for whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from desagravo.cases import deciding, knowing
from desagravo.cases.models import Case, RequiredApproval, Response
from desagravo.cases.queries.visible import case_for
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours
from desagravo.departments import queries as departments
from desagravo.departments import role_words
from desagravo.history.registry import Who
from desagravo.rulebook import decide


@dataclass(frozen=True)
class ApprovalRow:
    """One approval that a text needs.

    ``rules`` are ``edition#rule``, the deciding one first. ``may`` tells that the reader may give it, ``alone`` that
    only because there is nobody else; ``could`` names those who could. ``instead_of`` is in whose place it was given.
    """

    role: str
    name: str
    rules: tuple[str, ...]
    given_by: str = ""
    given_at: datetime | None = None
    instead_of: str = ""
    was_alone: bool = False
    may: bool = False
    alone: bool = False
    could: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """A text that waits for the reader's approval: on which case, since when, as which role and by which rule."""

    number: str
    subject: str
    severity: str
    since: datetime
    put_up_by: str
    rows: tuple[ApprovalRow, ...]


def case_to_approve(actor: Actor, number: str) -> tuple[Case, bool]:
    """The case with this number, if the actor may see it or is asked to approve its answer; and whether it is only
    that. Raises NotYours.

    Whoever is asked sees the text and what it rests on, whatever else of the case is theirs to see; a confidential case
    only if they stand on its list.
    """
    try:
        return case_for(actor, number), False
    except NotYours:
        joined = ("customer", "owner", "received_by", "draft__saved_by")
        case = Case.objects.select_related(*joined).filter(number=number, status="awaiting_approval").first()
        if case is None or not knowing.knows(actor, case) or not _asked(actor, case):
            raise
        return case, True


def _asked(actor: Actor, case: Case) -> bool:
    response = Response.objects.filter(case=case, state="pending").first()
    return response is not None and actor.id in deciding.who_may_give(response)


def approvals_of(
    actor: Actor, response: Response, names: Mapping[str, str]
) -> tuple[list[ApprovalRow], deciding.Standing]:
    """Every approval that this text needs, as the reader sees it, and how they stand. ``names``: of departments."""
    joined = ("given_by", "instead_of")
    rows = list(RequiredApproval.objects.filter(response=response).select_related(*joined).order_by("pk"))
    house = _House(names)
    found = deciding.standing(response, actor.id, rows=rows, among=house.among)
    return _shown(found, response, rows, house), found


class _House:
    """Who works here and what departments are called, asked once for a page."""

    def __init__(self, names: Mapping[str, str]) -> None:
        there = departments.deciders()
        self.people = {each.id: each.name for each in there}
        self.among = deciding.colleagues(there)
        self.departments = names


def _shown(
    found: deciding.Standing, response: Response, rows: list[RequiredApproval], house: _House
) -> list[ApprovalRow]:
    return [
        ApprovalRow(
            role=row.role,
            name=approver(row.role, house.departments),
            rules=_rules(row),
            given_by=row.given_by.name if row.given_by else "",
            given_at=row.given_at,
            instead_of=row.instead_of.name if row.instead_of else "",
            was_alone=row.alone,
            may=row.given_at is None and row.role in found.mine,
            alone=row.given_at is None and found.verdicts[row.role].needs_reason,
            could=tuple(house.people[each] for each in _could(row, response, rows, house.among)),
        )
        for row in rows
    ]


def approver(role: str, names: Mapping[str, str] | None = None) -> str:
    """Who is asked, in words: "complaints manager", "department contact (Legal)"."""
    return role_words.in_words([role], Who(departments=departments.department_names() if names is None else names))


@dataclass(frozen=True)
class CaseNow:
    """Where a case stands after a step."""

    status: str
    leaving: bool


def case_now(case: Case) -> CaseNow:
    """Read anew, for the door that just changed it."""
    status = Case.objects.values_list("status", flat=True).get(pk=case.pk)
    return CaseNow(status, Response.objects.filter(case=case, state="leaving").exists())


def _rules(row: RequiredApproval) -> tuple[str, ...]:
    edition = row.rule.partition("#")[0]
    return (row.rule, *(f"{edition}#{code}" for code in row.because if not row.rule.endswith(f"#{code}")))


def _could(
    row: RequiredApproval, response: Response, rows: Iterable[RequiredApproval], among: list[decide.Colleague]
) -> list[str]:
    if row.given_at is not None:
        return []
    given_by = {str(each.given_by_id) for each in rows if each.given_by_id}
    told = {"colleagues": among, "authors": response.authors, "given_by": given_by}
    return [each.id for each in among if not decide.may_give(row.role, each.id, **told).refusal]


def waiting_for_me(actor: Actor) -> list[Waiting]:
    """The texts that wait for an approval which this person may give, the oldest first.

    Also on cases that are not theirs to see otherwise: who is asked must be able to read.
    """
    texts = _pending(actor)
    if not texts:
        return []
    house = _House(departments.department_names())
    found = []
    for response, rows in texts:
        here = deciding.standing(response, actor.id, rows=rows, among=house.among)
        shown = [each for each in _shown(here, response, rows, house) if each.may]
        if shown:
            case = response.case
            by = response.requested_by.name if response.requested_by else ""
            told = (case.number, case.subject, case.severity, response.requested_at, by)
            found.append(Waiting(*told, rows=tuple(shown)))
    return found


def how_many_wait_for_me(actor: Actor) -> int:
    """How many texts :func:`waiting_for_me` gives."""
    texts = _pending(actor)
    among = deciding.colleagues() if texts else []
    return sum(1 for response, rows in texts if deciding.standing(response, actor.id, rows=rows, among=among).mine)


def _pending(actor: Actor) -> list[tuple[Response, list[RequiredApproval]]]:
    """The texts of which something is missing, with all that was asked for, on cases that the actor may know of."""
    joined = ("response__case", "response__requested_by", "given_by", "instead_of")
    asked = RequiredApproval.objects.filter(response__state="pending", response__case__status="awaiting_approval")
    rows: dict[int, list[RequiredApproval]] = defaultdict(list)
    for row in asked.select_related(*joined).order_by("response__requested_at", "response_id", "pk"):
        rows[row.response_id].append(row)
    texts = [each[0].response for each in rows.values()]
    if not texts:
        return []
    secret = [each.case_id for each in texts if each.case.confidential]
    known = set(Case.objects.filter(knowing.known_to(actor), pk__in=secret).values_list("pk", flat=True))
    seen = [each for each in texts if not each.case.confidential or each.case_id in known]
    return [(each, rows[each.pk]) for each in seen]
