"""What a department contact sees: the questions, and for each what the case is about, on one page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from desagravo.cases import knowing
from desagravo.cases.models import Attachment, Consultation
from desagravo.cases.papers import form_field_rows
from desagravo.cases.queries.visible import consultations_for
from desagravo.common.actor import Actor
from desagravo.departments import queries as departments


@dataclass(frozen=True)
class QuestionRow:
    """A question in a contact's list."""

    id: int
    case_number: str
    subject: str
    department: str
    question: str
    due_at: datetime
    required: bool
    status: str
    asked_by: str


@dataclass(frozen=True)
class Brief:
    """One question with what the case is about. The customer's name and ways of contact are left out on purpose."""

    consultation: Consultation
    department: str
    case_number: str
    subject: str
    severity: str
    description: str
    facts: list[tuple[str, str]]
    points: list[str]
    files: list[Attachment]
    others: list[Consultation]
    department_names: dict[str, str]
    may_answer: bool


_FACTS = (
    "product",
    "order_number",
    "occurred_on",
    "location",
    "problem_category",
    "remedy_requested",
    "amount_requested",
)


def questions(actor: Actor, *, status: str = "open", limit: int = 50) -> list[QuestionRow]:
    """The questions to the actor's departments: open ones earliest due first, others newest first."""
    own = consultations_for(actor).filter(department__in=actor.departments)
    chosen = (
        own.filter(status="open").order_by("due_at", "id")
        if status == "open"
        else own.exclude(status="open").order_by("-id")
    )
    names = departments.department_names()
    rows = chosen.values_list(
        "id",
        "case__number",
        "case__subject",
        "department",
        "question",
        "due_at",
        "required",
        "status",
        "asked_by__name",
    )[:limit]
    return [
        QuestionRow(key, number, subject, names.get(code, code), question, due_at, required, state, asked_by or "")
        for key, number, subject, code, question, due_at, required, state, asked_by in rows
    ]


def brief(actor: Actor, consultation: Consultation) -> Brief:
    """The page of one question that ``consultation_for`` gave."""
    case = consultation.case
    form = case.forms.order_by("-version")[0]
    names = departments.department_names()
    rows = form_field_rows(form)
    answered = case.consultations.filter(status="answered").exclude(pk=consultation.pk)
    if not knowing.knows(actor, case):  # of a confidential case a contact sees the own question only
        answered = answered.none()
    return Brief(
        consultation=consultation,
        department=names.get(consultation.department, consultation.department),
        case_number=case.number,
        subject=case.subject,
        severity=case.severity,
        description=form.description,
        facts=[(label, text) for code, label, text in rows if code in _FACTS],
        points=list(case.points.order_by("position").values_list("text", flat=True)),
        files=list(case.attachments.filter(for_customer=True, actor_kind="customer").order_by("pk")),
        others=list(answered.order_by("pk")),
        department_names=names,
        may_answer=consultation.status == "open"
        and consultation.department in actor.departments
        and actor.has("contact", "senior_manager"),
    )


def open_of_departments() -> dict[str, int]:
    """Code of a department → how many questions to it are open, for those who look after departments."""
    rows = Consultation.objects.filter(status="open").values("department").annotate(count=Count("pk"))
    return {row["department"]: row["count"] for row in rows}
