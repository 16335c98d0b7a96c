"""A letter with a real case chosen, in each language, as text and as PDF: what a customer would hold in the hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from desagravo.administration.rulebook.doors import reads
from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.queries.sample_letter import sample_cases, sample_letter
from desagravo.common import files
from desagravo.common.documents import render
from desagravo.common.language import LANGUAGES, active, in_language
from desagravo.common.refusals import NotYours
from desagravo.entrance import StaffRequest, page
from desagravo.rulebook import queries


@reads
def preview(request: StaffRequest, code: str, letter: str) -> HttpResponse:
    """The letter as it would be sent. Whoever sees no cases sees it with its gaps."""
    try:
        known = queries.letter(letter, active(), edition=code)
    except LookupError:
        raise NotYours("not_found") from None
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else active()
    case = _chosen(request)
    told = None
    if case is not None:
        told = sample_letter(case, edition=code, letter=letter, language=language)
        actions.note_look(case.number, "read", actor=request.actor)
        if request.GET.get("as") == "pdf":
            with in_language(language):
                return _pdf(render("letter", told.paper, language), f"{letter}-{language}.pdf")
    template = queries.letter(letter, language, edition=code)
    context = {
        "code": code,
        "known": known,
        "told": told,
        "template": template,
        "language": language,
        "languages": list(LANGUAGES.items()),
        "number": case.number if case is not None else "",
        "choices": sample_cases(cases.visible_to(request.actor), case),
        "letters": queries.letter_templates(active(), edition=code),
    }
    return page(request, "administration/rulebook/preview.html", context)


def _chosen(request: StaffRequest) -> Any:
    """The case that was asked for, if this colleague sees it, or else the newest one."""
    visible = cases.visible_to(request.actor).select_related("customer", "owner")
    number = request.GET.get("case", "").strip()
    found = visible.filter(number=number).first() if number else None
    return found or visible.order_by("-pk").first()


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Content-Security-Policy"] = files.FENCE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
