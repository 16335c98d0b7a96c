"""Under which edition of the rulebook a case goes on: what another one would change, and the move with its reason."""

from django.http import HttpResponse

from desagravo.cases import actions, queries
from desagravo.cases.terms import SEVERITY, term
from desagravo.common.refusals import Refusal
from desagravo.departments import queries as departments
from desagravo.departments.authority import require
from desagravo.desk.doors import StaffRequest, see, staff
from desagravo.desk.views._work import REFUSED, around, base_of, show


@staff
def edition(request: StaffRequest, number: str) -> HttpResponse:
    """Choose an edition, see old and new dates, move the case."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "move_edition")
    refusal: Refusal | None = None
    sent = request.POST if request.method == "POST" else request.GET
    to = sent.get("to", "")
    if request.method == "POST":
        try:
            actions.move_edition(case, to=to, reason=request.POST.get("reason", ""), actor=request.actor)
            return see(base_of(number))
        except REFUSED as refused:
            refusal = refused
    now = queries.edition_of(case)
    others = queries.editions_to_move_to(now)
    chosen = next((row for row in others if row.code == to), None)
    looked = queries.preview(case, chosen.code) if chosen else None
    names = departments.department_names()
    context = around(
        case,
        now=now,
        others=others,
        to=to,
        looked=looked,
        outcome=[term(SEVERITY, each) if each else "" for each in looked.outcome] if looked else [],
        routes=[[names.get(code, code) for code in codes] for codes in looked.departments] if looked else [],
        moves=queries.moves_of_case(case),
    )
    return show(request, "desk/case/edition.html", context, refusal=refusal)
