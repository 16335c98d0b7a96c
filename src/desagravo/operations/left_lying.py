"""`/operations/work/`: what was given up or could not be opened, with its cause, and "try again". For administrators
and managers; nobody else learns that the page exists."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.terms import CHANNEL, term
from desagravo.common.text import with_masked_addresses
from desagravo.departments import queries as departments
from desagravo.entrance import StaffRequest, door, page, see
from desagravo.history import outbox
from desagravo.history.queries import people_in
from desagravo.history.registry import Who

_LOG = structlog.get_logger(__name__)
_ROLES = ("administrator", "manager")
_WORK = {
    "cases.receipt": gettext_lazy("Make the receipt"),
    "cases.letter": gettext_lazy("Make the letter"),
    "cases.sign_off": gettext_lazy("Make and seal the sign-off sheet"),
    "mail.customer": gettext_lazy("Write to the customer"),
    "mail.again": gettext_lazy("Send the mail again"),
}


@door("GET", roles=_ROLES, back_to="operations:work")
def work(request: StaffRequest) -> HttpResponse:
    """What needs a person, oldest first, at most a hundred of each."""
    dead = outbox.dead_letters()
    who = Who(departments.names(people_in([each.event for each in dead])), departments.department_names())
    may_read = request.actor.has("manager")
    numbers = [each.event.case for each in dead]
    hidden = set(cases.confidential_to(request.actor).filter(number__in=numbers).values_list("number", flat=True))
    return page(
        request,
        "operations/work.html",
        {
            "dead": [_given_up(each, who, hidden, may_read=may_read) for each in dead],
            "unopened": [
                {
                    "row": each,
                    "channel": term(CHANNEL, each.channel),
                    "cause": each.cause if may_read else with_masked_addresses(each.cause),
                }
                for each in cases.unopened()
            ],
            "waiting": outbox.waiting_count(),
        },
    )


def _given_up(letter: outbox.DeadLetter, who: Who, hidden: set[str], *, may_read: bool) -> dict[str, Any]:
    """One piece of work. Its cause repeats what mail servers say, addresses too: they follow the case."""
    readable = bool(may_read and letter.event.case and letter.event.case not in hidden)
    return {
        "letter": letter,
        "what": _WORK.get(letter.subscriber, letter.subscriber),
        "after": letter.event.sentence(who),
        "case": "" if letter.event.case in hidden else letter.event.case,
        "readable": readable,
        "cause": letter.last_error if readable else with_masked_addresses(letter.last_error),
    }


@door("POST", roles=_ROLES, back_to="operations:work")
def try_again(request: StaffRequest, *, key: int) -> HttpResponse:
    """Work that was given up is due once more."""
    revived = outbox.revive(key)
    _LOG.info("outbox.revived", delivery=key, actor=request.actor.id, done=revived)
    return _told(request, _("It is tried again now.") if revived else _("It was being tried already."))


@door("POST", roles=_ROLES, back_to="operations:work")
def open_again(request: StaffRequest, *, key: int) -> HttpResponse:
    """A complaint that could not be opened is tried at once."""
    opened = actions.open_again(key)
    _LOG.info("submission.tried_again", submission=key, actor=request.actor.id, done=opened)
    return _told(
        request, _("The case is open now.") if opened else _("It could not be opened. The cause stands below.")
    )


def _told(request: StaffRequest, sentence: str) -> HttpResponse:
    messages.info(request, sentence)
    return see("operations:work")
