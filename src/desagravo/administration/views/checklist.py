"""`/administration/checklist/`: a hundred points, scored against the product and this installation."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo.administration.checklist.points import HOW, MOST, Point, scored
from desagravo.common.language import active
from desagravo.common.tables import as_csv
from desagravo.entrance import StaffRequest, door, page

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

_reads = door("GET", roles=("administrator", "manager", "auditor"), back_to="administration:checklist")


@_reads
def checklist(request: StaffRequest) -> HttpResponse:
    """Every point with how it is met, by which test, and where; or only those met in one way."""
    score = scored(active())
    only = request.GET.get("how", "")
    only = only if only in HOW else ""
    areas = [
        {"area": area, "points": [_shown(point) for point in area.points if not only or point.how == only]}
        for area in score.areas
    ]
    context = {
        "score": score,
        "areas": [each for each in areas if each["points"]],
        "counts": [(how, HOW_WORDS[how], score.counts[how], TONES[how]) for how in HOW],
        "only": only,
        "most": MOST,
    }
    return page(request, "administration/checklist.html", context)


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
            point.score, point.note, point.url, " ".join(point.tests),
        ]
        for area in score.areas
        for point in area.points
    ]  # fmt: skip
    response = HttpResponse(as_csv([heads, *rows]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{_('checklist')}.csv") or "attachment"
    return response


def _shown(point: Point) -> dict[str, object]:
    how, tone = str(HOW_WORDS[point.how]), TONES[point.how]
    if point.configured is False:
        how, tone = _("not configured here"), "soon"
    return {"point": point, "how": how, "tone": tone, "weight": WEIGHT_WORDS[point.weight]}
