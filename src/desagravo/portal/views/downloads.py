"""Files and papers behind the private link: shown only where a browser cannot be made to run them."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from desagravo.cases import queries as cases
from desagravo.common import files
from desagravo.common.refusals import NotYours
from desagravo.portal.door import door, page

_PDF = "application/pdf"


@door("GET", counted="tracking")
def attachment(request: HttpRequest, token: str, key: int) -> HttpResponseBase:
    """A file that the customer sent or was sent."""
    _case, customer = cases.case_behind(token)
    row = cases.attachment_for(customer, key)
    return _file(request, row.stored, row.name, row.media_type)


@door("GET", counted="tracking")
def document(request: HttpRequest, token: str, key: int) -> HttpResponseBase:
    """The receipt, or an answer, as PDF."""
    _case, customer = cases.case_behind(token)
    row = cases.document_for(customer, key)
    return _paper(request, row.stored, row.kind, row.case.number)


@door("GET", counted="tracking")
def newest(request: HttpRequest, token: str, kind: str) -> HttpResponseBase:
    """The newest receipt or letter; 404 with Retry-After while it is being prepared, so that a page can ask again."""
    case, _customer = cases.case_behind(token)
    if kind not in {"receipt", "letter"}:
        raise NotYours("not_found")
    tracked = cases.tracked(case)
    answers = sum(each.answer for each in tracked.conversation)
    if kind == "letter" and not answers:
        raise NotYours("not_found")
    letter = tracked.letters[-1] if tracked.letters and len(tracked.letters) >= answers else None
    row = tracked.receipt if kind == "receipt" else letter
    given_up = row is None and cases.paper_given_up(case, kind)
    return _paper(request, row.stored if row else "", kind, case.number, given_up=given_up)


def _paper(request: HttpRequest, stored: str, kind: str, number: str, *, given_up: bool = False) -> HttpResponseBase:
    if not stored:
        response: HttpResponse = page(request, "being_prepared", {"given_up": given_up}, status=404)
        if not given_up:
            response.headers["Retry-After"] = "5"
        return response
    name = _("receipt") if kind == "receipt" else _("answer")
    return _file(request, stored, f"{number}-{name}.pdf", _PDF)


def _file(request: HttpRequest, stored: str, name: str, media_type: str) -> HttpResponseBase:
    """The bytes, fenced in: no script runs, no type is guessed, nobody keeps a copy on the way.

    A PDF is offered for download, because browsers show none inside the sandbox.
    """
    shown = files.safe_preview(media_type) and media_type != _PDF
    known = media_type if shown or media_type == _PDF else "application/octet-stream"
    if known == "text/plain":
        known = "text/plain; charset=utf-8"
    try:
        content = files.path(stored).open("rb")
    except (OSError, ValueError):
        return page(request, "file_missing", status=404)
    response = FileResponse(content, content_type=known)
    response.headers["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    response.headers["Content-Security-Policy"] = files.FENCE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
