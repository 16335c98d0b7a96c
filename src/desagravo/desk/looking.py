"""What a page of a case shows is noted in the log of looks, once it was shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from desagravo.cases import actions
from desagravo.common import outage
from desagravo.common.actor import Actor

_log = structlog.get_logger(__name__)
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
            _note(words["number"], what, str(key), actor)
        return response

    return seen


def _note(number: str, what: str, about: str, actor: Actor) -> None:
    """A full disk or a busy database keeps nobody from reading; the look is in the log instead, and noted later."""
    try:
        actions.look(number, what, about=about, actor=actor)
    except outage.OUTAGES as problem:
        if not outage.is_outage(problem):
            raise
        _log.error("look not noted yet", case=number, what=what, about=about, actor=actor.id, exc_info=problem)
