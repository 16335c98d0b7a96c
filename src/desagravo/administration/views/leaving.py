"""Somebody leaves: one step in which everything that person holds goes to somebody named."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.administration.doors import administrators, administrators_act
from desagravo.administration.views.people import again_who
from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.terms import ROLE, term
from desagravo.common.refusals import Missing, NotNow, NotYours
from desagravo.departments import queries
from desagravo.entrance import Problem, StaffRequest, page, problems, see, wrong


@administrators
def leaving(request: StaffRequest, key: int) -> HttpResponseBase:
    """What the person holds, who takes it over, and the end of the access.

    What is missing is said before the password is asked for, and the request that waits for it is then whole.
    """
    row = _row(key)
    if request.method != "POST":
        if row.state == "left":
            raise NotNow("left_already")
        return _show(row, request)
    named = _named(row, request)
    missing = actions.problems_of_leaving(row.id, **named, actor=request.actor)
    if missing and row.id != request.actor.id:
        return _show(row, request, problems(Missing(missing)))
    return _leaves(request, row, named)


def _leave(request: StaffRequest, row: queries.PersonRow, named: dict[str, Any]) -> HttpResponse:
    try:
        left = actions.person_leaves(row.id, **named, actor=request.actor)
    except Missing as missing:
        return _show(row, request, problems(missing))
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": row.name})
    if left:
        messages.info(request, _still_going(left))
    return see("administration:person", key=row.id)


_leaves = again_who(_leave)


def _named(row: queries.PersonRow, request: StaffRequest) -> dict[str, Any]:
    told = request.POST
    return {
        "cases_to": told.get("cases_to", ""),
        "contacts": {code: told.get(f"contact_{code}", "") for code in cases.holdings(row.id).departments},
        "approvals_to": told.get("approvals_to", ""),
        "substitutes": {
            str(each.key): told.get(f"substitute_{each.key}", "") for each in queries.absences_covered_by(row.id)
        },
    }


def _show(row: queries.PersonRow, request: StaffRequest, found: list[Problem] | None = None) -> HttpResponse:
    context = _context(row, cases.holdings(row.id), request, found or [])
    return page(request, "administration/people/leaving.html", context, status=422 if found else 200)


def _context(
    row: queries.PersonRow, there: cases.Holdings, request: StaffRequest, found: list[Problem]
) -> dict[str, Any]:
    names = queries.department_names()
    covered = queries.absences_covered_by(row.id)
    absent = queries.names(each.person for each in covered)
    away = queries.away_now()
    faults = wrong(found)
    return {
        "row": row,
        "there": there,
        "departments": [
            {
                "code": code,
                "name": names.get(code, code),
                "questions": count,
                "said": request.POST.get(f"contact_{code}", ""),
                "wrong": faults.get(f"contact_{code}", ""),
            }
            for code, count in there.departments.items()
        ],
        "heirs": [
            {"id": each.id, "name": each.name, "away": away.get(each.id)}
            for each in queries.people(*cases.WORKS_ON_CASES)
            if each.id != row.id
        ],
        "colleagues": [each for each in queries.people() if each.id not in {row.id, request.actor.id}],
        "said": request.POST.get("cases_to", ""),
        "said_approver": request.POST.get("approvals_to", ""),
        "approver_role": term(ROLE, there.approved_by) if there.approved_by else "",
        "problems": found,
        "wrong": faults,
        "own": row.id == request.actor.id,
        "covered": [
            {
                "away": each,
                "name": absent.get(each.person, ""),
                "said": request.POST.get(f"substitute_{each.key}", ""),
                "wrong": faults.get(f"substitute_{each.key}", ""),
            }
            for each in covered
        ],
        "stand_ins": [each for each in queries.people() if each.id != row.id],
    }


@administrators_act
@again_who
def cases_left(request: StaffRequest, key: int) -> HttpResponse:
    """Go on with a hand-over that did not come to its end, perhaps to somebody else."""
    row = _row(key)
    if row.state != "left":
        raise NotNow("not_left")
    if left := actions.hand_over_again(row.id, to=request.POST.get("cases_to", ""), actor=request.actor):
        messages.info(request, _still_going(left))
    else:
        messages.success(request, _("All cases have changed hands."))
    return see("administration:person", key=key)


def _still_going(left: int) -> str:
    return ngettext("%(count)s case is still on its way.", "%(count)s cases are still on their way.", left) % {
        "count": left
    }


def _row(key: int) -> queries.PersonRow:
    row = queries.somebody(str(key))
    if row is None:
        raise NotYours("not_found")
    return row
