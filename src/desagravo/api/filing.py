"""POST /api/v1/complaints: file a complaint."""

import hashlib
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.responses import Status

from desagravo.api import attachments
from desagravo.api.fields import complaint_schema
from desagravo.api.house import api
from desagravo.api.reading import read_object, shown
from desagravo.api.refusals import Refused, asked_language, speak
from desagravo.api.shapes import Accepted, Errors
from desagravo.api.throttle import throttle
from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow
from desagravo.departments import queries as departments

LONGEST_KEY = 255

_EXTRA: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "schema": {"type": "string", "maxLength": LONGEST_KEY},
            "description": "Names this filing. Sent again with the same body it gives the same answer and opens no "
            "second case; with another body it is refused (409). Use a long random value for each complaint. "
            "Without it every call is a complaint of its own.",
        }
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": complaint_schema()}}},
    "responses": {
        429: {"headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}},
    },
}


@api.post(
    "/complaints",
    operation_id="file_complaint",
    summary="File a complaint",
    description="Only `description` is needed: a complaint is never refused because something is missing. On 201 it is "
    "stored, numbered and dated; `missing` names what a complete form has besides.",
    response={201: Accepted, 400: Errors, 409: Errors, 413: Errors, 415: Errors, 422: Errors, 429: Errors, 503: Errors},
    openapi_extra=_EXTRA,
)
def file_complaint(request: HttpRequest, response: HttpResponse) -> Status[Any]:
    """Read, check, accept."""
    speak(request, asked_language(request))
    throttle(request, "complaint")
    key = _key(request)
    raw = read_object(request)
    complaint, files = _read(raw)
    try:
        accepted = actions.receive(
            complaint,
            key=key,
            actor=Actor("customer", "api"),
            channel="api",
            language=complaint.language or asked_language(request) or departments.organisation().languages[0],
            kept=attachments.keep(files),
        )
    except NotNow as conflict:
        # The other filing may be somebody else's, so its case number is not told.
        raise Refused(409, "idempotency_key_reused") from conflict
    response.headers["Location"] = accepted.tracking_url
    return Status(
        201,
        {
            "case_number": accepted.case.number,
            "tracking_url": accepted.tracking_url,
            "received_at": cases.local(accepted.case.received_at).isoformat(timespec="seconds"),
            "missing": list(accepted.missing),
        },
    )


def _key(request: HttpRequest) -> str:
    """What is stored of the caller's key: a digest, so that it never meets the key of a web form."""
    given = request.headers.get("Idempotency-Key", "").strip()
    if len(given) > LONGEST_KEY or not given.isprintable():
        raise Refused(400, "bad_idempotency_key", field="Idempotency-Key", limit=LONGEST_KEY)
    name = hashlib.sha256(given.encode("utf-8", "replace")).hexdigest() if given else uuid.uuid4().hex
    return f"api:{name}"


def _read(raw: dict[str, Any]) -> tuple[actions.Complaint, attachments.Decoded]:
    """The form and its files; what is wrong with either is told together."""
    problems: dict[str, Any] = {}
    complaint, files = None, []
    try:
        files = attachments.decode(raw.get("attachments"))
    except Missing as wrong:
        problems |= wrong.fields
    form = {shown(name): value for name, value in raw.items() if name != "attachments"}
    try:
        complaint = actions.read_complaint(form, today=cases.local(clock.now()).date())
    except Missing as wrong:
        problems = {**wrong.fields, **problems}
    if complaint is None or problems:
        raise Missing(problems)
    return complaint, files
