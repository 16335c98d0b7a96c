"""Editions: books of rules that belong together, and which of them is in force. Pure, without Django.

The starter edition lies in the package. The organisation's own come from a shelf that the room's app sets up
(:func:`keep_on`; ``stored.py``), so that everything here and everything that decides runs without a database. A
published edition never changes: what was read of one is kept by its code. A draft is read anew each time.

``FILES`` names the books of an edition. A new book is: its name here, what people call it in ``problems.BOOK_NAMES``,
its file in ``books/starter/``, how it is built in ``book_shapes.SHAPES``, and what it must fulfil besides in
``schema.EXAMINERS`` (each owner in a file of their own, as ``schema_decide.py``). An edition that was published before
the book existed reads the starter's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

BOOKS = Path(__file__).parent / "books"
STARTER_FOLDER = BOOKS / "starter"
STARTER = "starter-2026.1"
"""The edition that the product brings; a case that names no edition keeps this one."""

FILES = (
    "edition",
    "departments",
    "triage",
    "routing",
    "approvals",
    "assignment",
    "categories",
    "remedies",
    "closing_codes",
    "form",
    "guidance",
    "letters",
    "phrases",
    "content",
    "bodies",
    "targets",
    "stages",
    "rulebooks",
    "retention",
)

Book = Mapping[str, Any]


class NoSuchEdition(LookupError):
    """No edition has this code."""


@dataclass(frozen=True, eq=False)
class Edition:
    """All that one edition says: name → book, id → rulebook of a jurisdiction. ``fixed``: it never changes."""

    code: str
    books: Mapping[str, Book]
    policies: Mapping[str, Book]
    fixed: bool = True


def _starter_always() -> str:
    return STARTER


def _nothing(_code: str) -> Edition | None:
    return None


_in_force: Callable[[], str] = _starter_always
_load: Callable[[str], Edition | None] = _nothing
_fixed: dict[str, Edition] = {}


def keep_on(in_force: Callable[[], str], load: Callable[[str], Edition | None]) -> None:
    """From now on these tell which edition is in force, and give the organisation's own."""
    global _in_force, _load
    _in_force, _load = in_force, load
    forget()


def forget() -> None:
    """Read published editions anew (another database: a test begins, a backup came back)."""
    _fixed.clear()


def in_force() -> str:
    """The code of the edition in force now; events quote it: ``2026.1#triage.safety``."""
    return _in_force()


code = in_force


def whole(code: str = "") -> Edition:
    """One edition, by default the one in force. Raises ``NoSuchEdition``."""
    code = code or _in_force()
    if code == STARTER:
        return _starter()
    found = _fixed.get(code)
    if found is None:
        found = _load(code)
        if found is None:
            raise NoSuchEdition(code)
        if found.fixed:
            _fixed[code] = found
    return found


def book(name: str, code: str = "") -> Book:
    """One book of an edition (by default of the one in force), read-only. Raises ``NoSuchEdition``, ``KeyError``."""
    found = whole(code).books
    return found[name] if name in found else _starter().books[name]


def policies(code: str = "") -> Mapping[str, Book]:
    """The rulebooks of jurisdictions that an edition keeps: id → table, read-only. Raises ``NoSuchEdition``."""
    return whole(code).policies


def known(code: str) -> bool:
    """Is there an edition of this code?"""
    try:
        whole(code)
    except NoSuchEdition:
        return False
    return True


@cache
def _starter() -> Edition:
    books = {name: _read(path) for name in FILES if (path := STARTER_FOLDER / f"{name}.toml").is_file()}
    return Edition(STARTER, MappingProxyType(books), shipped_policies())


@cache
def shipped_policies() -> Mapping[str, Book]:
    """The rulebooks of jurisdictions that the product brings: id → table."""
    tables = (_read(path) for path in sorted(BOOKS.glob("*.toml")))
    return MappingProxyType({str(table["policy"]["id"]): table for table in tables})


def _read(path: Path) -> Book:
    with path.open("rb") as file:
        return MappingProxyType(tomllib.load(file))
