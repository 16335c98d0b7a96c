"""Pieces of a book by their path: read, put, taken out, moved. Pure, without Django.

A path names keys of tables; a row of a list is named as :func:`grammar.name_of` says, by its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desagravo.rulebook.grammar import name_of


def get(book: Any, path: Sequence[str]) -> Any:
    """What stands there. Raises ``KeyError``."""
    value = book
    for step in path:
        value = _step(value, step)
    return value


def put(book: Any, path: Sequence[str], value: Any) -> None:
    """Let the value stand there; a row or key that is new comes last, and so do the tables on the way to it.

    Raises ``KeyError`` for a way through something that is no table and no list of tables.
    """
    *way, last = path
    inner = book
    for depth, step in enumerate(way):
        try:
            inner = _step(inner, step)
        except KeyError:
            if not isinstance(inner, dict):
                raise
            # a row of a list that is not there yet makes its list
            inner[step] = [] if depth == len(way) - 1 and isinstance(value, dict) and _names(value, last) else {}
            inner = inner[step]
    if isinstance(inner, dict):
        inner[last] = value
    elif isinstance(inner, list):
        at = _place(inner, last)
        if at is None:
            inner.append(value)
        else:
            inner[at] = value
    else:
        raise KeyError(last)


def remove(book: Any, path: Sequence[str]) -> None:
    """Take it out. Raises ``KeyError``."""
    *way, last = path
    inner = get(book, way)
    if isinstance(inner, dict):
        del inner[last]
        return
    at = _place(inner, last) if isinstance(inner, list) else None
    if at is None:
        raise KeyError(last)
    del inner[at]


def move(book: Any, path: Sequence[str], *, up: bool) -> bool:
    """A row one place up or down; at the end of its list nothing happens. Did it move? Raises ``KeyError``."""
    *way, last = path
    rows = get(book, way)
    at = _place(rows, last) if isinstance(rows, list) else None
    if at is None:
        raise KeyError(last)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return False
    rows.insert(to, rows.pop(at))
    return True


def _step(value: Any, step: str) -> Any:
    if isinstance(value, list):
        at = _place(value, step)
        if at is None:
            raise KeyError(step)
        return value[at]
    if hasattr(value, "keys") and step in value:
        return value[step]
    raise KeyError(step)


def _place(rows: Sequence[Any], name: str) -> int | None:
    return next((at for at, row in enumerate(rows) if name_of(row, at + 1) == name), None)


def _names(row: dict[str, Any], name: str) -> bool:
    return name in (row.get("code"), row.get("key"))
