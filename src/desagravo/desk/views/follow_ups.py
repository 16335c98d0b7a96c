"""Follow-ups: what comes back on a date by itself, and what was looked after."""

from django.http import HttpResponse

from desagravo.cases import actions, queries
from desagravo.common import clock
from desagravo.common.refusals import NotYours
from desagravo.desk.doors import StaffRequest, see, staff, staff_acts
from desagravo.desk.views._work import REFUSED, around, base_of, day_of, end_of, show


@staff
def follow_ups(request: StaffRequest, number: str) -> HttpResponse:
    """Have the case come back on a date, saying what for."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            due = end_of(request.POST.get("due_at", ""))
            actions.follow_up(case, about=request.POST.get("about", ""), due_at=due, actor=request.actor)
            return see(f"{base_of(number)}#follow-ups")
        except REFUSED as refused:
            refusal = refused
    due_day = day_of(queries.target_after(case, "follow_up", clock.now()))
    return show(request, "desk/case/follow_up.html", around(case, due_day=due_day), refusal=refusal)


@staff_acts
def done(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """It was looked after."""
    row = queries.case_for(request.actor, number).follow_ups.filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    actions.finish_follow_up(row, actor=request.actor)
    return see("desk:case", number=number)
