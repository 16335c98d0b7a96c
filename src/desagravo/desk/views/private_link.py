"""The customer's private link at the desk: handed over at intake, sent again, replaced."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.queries import due_after
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.departments.authority import may
from desagravo.desk.doors import StaffRequest, see, staff_acts

HANDED_OVER = ("phone", "counter", "post")
"""Channels on which a customer gets number and link from a colleague and not from a page."""
_WORKING_DAYS = 1


def handed_over_by(actor: Actor, case: Any) -> str:
    """The link, for the colleague who took the complaint down, until the end of the next working day; else empty.

    Nobody else reads it at the desk: what is done behind it counts as done by the customer.
    """
    took_it_down = actor.kind == "staff" and case.received_by_id == int(actor.id) and case.channel in HANDED_OVER
    if not took_it_down or not may(actor, "renew_tracking") or not case.tracking_generation:
        return ""
    return cases.tracking_url(case) if clock.now() <= due_after(case.registered_at, _WORKING_DAYS) else ""


@staff_acts
def private_link(request: StaffRequest, number: str) -> HttpResponse:
    """Send the link again, or replace it. Both stand in the history, and the mail goes to the address on record."""
    case = cases.case_for(request.actor, number)
    if request.POST.get("do") == "replace":
        actions.renew_tracking(case, actor=request.actor)
        done = _("The old link no longer works.")
        if case.customer.email:
            done = _("The old link no longer works; a new one goes to %(email)s.") % {"email": case.customer.email}
    else:
        actions.send_tracking_again(case, actor=request.actor)
        done = _("The link goes to %(email)s.") % {"email": case.customer.email}
    messages.success(request, done)
    return see("desk:filed", number=number)
