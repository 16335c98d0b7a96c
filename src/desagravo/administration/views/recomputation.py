"""After the calendar changed: what that would do to the open cases, and whether it is taken over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.administration.rulebook.doors import acts, reads
from desagravo.cases import actions
from desagravo.cases.queries import limits
from desagravo.common.refusals import NotNow
from desagravo.departments.authority import may
from desagravo.entrance import StaffRequest, page, see


@reads
def recomputation(request: StaffRequest) -> HttpResponse:
    """The newest proposal with its old and new dates, and what became of the earlier ones."""
    rows = limits.recomputations(request.actor)
    context = {
        "current": rows[0] if rows and rows[0].state in {"waiting", "proposed", "accepted"} else None,
        "earlier": [each for each in rows if each.state in {"done", "rejected", "failed"}],
        "may": may(request.actor, "recompute_limits"),
        "sees_cases": request.actor.has("manager", "auditor"),
        "most": limits.MOST_DATES,
    }
    return page(request, "administration/recomputation.html", context)


@acts
def proposal(request: StaffRequest) -> HttpResponse:
    """Ask the worker to look through the open cases."""
    actions.propose_recomputation(actor=request.actor)
    messages.success(request, _("The open cases are looked through now. This page shows how far it is."))
    return see("administration:recomputation")


@acts
def decision(request: StaffRequest, *, key: int) -> HttpResponse:
    """Take the new dates over, or leave everything as it is."""
    if request.POST.get("decision") == "accept":
        actions.accept_recomputation(key, actor=request.actor)
        messages.success(request, _("The new dates are taken over now, case by case."))
    elif request.POST.get("decision") == "reject":
        actions.reject_recomputation(key, actor=request.actor)
        messages.success(request, _("Nothing was changed: every open case keeps its dates."))
    else:
        raise NotNow("recomputation_not_proposed")
    return see("administration:recomputation")
