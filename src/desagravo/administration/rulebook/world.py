"""What the pages of one edition need to speak: its books, the reader's language, the house's currency and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from django.utils.functional import Promise

from desagravo.common.language import LANGUAGES, active, babel_locale


@dataclass(frozen=True)
class Option:
    """One choice: its code, its name, its group, and its name where the group is not seen."""

    value: str
    label: str | Promise
    group: str | Promise = ""
    full: str | Promise = ""


@dataclass(frozen=True)
class World:
    """The edition at hand and who reads it."""

    books: Mapping[str, Mapping[str, Any]]
    policies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    currency: str = "EUR"
    language: str = field(default_factory=active)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """All languages, the reader's first."""
        return (self.language, *(code for code in LANGUAGES if code != self.language))

    def say(self, texts: Any) -> str:
        """A text of the books in the reader's language, or the nearest that is there."""
        if not isinstance(texts, Mapping):
            return "" if texts is None else str(texts)
        near = {"pt-br": ("pt-br", "pt-pt", "en"), "pt-pt": ("pt-pt", "pt-br", "en")}
        order = near.get(self.language, (self.language, "en"))
        found = (str(texts.get(code, "")).strip() for code in (*order, *LANGUAGES))
        return next((text for text in found if text), "")

    def rows(self, book: str, name: str) -> list[Mapping[str, Any]]:
        """A list of the edition; empty where a draft has none."""
        rows = self.books.get(book, {}).get(name, [])
        return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []

    def number(self, value: Any) -> str:
        """A number as the language writes it."""
        try:
            return str(format_decimal(Decimal(str(value)), locale=babel_locale(self.language)))
        except (InvalidOperation, ValueError):
            return str(value)

    def money(self, amount: Any, currency: str = "") -> str:
        """An amount as the language writes it."""
        try:
            number = Decimal(str(amount))
            return str(format_currency(number, currency or self.currency, locale=babel_locale(self.language)))
        except (InvalidOperation, ValueError, UnknownLocaleError):
            return str(amount)

    def day(self, value: Any) -> str:
        """A day as the language writes it."""
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
            return str(format_date(day, "long", locale=babel_locale(self.language)))
        except ValueError:
            return str(value)

    def enumerate(self, items: Sequence[str]) -> str:
        """One, two and three."""
        return str(format_list(list(items), locale=babel_locale(self.language))) if items else ""

    def either(self, items: Sequence[str]) -> str:
        """One, two or three."""
        return str(format_list(list(items), style="or", locale=babel_locale(self.language))) if items else ""
