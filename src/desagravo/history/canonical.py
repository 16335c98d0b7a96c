"""One text for one value: the JSON that is hashed.

The form is that of RFC 8785 (JSON Canonicalization Scheme) for the values that events may hold: keys sorted by
UTF-16 code units, no spaces, UTF-8, shortest escapes. Floating-point numbers are refused altogether, because
two programs may write the same one differently; amounts are whole cents, percentages whole numbers.
"""

import json
from typing import Any

LARGEST_WHOLE_NUMBER = 2**53 - 1
"""Above it a reader in JavaScript would see another number (RFC 7493)."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=True).encode


def canonical(value: Any) -> str:
    """The canonical JSON text of strings, whole numbers, booleans, None, lists, tuples and dictionaries of them.

    Raises:
        TypeError: a value of another type, floats included, or a key that is not a string.
        ValueError: a whole number beyond 2**53 - 1, or a lone surrogate in a text.
    """
    return _encode(_plain(value))


def _plain(value: Any) -> Any:
    """The same value, checked, with the keys of every dictionary in canonical order."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is bool or value is None:
        return value
    if kind is int:
        if abs(value) > LARGEST_WHOLE_NUMBER:
            raise ValueError(f"the number {value} is too large to be kept exactly everywhere")
        return value
    if kind is list or kind is tuple:
        return [_plain(item) for item in value]
    if kind is dict:
        return {_text(key): _plain(value[key]) for key in sorted(value, key=_order)}
    if isinstance(value, str):
        return _text(str(value))
    raise TypeError(f"an event cannot hold a {kind.__name__}")


def _order(key: Any) -> bytes:
    if not isinstance(key, str):
        raise TypeError(f"an event cannot hold the key {key!r}: keys are texts")
    return key.encode("utf-16-be", "surrogatepass")


def _text(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise ValueError("an event cannot hold half a character (a lone surrogate)") from problem
    return text
