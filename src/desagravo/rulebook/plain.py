"""Books as JSON, in which the database keeps them, and the digest of an edition.

TOML has days, times and decimal numbers besides what JSON has; each is kept as a table of one key that no book may
use: ``{"$day": "2027-06-30"}``. Read back, a book is exactly what its TOML file says.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from desagravo.history.canonical import canonical

_MARKS: Mapping[str, Any] = {
    "$day": date.fromisoformat,
    "$moment": datetime.fromisoformat,
    "$time": time.fromisoformat,
    "$number": float,
}


def to_json(value: Any) -> Any:
    """The value as JSON holds it. Raises ``TypeError`` or ``ValueError`` for what stands in no TOML file."""
    if isinstance(value, Mapping):
        return {_key(key): to_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(inner) for inner in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):  # yes and no are whole numbers to Python
        return value
    return _marked(value)


def _marked(value: Any) -> dict[str, str]:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a book has no number without end")
        return {"$number": repr(value)}
    for mark, kind in (("$moment", datetime), ("$day", date), ("$time", time)):
        if isinstance(value, kind):
            return {mark: value.isoformat()}
    raise TypeError(f"a book cannot hold a {type(value).__name__}")


def from_json(value: Any) -> Any:
    """The value as its TOML file said it, as a copy."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((key, inner),) = value.items()
            if key in _MARKS:
                return _MARKS[key](inner)
        return {key: from_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [from_json(inner) for inner in value]
    return value


def copy(value: Any) -> Any:
    """The same value, free to change."""
    if isinstance(value, Mapping):
        return {key: copy(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [copy(inner) for inner in value]
    return value


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON: the same for the same content, whatever the order of its keys."""
    return hashlib.sha256(canonical(to_json(value)).encode()).hexdigest()


def digest_of(books: Mapping[str, Any], policies: Mapping[str, Any]) -> str:
    """The digest of a whole edition. Its code is its name, and no part of what it says."""
    told = {name: dict(table) for name, table in books.items()}
    told.get("edition", {}).pop("code", None)
    return digest({"books": told, "policies": policies})


def _key(key: Any) -> str:
    if not isinstance(key, str) or key.startswith("$"):
        raise ValueError(f"a book has no key {key!r}")
    return _text(key)


def _text(text: str) -> str:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("a text holds what is no character")
    return str(text)
