"""Who comes in: one door for every page of signed-in colleagues.

A view is decorated with ``staff`` (GET and POST), ``staff_reads`` (GET) or ``staff_acts`` (POST only), or with a
``door(...)`` of its own that also asks for roles; it finds the one who acts under ``request.actor``.

In this order: signed in? (else to the sign-in page, and back) · what was registered with ``ask_first`` (a second
factor, a session that lay idle) · one of the roles? (else the same 404 as for a page that is not there) · the right
method? · the view. A refusal that the view lets pass becomes a page (``page.refused``); a database that is away or a
full disk becomes the page of an outage, with the words that were typed.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import reverse

from desagravo.common import outage
from desagravo.common.refusals import NotYours, Refusal
from desagravo.common.throttle import TooOften
from desagravo.common.typed import without_nul
from desagravo.departments import queries as departments
from desagravo.entrance.page import refused, too_often
from desagravo.entrance.request import StaffRequest

View = Callable[..., HttpResponseBase]
Question = Callable[[StaffRequest], HttpResponseBase | None]

_asked_first: list[Question] = []


def ask_first(question: Question) -> None:
    """Let ``question`` look at every request of a signed-in colleague before its page is made.

    It gets the request with ``user`` and ``actor`` and gives None to let it pass, or the answer that the colleague gets
    instead: a redirect to the page of the second factor, or to the sign-in after it ended a session that lay idle.
    Register it in ``AppConfig.ready``; the questions are asked in the order in which they were registered, once each.
    What is asked must not stand behind this door itself.
    """
    if question not in _asked_first:
        _asked_first.append(question)


def door(*methods: str, roles: Sequence[str] = (), back_to: str = "desk:inbox") -> Callable[[View], View]:
    """A decorator for pages that take these methods (HEAD goes with GET).

    ``roles``: somebody who holds none of them sees what stands where there is no page. ``back_to`` names the page to
    return to after signing in when the request was a form that cannot be sent again.
    """
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **words: Any) -> HttpResponseBase:
            try:
                return _came_in(request, roles, back_to) or _let_in(request, allowed, view, args, words)
            except outage.OUTAGES as problem:
                if not outage.is_outage(problem):
                    raise
                return outage.answer(request, problem)

        return entered

    return decorate


def _came_in(request: HttpRequest, roles: Sequence[str], back_to: str) -> HttpResponseBase | None:
    """The answer for who does not get further than here; None for who does, and ``request.actor`` is set."""
    if not request.user.is_authenticated:
        # what was sent cannot be sent again after signing in: lead back to the page that the form stood on
        return redirect_to_login(request.get_full_path() if request.method != "POST" else reverse(back_to))
    staff_request = cast("StaffRequest", request)
    staff_request.actor = departments.actor_for(request.user)
    for question in _asked_first:
        if (answer := question(staff_request)) is not None:
            return answer
    if roles and not staff_request.actor.has(*roles):
        return refused(staff_request, NotYours("not_found"))
    return None


def _let_in(
    request: HttpRequest, allowed: Sequence[str], view: View, args: tuple[Any, ...], words: dict[str, Any]
) -> HttpResponseBase:
    if request.method not in allowed:
        return HttpResponseNotAllowed(allowed)
    if request.method == "POST":
        request.POST = without_nul(request.POST)  # type: ignore[assignment]
    staff_request = cast("StaffRequest", request)
    try:
        return view(staff_request, *args, **words)
    except Refusal as refusal:
        return refused(staff_request, refusal, number=words.get("number", ""))
    except TooOften as waits:
        return too_often(staff_request, waits)


def staff(view: View) -> View:
    """The page is for colleagues who signed in; others are sent to sign in and come back."""
    return door("GET", "POST")(view)


def staff_reads(view: View) -> View:
    """Like ``staff``, for a page that is only read."""
    return door("GET")(view)


def staff_acts(view: View) -> View:
    """Like ``staff``, for an address that only takes a form."""
    return door("POST")(view)
