"""How a person reads the screens: language, light or dark."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.common.language import LANGUAGES, in_language
from desagravo.departments.actions import set_preferences
from desagravo.desk.doors import StaffRequest, page, see, staff

THEMES = ("", "light", "dark")
_OFFERED = ("pt-pt", "en")
_YEAR = 365 * 24 * 3600


@staff
def preferences(request: StaffRequest) -> HttpResponse:
    """Read and set the own preferences."""
    if request.method == "POST":
        return _set(request)
    theme = request.COOKIES.get("theme") or request.user.theme  # type: ignore[union-attr]
    context = {
        "languages": [(code, LANGUAGES[code]) for code in _OFFERED],
        "language": request.LANGUAGE_CODE,
        "theme": theme if theme in THEMES else "",
    }
    return page(request, "desk/preferences.html", context)


def _set(request: StaffRequest) -> HttpResponse:
    """Anything that is not offered changes nothing. The cookies go along because they are what pages read first."""
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    known = language if language in _OFFERED else None
    chosen = theme if theme in THEMES else None
    set_preferences(request.user, language=known, theme=chosen)  # type: ignore[arg-type]
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
