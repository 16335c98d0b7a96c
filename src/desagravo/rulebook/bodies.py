"""Bodies outside to which a customer may turn: which one a letter names. Pure, without Django."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from desagravo.rulebook.words import say


@dataclass(frozen=True)
class Body:
    """A body as letters name it. ``contact`` is its address, telephone and website in one line."""

    code: str
    name: str
    address: str
    phone: str
    website: str
    evidence: str
    review_by: date | None
    source: str

    @property
    def contact(self) -> str:
        """How to reach it, as far as it is known."""
        return ", ".join(each for each in (self.address, self.phone, self.website) if each)


def body_for(
    book: Mapping[str, Any], language: str, *, country: str, policies: Collection[str], sector: str = ""
) -> Body | None:
    """The first body of the book that fits a case of this country, bound by these rulebooks, of this sector."""
    for row in book["body"]:
        if row["country"] != country:
            continue
        if row["policies"] and not set(row["policies"]) & set(policies):
            continue
        if row["sectors"] and not row["policies"] and sector not in row["sectors"]:
            continue
        return read(row, language)
    return None


def read(row: Mapping[str, Any], language: str) -> Body:
    """One body of the book, in the language."""
    return Body(
        code=row["code"],
        name=say(row["name"], language),
        address=row.get("address", ""),
        phone=row.get("phone", ""),
        website=row.get("website", ""),
        evidence=row["evidence"],
        review_by=row.get("review_by"),
        source=row.get("source", ""),
    )
