"""What a page of a case shows is noted in the log of looks, once it was shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from desagravo.cases import actions

_View = Callable[..., HttpResponseBase]


def shown(route: str, view: _View, what: str = "read", *, name: str) -> URLPattern:
    """Like ``path``, for a page with the number of its case in its address."""
    return path(route, noted(view, what), name=name)


def noted(view: _View, what: str) -> _View:
    """The view, which leaves a line behind when it has shown something."""

    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **words: Any) -> HttpResponseBase:
        response = view(request, *args, **words)
        actor = getattr(request, "actor", None)
        if request.method == "GET" and response.status_code == 200 and actor is not None:
            key = words.get("key", words.get("section", ""))
            actions.look(words["number"], what, about=str(key), actor=actor)
        return response

    return seen
