"""The complaint procedure as a page and as two pages of paper, made from the edition in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from desagravo.cases import queries as cases
from desagravo.common.documents import DocumentFailed
from desagravo.common.language import LANGUAGES, active, in_language
from desagravo.departments import queries as departments
from desagravo.portal.door import door, gone, page


@door("GET")
def procedure(request: HttpRequest) -> HttpResponse:
    """How to complain, what happens, by when, who decides, where else to turn."""
    ours = departments.organisation().languages
    context = {
        "paper": cases.procedure(active()),
        "papers": [(code, LANGUAGES[code]) for code in ours if code in LANGUAGES],
        "here": active(),
    }
    return page(request, "procedure", context)


@door("GET", counted="procedure")
def document(request: HttpRequest, language: str) -> HttpResponseBase:
    """The same as PDF, in any of the languages that the organisation writes."""
    if language not in departments.organisation().languages or language not in LANGUAGES:
        return gone(request)
    try:
        with in_language(language):
            content = cases.paper_as_pdf(cases.procedure(language), pages=2)
            name = _("complaint procedure")
    except DocumentFailed:
        response: HttpResponse = page(request, "being_prepared", {"given_up": False}, status=503)
        response.headers["Retry-After"] = "60"
        return response
    return _offered(content, f"{name}.pdf")


def _offered(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
