"""The book that a decision follows. Pure, without Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desagravo.rulebook import edition as _edition


def book(name: str, edition: str = "") -> Mapping[str, Any]:
    """A book of this edition, by default of the one in force."""
    return _edition.book(name, edition) if edition else _edition.book(name)
