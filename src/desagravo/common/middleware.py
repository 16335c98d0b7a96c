"""What every page passes: the reader's language, and how long a browser may keep the page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.defaults import bad_request, page_not_found

from desagravo.common.language import supported

_Page = Callable[[HttpRequest], HttpResponse]
_YEAR = 365 * 24 * 3600
_CODES = frozenset(code for code, _name in settings.LANGUAGES)
_CHOICES = frozenset({"flag"})
"""Names that may stand in an address several times: choices of which several were made."""


class Language:
    """The reader's language: `?lang=` in the address, else the cookie, else the person's own setting, else what the
    browser asks for. `?lang=` is remembered in the cookie.

    The person is looked up only when a session cookie came along, so a customer's page costs no query for it.
    """

    def __init__(self, page: _Page) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = _asked_for(request)
        code = asked or _remembered(request) or translation.get_language_from_request(request)
        request.LANGUAGE_CODE = code
        with translation.override(code):
            response = self.page(request)
        response.headers.setdefault("Content-Language", code)
        if asked:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=_YEAR,
                httponly=True,
                samesite="Lax",
                secure=settings.DESAGRAVO_HTTPS,
            )
        return response


def _asked_for(request: HttpRequest) -> str:
    words = request.GET.get("lang", "")
    known = words.lower().replace("_", "-").split("-")[0] in {"pt", "en", "es"}
    return supported(words) if known else ""


def _remembered(request: HttpRequest) -> str:
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if kept in _CODES:
        return kept
    try:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            own = getattr(request.user, "language", "")
            return own if own in _CODES else ""
    except DatabaseError:  # the door that is asked says so, in the language of the browser
        return ""
    return ""


class NoNul:
    """A path that holds a NUL names nothing (404), a cookie that holds one is none, and in a query it is marked.

    No database keeps a NUL. Text of forms is seen to by the doors, which read it themselves.
    """

    def __init__(self, page: _Page) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace("%00", "%EF%BF%BD")
        if "\x00" in request.path_info:
            with translation.override(translation.get_language_from_request(request)):
                response = page_not_found(request, Http404())
                response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
                return response
        return self.page(request)


class OneMeaning:
    """An address has one meaning, and the API speaks over https or not at all.

    A name that stands twice in a query is refused (400): a proxy in front may have read the other one. A program that
    sends a complaint over plain http is told so (403) instead of being led on: its words went unprotected already.
    """

    def __init__(self, page: _Page) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and request.path_info.startswith("/api/") and not request.is_secure():
            return _https_only(request)
        if "&" in request.META.get("QUERY_STRING", "") and any(
            len(values) > 1 and name not in _CHOICES for name, values in request.GET.lists()
        ):
            with translation.override(translation.get_language_from_request(request)):
                response = bad_request(request, ValueError())
                response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
                return response
        return self.page(request)


def _https_only(request: HttpRequest) -> JsonResponse:
    with translation.override(translation.get_language_from_request(request)):
        message = _("This address answers over https only. Nothing was accepted.")
        return JsonResponse(
            {"errors": [{"field": "", "code": "https_only", "message": message}]},
            status=403,
            headers={"Cache-Control": "no-store"},
        )


class PageHeaders:
    """Pages of signed-in people, and pages behind a private link, are kept by nobody; other pages are asked for anew.

    A view that sets Cache-Control itself is left alone; static files answer before they come here and bring their own.
    """

    def __init__(self, page: _Page) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.page(request)
        headers = response.headers
        if "Cache-Control" not in headers:
            private = (
                settings.SESSION_COOKIE_NAME in request.COOKIES or settings.SESSION_COOKIE_NAME in response.cookies
            )
            secret = private or request.path_info.startswith(settings.DESAGRAVO_NO_STORE)
            headers["Cache-Control"] = "no-store" if secret else "private, no-cache"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), browsing-topics=()"
        return response
