"""How a person reads the screens and is told what is theirs; own absence, signature image, sessions and sign-ins."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo.common import files
from desagravo.common.devices import device
from desagravo.common.language import LANGUAGES, in_language
from desagravo.common.refusals import Missing, NotYours
from desagravo.common.text import day_typed
from desagravo.departments import actions, places, queries
from desagravo.desk.doors import Problem, StaffRequest, page, problems, see, staff, staff_acts, staff_reads, wrong

THEMES = ("", "light", "dark")
NOTICES = {
    "at_once": gettext_lazy("At once, each by itself"),
    "digest": gettext_lazy("Once a day, all in one mail"),
    "off": gettext_lazy("Not by mail, only here"),
}
_YEAR = 365 * 24 * 3600


@staff
def preferences(request: StaffRequest) -> HttpResponse:
    """Read and set the own preferences."""
    if request.method == "POST":
        return _set(request)
    return _page(request)


def _page(request: StaffRequest, found: list[Problem] | None = None, **said: Any) -> HttpResponse:
    person: Any = request.user
    theme = request.COOKIES.get("theme") or person.theme
    own = actions.session_hash(request.session.session_key)
    context = {
        "languages": LANGUAGES,
        "language": request.LANGUAGE_CODE,
        "theme": theme if theme in THEMES else "",
        "zones": places.zones_in_words(queries.organisation().time_zone),
        "zone": person.time_zone,
        "house_zone": queries.organisation().time_zone,
        "notices": NOTICES,
        "notice": person.notices,
        "absences": queries.absences_of(request.actor.id),
        "colleagues": [each for each in queries.people() if each.id != request.actor.id],
        "signature": bool(person.signature_image),
        "sessions": [
            {"row": each, "device": device(each.agent)} for each in queries.open_sessions(request.actor.id, current=own)
        ],
        "sign_ins": [
            {"row": each, "device": device(each.agent)} for each in queries.sign_ins(person=request.actor.id, limit=10)
        ],
        "second_factor": queries.has_second_factor(request.actor.id),
        "second_factor_asked": queries.needs_second_factor(request.actor),
        "demo": settings.DESAGRAVO_DEMO,
        "problems": found,
        "wrong": wrong(found or []),
        **said,
    }
    return page(request, "desk/preferences.html", context, status=422 if found else 200)


def _set(request: StaffRequest) -> HttpResponse:
    """Anything that is not offered changes nothing. The cookies go along because they are what pages read first."""
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    known = language if language in LANGUAGES else None
    chosen = theme if theme in THEMES else None
    actions.set_preferences(
        request.user,  # type: ignore[arg-type]
        language=known,
        theme=chosen,
        time_zone=request.POST.get("time_zone"),
        notices=request.POST.get("notices"),
    )
    with in_language(known or request.LANGUAGE_CODE):
        messages.success(request, _("Your preferences are saved."))
    response = see("desk:preferences")
    if known:
        _remember(response, settings.LANGUAGE_COOKIE_NAME, known, httponly=True)
    if chosen is not None:
        # readable by the page's script, which offers the same choice in the menu
        _remember(response, "theme", chosen, httponly=False)
    return response


def _remember(response: HttpResponse, name: str, value: str, *, httponly: bool) -> None:
    if not value:
        response.delete_cookie(name)
        return
    response.set_cookie(name, value, max_age=_YEAR, httponly=httponly, samesite="Lax", secure=settings.DESAGRAVO_HTTPS)


@staff_acts
def absence(request: StaffRequest) -> HttpResponse:
    """Say that one is away, and who stands in."""
    told = request.POST
    try:
        actions.set_absence(
            request.actor.id,
            first_day=day_typed(told.get("first_day", "")),
            last_day=day_typed(told.get("last_day", "")),
            substitute=told.get("substitute", ""),
            actor=request.actor,
        )
    except Missing as missing:
        return _page(request, problems(missing), absence=told.dict())
    messages.success(request, _("The absence is noted."))
    return see("desk:preferences")


@staff_acts
def absence_removal(request: StaffRequest, key: int) -> HttpResponse:
    """Take an own absence back, or be back early."""
    if queries.absence_owner(key) != request.actor.id:
        raise NotYours("not_found")
    actions.remove_absence(key, actor=request.actor)
    messages.success(request, _("The absence was taken back."))
    return see("desk:preferences")


@staff_acts
def signature(request: StaffRequest) -> HttpResponse:
    """Set or remove the image that stands under the own letters."""
    sent = request.FILES.get("signature_image")
    if request.POST.get("remove"):
        actions.set_signature_image(request.user, None)  # type: ignore[arg-type]
        messages.success(request, _("The image was removed."))
        return see("desk:preferences")
    try:
        content = sent.read(actions.LARGEST_IMAGE + 1) if sent else b""
        actions.set_signature_image(request.user, content)  # type: ignore[arg-type]
    except Missing as missing:
        return _page(request, problems(missing))
    messages.success(request, _("The image is saved."))
    return see("desk:preferences")


@staff_reads
def signature_image(request: StaffRequest) -> HttpResponseBase:
    """The own image. Whoever has none gets what stands where there is no page."""
    person: Any = request.user
    if not person.signature_image:
        raise NotYours("not_found")
    path = files.path(person.signature_image)
    if not path.exists():
        raise NotYours("not_found")
    with path.open("rb") as head:
        kind = files.sniff(head.read(4096))
    response = FileResponse(path.open("rb"), content_type=kind)
    response.headers["Content-Security-Policy"] = files.FENCE
    return response


@staff_acts
def session_end(request: StaffRequest, key: int) -> HttpResponse:
    """End one of the own sessions, as on a telephone that was lost."""
    if key not in {each.key for each in queries.open_sessions(request.actor.id)}:
        raise NotYours("not_found")
    actions.end_session(key, actor=request.actor)
    messages.success(request, _("The session was ended."))
    return see("desk:preferences")


@staff_acts
def sessions_end(request: StaffRequest) -> HttpResponse:
    """End all own sessions but this one."""
    actions.end_sessions(request.actor.id, actor=request.actor, but=actions.session_hash(request.session.session_key))
    messages.success(request, _("All other sessions were ended."))
    return see("desk:preferences")
