"""Giving a case an owner, or another one."""

from django.http import HttpResponse

from desagravo.cases import actions, queries
from desagravo.departments import queries as departments
from desagravo.desk import why
from desagravo.desk.doors import StaffRequest, see, staff
from desagravo.desk.views._work import REFUSED, around, show


@staff
def owner(request: StaffRequest, number: str) -> HttpResponse:
    """Choose the person who answers for the case until it is closed."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            meant = bool(request.POST.get("although_away"))
            to, rule = request.POST.get("to", ""), request.POST.get("rule", "")
            actions.assign(case, to=to, actor=request.actor, although_away=meant, rule=rule)
            return _onward(request, number)
        except REFUSED as refused:
            refusal = refused
    people = departments.people("handler", "supervisor", "manager")
    # the own team first: that is where most cases stay
    people.sort(key=lambda each: (each.team != request.actor.team, each.name))
    away = departments.away_now([each.id for each in people])
    context = around(case, people=people, teams=departments.teams(), away=away, handler=why.handler(case))
    return show(request, "desk/case/owner.html", context, refusal=refusal, anchors={"to": "f_to_1"})


def _onward(request: StaffRequest, number: str) -> HttpResponse:
    """To the case, or to the list if the case is now with a team that the actor does not see."""
    gone = not queries.visible_to(request.actor).filter(number=number).exists()
    return see("desk:start") if gone else see("desk:case", number=number)
