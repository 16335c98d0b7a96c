"""What every page of the desk shares: who acts, what the frame shows, and how a refusal becomes a page.

A view is decorated with ``staff`` (GET and POST), ``staff_reads`` (GET) or ``staff_acts`` (POST only); it finds the
one who acts under ``request.actor`` and makes its page with ``page(request, template, context)``. Templates extend
``desk/base.html``.

Refusals that a view lets pass: NotYours → the same 404 for missing and forbidden, NotAllowed → 403 with the
sentence, NotNow and Conflict → 409 with the sentence and a way on, all with the words that were typed. ``Missing``
belongs to the form that was sent, so its view shows that form again with ``problems(missing)`` and status 422; one
that is let pass says only the sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from desagravo.common import outage
from desagravo.common.actor import Actor
from desagravo.common.refusals import Conflict, Missing, NotAllowed, NotNow, NotYours, Refusal
from desagravo.common.typed import without_nul, words_of
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk.navigation import groups


class StaffRequest(HttpRequest):
    """A request of a colleague who signed in."""

    actor: Actor


View = Callable[..., HttpResponseBase]


def staff(view: View) -> View:
    """The page is for colleagues who signed in; others are sent to sign in and come back."""
    return _door(view, ("GET", "HEAD", "POST"))


def staff_reads(view: View) -> View:
    """Like ``staff``, for a page that is only read."""
    return _door(view, ("GET", "HEAD"))


def staff_acts(view: View) -> View:
    """Like ``staff``, for an address that only takes a form."""
    return _door(view, ("POST",))


def _door(view: View, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **words: Any) -> HttpResponseBase:
        try:
            return _enter(request, *args, **words)
        except outage.OUTAGES as problem:
            if not outage.is_outage(problem):
                raise
            return outage.answer(request, problem)

    def _enter(request: HttpRequest, *args: Any, **words: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            # what was sent cannot be sent again after signing in: lead back to the page that the form stood on
            return redirect_to_login(request.get_full_path() if request.method != "POST" else reverse("desk:inbox"))
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        staff_request = cast("StaffRequest", request)
        if request.method == "POST":
            request.POST = without_nul(request.POST)  # type: ignore[assignment]
        staff_request.actor = departments.actor_for(request.user)
        try:
            return view(staff_request, *args, **words)
        except Refusal as refusal:
            return refused(staff_request, refusal, number=words.get("number", ""))

    return entered


_ANSWERS: tuple[tuple[type[Refusal], int], ...] = ((NotAllowed, 403), (NotNow, 409), (Conflict, 409), (Missing, 422))


def refused(request: StaffRequest, refusal: Refusal, *, number: str = "") -> HttpResponse:
    """The page that says why not, and leads on. ``number`` is the case's, if the address names one."""
    if isinstance(refusal, NotYours):
        return page_not_found(request, refusal)
    status = next((answer for kind, answer in _ANSWERS if isinstance(refusal, kind)), 409)
    context: dict[str, Any] = {"refusal": refusal, "number": number, "heading": _heading(status)}
    if request.method == "POST" and status != 422:
        context["words"] = words_of(request.POST)
    return page(request, "desk/refused.html", context, status=status)


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
        "may_receive": may(actor, "receive"),
        "sees_cases": sees_cases(actor),
    }
    return render(request, template, {**frame, **(context or {})}, status=status)


def sees_cases(actor: Actor) -> bool:
    """Does this role work with cases at all? Contacts see questions, administrators look after people and machines."""
    return actor.has("intake", "handler", "supervisor", "manager", "senior_manager", "auditor")


def see(to: str, *args: Any, **words: Any) -> HttpResponse:
    """Go and look at the page with this name (303): what follows a form that was taken."""
    response = HttpResponseRedirect(resolve_url(to, *args, **words))
    response.status_code = 303
    return response


@dataclass(frozen=True)
class Problem:
    """One thing to be mended: the field's name, the id to go to, and the sentence."""

    field: str
    anchor: str
    sentence: str


def problems(missing: Missing, *, anchors: Mapping[str, str] | None = None, prefix: str = "f_") -> list[Problem]:
    """What a form shows at its top (``desk/parts/problems.html``) and beside the fields (``wrong``)."""
    given = anchors or {}
    return [
        Problem(field, given.get(field, prefix + field), problem.sentence())
        for field, found in missing.fields.items()
        for problem in found
    ]


def wrong(found: Iterable[Problem]) -> dict[str, str]:
    """Field → sentence, for templates: ``{{ wrong.answer }}``."""
    sentences: dict[str, str] = {}
    for problem in found:
        sentences[problem.field] = f"{sentences.get(problem.field, '')} {problem.sentence}".strip()
    return sentences
