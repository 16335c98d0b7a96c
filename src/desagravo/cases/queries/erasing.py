"""What can be taken out of a case, and the erasures that were asked for."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from desagravo.cases.actions.legal_hold import on_hold
from desagravo.cases.actions.redact import TEXTS, as_text
from desagravo.cases.erasing import KEPT_FIELDS, MARK, every
from desagravo.cases.grounds import ERASURE, REDACTION
from desagravo.cases.models import Attachment, Case, Erasure, Redaction, Response
from desagravo.cases.papers import form_field_rows
from desagravo.cases.queries.visible import confidential_to, visible_to
from desagravo.cases.redaction_list import Undone, undone
from desagravo.cases.terms import term
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.departments import authority
from desagravo.history import outbox
from desagravo.history import queries as history

KEPT_FOR = timedelta(days=3 * 365 + 1)
"""So long complaints are commonly kept after their end: the Portuguese rules of the complaints book ask for three
years, and most claims about a purchase or a service end by then. Only a warning: on some grounds data go earlier."""


class Piece(NamedTuple):
    """One thing on a case that something can be taken out of; ``key`` as in ``message:12``. A file goes whole."""

    key: str
    what: str
    text: str
    at: datetime | None = None


class TakenOut(NamedTuple):
    """Something that was taken out: what, when, by whom, why."""

    what: str
    at: datetime
    by: str
    ground: str


class ErasureRow(NamedTuple):
    """An erasure; ``state`` is done, waiting or failed; ``left`` are the cases that could not be erased and
    that the reader may know of, ``left_hidden`` counts the others."""

    id: int
    asked_at: datetime
    done_at: datetime | None
    by: str
    ground: str
    cases: int
    erased: int
    left: list[str]
    left_hidden: int
    state: str
    percent: int


_MESSAGE = {
    "from_customer": lambda: _("Message of the customer"),
    "to_customer": lambda: _("Message to the customer"),
    "note": lambda: _("Internal note"),
    "reason": lambda: _("Reason of a step"),
}


def pieces_of(case: Case) -> list[Piece]:
    """Everything on a case that something can be taken out of, in the order of the file."""
    found = _of_form(case)
    for message in case.messages.exclude(body__in=("", MARK)).filter(kind__in=_MESSAGE).order_by("pk"):
        found.append(Piece(f"message:{message.pk}", _MESSAGE[message.kind](), message.body, message.at))
    for asked in case.consultations.exclude(status="open").order_by("pk"):
        if asked.question not in {"", MARK}:
            found.append(Piece(f"question:{asked.pk}", _("Question to a department"), asked.question, asked.asked_at))
        if asked.answer not in {"", MARK}:
            found.append(Piece(f"answer:{asked.pk}", _("Answer of a department"), asked.answer, asked.answered_at))
    found += _of_answer(case)
    for file in Attachment.objects.filter(case=case, redacted_at=None).order_by("pk"):
        found.append(Piece(f"file:{file.pk}", _("File"), file.name, file.at))
    return found


def _of_form(case: Case) -> list[Piece]:
    form = case.forms.order_by("-version").first()
    if form is None:
        return []
    texts = {code for code, told in form.fields.items() if isinstance(told, str) and code not in KEPT_FIELDS}
    texts.add("description")
    rows = [(code, label, text) for code, label, text in form_field_rows(form) if code in texts and text != MARK]
    if form.signature_name and form.signature_name != MARK:
        rows.append(("signature", _("Signature"), form.signature_name))
    return [Piece(f"form:{code}", label, text, form.filed_at) for code, label, text in rows]


def _of_answer(case: Case) -> list[Piece]:
    what = {
        "response": _("Answer"),
        "comment": _("Comment on the answer"),
        "point": _("Point of the complaint"),
        "reasons": _("Reasons of a decision on a point"),
        "finding": _("Finding"),
        "lesson": _("Lesson of the closing section"),
        "closing": _("What the closing codes require, in words"),
        "outside": _("What a body outside said"),
        "forwarding": _("Why the complaint went outside"),
        "recoding": _("Reason of a recoding"),
        "case_move": _("Reason of a move to another edition"),
    }
    found = []
    for kind, (model, column) in TEXTS.items():
        rows = every(model, [case.pk])
        if model is Response:
            rows = rows.exclude(state__in=("pending", "leaving"))
        for row in rows:
            text = as_text(getattr(row, column))
            if set(text.split("\n")) <= {"", MARK}:
                continue
            at = next((getattr(row, each) for each in _MOMENTS if hasattr(row, each)), None)
            found.append(Piece(f"{kind}:{row.pk}", what[kind], text, at))
    return found


_MOMENTS = ("sent_at", "requested_at", "at", "signed_at", "recorded_at")


def taken_out_of(case: Case) -> list[TakenOut]:
    """What was taken out of a case so far, oldest first."""
    what = {
        "message": _("Words of a message"),
        "question": _("Words of a question"),
        "answer": _("Words of a department\u2019s answer"),
        "file": _("A file"),
        "form": _("Something of the complaint form"),
        "response": _("Words of an answer"),
        "comment": _("Words of a comment"),
        "point": _("Words of a point"),
        "reasons": _("Words of the reasons for a decision"),
        "finding": _("Words of a finding"),
        "lesson": _("Words of a lesson"),
        "closing": _("Words of a closing section"),
        "outside": _("Words of a body outside"),
        "forwarding": _("Words on why the complaint went outside"),
        "recoding": _("Words of the reason of a recoding"),
        "case_move": _("Words of the reason of a move to another edition"),
    }
    rows = Redaction.objects.filter(case=case).select_related("by").order_by("pk")
    return [
        TakenOut(what[row.subject_kind], row.at, row.by.name if row.by else "Desagravo", term(REDACTION, row.ground))
        for row in rows
    ]


def is_on_hold(case: Case) -> bool:
    """May nothing of this case be erased?"""
    return on_hold(case.number)


def on_hold_among(numbers: Collection[str]) -> set[str]:
    """The cases among these of which nothing may be erased. One query."""
    said = history.kinds_of_cases(numbers, ("case.held", "case.hold_lifted"))
    return {number for number, kinds in said.items() if kinds[-1] == "case.held"}


def ended_lately(closed_at: datetime | None) -> bool:
    """Did a case end so short a time ago that somebody may have to keep it?"""
    return closed_at is not None and clock.now() - closed_at < KEPT_FOR


def erasure_of(case: Case) -> tuple[datetime, str] | None:
    """When and on which ground a case was erased; None for one that was not."""
    if case.erased_at is None:
        return None
    told = [event for event in history.of_case(case.number) if event.kind == "case.erased"]
    ground = getattr(told[-1].facts, "ground", "") if told else ""
    return case.erased_at, term(ERASURE, ground)


def erasures(actor: Actor) -> list[ErasureRow]:
    """The erasures that were asked for, newest first. NotAllowed."""
    authority.require(actor, "erase")
    rows = list(Erasure.objects.select_related("by").order_by("-pk")[:50])
    numbers = {left[0] for row in rows for left in row.counts.get("left", [])}
    hidden = set(confidential_to(actor).filter(number__in=numbers).values_list("number", flat=True))
    return [_row(each, hidden) for each in rows]


def redactions_undone(actor: Actor) -> tuple[list[Undone], int]:
    """What a restore brought back although it had been taken out: of cases that the actor sees, and how much more
    there is of others. NotAllowed."""
    authority.require(actor, "redact")
    found = undone()
    seen = set(visible_to(actor).filter(number__in={each.number for each in found}).values_list("number", flat=True))
    told = [each for each in found if each.number in seen]
    return told, len(found) - len(told)


def _row(row: Erasure, hidden: set[str]) -> ErasureRow:
    left = [each[0] for each in row.counts.get("left", [])]
    progress = outbox.progress_of(row.counts.get("event", 0), "cases.erase")
    state = "done" if row.done_at else "failed" if progress and progress.state == "dead" else "waiting"
    return ErasureRow(
        id=row.pk,
        asked_at=row.asked_at,
        done_at=row.done_at,
        by=row.by.name if row.by else "",
        ground=term(ERASURE, row.ground),
        cases=len(row.cases),
        erased=Case.objects.filter(number__in=[each[0] for each in row.cases]).exclude(erased_at=None).count(),
        left=[number for number in left if number not in hidden],
        left_hidden=sum(number in hidden for number in left),
        state=state,
        percent=progress.percent if progress else 0,
    )
