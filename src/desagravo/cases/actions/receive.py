"""Receive a complaint: keep it raw first, then open a case, once, however often it is sent."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from desagravo.cases import tracking
from desagravo.cases.actions._path import finish
from desagravo.cases.actions.form_draft import draft_of
from desagravo.cases.actions.rulebooks import told_of
from desagravo.cases.binding import bind
from desagravo.cases.complaint import Complaint, Signature
from desagravo.cases.contents import content as content_of
from desagravo.cases.contents import file_pieces
from desagravo.cases.editions import edition_at
from desagravo.cases.events import CaseReceived, CaseReceivedIncomplete
from desagravo.cases.files import KeptFile, attach
from desagravo.cases.models import Case, ComplaintForm, NumberSeries, Submission
from desagravo.common import clock, crash, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow
from desagravo.common.text import headline
from desagravo.customers import actions as customers
from desagravo.departments import authority

_LOG = structlog.get_logger(__name__)
TAKE_UP_AFTER = timedelta(seconds=30)
"""How long a submission may lie unopened before the worker opens it: longer than any request lives."""


@dataclass(frozen=True)
class Accepted:
    """The answer to whoever filed: the case, and whether this sending opened it or an earlier one had."""

    case: Case
    tracking_url: str
    missing: tuple[str, ...]
    new: bool


def receive(
    complaint: Complaint,
    *,
    key: str,
    actor: Actor,
    channel: str,
    language: str,
    kept: Sequence[KeptFile] = (),
    received_at: datetime | None = None,
    department: str = "",
) -> Accepted:
    """Accept a complaint. On return it is on the disk, numbered, and its acknowledgement is under way.

    ``key`` names this filing: sent again with the same content it gives back the same case. ``received_at``
    is when it reached us, where that was before now (a letter); ``department`` is the one concerned.

    Raises:
        NotAllowed: the actor may not file.
        NotNow: ``same_key_other_body``; the facts name the case that has this key.
    """
    authority.require(actor, "receive")
    content = _content(complaint, actor, channel, language, kept, received_at, department)
    submission, new = _keep_raw(key, content, channel)
    crash.point("after_raw_write")
    case = _open(submission.pk)
    crash.point("after_commit")
    latest = case.forms.order_by("version").first()
    return Accepted(case, tracking.url_of(case), tuple(latest.missing if latest else ()), new)


def open_forgotten(now: datetime) -> int:
    """Open the cases of submissions that a crash left behind. The worker calls this; tells how many.

    One that cannot be opened says why in ``cannot_open`` and stands in no other's way; nothing of it is lost, and
    sending it again tries again.
    """
    forgotten = Submission.objects.filter(case=None, cannot_open="", received_at__lt=now - TAKE_UP_AFTER)
    count = 0
    for key in list(forgotten.order_by("received_at").values_list("pk", flat=True)[:100]):
        count += _open_or_say_why(key)
    return count


def open_again(submission_id: int) -> bool:
    """Try once more to open what could not be opened, because a person asks for it. Did it work?"""
    return Submission.objects.filter(pk=submission_id, case=None).exists() and bool(_open_or_say_why(submission_id))


def _open_or_say_why(submission_id: int) -> int:
    try:
        _open(submission_id)
    except (OperationalError, InterfaceError):  # the database is away or busy: it will come back
        raise
    except Exception as problem:
        _LOG.error("submission.cannot_open", submission=submission_id, exc_info=problem)
        reason = f"{type(problem).__name__}: {problem}"[:500].replace("\x00", "")
        Submission.objects.filter(pk=submission_id, case=None).update(cannot_open=reason)
        return 0
    return 1


def _content(
    complaint: Complaint,
    actor: Actor,
    channel: str,
    language: str,
    kept: Sequence[KeptFile],
    received_at: datetime | None,
    department: str,
) -> dict[str, Any]:
    signature = complaint.signature
    return {
        "description": complaint.description,
        "fields": complaint.fields,
        "signature": {"method": signature.method, "name": signature.name, "file": _signature_file(signature)},
        "language": language,
        "missing": list(complaint.missing),
        "files": [each.as_json() for each in kept],
        "actor": {"kind": actor.kind, "id": actor.id},
        "channel": channel,
        "received_at": received_at.isoformat() if received_at else "",
        "department": department,
    }


def _signature_file(signature: Signature) -> dict[str, str]:
    if not signature.image:
        return {}
    stored = files.store(signature.image)
    return {"stored": stored.name, "sha256": stored.sha256}


def _digest(content: Mapping[str, Any]) -> str:
    """What makes two sendings the same: everything that the sender says, and nothing that we made up.

    The language of the case is not in it, only the one that the form names: a retry may be asked for in another.
    """
    same = {name: content[name] for name in ("description", "fields", "received_at", "department")}
    same["files"] = [[each["name"], each["sha256"]] for each in content["files"]]
    signature = content["signature"]
    same["signature"] = [signature["method"], signature["name"], signature["file"].get("sha256", "")]
    return hashlib.sha256(json.dumps(same, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _keep_raw(key: str, content: Mapping[str, Any], channel: str) -> tuple[Submission, bool]:
    """Write the submission, durably and before anything is made of it, or find the one that has this key."""
    digest = _digest(content)
    fresh = Submission(
        key=key,
        digest=digest,
        content=json.dumps(content, ensure_ascii=False),
        channel=channel,
        received_at=clock.now(),
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        known = Submission.objects.select_related("case").get(key=key)
    else:
        return fresh, True
    _discard_copies(content, known)
    if known.digest not in {digest, ""}:  # empty: what was sent was taken out since, and there is nothing to compare
        raise NotNow("same_key_other_body", case_number=known.case.number if known.case else "–")
    return known, False


def _discard_copies(content: Mapping[str, Any], known: Submission) -> None:
    """The second sending brought its own copies of the files; the first ones, and those of the form's draft, stay."""
    draft = draft_of(known.key.removeprefix("web:"))
    kept = _stored_names(json.loads(known.content)) | {each.stored for each in draft.files}
    for stored in _stored_names(content) - kept:
        files.discard(stored)


def _stored_names(content: Mapping[str, Any]) -> set[str]:
    signature = content["signature"]["file"].get("stored", "")
    return {each["stored"] for each in content["files"]} | ({signature} if signature else set())


@transaction.atomic
def _open(submission_id: int) -> Case:
    """Open the case of a submission, or find that it was opened. Safe to call twice and at once."""
    submission = Submission.objects.select_for_update().get(pk=submission_id)
    if submission.case_id:
        return Case.objects.get(pk=submission.case_id)
    content = json.loads(submission.content)
    case = _case_of(submission, content)
    form = _form_of(case, submission, content)
    kept = [KeptFile.from_json(each) for each in content["files"]]
    actor = Actor(content["actor"]["kind"], content["actor"]["id"])
    by_customer = Actor("customer", case.number) if actor.kind == "customer" else actor
    attached = attach(case, kept, actor=by_customer, for_customer=True)
    applied = bind(case)
    case.tracking_hash = tracking.hash_of(tracking.token_of(case))
    shape = CaseReceivedIncomplete if form.missing else CaseReceived
    facts = shape(
        channel=case.channel,
        language=case.language,
        signed=form.signature_method,
        files=len(kept),
        department=case.department_concerned,
        missing=list(form.missing),
    )
    finish(
        case,
        "receive_incomplete" if form.missing else "receive",
        facts,
        actor=by_customer,
        subject=("form", str(form.pk)),
        private={"form": content_of(form), **file_pieces(attached)},
        words=findable(case, form),
        besides=told_of(case, applied, actor=Actor("rule", "rulebooks")),
    )
    Submission.objects.filter(pk=submission.pk).update(case=case, cannot_open="")
    return case


def _case_of(submission: Submission, content: Mapping[str, Any]) -> Case:
    fields = content["fields"]
    customer = customers.know(
        name=fields.get("complainant_name", ""),
        email=fields.get("email", ""),
        phone=fields.get("phone", ""),
        postal_address=fields.get("postal_address", ""),
        language=content["language"],
    )
    received = datetime.fromisoformat(content["received_at"]) if content["received_at"] else submission.received_at
    actor = content["actor"]
    return Case.objects.create(
        number=next_number(submission.received_at.year),
        status="incomplete" if content["missing"] else "received",
        subject=headline(content["description"]),
        customer=customer,
        language=content["language"],
        channel=content["channel"],
        received_at=received,
        registered_at=clock.now(),
        received_by_id=int(actor["id"]) if actor["kind"] == "staff" else None,
        department_concerned=content["department"],
        occurred_on=fields.get("occurred_on") or None,
        tracking_generation=1,
        edition=edition_at(received),
    )


def next_number(year: int) -> str:
    """The next case number of the year, for instance 2026-00417. Locks the series until the transaction ends."""
    series, _ = NumberSeries.objects.select_for_update().get_or_create(year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{year}-{series.last:05d}"


def _form_of(case: Case, submission: Submission, content: Mapping[str, Any]) -> ComplaintForm:
    signature = content["signature"]
    return ComplaintForm.objects.create(
        case=case,
        version=1,
        description=content["description"],
        fields=content["fields"],
        missing=content["missing"],
        signature_method=signature["method"],
        signature_name=signature["name"],
        signature_file=signature["file"].get("stored", ""),
        signature_sha256=signature["file"].get("sha256", ""),
        signed_at=submission.received_at if signature["method"] else None,
        filed_at=submission.received_at,
    )


def findable(case: Case, form: ComplaintForm) -> str:
    """The words of a form by which its case is found."""
    told = (form.fields.get(code, "") for code in ("complainant_name", "email", "phone", "order_number", "product"))
    return " ".join([case.number, *map(str, told), form.description])
