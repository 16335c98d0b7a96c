"""The database does not answer, or the disk is full: what was sent was not accepted, and its words are given back."""

from __future__ import annotations

import errno
import logging

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from desagravo.common.typed import to_send_again, words_of

OUTAGES = (OperationalError, InterfaceError, OSError)
"""What to catch; of ``OSError`` only some are one, which ``is_outage`` tells."""

RETRY_AFTER = 30
"""Seconds after which it is worth trying again."""

_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
_log = logging.getLogger(__name__)


def is_outage(problem: BaseException) -> bool:
    """Is it one that passes when somebody looks after the machine, and nothing wrong with what was sent?"""
    if isinstance(problem, OSError):
        return problem.errno in _OF_THE_DISK
    return isinstance(problem, OperationalError | InterfaceError)


def answer(request: HttpRequest, problem: BaseException) -> HttpResponse:
    """The page in the reader's language, made without the database: not accepted, and here are your words."""
    sent = request.method == "POST"
    context = {
        "request": request,
        "sent": sent,
        "words": words_of(request.POST) if sent else [],
        "again": to_send_again(request.POST) if sent else [],
        "files": bool(sent and request.FILES),
        "csrf_token": get_token(request),
    }
    return marked(HttpResponse(render_to_string("outage.html", context), status=503), problem)


def marked(response: HttpResponse, problem: BaseException) -> HttpResponse:
    """An answer as what it is for machines, and the cause in the log."""
    _log.error("not accepted: %s", type(problem).__name__, exc_info=problem)
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
