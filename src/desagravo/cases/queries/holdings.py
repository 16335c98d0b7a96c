"""What somebody holds who leaves: what has to go to somebody else, and whom it may go to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from desagravo.cases.models import Case, Consultation, FollowUp, Response
from desagravo.common.text import whole_number
from desagravo.departments import queries as departments

WORKS_ON_CASES = ("handler", "supervisor", "manager")
_SIGN_MAJOR = ("manager", "senior_manager")
_SIGN = ("supervisor", *_SIGN_MAJOR)


@dataclass(frozen=True)
class Holdings:
    """How much there is of each kind.

    ``cases`` are those that the person answers for, as in :func:`held_cases`; ``questions`` open ones on these cases
    or asked by the person, ``follow_ups`` those that would come back. ``departments``: code → open questions that
    nobody else could answer. ``approvals`` wait for somebody who may approve, and nobody else may;
    ``approved_by`` is the role that could.
    """

    cases: int = 0
    questions: int = 0
    follow_ups: int = 0
    departments: Mapping[str, int] = field(default_factory=dict)
    approvals: int = 0
    approved_by: str = ""

    @property
    def nothing(self) -> bool:
        """Is there nothing to hand over?"""
        return not (self.cases or self.departments or self.approvals)


def held_cases(person_id: str) -> QuerySet[Case]:
    """The cases that this person answers for and that are not closed, or whose promise is still to be kept.

    Nothing can be done with a case that was erased, in whatever status it was then; it stays where it is."""
    promised = Q(Exists(FollowUp.objects.filter(case=OuterRef("pk"), done_at=None)))
    going_on = promised | ~Q(status="closed")
    return Case.objects.filter(going_on, erased_at=None, owner_id=whole_number(person_id) or 0)


def holdings(person_id: str) -> Holdings:
    """What this person holds now."""
    cases = held_cases(person_id)
    severities = _only_approver_of(person_id)
    return Holdings(
        cases=cases.count(),
        questions=Consultation.objects.filter(case__in=cases, status="open").count(),
        follow_ups=FollowUp.objects.filter(case__in=cases, done_at=None).count(),
        departments=_nobody_else_answers(person_id),
        approvals=Case.objects.filter(status="awaiting_approval", severity__in=severities).count(),
        approved_by="" if not severities else "manager" if "major" in severities else "supervisor",
    )


def _nobody_else_answers(person_id: str) -> dict[str, int]:
    counted: dict[str, int] = {}
    for code in departments.answers_for(person_id):
        if departments.contacts_of(code) - {person_id}:
            continue
        if count := Consultation.objects.filter(department=code, status="open").count():
            counted[code] = count
    return counted


def _only_approver_of(person_id: str) -> list[str]:
    """The severities of answers that wait for approval and that nobody but this person could approve."""
    found = []
    for severity, roles in (("major", _SIGN_MAJOR), ("minor", _SIGN)):
        approves = person_id in {each.id for each in departments.people(*roles)}
        if approves and departments.is_alone(person_id, roles):
            found.append(severity)
    waiting = Case.objects.filter(status="awaiting_approval", severity__in=found)
    return sorted(set(waiting.values_list("severity", flat=True)))


def waiting_answers(role: str) -> QuerySet[Response]:
    """The answers that wait for approval and that this role could not give to its own texts."""
    waiting = Response.objects.filter(state="pending", case__status="awaiting_approval")
    return waiting if role == "manager" else waiting.filter(case__severity="minor")
