"""Files inside a JSON body, for callers that have no browser to hand."""

import base64
import binascii
from typing import Any

from desagravo.cases import actions
from desagravo.common.refusals import Missing, Refusal
from desagravo.rulebook import queries as rulebook

Decoded = list[tuple[str, bytes]]


def decode(raw: Any) -> Decoded:
    """Names and contents. Nothing is stored yet.

    Raises:
        Missing: what cannot be read, all at once, under ``attachments``.
    """
    if raw in (None, []):
        return []
    if not isinstance(raw, list):
        raise Missing({"attachments": [Refusal("bad_type", expected="list of files")]})
    limits = rulebook.form_limits()
    if len(raw) > limits.files:
        raise Missing({"attachments": [Refusal("too_many_attachments", limit=limits.files)]})
    files: Decoded = []
    problems: list[Refusal] = []
    for position, each in enumerate(raw, 1):
        try:
            files.append(_file(each, position, limits.file_bytes))
        except Refusal as problem:
            problems.append(problem)
    if problems:
        raise Missing({"attachments": problems})
    return files


def _file(raw: Any, position: int, largest: int) -> tuple[str, bytes]:
    if not isinstance(raw, dict) or set(raw) != {"name", "content_base64"}:
        raise Refusal("attachment_unreadable", position=position)
    name, text = raw["name"], raw["content_base64"]
    if not isinstance(name, str) or not isinstance(text, str):
        raise Refusal("attachment_unreadable", position=position)
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("attachment_unreadable", position=position) from None
    if not content:
        raise Refusal("file_empty", name=name[:120])
    if len(content) > largest:
        raise Refusal("file_too_large", name=name[:120], limit=largest // 2**20)
    return name, content


def keep(files: Decoded) -> list[actions.KeptFile]:
    """Put them into the store."""
    return [actions.keep_bytes(name, content) for name, content in files]
