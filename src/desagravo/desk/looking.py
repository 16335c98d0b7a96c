"""What a page of a case shows is noted in the log of looks, once it was shown.

A page is noted where it is made (``desk.doors.page``), so that it does not matter which address, method or refusal led
to it. Files and papers are made elsewhere; their addresses are written with :func:`shown`.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from desagravo.cases import actions

_View = Callable[..., HttpResponseBase]


def shown(route: str, view: _View, what: str = "read", *, name: str) -> URLPattern:
    """Like ``path``, for what has the number of its case in its address and is no page made by ``desk.doors``."""
    return path(route, noted(view, what), name=name)


def noted(view: _View, what: str) -> _View:
    """The view, which leaves a line behind when it has shown something."""

    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **words: Any) -> HttpResponseBase:
        response = view(request, *args, **words)
        actor = getattr(request, "actor", None)
        if request.method == "GET" and response.status_code == 200 and actor is not None:
            actions.note_look(words["number"], what, about=_about(words), actor=actor)
        return response

    return seen


def note_page(request: HttpRequest, context: Mapping[str, Any]) -> None:
    """A page was made with these things on it: if a case is among them, somebody has read it."""
    number = getattr(context.get("case"), "number", "")
    actor = getattr(request, "actor", None)
    if number and actor is not None:
        words = request.resolver_match.kwargs if request.resolver_match else {}
        actions.note_look(number, "read", about=_about(words), actor=actor)


def _about(words: Mapping[str, Any]) -> str:
    return str(words.get("key", words.get("section", "")))
