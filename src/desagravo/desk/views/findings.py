"""What was established, and the points of the complaint: named, decided, or taken off the list."""

from typing import Any

from django.http import HttpResponse

from desagravo.cases import actions, queries
from desagravo.cases.terms import DECISION, term
from desagravo.common.language import active
from desagravo.desk.brief import not_named_yet
from desagravo.desk.doors import StaffRequest, see, staff
from desagravo.desk.views._work import REFUSED, around, show
from desagravo.rulebook import queries as rulebook


@staff
def findings(request: StaffRequest, number: str) -> HttpResponse:
    """Record a fact and where it comes from."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            text, source = request.POST.get("text", ""), request.POST.get("source", "")
            actions.find(case, text=text, source=source, actor=request.actor)
            return see("desk:findings" if "another" in request.POST else "desk:case", number=number)
        except REFUSED as refused:
            refusal = refused
    known = queries.findings_of(case)
    return show(request, "desk/case/findings.html", around(case, findings=known), refusal=refusal)


@staff
def points(request: StaffRequest, number: str) -> HttpResponse:
    """The points of the complaint, and a further one."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            actions.add_point(case, text=request.POST.get("text", ""), actor=request.actor)
            return see("desk:points", number=number)
        except REFUSED as refused:
            refusal = refused
    remedies = {each.code: each.name for each in rulebook.remedies(active(), edition=queries.edition_of(case))}
    known, form = queries.points_of(case), queries.form_of(case)
    rows = [
        (each, term(DECISION, each.decision) if each.decision else "", remedies.get(each.remedy, each.remedy))
        for each in known
    ]
    context = around(
        case,
        points=rows,
        undecided=sum(not decision for _point, decision, _remedy in rows),
        asks=not_named_yet(form, known) if form else [],
        description=form.description if form else "",
        steps=queries.steps_open_to(request.actor, case),
    )
    return show(request, "desk/case/points.html", context, refusal=refusal)


@staff
def decision(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """Decide one point."""
    case = queries.case_for(request.actor, number)
    point = queries.point_of(case, key)
    refusal = None
    if request.method == "POST":
        said = request.POST
        try:
            actions.decide_point(
                point,
                decision=said.get("decision", ""),
                reasons=said.get("reasons", ""),
                remedy=said.get("remedy", ""),
                text=said.get("text", point.text),
                actor=request.actor,
            )
            return see("desk:points", number=number)
        except REFUSED as refused:
            refusal = refused
    context = around(
        case,
        point=point,
        description=_description(case),
        said={"decision": point.decision, "reasons": point.reasons, "remedy": point.remedy, "text": point.text},
        decisions=list(DECISION.items()),
        remedies=rulebook.remedies(active(), edition=queries.edition_of(case)),
        findings=queries.findings_of(case),
    )
    anchors = {"decision": "f_decision_1"}
    return show(request, "desk/case/point.html", context, refusal=refusal, anchors=anchors)


@staff
def removal(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """Take a point off the list that was named by mistake."""
    case = queries.case_for(request.actor, number)
    point = queries.point_of(case, key)
    refusal = None
    if request.method == "POST":
        try:
            actions.drop_point(point, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:points", number=number)
        except REFUSED as refused:
            refusal = refused
    return show(request, "desk/case/point_removal.html", around(case, point=point), refusal=refusal)


def _description(case: Any) -> str:
    form = queries.form_of(case)
    return form.description if form else ""
