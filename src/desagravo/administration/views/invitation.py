"""The link of an invitation: whoever holds it chooses a password and signs in with it. Nobody is signed in yet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desagravo.common import outage, throttle
from desagravo.common.refusals import Missing, NotYours
from desagravo.common.typed import without_nul
from desagravo.departments import actions
from desagravo.entrance import problems, wrong

GONE = 404


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Read whom the link invites, and choose a password. Reading uses nothing up: mail programs open links too."""
    try:
        return _answer(request, token)
    except outage.OUTAGES as problem:
        if not outage.is_outage(problem):
            raise
        return outage.answer(request, problem)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    try:
        throttle.allow(request, "new_link")
        person = actions.invited_by(token)
    except NotYours:
        return render(request, "administration/invitation_gone.html", status=GONE)
    except throttle.TooOften as often:
        response = render(request, "administration/invitation_gone.html", {"minutes": often.minutes}, status=429)
        response.headers["Retry-After"] = str(often.seconds)
        return response
    found = []
    if request.method == "POST":
        told = without_nul(request.POST)
        try:
            actions.accept(token, password=told.get("password", ""), again=told.get("again", ""))
        except Missing as missing:
            found = problems(missing)
        except NotYours:  # somebody was quicker with the same link
            return render(request, "administration/invitation_gone.html", status=GONE)
        else:
            messages.success(request, _("Your password is saved. Sign in with it."))
            return redirect("account_login")
    context = {"person": person, "problems": found, "wrong": wrong(found)}
    return render(request, "administration/invitation.html", context, status=422 if found else 200)
