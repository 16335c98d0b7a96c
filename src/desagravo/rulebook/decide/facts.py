"""What decisions look at, and the conditions that rules state. Pure, without Django."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from desagravo.common.text import fold

YES, NO, UNKNOWN = "yes", "no", "unknown"
AMOUNT_SUFFIX = "_amount"
EARLIER = "earlier_complaints"
CATEGORIES = "categories"
ABOUT = "about_person"
KNOWN = (EARLIER, CATEGORIES, ABOUT)
"""What stands beside the answers and is none: how many complaints this customer made before within the months of the
book, the categories of the form with spaces between them, and the id of the colleague complained about."""


@dataclass(frozen=True)
class Facts:
    """What routing, approvals and the choice of a handler look at.

    ``triage`` are the answers, ``flags`` of ``routing.toml``'s list, ``remedies`` what the customer asks for (routing)
    or what was decided (approvals), ``decisions`` what was decided on the points. ``text`` is what the customer wrote:
    only conditions on keywords read it, and they only ever propose.
    """

    triage: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    categories: Collection[str] = ()
    remedies: Collection[str] = ()
    flags: Collection[str] = ()
    amount: Decimal | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    product: str = ""
    channel: str = ""
    decisions: Collection[str] = ()
    earlier: int = 0
    stage: int = 1
    text: str = ""


@dataclass(frozen=True)
class Met:
    """A condition that a clause states and that holds: its name, and which of the listed values were there."""

    name: str
    values: tuple[str, ...]


def met(clause: Mapping[str, Any], facts: Facts) -> tuple[Met, ...] | None:
    """What a clause rests on, if every condition of it holds; None if one does not. An empty clause holds."""
    found = []
    for name, wanted in clause.items():
        values = _values(name, wanted, facts)
        if not values:
            return None
        found.append(Met(name, values))
    return tuple(found)


def first_met(clauses: Sequence[Mapping[str, Any]], facts: Facts) -> tuple[Met, ...] | None:
    """What the first clause that holds rests on, one without keywords before one with; None if none holds."""
    later = []
    for clause in clauses:
        if "keywords" in clause:
            later.append(clause)
        elif (found := met(clause, facts)) is not None:
            return found
    return next((found for clause in later if (found := met(clause, facts)) is not None), None)


def amount_in(answers: Mapping[str, str]) -> Decimal | None:
    """The amount given with the triage answers, or None. Raises ``ValueError`` for what is no amount."""
    for code, text in answers.items():
        if code.endswith(AMOUNT_SUFFIX) and text.strip():
            return as_amount(text)
    return None


def as_amount(text: str) -> Decimal:
    """A decimal number as text. Raises ``ValueError`` for what is no amount."""
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"not an amount: {text!r}")
    return amount


def only_answers(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to questions, without amounts and without what the product put beside them."""
    return {code: told for code, told in answers.items() if code not in KNOWN and not code.endswith(AMOUNT_SUFFIX)}


def keywords_in(words: Collection[str], text: str) -> tuple[str, ...]:
    """Those of the words that stand in the text as whole words, whatever their case and accents."""
    if not text:
        return ()
    there = _spaced(text)
    return tuple(word for word in words if _spaced(word) in there)


def matching(patterns: Collection[str], codes: Collection[str]) -> tuple[str, ...]:
    """The codes that one of the patterns names: whole, or ``GROUP.*``."""
    return tuple(code for code in codes if any(fnmatchcase(code, pattern) for pattern in patterns))


def _values(name: str, wanted: Any, facts: Facts) -> tuple[str, ...]:
    """Those of the wanted values that are there."""
    if name not in _THERE:
        raise ValueError(f"no rule knows a condition {name!r}")
    return tuple(_THERE[name](wanted, facts))


def _pairs(given: Mapping[str, str], wanted: Mapping[str, Collection[str]]) -> Iterator[str]:
    return (f"{code}={given[code]}" for code, counts in wanted.items() if given.get(code) in counts)


def _among(wanted: Iterable[str], there: Collection[str]) -> Iterator[str]:
    return (value for value in wanted if value in there)


def _at_least(there: Decimal | int | None, wanted: Decimal | int) -> tuple[str, ...]:
    return (str(there),) if there is not None and there >= wanted else ()


def _of_all_languages(wanted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """People write in the language they like, not in that of the form."""
    for words in wanted.values():
        yield from words


_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=2048)
def _spaced(text: str) -> str:
    """The words without case and accents, a space before and after each."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


_THERE: Mapping[str, Callable[[Any, Facts], Iterable[str]]] = {
    "triage": lambda wanted, facts: _pairs(facts.triage, wanted),
    "outcome": lambda wanted, facts: _among([wanted], [facts.outcome]),
    "categories": lambda wanted, facts: matching(wanted, facts.categories),
    "remedies": lambda wanted, facts: _among(wanted, facts.remedies),
    "flags": lambda wanted, facts: _among(wanted, facts.flags),
    "amount_at_least": lambda wanted, facts: _at_least(facts.amount, Decimal(wanted)),
    "attributes": lambda wanted, facts: _pairs(facts.attributes, wanted),
    "products": lambda wanted, facts: keywords_in(wanted, facts.product),
    "channels": lambda wanted, facts: _among(wanted, [facts.channel]),
    "decisions": lambda wanted, facts: _among(wanted, facts.decisions),
    "earlier_at_least": lambda wanted, facts: _at_least(facts.earlier, wanted),
    "stages": lambda wanted, facts: (str(each) for each in wanted if each == facts.stage),
    "keywords": lambda wanted, facts: keywords_in(tuple(dict.fromkeys(_of_all_languages(wanted))), facts.text),
}
CONDITIONS = tuple(_THERE)
"""The conditions that a clause may state. All that it states must hold; each is met by any one of its values."""
