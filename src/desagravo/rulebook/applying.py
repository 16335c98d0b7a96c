"""Facts of a case in, the rulebooks that bind it out, each with the rule that applied it. Pure, without Django.

The book ``rulebooks`` of the edition says which; the grammar of its clauses stands at its top. Several rulebooks bind
one case at once, and none ends another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

_Table = Mapping[str, Any]


@dataclass(frozen=True)
class Situation:
    """What the clauses look at. ``country`` is that of the establishment, ``day`` the one on which the case came in."""

    country: str = ""
    channel: str = ""
    categories: Collection[str] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    amount: Decimal | None = None
    day: date | None = None


@dataclass(frozen=True)
class Binding:
    """A rulebook that binds the case, and the rule of the edition because of which it does."""

    policy: str
    rule: str


def derived(situation: Situation, book: _Table) -> dict[str, Any]:
    """The attributes that the case itself tells, under those that people answered: an answer always counts."""
    told: dict[str, Any] = {}
    for row in book.get("derived", ()):
        if row["attribute"] not in told and _any(row["when"], situation):
            told[row["attribute"]] = row["value"]
    return {**told, **situation.attributes}


def bindings(situation: Situation, book: _Table, policies: Mapping[str, _Table]) -> tuple[Binding, ...]:
    """The rulebooks that bind, in the order of the book; ``situation.attributes`` hold all that is known.

    One that the edition does not have, or that counts only for cases which begin later, binds nobody.
    """
    found: dict[str, Binding] = {}
    for row in book.get("applies", ()):
        policy = policies.get(row["policy"])
        if policy is None or row["policy"] in found or not _counts_already(policy, situation.day):
            continue
        if _any(row["when"], situation):
            found[row["policy"]] = Binding(row["policy"], row["code"])
    return tuple(found.values())


def _counts_already(policy: _Table, day: date | None) -> bool:
    told = policy.get("policy", {})
    begins = [each for name in ("in_force_from", "applies_from") if (each := told.get(name)) is not None]
    return day is None or all(_day(each) <= day for each in begins)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _any(clauses: Collection[_Table], situation: Situation) -> bool:
    return any(all(_holds(name, wanted, situation) for name, wanted in clause.items()) for clause in clauses)


def _holds(name: str, wanted: Any, situation: Situation) -> bool:
    if name == "country":
        return situation.country in wanted
    if name == "channel":
        return situation.channel in wanted
    if name == "categories":
        return any(fnmatchcase(code, pattern) for code in situation.categories for pattern in wanted)
    if name == "attributes":
        return all(situation.attributes.get(code) in values for code, values in wanted.items())
    if name == "amount_at_least":
        return situation.amount is not None and situation.amount >= Decimal(str(wanted))
    raise ValueError(f"the rulebooks book knows no condition {name!r}")
