"""/api/v1/complaints/{token}: what a customer may see and do behind the tracking link."""

from typing import Any

from django.http import HttpRequest
from ninja.responses import Status

from desagravo.api import attachments
from desagravo.api.fields import completion_schema, files_schema
from desagravo.api.house import api
from desagravo.api.reading import read_object, shown
from desagravo.api.refusals import asked_language, speak
from desagravo.api.shapes import Errors, Following
from desagravo.api.throttle import throttle
from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal

_WRONG = {400: Errors, 404: Errors, 409: Errors, 413: Errors, 415: Errors, 422: Errors, 429: Errors, 503: Errors}
_LONGEST = 100_000
_FIXED = frozenset({"description", "language", "attachments"})


def _body(properties: dict[str, Any], *, required: tuple[str, ...] = ()) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        schema["required"] = list(required)
    return _request(schema)


def _request(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


_WORDS = {"type": ["string", "null"], "maxLength": _LONGEST}


@api.get(
    "/complaints/{token}",
    operation_id="follow_complaint",
    summary="See how a complaint stands",
    description="`token` is the last part of `tracking_url`.",
    response={200: Following, 404: Errors, 429: Errors, 503: Errors},
)
def follow(request: HttpRequest, token: str) -> Status[Any]:
    """The case as its customer sees it."""
    case, _actor = _enter(request, token)
    return Status(200, _following(case))


@api.post(
    "/complaints/{token}/messages",
    operation_id="add_message",
    summary="Add a message or files",
    response={201: Following, **_WRONG},
    openapi_extra=_body({"body": {**_WORDS, "title": "Message"}, "attachments": files_schema()}),
)
def add_message(request: HttpRequest, token: str) -> Status[Any]:
    """The customer writes."""
    case, actor = _enter(request, token)
    raw = _only(read_object(request), "body", "attachments")
    files = attachments.decode(raw.get("attachments"))
    body = _words(raw, "body")
    actions.add_message(case, body=body, actor=actor, channel="api", kept=attachments.keep(files))
    return Status(201, _following(_again(case, actor)))


@api.post(
    "/complaints/{token}/reaction",
    operation_id="react",
    summary="Say whether the answer settles the matter",
    description="Possible once the answer is there. “No” needs a word on what is still open, and brings the case back.",
    response={200: Following, **_WRONG},
    openapi_extra=_body(
        {"settled": {"type": "boolean", "title": "Does it settle the matter?"}, "body": {**_WORDS, "title": "Comment"}},
        required=("settled",),
    ),
)
def react(request: HttpRequest, token: str) -> Status[Any]:
    """The customer's word on the answer."""
    case, actor = _enter(request, token)
    raw = _only(read_object(request), "settled", "body")
    settled = raw.get("settled")
    if not isinstance(settled, bool):
        raise Missing({"settled": [Refusal("bad_type", expected="true or false")]})
    actions.react(case, settled=settled, body=_words(raw, "body"), actor=actor, channel="api")
    return Status(200, _following(_again(case, actor)))


@api.post(
    "/complaints/{token}/withdrawal",
    operation_id="withdraw",
    summary="Withdraw the complaint",
    response={200: Following, **_WRONG},
    openapi_extra=_body({"reason": {**_WORDS, "title": "Reason, if the customer wants to give one"}}),
)
def withdraw(request: HttpRequest, token: str) -> Status[Any]:
    """The customer withdraws."""
    case, actor = _enter(request, token)
    raw = _only(read_object(request), "reason")
    actions.withdraw(case, reason=_words(raw, "reason"), actor=actor)
    return Status(200, _following(_again(case, actor)))


@api.post(
    "/complaints/{token}/completion",
    operation_id="complete",
    summary="Add what was missing",
    description="Possible while the form is incomplete. What was given before stays as it was.",
    response={200: Following, **_WRONG},
    openapi_extra=_request(completion_schema()),
)
def complete(request: HttpRequest, token: str) -> Status[Any]:
    """The customer completes the form."""
    case, actor = _enter(request, token)
    raw = {shown(name): value for name, value in read_object(request).items()}
    fixed = {name: [Refusal("unknown_field")] for name in raw if name in _FIXED}
    if fixed:
        raise Missing(fixed)
    # The first words are on record and stay; the reader needs some, so it is given a stand-in.
    additions = actions.read_complaint({**raw, "description": "–"}, today=cases.local(clock.now()).date())
    actions.complete(case, additions, actor=actor)
    return Status(200, _following(_again(case, actor)))


def _enter(request: HttpRequest, token: str) -> tuple[Any, Actor]:
    wished = asked_language(request)
    speak(request, wished)
    throttle(request, "tracking")
    case, actor = cases.case_behind(token)
    speak(request, wished or case.language)
    return case, actor


def _again(case: Any, actor: Actor) -> Any:
    return cases.case_for(actor, case.number)


def _only(raw: dict[str, Any], *known: str) -> dict[str, Any]:
    unknown = {shown(name): [Refusal("unknown_field")] for name in raw if name not in known}
    if unknown:
        raise Missing(unknown)
    return raw


def _words(raw: dict[str, Any], field: str) -> str:
    value = raw.get(field)
    if value is not None and not isinstance(value, str):
        raise Missing({field: [Refusal("bad_type", expected="text")]})
    return value or ""


def _following(case: Any) -> dict[str, Any]:
    seen = cases.tracked(case)
    possible = {
        "messages": seen.may_write,
        "reaction": seen.may_react,
        "withdrawal": seen.may_withdraw,
        "completion": case.status == "incomplete",
    }
    return {
        "case_number": case.number,
        "tracking_url": cases.tracking_url(case),
        "status": case.status,
        "stage": {"code": seen.stage.code, "name": seen.stage.name, "sentence": seen.stage.sentence},
        "received_at": _moment(case.received_at),
        "contact": seen.contact,
        "missing": [{"code": each.code, "ask": each.ask} for each in seen.missing],
        "messages": [_said(each) for each in seen.conversation],
        "documents": [_paper(each) for each in (seen.receipt, *seen.letters) if each and each.made_at],
        "possible": [verb for verb, may in possible.items() if may],
    }


def _said(entry: cases.Said) -> dict[str, Any]:
    return {
        "at": _moment(entry.at),
        "by": "organisation" if entry.by_us else "customer",
        "who": entry.who,
        "body": entry.body,
        "answer": entry.answer,
        "files": [{"name": each.name, "size": each.size, "media_type": each.media_type} for each in entry.files],
    }


def _paper(document: Any) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "made_at": _moment(document.made_at),
        "size": document.size,
        "sha256": document.sha256,
    }


def _moment(at: Any) -> str:
    return cases.local(at).isoformat(timespec="seconds")
