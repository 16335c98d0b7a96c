"""Confidential cases: who is on the list, and the glass that somebody breaks who is not."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.common.refusals import Missing, NotYours, Refusal
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk.doors import StaffRequest, see, staff, staff_acts
from desagravo.desk.views._work import REFUSED, around, show

_TEMPLATE = "desk/case/confidentiality.html"


@staff
def confidentiality(request: StaffRequest, number: str) -> HttpResponse:
    """Who knows of the case; the button that makes it confidential."""
    case = queries.case_for(request.actor, number)
    if request.method != "POST":
        return _show(request, case)
    try:
        actions.make_confidential(case, actor=request.actor)
    except REFUSED as refused:
        return _show(request, case, refused)
    return see("desk:confidentiality", number=number)


@staff_acts
def lifting(request: StaffRequest, number: str) -> HttpResponse:
    """Everybody whose role lets them sees the case again."""
    case = queries.case_for(request.actor, number)
    try:
        actions.lift_confidentiality(case, reason=request.POST.get("reason", ""), actor=request.actor)
    except REFUSED as refused:
        return _show(request, case, refused)
    return _onward(request, number, "desk:case")


@staff_acts
def people(request: StaffRequest, number: str) -> HttpResponse:
    """Put a colleague on the list."""
    case = queries.case_for(request.actor, number)
    try:
        actions.let_know(case, person=request.POST.get("person", ""), actor=request.actor)
    except REFUSED as refused:
        return _show(request, case, refused)
    return see("desk:confidentiality", number=number)


@staff_acts
def removal(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """Take a colleague off the list."""
    case = queries.case_for(request.actor, number)
    try:
        actions.no_longer_let_know(case, person=str(key), actor=request.actor)
    except REFUSED as refused:
        return _show(request, case, refused)
    return _onward(request, number, "desk:confidentiality")


def _onward(request: StaffRequest, number: str, to: str) -> HttpResponse:
    """To the page, or to the lists if the case is no longer the actor's to see."""
    still = queries.visible_to(request.actor).filter(number=number).exists()
    return see(to, number=number) if still else see("desk:start")


def _show(request: StaffRequest, case: Any, refusal: Refusal | None = None) -> HttpResponse:
    known = queries.who_knows(case)
    lasting = {each.person for each in known if each.until is None}
    steps = queries.steps_open_to(request.actor, case)
    context = around(
        case,
        known=known,
        people=[each for each in departments.people() if each.id not in lasting] if case.confidential else [],
        may_change="make_confidential" in steps and (not case.confidential or request.actor.id in lasting),
        approver_missing=case.confidential and not _somebody_approves(lasting, major=case.severity == "major"),
    )
    return show(request, _TEMPLATE, context, refusal=refusal)


def _somebody_approves(known: set[str], *, major: bool) -> bool:
    roles = ("manager", "senior_manager") if major else ("supervisor", "manager", "senior_manager")
    return any(each.id in known for each in departments.people(*roles))


@staff
def break_glass(request: StaffRequest, number: str) -> HttpResponse:
    """Open a confidential case by its number, with a reason. Until the reason is given, the page is the same for
    every number, whether there is such a case or not."""
    if not may(request.actor, "break_glass"):
        raise NotYours("not_found")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            actions.break_glass(number, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:case", number=number)
        except Missing as missing:
            refusal = missing
    context = {"asked_for": number, "wrong": {}, "said": {}, "title": _("Open a confidential case")}
    return show(request, "desk/case/break_glass.html", context, refusal=refusal)
