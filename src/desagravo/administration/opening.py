"""Before the house is open: staff are led to the first page, customers are told kindly, programs too."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from desagravo.departments import queries

_PASS = ("/setup/", "/health", "/static/")
_STAFF = ("/desk/", "/administration/", "/account/", "/operations/", "/outgoing-mail/")


class NotOpenYet:
    """Stands before every page until somebody set the product up; from then on it asks nothing any more."""

    def __init__(self, page: Callable[[HttpRequest], HttpResponse]) -> None:
        self.page = page

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_open() or request.path_info.startswith(_PASS):
            return self.page(request)
        if request.path_info == "/" or request.path_info.startswith(_STAFF):
            response = HttpResponseRedirect("/setup/")
            response.status_code = 303
            return response
        return _not_yet(request)


def _is_open() -> bool:
    try:
        return queries.is_open()
    except DatabaseError:  # the door that is asked says so
        return True


def _not_yet(request: HttpRequest) -> HttpResponse:
    """Nothing is taken that nobody would read."""
    if request.path_info.startswith("/api/"):
        words = _("This product is not set up yet. Nothing was taken; send it again later.")
        answer: HttpResponse = JsonResponse(
            {"type": "about:blank", "title": words, "status": 503}, content_type="application/problem+json"
        )
    else:
        answer = render(request, "setup/not_open.html", {"sent": request.method == "POST"})
    answer.status_code = 503
    answer.headers["Retry-After"] = "3600"
    answer.headers["Cache-Control"] = "no-store"
    return answer
