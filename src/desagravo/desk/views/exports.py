"""Requests about personal data: find the person's cases, have a copy made, take it. And the copy of one case."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.common import throttle
from desagravo.common.language import LANGUAGES, active, in_language
from desagravo.common.refusals import Missing
from desagravo.common.text import tidy_line
from desagravo.departments.authority import require
from desagravo.desk.doors import StaffRequest, page, problems, see, staff, staff_reads, wrong
from desagravo.desk.views._work import around, show
from desagravo.desk.views.papers import offered


@staff
def personal_data(request: StaffRequest) -> HttpResponse:
    """Whose data? The cases that are found are ticked, and the worker makes the copy."""
    require(request.actor, "export_subject")
    missing: Missing | None = None
    if request.method == "POST":
        throttle.allow(request, "export", who=f"person {request.actor.id}")
        try:
            actions.ask_for_export(
                request.POST.getlist("number"),
                language=_language(request),
                actor=request.actor,
                with_internal=request.POST.get("with_internal") == "yes",
                ground=request.POST.get("ground", ""),
            )
            return see("desk:exports")
        except Missing as refused:
            missing = refused
    words = tidy_line(request.POST.get("q", request.GET.get("q", "")))
    if words:
        throttle.allow(request, "search", who=f"person {request.actor.id}")
    found = queries.cases_of_person(request.actor, words)
    told = problems(missing, anchors={"number": "f_number_1"}) if missing else []
    context = {
        "person_words": words,
        "found": found,
        "ticked": request.POST.getlist("number") if missing else [each.number for each in found.cases if each.theirs],
        "languages": list(LANGUAGES.items()),
        "language": _language(request) if missing else next((each.language for each in found.cases), active()),
        "said": request.POST,
        "problems": told,
        "wrong": wrong(told),
    }
    return page(request, "desk/personal_data.html", context, status=422 if missing else 200)


def _language(request: StaffRequest) -> str:
    asked = request.POST.get("language", "")
    return asked if asked in LANGUAGES else active()


@staff_reads
def exports(request: StaffRequest) -> HttpResponse:
    """The copies that the one who asks has asked for."""
    return page(request, "desk/exports.html", {"rows": queries.exports_of(request.actor)})


@staff_reads
def download(request: StaffRequest, key: int) -> HttpResponseBase:
    """One copy. Taking it away is a look at each of its cases."""
    row = queries.export_for(request.actor, key)
    with in_language(row.language):
        about = _("about-you")
    name = f"{row.cases[0]}.zip" if row.kind == "case" else f"{about}-{row.asked_at:%Y-%m-%d}-{row.pk}.zip"
    answer = offered(row.stored, name, "application/zip", inline=False)
    for number in row.cases:
        actions.note_look(number, "export", about=f"export {row.pk}", actor=request.actor)
    return answer


@staff
def case_file(request: StaffRequest, number: str) -> HttpResponse:
    """Have the whole case copied."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "export_case")
    if request.method != "POST":
        return show(request, "desk/case/export.html", around(case))
    throttle.allow(request, "export", who=f"person {request.actor.id}")
    actions.ask_for_case_file(case, language=active(), actor=request.actor)
    messages.success(request, _("The copy is being made. It is offered here for seven days."))
    return see("desk:exports")
