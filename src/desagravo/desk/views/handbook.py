"""The handbook: how this house handles complaints, made from the edition in force; drafts for those who write rules."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from desagravo.cases import queries as cases
from desagravo.common.documents.paper import Paper
from desagravo.common.language import LANGUAGES, active, in_language
from desagravo.common.refusals import NotNow, NotYours
from desagravo.desk.doors import StaffRequest, page, staff_reads
from desagravo.rulebook import queries as rulebook

_READ_DRAFTS = ("administrator", "manager", "auditor")


@staff_reads
def handbook(request: StaffRequest) -> HttpResponse:
    """The handbook as a page, with a list of its parts."""
    context = {
        "paper": _paper(request, "staff", active()),
        "edition": _edition(request),
        "papers": list(LANGUAGES.items()),
        "here": active(),
        "reads_rules": request.actor.has(*_READ_DRAFTS),
    }
    return page(request, "desk/handbook.html", context)


@staff_reads
def handbook_document(request: StaffRequest, language: str) -> HttpResponseBase:
    """The handbook as PDF."""
    return _as_pdf(request, "staff", language, pages=0)


@staff_reads
def customers_document(request: StaffRequest, language: str) -> HttpResponseBase:
    """The customers' procedure as PDF, also of an edition that is not in force, marked as such."""
    return _as_pdf(request, "customers", language, pages=2)


def _as_pdf(request: StaffRequest, which: str, language: str, *, pages: int) -> HttpResponse:
    if language not in LANGUAGES:
        raise NotYours("not_found")
    with in_language(language):
        content = cases.paper_as_pdf(_paper(request, which, language), pages=pages)
        name = _("handbook for complaints") if which == "staff" else _("complaint procedure")
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf") or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _paper(request: StaffRequest, which: str, language: str) -> Paper:
    make = cases.handbook if which == "staff" else cases.procedure
    edition = _edition(request)
    if not edition:
        return make(language)
    rulebook.edition_view(edition)  # or NotYours
    try:
        return make(language, edition)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as mistaken:
        # a draft may hold any mistake; its pages name each with its place
        raise NotNow("no_document_of_mistakes", edition=edition) from mistaken


def _edition(request: StaffRequest) -> str:
    """The edition asked for; only those who read rules may ask for another than the one in force."""
    code = request.GET.get("edition", "")
    if code and not request.actor.has(*_READ_DRAFTS):
        raise NotYours("not_found")
    return code
