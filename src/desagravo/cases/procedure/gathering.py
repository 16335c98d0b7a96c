"""What an edition and the organisation say, as the two documents need it. Pure, without Django.

Everything is read from the same tables by which the software works: names of books → tables, ids of rulebooks → tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from desagravo.common.language import babel_locale
from desagravo.rulebook.words import say

Table = Mapping[str, Any]
_OUTSIDE = frozenset({"source"})
"""What a complaint tells by where it was written down: such a rulebook is open to every customer of the house."""


@dataclass(frozen=True)
class House:
    """Who publishes the procedure, and which ways to it are open."""

    name: str
    url: str = ""
    phone: str = ""
    email: str = ""
    address: tuple[str, ...] = ()
    country: str = ""
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    currency: str = "EUR"
    departments: Mapping[str, str] = field(default_factory=dict)
    """Code → name of each department that the organisation has, as it calls it."""


@dataclass(frozen=True)
class Rules:
    """One edition: its books, the rulebooks that it holds, and since when it counts."""

    code: str
    books: Mapping[str, Table]
    policies: Mapping[str, Table]
    since: date | None = None
    in_force: bool = True

    def book(self, name: str) -> Table:
        """One book; an empty one where the edition does not have it."""
        return self.books.get(name, {})


@dataclass(frozen=True)
class Source:
    """All that a document is made from."""

    house: House
    rules: Rules
    language: str
    today: date
    four_eyes: bool = True
    """May nobody approve an own answer to a major complaint? Asked of the table that refuses it."""
    holidays: bool = False
    """Do public holidays and days of the house's own count as closed? So they do where a calendar is known."""
    weekend: frozenset[int] | None = None
    """The days of the week on which the place is closed (Monday is 0); by default the edition's."""


@dataclass(frozen=True)
class Binding:
    """A rulebook that may bind a complaint to this house, with the rule that says when."""

    id: str
    policy: Table
    reason: Mapping[str, str]
    always: bool
    outside: bool = False
    """Does it bind because of where the customer complained?"""

    @property
    def own(self) -> bool:
        """Is it the house's own procedure, not law?"""
        return bool(self.policy.get("policy", {}).get("status") == "house_default")

    def name(self, language: str) -> str:
        """What people call it."""
        told = self.policy.get("policy", {})
        return say(told["name"], language) if told.get("name") else str(told.get("title", self.id))

    def milestones(self) -> list[Table]:
        """Its limits in the order of the file."""
        return list(self.policy.get("milestone", ()))


def bindings(source: Source) -> list[Binding]:
    """The rulebooks that may bind: for every complaint, or for those that reach the house by an outside way.

    What binds only a line of business is left to the handbook, because the organisation is not asked for its business.
    """
    found = [_binding(row, source) for row in source.rules.book("rulebooks").get("applies", ())]
    return [each for each in found if each is not None and (each.always or each.outside)]


def all_bindings(source: Source) -> list[Binding]:
    """The same with those that bind only if something is answered about the complaint."""
    found = [_binding(row, source) for row in source.rules.book("rulebooks").get("applies", ())]
    return [each for each in found if each is not None]


def _binding(row: Table, source: Source) -> Binding | None:
    policy = source.rules.policies.get(row["policy"])
    if policy is None or not _counts(policy, source.today):
        return None
    here = [clause for clause in row["when"] if _is_here(clause, source.house.countries)]
    if not here:
        return None
    asked = [set(clause) - {"country", "channel"} for clause in here]
    always = any(not each for each in asked)
    outside = any(each == {"attributes"} and set(clause["attributes"]) <= _OUTSIDE for each, clause in _pairs(here))
    return Binding(row["policy"], policy, row.get("reason", {}), always, outside and not always)


def _pairs(clauses: Iterable[Table]) -> list[tuple[set[str], Table]]:
    return [(set(clause) - {"country", "channel"}, clause) for clause in clauses]


def _is_here(clause: Table, countries: tuple[str, ...]) -> bool:
    """Could the clause hold here? One that names no country but an outside portal is not offered everywhere."""
    if "country" in clause:
        return bool(set(clause["country"]) & set(countries))
    return not set(clause.get("attributes", ())) & _OUTSIDE


def _counts(policy: Table, today: date) -> bool:
    told = policy.get("policy", {})
    begins = [told[name] for name in ("in_force_from", "applies_from") if told.get(name)]
    return all((date.fromisoformat(each) if isinstance(each, str) else each) <= today for each in begins)


def weekend(source: Source) -> frozenset[int]:
    """The days of the week that are no working days."""
    return source.weekend if source.weekend is not None else frozenset(source.rules.book("targets")["weekend"])


def target(source: Source, code: str) -> int:
    """Working days of a house target; the earlier of it and the house procedure's own limit for the answer."""
    days = next(int(row["days"]) for row in source.rules.book("targets")["target"] if row["code"] == code)
    if code != "answer":
        return days
    own = [
        int(each["n"])
        for binding in bindings(source)
        if binding.own and binding.always
        for each in binding.milestones()
        if each["key"] == "final_response" and each["unit"] == "business_days" and not each.get("on")
    ]
    return min([days, *own])


def money(source: Source, amount: object) -> str:
    """An amount in the currency of the house, as the language writes it."""
    locale = babel_locale(source.language)
    return str(format_currency(Decimal(str(amount)), source.house.currency, locale=locale))


def reason(source: Source, row: Table) -> str:
    """The sentence of a rule with its limits filled in."""
    if not row.get("reason"):
        return ""
    said = say(row["reason"], source.language)
    limit = source.rules.book("triage").get("threshold", {}).get("amount")
    for gap, amount in (("threshold", limit), *((each, row.get(each)) for each in ("amount_from", "amount_below"))):
        if amount is not None:
            said = said.replace("{" + gap + "}", money(source, amount))
    return said


_DAYS = {"hours": 1 / 24, "days": 1, "calendar_days": 1, "weeks": 7, "months": 30.5, "years": 365.25}


def kept(source: Source) -> tuple[float, str, str] | None:
    """How long a complaint is kept at least, as (n, unit, event): the longest that counts for every complaint."""
    found = [
        (float(row["n"]), str(row["unit"]), str(row["from"]))
        for row in source.rules.book("retention").get("keep", ())
        if row.get("what", "record") == "record" and not row.get("categories")
    ]
    for binding in bindings(source):
        told = binding.policy.get("retention", {})
        if binding.always and told.get("record_years"):
            found.append((float(told["record_years"]), "years", str(told.get("from", "closed"))))
    return max(found, key=lambda each: each[0] * _DAYS.get(each[1], 1)) if found else None


def outside(source: Source) -> list[Table]:
    """The bodies of the edition to which every customer of the house may turn, as letters name them."""
    bound = {each.id for each in all_bindings(source) if each.always}
    return [
        row
        for row in source.rules.book("bodies").get("body", ())
        if row["country"] in source.house.countries
        and (set(row["policies"]) & bound if row["policies"] else not row["sectors"])
    ]
