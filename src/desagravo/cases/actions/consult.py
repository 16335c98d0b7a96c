"""Ask departments, each its own question with a due date; the asking comes back by itself if nobody answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import SENT_TWICE_WITHIN, needed, say_why, write_message
from desagravo.cases.contents import content, file_pieces
from desagravo.cases.events import ConsultationAnswered, ConsultationAsked, ConsultationWithdrawn
from desagravo.cases.files import KeptFile, attach
from desagravo.cases.models import Case, Consultation, FollowUp
from desagravo.cases.terms import OUTSIDE_DUE
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.common.text import tidy_text
from desagravo.departments import actions as department_actions
from desagravo.departments import queries as departments
from desagravo.history.actions import Entry


@dataclass(frozen=True)
class Question:
    """What one department is asked, and by when it is needed. ``rule`` (``edition#rule``) proposed to ask it."""

    department: str
    text: str
    due_at: datetime
    required: bool = True
    rule: str = ""


@transaction.atomic
def consult(case: Case, *, questions: Sequence[Question], actor: Actor) -> list[Consultation]:
    """Ask one or more departments in one step. Each question gets a follow-up on its due date.

    A question that was just asked and is still open is not asked again: a double click or a retry.

    Raises:
        Missing: an empty question, a date that has passed, a department that does not exist.
    """
    case = begin("consult", case, actor=actor)
    if not questions:
        raise Missing({"department": [Refusal("no_such_department")]})
    # nobody merges or retires these departments until the questions are on record
    there = department_actions.held({question.department for question in questions})
    asked, entries, words = [], [], []
    for question in questions:
        known = _asked_already(case, question, actor)
        consultation = known or _ask(case, question, there, actor)
        asked.append(consultation)
        if known:
            continue
        words.append(consultation.question)
        facts = ConsultationAsked(
            consultation.pk, consultation.department, consultation.due_at.isoformat(), consultation.required
        )
        entries.append((consultation, facts, question.rule))
    if not entries:
        return asked
    (first, first_facts, first_rule), *others = entries
    besides = [
        entry(
            case,
            facts,
            actor=actor,
            subject=("consultation", str(each.pk)),
            because=rule,
            department=each.department,
            private={"consultation": content(each)},
        )
        for each, facts, rule in others
    ]
    finish(
        case,
        "consult",
        first_facts,
        actor=actor,
        subject=("consultation", str(first.pk)),
        because=first_rule,
        department=first.department,
        private={"consultation": content(first)},
        words=" ".join(words),
        besides=besides,
    )
    return asked


def _asked_already(case: Case, question: Question, actor: Actor) -> Consultation | None:
    return (
        Consultation.objects.filter(
            case=case,
            department=question.department,
            question=tidy_text(question.text).strip(),
            status="open",
            asked_by_id=int(actor.id) if actor.kind == "staff" else None,
            asked_at__gte=clock.now() - SENT_TWICE_WITHIN,
        )
        .order_by("-pk")
        .first()
    )


def _ask(case: Case, question: Question, there: set[str], actor: Actor) -> Consultation:
    text = needed("question", question.text)
    if question.department not in there:
        raise Missing({"department": [Refusal("no_such_department")]})
    if question.due_at <= clock.now():
        raise Missing({"due_at": [Refusal("past_date")]})
    consultation = Consultation.objects.create(
        case=case,
        department=question.department,
        question=text,
        required=question.required,
        due_at=question.due_at,
        asked_by_id=int(actor.id) if actor.kind == "staff" else None,
        asked_at=clock.now(),
    )
    FollowUp.objects.create(
        case=case,
        consultation=consultation,
        due_at=question.due_at,
        set_by_id=consultation.asked_by_id,
        set_at=clock.now(),
    )
    return consultation


@transaction.atomic
def answer_consultation(
    consultation: Consultation,
    *,
    answer: str,
    actor: Actor,
    declined: bool = False,
    kept: Sequence[KeptFile] = (),
) -> Consultation:
    """The department answers, or declines with a reason; the question is then no longer open.

    Raises:
        NotAllowed: the actor is not a contact of the department that was asked.
        NotNow: the question is no longer open.
        Missing: an empty answer.
    """
    row = Consultation.objects.select_related("case").filter(pk=consultation.pk).first()
    if row is None:
        raise NotYours("not_found")
    case = begin("answer_consultation", row.case, actor=actor, facts={"department": row.department})
    row = Consultation.objects.select_for_update().get(pk=row.pk)
    if row.status != "open":
        raise NotNow("not_asked_now")
    row.answer = needed("answer", answer)
    row.status = "declined" if declined else "answered"
    row.answered_by_id, row.answered_at = int(actor.id), clock.now()
    row.save()
    _end_follow_ups(row)
    beside: dict[str, str] = {}
    if kept:
        message = write_message(case, "reply", row.answer, actor=actor, consultation=row)
        attached = attach(case, kept, actor=actor, for_customer=False, message=message)
        beside = {f"message:{message.pk}": content(message), **file_pieces(attached)}
    finish(
        case,
        "answer_consultation",
        ConsultationAnswered(row.pk, row.department, declined),
        actor=actor,
        subject=("consultation", str(row.pk)),
        department=row.department,
        private={"consultation": content(row), **beside},
        words=row.answer,
    )
    return row


@transaction.atomic
def withdraw_consultation(consultation: Consultation, *, reason: str, actor: Actor) -> Consultation:
    """Take a question back, with a reason; a required one then no longer stands in the way of closing."""
    case = begin("withdraw_consultation", consultation.case, actor=actor)
    row = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if row.status != "open":
        raise NotNow("not_asked_now")
    message = say_why(case, reason, actor=actor)
    row.status = "withdrawn"
    row.save(update_fields=["status"])
    _end_follow_ups(row)
    finish(
        case,
        "withdraw_consultation",
        ConsultationWithdrawn(row.pk, row.department),
        actor=actor,
        subject=("consultation", str(row.pk)),
        department=row.department,
        private={"consultation": content(row), f"message:{message.pk}": content(message)},
    )
    return row


def _end_follow_ups(consultation: Consultation) -> None:
    FollowUp.objects.filter(consultation=consultation, done_at=None).update(done_at=clock.now())


def end_open_questions(case: Case, *, actor: Actor) -> list[Entry]:
    """Take back what is still open on a case that ends, and its follow-ups; gives the events for ``besides``."""
    entries = []
    for row in Consultation.objects.select_for_update().filter(case=case, status="open").order_by("pk"):
        row.status = "withdrawn"
        row.save(update_fields=["status"])
        facts = ConsultationWithdrawn(row.pk, row.department)
        about, private = ("consultation", str(row.pk)), {"consultation": content(row)}
        entries.append(entry(case, facts, actor=actor, subject=about, department=row.department, private=private))
    # what a body outside expects of us is due whether the case is closed or not
    FollowUp.objects.filter(case=case, done_at=None).exclude(about=OUTSIDE_DUE).update(done_at=clock.now())
    return entries


def require_nothing_open(case: Case) -> None:
    """Raise NotNow naming the department whose required answer is still open."""
    blocking = Consultation.objects.filter(case=case, status="open", required=True).order_by("due_at").first()
    if blocking:
        names = departments.department_names()
        raise NotNow("question_open", department=names.get(blocking.department, blocking.department))
