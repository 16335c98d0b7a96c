"""What the list of closing codes says beside names and scope notes.

When a code may be used, what must be given with it, how others call it, and what may become of a case outside; in words
of the reader's language where there are any.

``edition`` is a code as elsewhere; empty for the edition in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from desagravo.rulebook import edition as _edition
from desagravo.rulebook import reporting
from desagravo.rulebook.reporting import Codes
from desagravo.rulebook.shapes import Choice
from desagravo.rulebook.words import say


@dataclass(frozen=True)
class CodeRule:
    """When a code may be used. ``ends``: why a case may end with it (accepted, withdrawn, elsewhere), empty where that
    must be recorded."""

    requires: tuple[str, ...]
    case_status: str = ""
    ends: str = ""
    valid_from: date | None = None
    valid_until: date | None = None

    def valid(self, on: date) -> bool:
        """Is the code offered on this day?"""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True)
class Reported:
    """How one other calls our codes: ``scheme`` cfpb, fca …; ``value`` is its code, ``words`` what it means."""

    scheme: str
    name: str
    value: str
    words: str


def rules(*, edition: str = "") -> dict[tuple[str, str], CodeRule]:
    """(axis, code) → its rule."""
    return {
        (axis["code"], row["code"]): CodeRule(
            requires=tuple(row["requires"]),
            case_status=row.get("case_status", ""),
            ends=row.get("ends", ""),
            valid_from=row.get("valid_from"),
            valid_until=row.get("valid_until"),
        )
        for axis in _edition.book("closing_codes", edition)["axis"]
        for row in axis["option"]
    }


def requirements(language: str, *, edition: str = "") -> dict[str, str]:
    """What codes may require → its name."""
    book = _edition.book("closing_codes", edition)["requirement"]
    return {code: say(row["name"], language) for code, row in book.items()}


def names(language: str, *, edition: str = "") -> dict[tuple[str, str], str]:
    """(axis, code) → its name in this list."""
    book = _edition.book("closing_codes", edition)
    return {(axis["code"], row["code"]): say(row["name"], language) for axis in book["axis"] for row in axis["option"]}


def next_codes(axis: str, before: Sequence[str], *, edition: str = "") -> frozenset[str] | None:
    """The codes to which a case may go that was closed with ``before`` on this axis; None for any."""
    return reporting.next_codes(_edition.book("closing_codes", edition), axis, before)


def schemes(language: str, *, edition: str = "") -> tuple[Choice, ...]:
    """Those who call it otherwise."""
    return tuple(
        Choice(row["code"], say(row["name"], language))
        for row in _edition.book("closing_codes", edition).get("report", ())
    )


def reported_codes(codes: Codes, *, edition: str = "") -> dict[str, str]:
    """Way of reporting → its code; for files that machines read."""
    return reporting.reported(_edition.book("closing_codes", edition), codes)


def reported_as(codes: Codes, language: str, *, edition: str = "") -> tuple[Reported, ...]:
    """The same for people."""
    book = _edition.book("closing_codes", edition)
    found = reporting.reported(book, codes)
    return tuple(
        Reported(row["code"], say(row["name"], language), value, _words(row["value"], value, language))
        for row in book.get("report", ())
        if (value := found[row["code"]])
    )


def _words(values: Sequence[dict[str, object]], code: str, language: str) -> str:
    return next((say(row["name"], language) for row in values if row["code"] == code), code)  # type: ignore[arg-type]


def outside_outcomes(language: str, *, edition: str = "") -> tuple[Choice, ...]:
    """What a body outside may have decided."""
    return _choices("outside_outcome", language, edition)


def outside_effects(language: str, *, edition: str = "") -> tuple[Choice, ...]:
    """What that may mean for the case."""
    return _choices("outside_effect", language, edition)


def _choices(table: str, language: str, edition: str) -> tuple[Choice, ...]:
    book = _edition.book("closing_codes", edition)
    rows = book.get(table) or _edition.book("closing_codes", _edition.STARTER)[table]
    return tuple(Choice(row["code"], say(row["name"], language)) for row in rows)
