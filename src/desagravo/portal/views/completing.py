"""What a complaint still lacks, asked for on a page of its own and nothing besides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.queries import TrackedCase
from desagravo.common.refusals import Missing
from desagravo.portal import sheet as form
from desagravo.portal.door import door, from_our_page, page, posted, see_other
from desagravo.portal.sheet import Sheet


@door("GET", "POST", counted="tracking")
def missing(request: HttpRequest, token: str) -> HttpResponse:
    """The fields that are still missing; sent, they become a further version of the form."""
    case, customer = cases.case_behind(token)
    if case.status != "incomplete":
        return see_other(reverse("portal:tracking", args=[token]))
    tracked = cases.tracked(case)
    post = posted(request) if request.method == "POST" else QueryDict()
    sheet = _sheet(tracked, post)
    if request.method != "POST" or "remove_signature" in post or not from_our_page(request):
        return _page(request, token, tracked, sheet)
    try:
        additions = actions.read_complaint(_told(tracked, sheet), today=form.today())
    except Missing as refusal:
        problems = form.in_words(refusal)
        kept = {**sheet.values, "signature_drawn": "" if "signature" in problems else sheet.drawn}
        return _page(request, token, tracked, replace(sheet, values=kept, problems=problems), status=422)
    hints = form.half_signed(sheet.values)
    if hints or set(additions.missing) >= {need.code for need in tracked.missing}:
        shown = replace(sheet, problems=hints, missing=tracked.missing)
        return _page(request, token, tracked, shown, status=422)
    case = actions.complete(case, additions, actor=customer)
    done = "added" if case.status == "incomplete" else "completed"
    return see_other(f"{reverse('portal:tracking', args=[token])}?sent={done}")


def _sheet(tracked: TrackedCase, post: QueryDict) -> Sheet:
    values: dict[str, Any] = form.typed(post)
    if "remove_signature" in post:
        values["signature_drawn"] = ""
    if not post:
        values["form_completed_on"] = form.today().isoformat()
        values["complainant_name"] = tracked.form.fields.get("complainant_name", "")
    return Sheet(values, filled=bool(post))


def _told(tracked: TrackedCase, sheet: Sheet) -> dict[str, Any]:
    """What was added, beside what was filed: the two dates must fit together."""
    before = tracked.form.fields
    dates = {code: before[code] for code in ("occurred_on", "form_completed_on") if before.get(code)}
    return {**form.as_told(sheet.values), **dates, "description": tracked.form.description}


def _page(request: HttpRequest, token: str, tracked: TrackedCase, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    context = {
        "token": token,
        "case": tracked.case,
        "sheet": sheet,
        "asked": [need.code for need in tracked.missing],
        "today": form.today(),
    }
    return page(request, "missing", context, status=status)
