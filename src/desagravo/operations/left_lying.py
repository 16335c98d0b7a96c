"""`/operations/work/`: what was given up or could not be opened, with its cause, and "try again". For administrators
and managers; nobody else learns that the page exists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.defaults import page_not_found

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.terms import CHANNEL, term
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours
from desagravo.departments import queries as departments
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
_View = Callable[..., HttpResponse]


def _door(method: str) -> Callable[[_View], _View]:
    """For those who look after the product; others see what they see where there is nothing."""

    def decorate(view: _View) -> _View:
        @wraps(view)
        def entered(request: HttpRequest, **words: int) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(reverse("operations:work"))
            actor = departments.actor_for(request.user)
            if not actor.has(*_ROLES):
                return page_not_found(request, NotYours("not_found"))
            if request.method != method and (request.method, method) != ("HEAD", "GET"):
                return HttpResponseNotAllowed([method])
            return view(request, actor, **words)

        return entered

    return decorate


@_door("GET")
def work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What needs a person, oldest first, at most a hundred of each."""
    dead = outbox.dead_letters()
    who = Who(departments.names(people_in([each.event for each in dead])), departments.department_names())
    may_read = actor.has("manager")
    return render(
        request,
        "operations/work.html",
        {
            "organisation": departments.organisation().name,
            "demo": settings.DESAGRAVO_DEMO,
            "dead": [
                {
                    "letter": each,
                    "what": _WORK.get(each.subscriber, each.subscriber),
                    "after": each.event.sentence(who),
                    "readable": may_read and each.event.case,
                }
                for each in dead
            ],
            "unopened": [{"row": each, "channel": term(CHANNEL, each.channel)} for each in cases.unopened()],
            "waiting": outbox.waiting_count(),
        },
    )


@_door("POST")
def try_again(request: HttpRequest, actor: Actor, *, key: int) -> HttpResponse:
    """Work that was given up is due once more."""
    revived = outbox.revive(key)
    _LOG.info("outbox.revived", delivery=key, actor=actor.id, done=revived)
    return _told(request, _("It is tried again now.") if revived else _("It was being tried already."))


@_door("POST")
def open_again(request: HttpRequest, actor: Actor, *, key: int) -> HttpResponse:
    """A complaint that could not be opened is tried at once."""
    opened = actions.open_again(key)
    _LOG.info("submission.tried_again", submission=key, actor=actor.id, done=opened)
    return _told(
        request, _("The case is open now.") if opened else _("It could not be opened. The cause stands below.")
    )


def _told(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.info(request, sentence)
    response = HttpResponseRedirect(reverse("operations:work"))
    response.status_code = 303
    return response
