"""Something of ours failed: the reader gets words and a number, the log gets the number and the place, nobody a cause.

With the number on the page, whoever looks after the product finds the line in the log. It says nothing else.
"""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Those that nobody mistakes for another when they are read out on the telephone."""


def of(request: HttpRequest) -> str:
    """The number of what failed while this request was answered; made when it is asked for first."""
    known: str = getattr(request, "incident", "")
    if not known:
        signs = "".join(secrets.choice(_SIGNS) for _each in range(8))
        known = request.incident = f"{signs[:4]}-{signs[4:]}"  # type: ignore[attr-defined]
    return known


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for an error of ours (``handler500``); JSON where a program asked. Made without the database."""
    number = of(request)
    if request.path_info.startswith("/api/"):
        failed, give = _("Something failed on our side"), _("If you tell us about it, give this number:")
        words = f"{failed}. {give} {number}"
        error = {"field": "", "code": "failed", "message": words}
        return JsonResponse({"errors": [error], "incident": number}, status=500, headers={"Cache-Control": "no-store"})
    return HttpResponse(render_to_string("500.html", {"incident": number}), status=500)
