"""Who looked at a case, and what somebody looked at: for managers, auditors and keepers of data."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from desagravo.cases import queries
from desagravo.common import clock
from desagravo.departments import queries as departments
from desagravo.departments.authority import require
from desagravo.desk.doors import StaffRequest, staff_reads
from desagravo.desk.views._work import around
from desagravo.entrance import page

WHAT = {
    "read": _("read a page"),
    "file": _("opened a file"),
    "paper": _("opened a document"),
    "export": _("took an export"),
    "broke_glass": _("broke the glass"),
}
_USUALLY = timedelta(days=30)


@staff_reads
def looks_at(request: StaffRequest, number: str) -> HttpResponse:
    """The newest looks at one case. Nothing of the case itself stands here, so this is no look at it."""
    case = queries.case_for(request.actor, number)
    rows = [(row, WHAT.get(row.what, row.what)) for row in queries.looks_at(request.actor, case)]
    return page(request, "desk/case/looks.html", around(case, rows=rows))


@staff_reads
def looks_of(request: StaffRequest) -> HttpResponse:
    """What one person looked at since a day: broken glass first."""
    require(request.actor, "read_looks")
    person = request.GET.get("person", "")
    since = _day(request.GET.get("since", ""))
    begin = datetime.combine(since, time(0), ZoneInfo(departments.organisation().time_zone))
    found = queries.looks_of(request.actor, person, since=begin)
    rows = [(row, WHAT.get(row.what, row.what)) for row in found]
    context = {"people": departments.people(), "person": person, "since": since.isoformat(), "rows": rows}
    return page(request, "desk/looks.html", context)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return (clock.now() - _USUALLY).date()
