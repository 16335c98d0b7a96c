"""What this room shows to ``verify``: the words and files that events committed to, as they are stored now."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from desagravo.cases.actions.receive import form_content
from desagravo.cases.actions.sign_off import section_content
from desagravo.cases.models import (
    Assessment,
    Attachment,
    Case,
    ComplaintForm,
    Consultation,
    Document,
    Finding,
    FollowUp,
    Message,
    Point,
    Response,
    SignOff,
)
from desagravo.common import files
from desagravo.history.registry import expect_cases, reveal

_Shown = Mapping[str, Mapping[str, str | bytes | None]]


def sha256_now(stored: str) -> str:
    """The digest of the file as it lies on the disk now; says so where it is gone."""
    try:
        with files.path(stored).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, ValueError):
        return "gone"


def _pieces(attachments: Iterable[Attachment]) -> dict[str, str]:
    return {f"file:{each.stored}": sha256_now(each.stored) for each in attachments}


def _forms(ids: Sequence[str]) -> _Shown:
    shown = {}
    for form in ComplaintForm.objects.filter(pk__in=ids):
        filed_with = Attachment.objects.filter(case=form.case_id, message=None, for_customer=True)
        content: str | None = form_content(form)
        if form.signature_file and sha256_now(form.signature_file) != form.signature_sha256:
            content = "the drawn signature was changed"
        shown[str(form.pk)] = {"form": content, **_pieces(filed_with)}
    return shown


def _messages(ids: Sequence[str]) -> _Shown:
    rows = Message.objects.filter(pk__in=ids).prefetch_related("attachments")
    return {str(row.pk): {"body": row.body, **_pieces(row.attachments.all())} for row in rows}


def _consultations(ids: Sequence[str]) -> _Shown:
    shown: dict[str, dict[str, str | bytes | None]] = {}
    for row in Consultation.objects.filter(pk__in=ids):
        attached = Attachment.objects.filter(message__consultation=row)
        shown[str(row.pk)] = {"question": row.question, "answer": row.answer, **_pieces(attached)}
    reasons = Message.objects.filter(kind="reason", case__consultations__in=[int(each) for each in ids])
    for message in reasons.distinct():
        for pieces in shown.values():
            pieces[f"reason:{message.pk}"] = message.body
    return shown


def _cases(ids: Sequence[str]) -> _Shown:
    shown: dict[str, dict[str, str | bytes | None]] = {number: {} for number in ids}
    attached = Attachment.objects.filter(case__number__in=ids, message=None).select_related("case")
    for each in attached:
        shown[each.case.number].update(_pieces([each]))
    return shown


def _rows(subject: str, rows: models.Manager[Any], **pieces: str) -> None:
    """Reveal plain columns: piece → column."""

    def show(ids: Sequence[str]) -> _Shown:
        found = rows.filter(pk__in=ids).values_list("pk", *pieces.values())
        return {str(row[0]): dict(zip(pieces, row[1:], strict=True)) for row in found}

    reveal(subject, show)


reveal("form", _forms)
reveal("message", _messages)
reveal("consultation", _consultations)
reveal("case", _cases)
reveal(
    "sign_off",
    lambda ids: {str(row.pk): {"section": section_content(row)} for row in SignOff.objects.filter(pk__in=ids)},
)
reveal(
    "document",
    lambda ids: {str(row.pk): {"sha256": sha256_now(row.stored)} for row in Document.objects.filter(pk__in=ids)},
)
_rows("assessment", Assessment.objects, reason="overrule_reason")
_rows("follow_up", FollowUp.objects, about="about")
_rows("finding", Finding.objects, text="text", source="source")
_rows("point", Point.every, text="text", reasons="reasons")
_rows("response", Response.objects, body="body", comment="comment")
expect_cases(lambda: Case.objects.values_list("number", flat=True).iterator())
