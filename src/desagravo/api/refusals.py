"""Refusals as answers: status and ``{"errors": [{"field", "code", "message"}]}`` in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from desagravo.common.language import LANGUAGES, supported
from desagravo.common.refusals import Conflict, Missing, NotAllowed, NotNow, NotYours, Refusal


class Refused(Refusal):
    """What this door itself refuses. ``status`` is the HTTP status, ``headers`` go with the answer."""

    def __init__(
        self, status: int, code: str, *, field: str = "", headers: Mapping[str, str] | None = None, **facts: Any
    ) -> None:
        super().__init__(code, **facts)
        self.status = status
        self.field = field
        self.headers = dict(headers or {})


_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (Missing, 422),
    (NotYours, 404),
    (NotAllowed, 403),
    (NotNow, 409),
    (Conflict, 409),
)


def status_of(refusal: Refusal) -> int:
    """The HTTP status of any refusal."""
    if isinstance(refusal, Refused):
        return refusal.status
    return next((status for kind, status in _STATUS if isinstance(refusal, kind)), 409)


def body_of(refusal: Refusal) -> dict[str, list[dict[str, str]]]:
    """Every problem with its field, code and sentence; the field is empty where the whole request is meant."""
    if isinstance(refusal, Missing):
        return {"errors": [_error(field, each) for field, found in refusal.fields.items() for each in found]}
    if isinstance(refusal, NotYours):
        refusal = Refused(404, "unknown_link")
    return {"errors": [_error(getattr(refusal, "field", ""), refusal)]}


def _error(field: str, problem: Refusal) -> dict[str, str]:
    return {"field": field, "code": problem.code, "message": problem.sentence()}


def asked_language(request: HttpRequest) -> str:
    """The first language of ``Accept-Language`` that the house speaks; empty where none is asked for."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if tag in LANGUAGES or tag.split("-")[0] in {"pt", "en", "es"}:
            return supported(tag)
    return ""


def speak(request: HttpRequest, language: str) -> None:
    """Answer in this language. The language middleware puts the thread's own back afterwards."""
    translation.activate(supported(language))
    request.LANGUAGE_CODE = supported(language)
