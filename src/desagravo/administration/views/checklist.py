"""`/administration/checklist/`: a hundred points, scored against the product and this installation."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo.administration.checklist.points import HOW, MOST, Point, duties_listed, scored
from desagravo.common.language import active
from desagravo.common.refusals import Missing, NotYours
from desagravo.common.tables import as_csv
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.entrance import StaffRequest, door, page, problems, see
from desagravo.rulebook import actions as rulebook

HOW_WORDS = {
    "product": gettext_lazy("met by the product"),
    "configuration": gettext_lazy("met by configuration"),
    "part": gettext_lazy("met in part"),
    "duty": gettext_lazy("the organisation's duty"),
    "not": gettext_lazy("not met"),
}
TONES = {"product": "kept", "configuration": "kept", "part": "soon", "duty": "waiting", "not": "late"}
WEIGHT_WORDS = {
    "M": gettext_lazy("some law demands it"),
    "G": gettext_lazy("guidance"),
    "H": gettext_lazy("house rule"),
}

_acts = door("GET", "POST", roles=("administrator", "manager"), back_to="administration:checklist")
_reads = door("GET", roles=("administrator", "manager", "auditor"), back_to="administration:checklist")


@_reads
def checklist(request: StaffRequest) -> HttpResponse:
    """Every point with how it is met, by which test, and where; or only those met in one way."""
    score = scored(active())
    names = departments.names(each.noted.by for each in score.points if each.noted)
    only = request.GET.get("how", "")
    only = only if only in HOW else ""
    areas = [
        {"area": area, "points": [_shown(point, names) for point in area.points if not only or point.how == only]}
        for area in score.areas
    ]
    context = {
        "score": score,
        "areas": [each for each in areas if each["points"]],
        "counts": [(how, HOW_WORDS[how], score.counts[how], TONES[how]) for how in HOW],
        "only": only,
        "most": MOST,
        "may_note": may(request.actor, "note_duty"),
    }
    return page(request, "administration/checklist.html", context)


@_acts
def duty(request: StaffRequest, n: int) -> HttpResponse:
    """How the organisation meets a point that no program can meet."""
    if n not in duties_listed():
        raise NotYours("not_found")
    point = next(each for each in scored(active()).points if each.n == n)
    typed = point.noted.note if point.noted else ""
    if request.method == "POST" and "end" in request.POST:
        rulebook.end_duty(n, actor=request.actor)
        return _back(n)
    missing: Missing | None = None
    if request.method == "POST":
        typed = request.POST.get("note", "")
        try:
            rulebook.note_duty(n, note=typed, actor=request.actor)
            return _back(n)
        except Missing as told:
            missing = told
    context = {"point": point, "typed": typed, "problems": problems(missing) if missing else []}
    return page(request, "administration/checklist_duty.html", context, status=422 if missing else 200)


def _back(n: int) -> HttpResponse:
    response = see("administration:checklist")
    response.headers["Location"] += f"#point-{n}"
    return response


@_reads
def table(request: StaffRequest) -> HttpResponse:
    """The same as a table for a spreadsheet."""
    score = scored(active())
    heads = [
        _("Number"), _("Part"), _("Point"), _("Weight"), _("Source"), _("How"), _("Score"), _("Remark"), _("Page"),
        _("Tests"),
    ]  # fmt: skip
    rows = [
        [
            point.n, area.name, point.title, WEIGHT_WORDS[point.weight], point.sources, HOW_WORDS[point.how],
            point.score, "\n".join(each for each in (point.note, point.noted.note if point.noted else "") if each),
            point.url, " ".join(point.tests),
        ]
        for area in score.areas
        for point in area.points
    ]  # fmt: skip
    response = HttpResponse(as_csv([heads, *rows]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{_('checklist')}.csv") or "attachment"
    return response


def _shown(point: Point, names: Mapping[str, str]) -> dict[str, object]:
    how, tone = str(HOW_WORDS[point.how]), TONES[point.how]
    if point.configured is False:
        how, tone = _("not configured here"), "soon"
    if point.noted:
        how, tone = _("the organisation's duty, met"), "kept"
    return {
        "point": point,
        "how": how,
        "tone": tone,
        "weight": WEIGHT_WORDS[point.weight],
        "by": names.get(point.noted.by, "") if point.noted else "",
    }
