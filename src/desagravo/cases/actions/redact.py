"""Taking words, a file or a field of the form out of a case: visibly, on a ground, and really.

What is taken out goes from the rows, the store, the search, the papers that repeat it and the raw submission; its salts
go too, so that no commitment tells what it was. The event says who took what from where and why, and commits to what is
left. A black mark stands in its place.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases import knowing, redaction_list
from desagravo.cases.actions.respond import digest_of
from desagravo.cases.erasing import (
    KEPT_FIELDS,
    MARK,
    anew,
    every,
    find_by_what_is_left,
    is_piece_of,
    take_out_elsewhere,
    withdraw_exports,
)
from desagravo.cases.events.erasing import (
    AnswerRedacted,
    FileRedacted,
    FormRedacted,
    MessageRedacted,
)
from desagravo.cases.grounds import REDACTION
from desagravo.cases.models import (
    AnswerDraft,
    Attachment,
    Case,
    CaseMove,
    ComplaintForm,
    Consultation,
    Document,
    Finding,
    Message,
    Point,
    Recoding,
    Redaction,
    Referral,
    Response,
    SignOff,
    Submission,
)
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal, words
from desagravo.common.text import headline
from desagravo.customers import actions as customers
from desagravo.departments import authority
from desagravo.history import queries as history
from desagravo.history.actions import erase_salts, record
from desagravo.history.content import named

words(
    {
        "case_erased": _("What this case held of the customer was erased. Nothing more can be done with it."),
        "no_piece_chosen": _("Choose what something is taken out of."),
        "no_ground": _("Say why it may be taken out."),
        "nothing_to_take_out": _("Say which words are to be taken out, or take all of them out."),
        "passage_not_there": _("“%(passage)s” does not stand in this text. Copy the words as they stand there."),
        "taken_out_already": _("This was taken out already."),
        "no_such_field": _("This field has nothing in it that could be taken out."),
        "still_asked": _("This question is still open. Take it back first, or wait for the answer."),
        "still_decided": _("This answer has not left yet. Hold it back first, or wait until it was decided on."),
        "on_hold": _("This case is on legal hold. Lift the hold first."),
        "not_on_hold": _("This case is not on legal hold."),
    }
)

_OF_THE_CUSTOMER = {
    "complainant_name": "name",
    "email": "email",
    "phone": "phone",
    "postal_address": "postal_address",
}
_NOT_MARKED = frozenset({"email", "phone"})
"""Fields that programs read: a mark would be taken for an address or a number, so they become empty."""


@dataclass
class _Change:
    """The rows that something is taken out of, with the pieces of events that held it, and the files that go."""

    case: Case
    rows: list[models.Model] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def taken(self) -> list[str]:
        """The pieces of all events so far that commit to these rows."""
        told = history.told_of([self.case.number]).get(self.case.number, [])
        return [
            named(event.seq, piece)
            for event in told
            for piece in event.pieces
            if any(is_piece_of(row, (event.subject_kind, event.subject_id), piece) for row in self.rows)
        ]


@transaction.atomic
def redact_message(case: Case, key: int, *, ground: str, actor: Actor, passages: Sequence[str] | None = None) -> None:
    """Take passages, or with None all words, out of a message. A department's reply: see :func:`redact_question`.

    Raises:
        NotYours, NotAllowed: see ``begin``.
        NotNow: all its words were taken out before.
        Missing: no ground, no passage, or one that does not stand there.
    """
    case = begin_aside(case, actor)
    message = Message.objects.select_for_update().filter(case=case, pk=key).exclude(kind="reply").first()
    if message is None:
        raise NotYours("not_found")
    if message.body == MARK:
        raise NotNow("taken_out_already")
    before = message.body
    body = _without(before, passages, ground)
    change = _Change(case, [message], withdraw_exports(case.number))
    message.body, message.redacted_at = body, clock.now()
    message.save(update_fields=["body", "redacted_at"])
    _out_of_draft(case, passages)
    _out_of_mails(case, before, passages)
    taken = change.taken()
    facts = MessageRedacted(ground=ground, taken=taken, files=change.files, message=message.pk, whole=passages is None)
    _finish(change, facts, about=("message", message.pk), actor=actor)


@transaction.atomic
def redact_question(
    case: Case, key: int, *, answer: bool, ground: str, actor: Actor, passages: Sequence[str] | None = None
) -> None:
    """The same for a question to a department or, with ``answer``, for its answer, which may be a message as well.

    Raises:
        NotNow: the question is still open; take it back first.
    """
    case = begin_aside(case, actor)
    row = Consultation.objects.select_for_update().filter(case=case, pk=key).first()
    if row is None:
        raise NotYours("not_found")
    if row.status == "open":
        raise NotNow("still_asked")
    name = "answer" if answer else "question"
    before = getattr(row, name)
    if before in {"", MARK}:
        raise NotNow("taken_out_already")
    text = _without(before, passages, ground)
    setattr(row, name, text)
    row.save(update_fields=[name])
    change = _Change(case, [row], withdraw_exports(case.number))
    for message in Message.objects.filter(case=case, consultation=row, kind="reply") if answer else ():
        message.body, message.redacted_at = text, clock.now()
        message.save(update_fields=["body", "redacted_at"])
        change.rows.append(message)
    _out_of_draft(case, passages)
    facts = MessageRedacted(
        ground=ground, taken=change.taken(), files=change.files, consultation=row.pk, whole=passages is None
    )
    _finish(change, facts, about=(name, row.pk), actor=actor)


TEXTS: Mapping[str, tuple[type[models.Model], str]] = {
    "response": (Response, "body"),
    "comment": (Response, "comment"),
    "point": (Point, "text"),
    "reasons": (Point, "reasons"),
    "finding": (Finding, "text"),
    "lesson": (SignOff, "lesson"),
    "closing": (SignOff, "details"),
    "outside": (Referral, "words"),
    "forwarding": (Referral, "reason"),
    "recoding": (Recoding, "reason"),
    "case_move": (CaseMove, "reason"),
}
"""Texts of those who handled the case → the table and the column that hold them."""


@transaction.atomic
def redact_text(
    case: Case, kind: str, key: int, *, ground: str, actor: Actor, passages: Sequence[str] | None = None
) -> None:
    """The same for an answer, a comment on it, a point or its reasons, a finding, a lesson (see ``TEXTS``).

    The papers that repeat it are made again, and what the answers say about a point loses the words, too.

    Raises:
        NotYours, NotAllowed, Missing: as :func:`redact_message`.
        NotNow: all its words were taken out before, or the answer is still on its way.
    """
    case = begin_aside(case, actor)
    if kind not in TEXTS:
        raise Missing({"piece": [Refusal("no_piece_chosen")]})
    model, column = TEXTS[kind]
    row: Any = every(model, [case.pk]).select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    if isinstance(row, Response) and row.state in {"pending", "leaving"}:
        raise NotNow("still_decided")
    held = getattr(row, column)
    before = as_text(held)
    if set(before.split("\n")) <= {"", MARK}:
        raise NotNow("taken_out_already")
    text = _without(before, passages, ground)
    setattr(row, column, _less(held, passages) if isinstance(held, dict) else text)
    change = _Change(case, [row], withdraw_exports(case.number))
    if isinstance(row, Response):
        row.body_sha256 = digest_of(row.body)
        row.points = _out_of_snapshot(row.points, before, passages)
        change.rows += list(SignOff.objects.select_for_update().filter(response=row))
        for signed in change.rows[1:]:
            signed.response = row  # type: ignore[attr-defined]
    if isinstance(row, Point):
        _out_of_answers(change, before, passages)
    row.save()
    _out_of_draft(case, [before] if passages is None else passages)
    _out_of_mails(case, before, passages)
    _without_papers(change)
    facts = AnswerRedacted(
        ground=ground, taken=change.taken(), files=change.files, what=kind, row=row.pk, whole=passages is None
    )
    _finish(change, facts, about=(kind, row.pk), actor=actor)


def as_text(held: Any) -> str:
    """What a column holds, as one text: what closing codes require is kept as a table of short ones."""
    return "\n".join(held.values()) if isinstance(held, dict) else str(held)


def _less(held: dict[str, str], passages: Sequence[str] | None) -> Any:
    return dict.fromkeys(held, MARK) if passages is None else _out_of_snapshot(held, "", passages)


def _out_of_answers(change: _Change, before: str, passages: Sequence[str] | None) -> None:
    """What the answers of the case said about a point, as they were written."""
    for answer in Response.objects.select_for_update().filter(case=change.case):
        told = _out_of_snapshot(answer.points, before, passages)
        if told == answer.points:
            continue
        if answer.state in {"pending", "leaving"}:
            raise NotNow("still_decided")
        answer.points = told
        answer.save(update_fields=["points"])
        change.rows.append(answer)


def _out_of_snapshot(told: Any, before: str, passages: Sequence[str] | None) -> Any:
    """What an answer kept of the points when it was written, without the words."""
    if isinstance(told, list):
        return [_out_of_snapshot(each, before, passages) for each in told]
    if isinstance(told, dict):
        return {name: _out_of_snapshot(each, before, passages) for name, each in told.items()}
    if not isinstance(told, str):
        return told
    if passages is None:
        return MARK if told == before else told
    for passage in filter(str.strip, passages):
        told = _pattern(passage).sub(MARK, told)
    return told


def _out_of_mails(case: Case, before: str, passages: Sequence[str] | None) -> None:
    """The mails to the customer repeat what was written: they lose the same words, and an address that was it."""
    sought = [_pattern(each) for each in passages or () if each.strip()]
    if passages is None and before.strip() not in {"", MARK}:
        sought = [re.compile(rf"(?<!\w){_pattern(before).pattern}(?!\w)", re.IGNORECASE)]

    def without(text: str) -> str:
        for pattern in sought:
            text = pattern.sub(MARK, text)
        return text

    take_out_elsewhere(case.number, without)


def _told(form: ComplaintForm, name: str) -> str:
    if name == "signature":
        return form.signature_name
    told = form.description if name == "description" else form.fields.get(name, "")
    return told if isinstance(told, str) else ""


@transaction.atomic
def redact_file(case: Case, key: int, *, ground: str, actor: Actor) -> None:
    """Take a file out: name, content and digest. Papers that name it are made again without it.

    Raises:
        NotYours, NotAllowed, NotNow, Missing: as :func:`redact_message`.
    """
    case = begin_aside(case, actor)
    row = Attachment.objects.select_for_update().filter(case=case, pk=key).first()
    if row is None:
        raise NotYours("not_found")
    if row.redacted_at:
        raise NotNow("taken_out_already")
    _need_ground(ground)
    change = _Change(case, [row], [row.stored, *withdraw_exports(case.number)])
    _out_of_mails(case, row.name, None)
    row.name, row.sha256, row.size, row.redacted_at = MARK, "", 0, clock.now()
    row.save(update_fields=["name", "sha256", "size", "redacted_at"])
    if row.message_id is None:
        _without_papers(change)
    _without_raw_bytes(case)
    facts = FileRedacted(ground=ground, taken=change.taken(), files=change.files, attachment=row.pk)
    _finish(change, facts, about=("file", row.pk), actor=actor)


@transaction.atomic
def redact_form(case: Case, name: str, *, ground: str, actor: Actor, passages: Sequence[str] | None = None) -> None:
    """Take a field of the form, or passages of it, out of every version; its papers are made again.

    ``name`` is a field's code, ``description`` or ``signature``.

    Raises:
        NotYours, NotAllowed, NotNow, Missing: as :func:`redact_message`.
    """
    case = begin_aside(case, actor)
    _need_ground(ground)
    forms = [each for each in case.forms.select_for_update().order_by("version") if _holds(each, name)]
    if not forms:
        raise Missing({"name": [Refusal("no_such_field")]})
    change = _Change(case, list(forms), withdraw_exports(case.number))
    for form in forms:
        _out_of_mails(case, _told(form, name), passages)
        _take_out_of_form(form, name, passages, ground, change)
        form.save()
    if name == "description":
        case.subject = headline(forms[-1].description)
        _out_of_draft(case, passages)
    if name in _OF_THE_CUSTOMER:
        _without_contact(case, _OF_THE_CUSTOMER[name])
    _without_papers(change)
    _without_raw_bytes(case)
    facts = FormRedacted(ground=ground, taken=change.taken(), files=change.files, name=name, whole=passages is None)
    _finish(change, facts, about=("form", name), actor=actor)


def begin_aside(case: Case, actor: Actor, *, verb: str = "redact") -> Case:
    """As ``_path.begin``: what is taken out has no place on the path of a case, and is possible in every status."""
    fresh = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    if fresh is None or not knowing.knows(actor, fresh):
        raise NotYours("not_found")
    if fresh.erased_at:
        raise NotNow("case_erased")
    authority.require(actor, verb)
    return fresh


def _need_ground(ground: str) -> None:
    if ground not in REDACTION:
        raise Missing({"ground": [Refusal("no_ground")]})


def _without(text: str, passages: Sequence[str] | None, ground: str) -> str:
    """The text with a mark for each passage, however its spaces and capitals were typed."""
    _need_ground(ground)
    if passages is None:
        return MARK
    sought = sorted({" ".join(each.split()) for each in passages if each.strip()}, key=len, reverse=True)
    if not sought:
        raise Missing({"passages": [Refusal("nothing_to_take_out")]})
    for passage in sought:
        text, found = _pattern(passage).subn(MARK, text)
        if not found:
            raise Missing({"passages": [Refusal("passage_not_there", passage=passage)]})
    return text


def _pattern(passage: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, passage.split())), re.IGNORECASE)


def _out_of_draft(case: Case, passages: Sequence[str] | None) -> None:
    """The draft of the answer may quote it. It is nobody's record, so it is only kept clean."""
    draft = AnswerDraft.objects.select_for_update().filter(case=case).first()
    if draft is None or not passages:
        return
    for passage in filter(str.strip, passages):
        draft.body = _pattern(passage).sub(MARK, draft.body)
        for told in draft.confirmed.values():
            told["words"] = _pattern(passage).sub(MARK, told["words"])
    draft.version += 1
    draft.save(update_fields=["body", "confirmed", "version"])


def _holds(form: ComplaintForm, name: str) -> bool:
    if name == "signature":
        return bool(form.signature_method) and form.signature_name != MARK
    if name in KEPT_FIELDS:  # codes, days and amounts name nobody, and cases are counted by them
        return False
    told = form.description if name == "description" else form.fields.get(name)
    return isinstance(told, str) and bool(told) and told != MARK


def _take_out_of_form(
    form: ComplaintForm, name: str, passages: Sequence[str] | None, ground: str, change: _Change
) -> None:
    if name == "signature":
        if form.signature_file:
            change.files.append(form.signature_file)
        form.signature_name, form.signature_file, form.signature_sha256 = MARK, "", ""
    elif name == "description":
        form.description = _without(form.description, passages, ground)
    elif name in _NOT_MARKED:
        form.fields = {code: told for code, told in form.fields.items() if code != name}
    else:
        form.fields = {**form.fields, name: _without(form.fields[name], passages, ground)}


def _without_contact(case: Case, column: str) -> None:
    """The case gets a customer of whom this is not known; the old row goes where no other case has it."""
    newest = case.forms.order_by("-version")[0]
    told = {of: newest.fields.get(code, "") for code, of in _OF_THE_CUSTOMER.items()}
    before = case.customer_id
    case.customer = customers.know(**told, language=case.customer.language)
    case.save(update_fields=["customer"])
    if before != case.customer_id and not Case.objects.filter(customer=before).exists():
        customers.forget(before)


def _without_papers(change: _Change) -> None:
    """Receipts, letters and sheets repeat the form: they go, and the worker makes them again from what is left."""
    for document in Document.objects.select_for_update().filter(case=change.case).exclude(stored=""):
        change.rows.append(document)
        change.files.append(document.stored)
        document.stored, document.sha256, document.size = "", "", 0
        document.save(update_fields=["stored", "sha256", "size"])


def _without_raw_bytes(case: Case) -> None:
    """What was sent, as it was sent, goes; its key stays, so that the same filing sent again is known."""
    for raw in Submission.objects.select_for_update().filter(case=case):
        said: Mapping[str, Any] = json.loads(raw.content)
        kept = [{"stored": each["stored"]} for each in said.get("files", [])]
        raw.content, raw.digest = json.dumps({"files": kept, "signature": {"file": {}}}), ""
        raw.save(update_fields=["content", "digest"])


def _finish(change: _Change, facts: Any, *, about: tuple[str, Any], actor: Actor) -> None:
    case = change.case
    by = int(actor.id) if actor.kind == "staff" else None
    now = clock.now()
    Redaction.objects.create(
        case=case, subject_kind=about[0], subject_id=str(about[1]), ground=facts.ground, by_id=by, at=now
    )
    redaction_list.write_down(case.number, f"{about[0]}:{about[1]}", now)
    case.version += 1
    case.save()
    find_by_what_is_left(case)
    private: dict[str, str | bytes] = {}
    for row in change.rows:
        if not isinstance(row, Document):  # is made again, and told of then
            row.case = case  # type: ignore[attr-defined]
            private.update(anew(row))
    record(facts, actor=actor, case=case.number, private=private)
    erase_salts(case.number)
    transaction.on_commit(lambda: discard(change.files))


def discard(stored: Sequence[str]) -> None:
    """Remove files that no row names any more. Repeating it does no harm."""
    for name in stored:
        files.discard(name)
