"""The frame of a page, and the pages that say why not.

Refusals that a view lets pass: NotYours → the same 404 for missing and forbidden, NotAllowed → 403 with the
sentence, NotNow and Conflict → 409 with the sentence and a way on, all with the words that were typed. ``Missing``
belongs to the form that was sent, so its view shows that form again with ``problems(missing)`` and status 422; one
that is let pass says only the sentence.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from desagravo.cases import queries as cases
from desagravo.common import post
from desagravo.common.actor import Actor
from desagravo.common.refusals import Conflict, Missing, NotAllowed, NotNow, NotYours, Refusal
from desagravo.common.throttle import TooOften
from desagravo.common.typed import words_of
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.entrance.navigation import groups
from desagravo.entrance.request import StaffRequest

_ANSWERS: tuple[tuple[type[Refusal], int], ...] = ((NotAllowed, 403), (NotNow, 409), (Conflict, 409), (Missing, 422))


def refused(request: StaffRequest, refusal: Refusal, *, number: str = "") -> HttpResponse:
    """The page that says why not, and leads on. ``number`` is the case's, if the address names one."""
    if isinstance(refusal, NotYours):
        return page_not_found(request, refusal)
    status = next((answer for kind, answer in _ANSWERS if isinstance(refusal, kind)), 409)
    context: dict[str, Any] = {"refusal": refusal, "number": number, "heading": _heading(status)}
    if request.method == "POST" and status != 422:
        context["words"] = words_of(request.POST)
    return page(request, "refused.html", context, status=status)


def too_often(request: StaffRequest, refusal: TooOften) -> HttpResponse:
    """Please wait: how long, in words and for machines. What was typed is shown."""
    waits = Refusal("too_often", seconds=refusal.seconds)
    context = {"refusal": waits, "heading": _heading(429), "words": words_of(request.POST)}
    response = page(request, "refused.html", context, status=429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _heading(status: int) -> str:
    if status == 403:
        return _("This step is somebody else's")
    return _("Something is missing") if status == 422 else _("Not now")


def page(
    request: StaffRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the desk with its frame: organisation, navigation with counts, what the one who acts may start."""
    actor = request.actor
    frame = {
        "organisation": departments.organisation().name,
        "nav_groups": groups(actor, request.get_full_path()),
        "actor": actor,
        "unread": _unread(actor),
        "mail_trouble": post.trouble() if actor.has("administrator", "manager") else None,
        "may_receive": may(actor, "receive"),
        "sees_cases": sees_cases(actor),
    }
    return render(request, template, {**frame, **(context or {})}, status=status)


def _unread(actor: Actor) -> str:
    """The count at the bell. One query on a partial index, so it is asked anew for every page and never stale."""
    count = cases.unread_notices(actor)
    return "" if not count else str(count) if count <= cases.MOST_NOTICES else f"{cases.MOST_NOTICES}+"


def sees_cases(actor: Actor) -> bool:
    """Does this role work with cases at all? Contacts see questions, administrators look after people and machines."""
    return actor.has("intake", "handler", "supervisor", "manager", "senior_manager", "auditor", "data_keeper")


def see(to: str, *args: Any, **words: Any) -> HttpResponse:
    """Go and look at the page with this name (303): what follows a form that was taken."""
    response = HttpResponseRedirect(resolve_url(to, *args, **words))
    response.status_code = 303
    return response
