"""What one book says otherwise than another, rule by rule, in plain words for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from desagravo.common.dates import day
from desagravo.common.language import LANGUAGES as LANGUAGE_NAMES
from desagravo.rulebook.grammar import ALL_LANGUAGES, name_of
from desagravo.rulebook.labels import label
from desagravo.rulebook.problems import Place, book_name
from desagravo.rulebook.words import say

_NAMES = ("name", "title", "label", "reason", "text", "sentence", "ask", "subject")


@dataclass(frozen=True)
class Difference:
    """One thing that another edition says otherwise. ``kind``: added, removed, changed, moved.

    ``where`` is its place, ``name`` what people call it (the words of a rule, the name of a letter). ``fields`` are
    (label, old, new) in plain words for people; empty where the whole piece came, went or moved.
    """

    where: Place
    kind: str
    name: str
    fields: tuple[tuple[str, str, str], ...] = ()


_Leaf = tuple[tuple[str, ...], Any, Any]


def compare(book: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, language: str) -> list[Difference]:
    """The differences of one book, in its order; a book that is None does not exist."""
    here = Place(book)
    if old is None or new is None:
        return [Difference(here, "added" if old is None else "removed", book_name(book))] if old != new else []
    found: list[Difference] = []
    _table(here, book_name(book), old, new, language, found)
    return found


def _table(
    here: Place, name: str, old: Mapping[str, Any], new: Mapping[str, Any], language: str, found: list[Difference]
) -> None:
    """One table: what it says itself is one difference, and each of its rows is looked at alone."""
    leaves = list(_leaves((), old, new))
    if leaves:
        fields = tuple((_label(path, language), _words(a, language), _words(b, language)) for path, a, b in leaves)
        found.append(Difference(here, "changed", name, fields))
    for path, before, after in _lists((), old, new):
        _rows(here.at(*path), before, after, language, found)


def _rows(
    here: Place,
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    language: str,
    found: list[Difference],
) -> None:
    before = {name_of(row, number): row for number, row in enumerate(old, 1)}
    after = {name_of(row, number): row for number, row in enumerate(new, 1)}
    for code, row in before.items():
        if code not in after:
            found.append(Difference(here.at(code), "removed", _name(row, code, language)))
    moved = _moved([code for code in before if code in after], [code for code in after if code in before])
    for code, row in after.items():
        if code not in before:
            found.append(Difference(here.at(code), "added", _name(row, code, language)))
            continue
        if code in moved:
            found.append(Difference(here.at(code), "moved", _name(row, code, language)))
        if before[code] != row:
            _table(here.at(code), _name(row, code, language), before[code], row, language, found)


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The rows that stand elsewhere among the others: as few as explain the new order."""
    kept: set[str] = set()
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        kept.update(old[block.a : block.a + block.size])
    return set(old) - kept


def _leaves(path: tuple[str, ...], old: Any, new: Any) -> Iterator[_Leaf]:
    """Every value of a table that is another one now, with its way; lists of rows are left out."""
    for key in dict.fromkeys([*old, *new]):
        a, b = old.get(key), new.get(key)
        if a == b or _is_rows(a, b):
            continue
        if isinstance(a, Mapping | None) and isinstance(b, Mapping | None):
            yield from _leaves((*path, key), a or {}, b or {})
        else:
            yield (*path, key), a, b


def _lists(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], list[Any], list[Any]]]:
    for key in dict.fromkeys([*old, *new]):
        a, b = old.get(key), new.get(key)
        if a == b:
            continue
        if _is_rows(a, b):
            yield (*path, key), a or [], b or []
        elif isinstance(a, Mapping | None) and isinstance(b, Mapping | None):
            yield from _lists((*path, key), a or {}, b or {})


def _is_rows(*values: Any) -> bool:
    rows = [row for value in values if isinstance(value, list) for row in value]
    lists = all(value is None or isinstance(value, list) for value in values)
    return lists and bool(rows) and all(isinstance(row, Mapping) and ("code" in row or "key" in row) for row in rows)


def _name(row: Mapping[str, Any], code: str, language: str) -> str:
    for key in _NAMES:
        words = row.get(key)
        if isinstance(words, Mapping) and set(words) & set(ALL_LANGUAGES):
            return _said(words, language)
    return code


def _label(path: Sequence[str], language: str) -> str:
    """“Reason, in Spanish”; “Answers: safety”."""
    *way, last = path
    if last in ALL_LANGUAGES and way:
        return _("%(label)s (%(language)s)") % {
            "label": " → ".join(map(label, way)),
            "language": LANGUAGE_NAMES.get(last, last),
        }
    return " → ".join(map(label, path))


def _words(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        if value and set(value) <= set(ALL_LANGUAGES):
            return _said(value, language)
        return "; ".join(f"{label(key)}: {_words(inner, language)}" for key, inner in value.items())
    if isinstance(value, list):
        inner = [_words(each, language) for each in value]
        return ("\n" if any(isinstance(each, Mapping) for each in value) else ", ").join(inner)
    if isinstance(value, date):
        return day(value)
    return "" if value is None else str(value)


def _said(words: Mapping[str, Any], language: str) -> str:
    try:
        said: Any = say(words, language)
    except KeyError:
        said = next(iter(words.values()), "")
    return ", ".join(said) if isinstance(said, list) else str(said)
