"""The case outside the house, sent on to whom it concerns, looked at a second time, coded anew."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.cases.actions import Outside
from desagravo.cases.queries import outside as stages
from desagravo.common.language import active
from desagravo.common.refusals import Refusal
from desagravo.departments import queries as departments
from desagravo.departments.authority import may, require
from desagravo.desk.doors import StaffRequest, see, staff, staff_acts
from desagravo.desk.views._work import REFUSED, around, show
from desagravo.desk.views.closure import axis_shown
from desagravo.rulebook import closing, edition
from desagravo.rulebook import queries as rulebook


@staff
def outside(request: StaffRequest, number: str) -> HttpResponse:
    """Where the complaint lies outside the house, and a form for another body."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "refer")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            actions.refer(case, outside=_outside(request.POST), actor=request.actor)
            return see("desk:outside", number)
        except REFUSED as refused:
            refusal = refused
    context = around(
        case,
        rows=stages.referrals_of(case),
        bodies=stages.bodies_for(case),
        may_export=may(request.actor, "export_case"),
        **_words(case),
    )
    return show(request, "desk/case/outside.html", context, refusal=refusal)


def _outside(said: QueryDict) -> Outside:
    return Outside(
        body=said.get("body", ""),
        reference=said.get("reference", ""),
        opened_on=said.get("opened_on", ""),
        answer_due_on=said.get("answer_due_on", ""),
        reason=said.get("reason", ""),
    )


def _words(case: Any) -> dict[str, Any]:
    code = queries.edition_of(case)
    outcomes = closing.outside_outcomes(active(), edition=code)
    effects = closing.outside_effects(active(), edition=code)
    return {"outcomes": outcomes, "effects": effects}


@staff
def stage(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """One stage: what the body has, what it said, and what follows from that."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "refer")
    row = stages.referral_of(case, key)
    refusal: Refusal | None = None
    if request.method == "POST":
        said = request.POST
        try:
            actions.end_referral(
                row,
                outcome=said.get("outcome", ""),
                effect=said.get("effect", ""),
                words=said.get("words", ""),
                on=said.get("ended_on", ""),
                actor=request.actor,
            )
            return see("desk:outside", number)
        except REFUSED as refused:
            refusal = refused
    return _stage(request, case, row, refusal)


def _stage(request: StaffRequest, case: Any, row: Any, refusal: Refusal | None) -> HttpResponse:
    words = _words(case)
    named = {each.code: each.name for each in (*words["outcomes"], *words["effects"])}
    context = around(
        case,
        row=row,
        outcome=named.get(row.outcome, row.outcome),
        effect=named.get(row.effect, row.effect),
        may_export=may(request.actor, "export_case"),
        **words,
    )
    anchors = {"outcome": "f_outcome_1", "effect": "f_effect_1"}
    return show(request, "desk/case/outside_stage.html", context, refusal=refusal, anchors=anchors)


@staff_acts
def file_given(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """The body has the file of the case now."""
    case = queries.case_for(request.actor, number)
    row = stages.referral_of(case, key)
    try:
        actions.give_file(row, on=request.POST.get("given_on", ""), actor=request.actor)
    except REFUSED as refused:
        return _stage(request, case, row, refused)
    return see("desk:outside_stage", number, key)


@staff
def forwarding(request: StaffRequest, number: str) -> HttpResponse:
    """Send the complaint on to whom it concerns, with a letter to the customer."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "forward", {"major": case.severity == "major"})
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            to = Outside(body=request.POST.get("body", ""), reason=request.POST.get("reason", ""))
            actions.forward(case, to=to, body=request.POST.get("letter", ""), actor=request.actor)
            messages.success(request, _("The complaint was sent on. The customer is told with your letter."))
            return see("desk:case", number)
        except REFUSED as refused:
            refusal = refused
    letter = stages.forwarding_letter(case, departments.names([request.actor.id]).get(request.actor.id, ""))
    form = queries.form_of(case)
    context = around(case, letter=letter, consent=form.fields.get("consent_sharing") if form else None)
    return show(request, "desk/case/forwarding.html", context, refusal=refusal)


@staff
def second_stage(request: StaffRequest, number: str) -> HttpResponse:
    """Give the case to somebody for a second look."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "second_stage")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            actions.begin_second_stage(
                case,
                to=request.POST.get("to", ""),
                reason=request.POST.get("reason", ""),
                body=request.POST.get("body", ""),
                actor=request.actor,
            )
            return see("desk:case", number)
        except REFUSED as refused:
            refusal = refused
    first, other = stages.who_handled_first(case), stages.asks_for_another(case)
    people = [
        (each, each.id in first, other and each.id in first)
        for each in departments.people("handler", "supervisor", "manager")
    ]
    context = around(case, people=people, other=other)
    return show(request, "desk/case/second_stage.html", context, refusal=refusal, anchors={"to": "f_to_1"})


@staff
def recoding(request: StaffRequest, number: str) -> HttpResponse:
    """Codes of the list in force for a closed case; what was signed stays beside them."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "recode")
    code = edition.in_force()
    axes = rulebook.closing_codes(active(), edition=code)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            codes = {axis.code: request.POST.getlist(axis.code) for axis in axes}
            actions.recode(case, codes=codes, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:closure", number)
        except REFUSED as refused:
            refusal = refused
    signed, last = stages.last_codes(case)
    now = last or signed
    wrong = getattr(refusal, "fields", {})
    shown = [
        axis_shown(axis, set(request.POST.getlist(axis.code) if refusal else _before(now, axis.code)), wrong, code)
        for axis in axes
    ]
    context = around(case, axes=shown, signed=signed, edition=code, signed_edition=_edition_of(now))
    return show(
        request,
        "desk/case/recoding.html",
        context,
        refusal=refusal,
        anchors={axis.code: f"f_{axis.code}_1" for axis in axes},
    )


def _before(row: Any, axis: str) -> list[str]:
    return list(row.codes.get(axis, ())) if row else []


def _edition_of(row: Any) -> str:
    return (row.edition if row else "") or edition.STARTER
