"""Reading a body: strict JSON, bounded, so that what a database or a screen could choke on is refused with words.

Standard JSON readers accept NaN, repeated names and half a surrogate pair; here a name given twice is refused
because nobody could say which one was meant. NUL and lone surrogates inside texts are read and later become U+FFFD:
a customer's words are not refused for a broken character.
"""

import json
import math
from typing import Any, NoReturn

from django.http import HttpRequest

from desagravo.api.refusals import Refused, asked_language, speak
from desagravo.common.language import LANGUAGES
from desagravo.common.text import tidy_line

LARGEST_BODY = 8 * 2**20
"""Bytes. Texts within their limits always fit; files are better added on the customer's page."""


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The body as a dictionary; from here on the answers speak the reader's language.

    Raises:
        Refused: 400, 413 or 415.
    """
    if request.content_type != "application/json":
        raise Refused(415, "wrong_content_type")
    body = _object(_text(_bytes(request)))
    wished = body.get("language")
    if not asked_language(request) and isinstance(wished, str) and wished in LANGUAGES:
        speak(request, wished)
    return body


def _bytes(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length") or "0"
    if not length.isdigit() or int(length) > LARGEST_BODY:
        raise Refused(413, "body_too_large", limit=LARGEST_BODY // 2**20)
    content = request.read(LARGEST_BODY + 1)
    if len(content) > LARGEST_BODY:
        raise Refused(413, "body_too_large", limit=LARGEST_BODY // 2**20)
    return bytes(content)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(400, "not_utf8") from None


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_number, parse_float=_number)
    except RecursionError:
        raise Refused(400, "too_deep") from None
    except json.JSONDecodeError as error:
        raise Refused(400, "not_json", detail=f"{error.msg} (line {error.lineno}, column {error.colno})") from None
    except ValueError:  # a whole number of more digits than Python reads
        raise Refused(400, "not_a_json_number", value="…") from None
    if not isinstance(found, dict):
        raise Refused(400, "not_an_object")
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Refused(400, "repeated_field", field=shown(name))
        found[name] = value
    return found


def _number(written: str) -> float:
    value = float(written)
    return value if math.isfinite(value) else _no_number(written)


def _no_number(written: str) -> NoReturn:
    raise Refused(400, "not_a_json_number", value=shown(written))


def shown(name: str) -> str:
    """A name from outside, fit to be said back."""
    return tidy_line(name[:200])[:100]
