"""Sessions of signed-in people: how long they last, who is noted as coming and going, what ends them.

A session ends after an hour in which nobody did anything, and after twelve hours in any case. What a page asks by
itself (news of a list) does not count as somebody's doing. A changed password or second factor ends all others.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from desagravo.common import clock, post
from desagravo.common.throttle import address_of
from desagravo.departments import actions, queries
from desagravo.entrance.request import StaffRequest

BEGUN, SEEN, ROW, SECURED = "begun", "seen", "sign_in", "second_factor"
"""Names within a session: seconds since 1970, the key of its sign-in, whether a second factor was shown."""
SIGNED_OUT = '"cache", "storage"'


class Sessions:
    """Ends what is too old before a page asks who is there, and has a browser forget when somebody signs out."""

    def __init__(self, page: Callable[[HttpRequest], HttpResponse]) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            with suppress(DatabaseError):  # the door that is asked says so
                _look_after(request)
        with timezone.override(_zone(request)):
            response = self.page(request)
        if getattr(request, "signed_out", False):
            response.headers["Clear-Site-Data"] = SIGNED_OUT
        return response


def _look_after(request: HttpRequest) -> None:
    session, now = request.session, clock.now().timestamp()
    begun = session.get(BEGUN)
    if begun is None:  # nobody is signed in
        return
    seen = session.get(SEEN, begun)
    longest, idle = settings.DESAGRAVO_SESSION_LONGEST, settings.DESAGRAVO_SESSION_IDLE
    if now - begun > longest.total_seconds() or now - seen > idle.total_seconds():
        logout(request)
    elif now - seen >= actions.SEEN_EVERY.total_seconds() and not _asked_by_itself(request):
        session[SEEN] = now
        actions.note_seen(session.session_key)


def _zone(request: HttpRequest) -> ZoneInfo:
    """The zone in which pages say when: the person's own, else that of the house."""
    own = ""
    with suppress(DatabaseError):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.get(BEGUN):
            own = getattr(request.user, "time_zone", "")
    try:
        return ZoneInfo(own or queries.organisation().time_zone)
    except (KeyError, ValueError):  # a zone that the system does not know (any longer)
        return ZoneInfo(settings.TIME_ZONE)


def _asked_by_itself(request: HttpRequest) -> bool:
    """A page that stands open in an empty room asks for news for ever."""
    return request.method == "GET" and "HX-Request" in request.headers


def lead_to_second_factor(request: StaffRequest) -> HttpResponseBase | None:
    """Whose role asks for a second factor and who has none gets to the page that sets one up, and nowhere else."""
    if not queries.needs_second_factor(request.actor) or request.session.get(SECURED):
        return None
    if queries.has_second_factor(request.actor.id):
        request.session[SECURED] = True  # it was shown when this session began, or set up in it
        return None
    return redirect("mfa_index")


def _came(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    now = clock.now().timestamp()
    request.session[BEGUN] = request.session[SEEN] = now
    agent = request.headers.get("User-Agent", "")
    request.session[ROW] = actions.note_signed_in(
        user, address=address_of(request), agent=agent, session_key=request.session.session_key
    )


def _went(sender: Any, request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None and user is not None:
        actions.note_signed_out(request.session.session_key)
        request.signed_out = True  # type: ignore[attr-defined]


def _wrong_second_factor(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    actions.note_refused(user, address=address_of(request), agent=request.headers.get("User-Agent", ""))


def _changed(sender: Any, request: HttpRequest, user: Any, signal: Any = None, **told: Any) -> None:
    """Password or second factor are others than before: this session goes on, all others of the person end."""
    session = request.session
    session.pop(SECURED, None)
    own = request.user.is_authenticated and request.user.pk == user.pk
    if own and session.get(ROW):
        actions.note_moved(session[ROW], session.session_key)  # a new password brings a new key
    actions.end_all(user, but=actions.session_hash(session.session_key) if own else "")
    added = told["authenticator"].type if signal is authenticator_added else ""
    if added == Authenticator.Type.RECOVERY_CODES:
        return  # they come along with an app or a passkey, of which this mail tells already
    post.mail("account_changed", to=user.email, language=user.language, values={"name": user.name})


def listen() -> None:
    """Have the framework tell us; called once when the product starts."""
    user_logged_in.connect(_came, dispatch_uid="desagravo.came")
    user_logged_out.connect(_went, dispatch_uid="desagravo.went")
    authentication_failed.connect(_wrong_second_factor, dispatch_uid="desagravo.refused")
    for signal in (
        password_changed,
        password_set,
        password_reset,
        authenticator_added,
        authenticator_removed,
        authenticator_reset,
    ):
        signal.connect(_changed, dispatch_uid="desagravo.changed")
