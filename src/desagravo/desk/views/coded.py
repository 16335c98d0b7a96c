"""The closing codes of a time as a file: ours, and what others call them."""

from datetime import date
from itertools import chain
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from desagravo.cases.actions import closing_day
from desagravo.cases.queries import coded as query
from desagravo.common import throttle
from desagravo.common.language import active
from desagravo.common.refusals import Refusal, words
from desagravo.common.tables import lines_of_csv
from desagravo.departments.authority import require
from desagravo.desk.doors import Problem, StaffRequest, page, staff_reads, wrong
from desagravo.rulebook import closing

words({"days_reversed": _("The last day is before the first. Check both.")})


@staff_reads
def coded(request: StaffRequest) -> HttpResponseBase:
    """Choose from when to when; the file is made while it is sent."""
    require(request.actor, "report_codes")
    if "from" not in request.GET and "to" not in request.GET:
        return _page(request, [])
    begin, end, found = _days(request)
    if found or begin is None or end is None:
        return _page(request, found)
    throttle.allow(request, "export", who=f"person {request.actor.id}")
    rows = query.coded_cases(request.actor, begin, end)
    answer = StreamingHttpResponse(lines_of_csv(chain([query.HEAD], rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="closing-codes-{begin}-{end}.csv"'
    return answer


def _days(request: StaffRequest) -> tuple[date | None, date | None, list[Problem]]:
    found: list[Problem] = []
    days: dict[str, date | None] = {}
    for name in ("from", "to"):
        try:
            days[name] = date.fromisoformat(request.GET.get(name, "").strip())
        except ValueError:
            days[name] = None
            found.append(Problem(name, f"f_{name}", Refusal("bad_date").sentence()))
    begin, end = days["from"], days["to"]
    if begin and end and end < begin:
        found.append(Problem("to", "f_to", Refusal("days_reversed").sentence()))
    return begin, end, found


def _page(request: StaffRequest, found: list[Problem]) -> HttpResponse:
    today = closing_day()
    context: dict[str, Any] = {
        "begin": request.GET.get("from", today.replace(month=1, day=1).isoformat()),
        "end": request.GET.get("to", today.isoformat()),
        "schemes": closing.schemes(active()),
        "problems": found,
        "wrong": wrong(found),
    }
    return page(request, "desk/coded.html", context, status=422 if found else 200)
