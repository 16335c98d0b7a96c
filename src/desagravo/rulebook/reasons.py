"""The sentences of rules that decide: triage, routing, approvals, assignment. Pure, without Django."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from desagravo.rulebook.decide.rules import book
from desagravo.rulebook.words import chain, say

_LOCALES = {"en": "en_GB", "pt-pt": "pt_PT", "pt-br": "pt_BR", "es": "es_ES"}
_DECIDING = ("routing", "approvals", "assignment")


def reason(rule: str, language: str, *, currency: str = "", edition: str = "") -> str:
    """The sentence of a rule, with its own amounts; ``edition#rule`` is understood as well, and read there.

    ``currency``: that of the house, in which limits count; by default the edition's. Raises ``KeyError`` for a rule
    that the edition does not have.
    """
    row = row_of(rule, edition=edition)
    currency = currency or str(book("triage", edition).get("money", {}).get("currency", "EUR"))
    words = say(row["reason"], language)
    for name in ("amount_from", "amount_below"):
        if name in row:
            words = words.replace(f"{{{name}}}", money(row[name], currency, language))
    return words


def row_of(rule: str, *, edition: str = "") -> Mapping[str, Any]:
    """The rule as its book has it. Raises ``KeyError``."""
    named, _, code = rule.rpartition("#")
    for row in _rows(edition or named):
        if row["code"] == code:
            return row
    raise KeyError(rule)


def _rows(edition: str) -> Iterator[Mapping[str, Any]]:
    triage = book("triage", edition)
    yield from triage["rule"]
    yield from (triage["result"][name] for name in ("together", "light", "nothing"))
    for name in _DECIDING:
        yield from book(name, edition).get("rule", ())


def money(amount: str, currency: str, language: str) -> str:
    """An amount as the language writes it; the edition knows languages that the number tables call by region."""
    return format_currency(Decimal(amount), currency, locale=_LOCALES[chain(language)[0]])
