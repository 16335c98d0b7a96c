"""What the history commits to of every row: all that somebody could gain by changing afterwards, as one text.

An action records ``private={"message": content(message)}`` as its last act; ``reveal`` shows the same text, made from
the row as it is stored now. A row that changes on its way (a point that is decided, an answer that is approved) is
committed to anew with every step, and the newest one counts.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models

from desagravo.cases.models import (
    AppliedRulebook,
    Assessment,
    Attachment,
    CaseMove,
    ClockEvent,
    ComplaintForm,
    Consultation,
    Document,
    Finding,
    FollowUp,
    Message,
    Point,
    Recoding,
    Referral,
    Response,
    SignOff,
    TimeLimit,
)
from desagravo.common import files

COMMITTED: Final[Mapping[type[models.Model], tuple[str, ...]]] = {
    ComplaintForm: (
        "version", "description", "fields", "missing", "signature_method", "signature_name", "signature_file",
        "signature_sha256", "signed_at", "filed_at",
    ),
    Message: ("kind", "channel", "actor_kind", "actor_id", "at", "consultation_id", "body"),
    Attachment: (
        "message_id", "name", "stored", "size", "sha256", "media_type", "for_customer", "actor_kind", "actor_id", "at",
    ),
    Assessment: (
        "answers", "outcome", "rule", "by_id", "at", "overruled_to", "overrule_reason", "overruled_by_id",
        "overruled_at",
    ),
    Consultation: (
        "department", "question", "required", "due_at", "status", "asked_by_id", "asked_at", "answer",
        "answered_by_id", "answered_at",
    ),
    FollowUp: ("about", "due_at", "set_by_id", "set_at"),
    Finding: ("text", "source", "by_id", "at"),
    Point: ("position", "text", "decision", "reasons", "remedy", "decided_by_id", "decided_at", "dropped_at"),
    Response: (
        "template", "language", "body", "body_sha256", "points", "authors", "state", "requested_by_id",
        "requested_at", "decided_by_id", "decided_at", "comment", "alone_reason", "sent_at", "signer_name",
    ),
    SignOff: (
        "section", "signer_id", "signer_name", "signer_role", "signed_at", "codes", "amount", "currency",
        "remedy_delivered", "lesson", "alone_reason", "response_id",
    ),
    Document: ("kind", "subject", "stored", "size", "sha256", "sealed", "made_at"),
    AppliedRulebook: (
        "policy", "policy_version", "edition", "because", "applied_by_id", "applied_at", "ended_by_id", "ended_at",
        "reason",
    ),
    ClockEvent: ("name", "at", "milestone", "facts", "note", "recorded_by_id", "recorded_at", "taken_back_at"),
    TimeLimit: ("applied_id", "key", "missed_reason"),
    Referral: (
        "kind", "body", "reference", "reason", "opened_on", "answer_due_on", "customer_told_at", "file_handed_over_at",
        "ended_on", "outcome", "effect", "words", "recorded_by_id", "recorded_at",
    ),
    CaseMove: ("before", "after", "reason", "by_id", "at"),
    Recoding: ("sign_off_id", "edition", "codes", "reason", "by_id", "at"),
}  # fmt: skip
"""The columns of each table that events commit to, besides the number of the case. Never shorten or reorder a line
that a release has had: what was recorded then could no longer be proved."""

LATER: Final[Mapping[type[models.Model], tuple[str, ...]]] = {
    SignOff: ("edition", "details", "remedies", "settled_by", "delivered_on"),
}
"""Columns that a table got after a release had it: committed to where they hold something, so that what was recorded
before can still be proved."""


def content(row: models.Model) -> str:
    """The committed columns of a row, with the number of its case, as one canonical text."""
    told: dict[str, Any] = {name: _plain(getattr(row, name)) for name in COMMITTED[type(row)]}
    told.update({name: _plain(held) for name in LATER.get(type(row), ()) if (held := getattr(row, name))})
    told["case"] = row.sign_off.case.number if isinstance(row, Recoding) else row.case.number  # type: ignore[attr-defined]
    if isinstance(row, SignOff) and row.response is not None:
        told["response_sha256"] = row.response.body_sha256
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def stored_content(row: models.Model, *digests: tuple[str, str]) -> str:
    """As :func:`content`, but for rows that stand for files: it differs if a file is no longer the one named.

    ``digests`` are pairs of a stored name and the SHA-256 that the row gives it.
    """
    for stored, sha256 in digests:
        if stored and sha256_now(stored) != sha256:
            return f"the file {stored} is not the one that was stored"
    return content(row)


def file_pieces(rows: Iterable[Attachment]) -> dict[str, str]:
    """What an event commits to for the files that it brought: a piece for each."""
    return {f"file:{row.stored}": content(row) for row in rows}


def sha256_now(stored: str) -> str:
    """The digest of the file as it lies on the disk now; says so where it is gone."""
    try:
        with files.path(stored).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, ValueError):
        return "gone"


def _plain(value: Any) -> Any:
    """Values as JSON has them, the same before and after the database has kept them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value
