"""What the organisation says about itself: on letters, on the customers' pages, in times and dates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.administration.doors import administrators
from desagravo.administration.forms import OrganisationForm, take
from desagravo.common.refusals import Missing
from desagravo.common.text import whole_number
from desagravo.departments import actions, queries
from desagravo.entrance import StaffRequest, page, see

_LINES = ("name", "country", "time_zone", "postal_address", "phone", "email", "website", "legal_line")


@administrators
def organisation(request: StaffRequest) -> HttpResponse:
    """Read and change all of it."""
    if request.method != "POST":
        queries.forget_organisation()
        known = queries.organisation()
        initial = {name: getattr(known, name) for name in (*_LINES, "languages", "sending_delay")}
        return page(request, "administration/organisation.html", {"form": OrganisationForm(initial=initial)})
    sent = request.POST
    delay = whole_number(sent.get("sending_delay", "").strip())
    facts = {name: sent.get(name, "") for name in _LINES}
    try:
        changed = actions.change_organisation(
            actor=request.actor,
            **facts,
            languages=_in_order(sent.getlist("languages")),
            sending_delay=-1 if delay is None else delay,
        )
    except Missing as missing:
        form = OrganisationForm(sent)
        form.errors.clear()
        take(form, missing)
        return page(request, "administration/organisation.html", {"form": form}, status=422)
    messages.success(request, _("The organisation is saved.") if changed else _("Nothing was changed."))
    return see("administration:organisation")


def _in_order(chosen: list[str]) -> list[str]:
    """The first language is the one that is used where nobody chose: the one that was first stays first."""
    before = [code for code in queries.organisation().languages if code in chosen]
    return [*before, *(code for code in chosen if code not in before)]
