"""Holding back what was released and has not left yet."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.common.refusals import NotYours
from desagravo.common.text import whole_number
from desagravo.desk.doors import StaffRequest, see, staff_acts


@staff_acts
def holding_back(request: StaffRequest, number: str) -> HttpResponse:
    """Hold back an answer or a message, whichever the form names; who comes too late is told so."""
    case = queries.case_for(request.actor, number)
    answer = whole_number(request.POST.get("answer", ""))
    message = whole_number(request.POST.get("message", ""))
    if answer:
        actions.hold_back(case, response=answer, actor=request.actor)
        messages.success(request, _("The answer was held back. The customer never saw it, and its text is the draft."))
    elif message:
        actions.hold_back_message(case, message=message, actor=request.actor)
        messages.success(request, _("The message was held back. The customer never saw it."))
    else:
        raise NotYours("not_found")
    return see("desk:case", number=number)
