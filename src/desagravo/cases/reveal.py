"""What this room shows to ``verify``: its rows and files as they are stored now, and how they agree with the events."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Q

from desagravo.cases.agreement import check_agreement
from desagravo.cases.contents import content, stored_content
from desagravo.cases.erasing import rows_anew
from desagravo.cases.models import (
    AppliedRulebook,
    Assessment,
    Attachment,
    Case,
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
from desagravo.history.registry import check_state, expect_cases, reveal

_Pieces = dict[str, str | bytes | None]
_Shown = Mapping[str, Mapping[str, str | bytes | None]]


def _pieces(attachments: Iterable[Attachment]) -> _Pieces:
    return {f"file:{each.stored}": _file(each) for each in attachments}


def _file(each: Attachment) -> str:
    """One that was taken out is not there, and its row says so."""
    return content(each) if each.redacted_at else stored_content(each, (each.stored, each.sha256))


def _forms(ids: Sequence[str]) -> _Shown:
    rows = list(ComplaintForm.objects.filter(pk__in=ids).select_related("case"))
    filed_with = _attachments_of_case(row.case_id for row in rows)
    return {
        str(row.pk): {
            "form": stored_content(row, (row.signature_file, row.signature_sha256)),
            **filed_with[row.case_id],
        }
        for row in rows
    }


def _attachments_of_case(cases: Iterable[int]) -> Mapping[int, _Pieces]:
    """The files that came with the case itself and not with a message."""
    found: dict[int, _Pieces] = defaultdict(dict)
    for each in Attachment.objects.filter(case__in=set(cases), message=None).select_related("case"):
        found[each.case_id].update(_pieces([each]))
    return found


def _messages(ids: Sequence[str]) -> _Shown:
    rows = Message.objects.filter(pk__in=ids).select_related("case").prefetch_related("attachments__case")
    return {str(row.pk): {"message": content(row), **_pieces(row.attachments.all())} for row in rows}


def _consultations(ids: Sequence[str]) -> _Shown:
    rows = list(Consultation.objects.filter(pk__in=ids).select_related("case"))
    beside = _told_beside(row.case_id for row in rows)
    return {str(row.pk): {"consultation": content(row), **beside[row.case_id]} for row in rows}


def _points(ids: Sequence[str]) -> _Shown:
    rows = list(Point.every.filter(pk__in=ids).select_related("case"))
    beside = _told_beside(row.case_id for row in rows)
    return {str(row.pk): {"point": content(row), **beside[row.case_id]} for row in rows}


def _told_beside(cases: Iterable[int]) -> Mapping[int, _Pieces]:
    """Reasons and replies, with their files: events about something else committed to them as ``message:…``."""
    found: dict[int, _Pieces] = defaultdict(dict)
    messages = Message.objects.filter(kind__in=("reason", "reply"), case__in=set(cases)).select_related("case")
    for each in messages.prefetch_related("attachments__case"):
        found[each.case_id][f"message:{each.pk}"] = content(each)
        found[each.case_id].update(_pieces(each.attachments.all()))
    return found


def _cases(ids: Sequence[str]) -> _Shown:
    found = Case.objects.filter(number__in=ids)
    keys = dict(found.values_list("pk", "number"))
    pieces = _attachments_of_case(keys)
    thinned = found.filter(Q(erased_at__isnull=False) | Q(redactions__isnull=False)).values_list("pk", flat=True)
    for key, rows in rows_anew(set(thinned)).items():
        pieces[key].update(rows)
    return {number: pieces[key] for key, number in keys.items()}


def _documents(ids: Sequence[str]) -> _Shown:
    rows = Document.objects.filter(pk__in=ids).select_related("case")
    return {str(row.pk): {"document": stored_content(row, (row.stored, row.sha256))} for row in rows}


def _plainly(piece: str, rows: models.Manager[Any], *related: str) -> Callable[[Sequence[str]], _Shown]:
    """Rows that stand for nothing but themselves."""

    def show(ids: Sequence[str]) -> _Shown:
        found = rows.filter(pk__in=ids).select_related("case", *related)
        return {str(row.pk): {piece: content(row)} for row in found}

    return show


def _recodings(ids: Sequence[str]) -> _Shown:
    rows = Recoding.objects.filter(pk__in=ids).select_related("sign_off__case")
    return {str(row.pk): {"recoding": content(row)} for row in rows}


reveal("form", _forms)
reveal("message", _messages)
reveal("consultation", _consultations)
reveal("point", _points)
reveal("case", _cases)
reveal("document", _documents)
reveal("sign_off", _plainly("sign_off", SignOff.objects, "response"))
reveal("referral", _plainly("referral", Referral.objects))
reveal("recoding", _recodings)
reveal("case_move", _plainly("case_move", CaseMove.objects))
reveal("assessment", _plainly("assessment", Assessment.objects))
reveal("follow_up", _plainly("follow_up", FollowUp.objects))
reveal("applied_rulebook", _plainly("applied_rulebook", AppliedRulebook.objects))
reveal("clock_event", _plainly("clock_event", ClockEvent.objects))
reveal("time_limit", _plainly("time_limit", TimeLimit.objects))
reveal("finding", _plainly("finding", Finding.objects))
reveal("response", _plainly("response", Response.objects))
expect_cases(lambda: Case.objects.values_list("number", flat=True).iterator())
check_state(check_agreement)
