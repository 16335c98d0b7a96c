"""How long a case must be kept: of all minimums that bind it the longest wins. Pure, without Django.

A minimum is n days, months or years from an event. The last day on which something must be kept is that many units
after the local day of the event; from the next day on it may go. Every doubt is decided for keeping: an event that has
not happened begins nothing, so nothing ends either; an attribute that nobody has answered counts as if it held; a month
without the day ends on the day after, unless the rule says otherwise.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from desagravo.rulebook.words import Texts

RECORD: Final = "record"
RECORDING: Final = "recording"
UNITS: Final = ("days", "calendar_days", "weeks", "months", "years")
ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "closed": ("closed",),
    "answered": ("final_response_sent", "closed"),
    "resolved": ("resolved", "closed"),
    "resolution_notified": ("final_response_sent", "closed"),
    "call_date": ("recorded", "call_date"),
}
"""What a rule counts from → names of events of a case that may stand for it; of those that happened the latest counts.
What does not stand here is counted from the event of its own name."""


@dataclass(frozen=True)
class Minimum:
    """One lawful minimum: what must be kept, how long, from which event.

    ``code`` is the row of the house's book or the id of the rulebook; ``attribute`` one that a case must have for it.
    """

    code: str
    what: str
    n: int
    unit: str
    start: str
    months_rule: str = "next_day"
    name: Texts = field(default_factory=dict)
    attribute: str = ""
    categories: tuple[str, ...] = ()

    def last_day(self, happened: Mapping[str, date]) -> date | None:
        """The last day on which it must be kept; None while that is not known, because nothing has begun."""
        begun = [happened[name] for name in ENDS.get(self.start, (self.start,)) if name in happened]
        return later(max(begun), self.n, self.unit, self.months_rule) if begun else None


@dataclass(frozen=True)
class Verdict:
    """What the minimums say of one case: ``until`` the last day, by the rule ``code``.

    ``until`` is None where something that a rule counts from has not happened: it is kept until then.
    """

    until: date | None
    code: str
    binding: tuple[tuple[str, date | None], ...] = ()

    def may_go(self, today: date) -> bool:
        """Has every minimum passed? Without any minimum nothing may go: nobody has decided on it."""
        return self.until is not None and today > self.until


def later(start: date, n: int, unit: str, months_rule: str = "next_day") -> date:
    """The day that lies so much later. Raises ``ValueError`` for an unknown unit."""
    if unit in ("days", "calendar_days"):
        return start + timedelta(days=n)
    if unit == "weeks":
        return start + timedelta(weeks=n)
    if unit not in ("months", "years"):
        raise ValueError(f"retention is counted in {', '.join(UNITS)}, not in {unit}")
    months = start.year * 12 + start.month - 1 + n * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    last = monthrange(year, month)[1]
    if start.day <= last:
        return date(year, month, start.day)
    return date(year, month, last) + timedelta(days=months_rule != "clamp")


def of_house(book: Mapping[str, Any]) -> tuple[Minimum, ...]:
    """The minimums of the book ``retention``."""
    return tuple(
        Minimum(
            code=row["code"],
            what=row["what"],
            n=int(row["n"]),
            unit=row["unit"],
            start=row["from"],
            months_rule=row.get("months_rule", "next_day"),
            name=row["name"],
            categories=tuple(row.get("categories", ())),
        )
        for row in book["keep"]
    )


def of_policy(table: Mapping[str, Any]) -> tuple[Minimum, ...]:
    """The minimums of the rulebook of a jurisdiction, from its ``[retention]`` and its milestones.

    ``set_by_tenant`` gives none: the house's own counts. ``evaluation_docs_years`` is about papers that are no case.
    """
    policy = table["policy"]
    code, name = str(policy["id"]), policy.get("name") or {"en": str(policy.get("title", policy["id"]))}
    told = table.get("retention", {})
    start = told.get("from", "closed")
    found = [
        Minimum(code, RECORD, int(told[key]), "years", start, name=name, attribute=attribute)
        for key, attribute in _YEARS.items()
        if key in told
    ]
    if "recording_until" in told:
        found.append(Minimum(code, RECORDING, 0, "days", told["recording_until"], name=name))
    for row in table.get("milestone", ()):
        if row["kind"] == "retention_min":
            what = RECORDING if "recording" in row["key"] else RECORD
            rule = row.get("months_rule", "next_day")
            found.append(Minimum(code, what, int(row["n"]), row["unit"], row["from"], rule, name))
    return tuple(found)


_YEARS: Final[Mapping[str, str]] = {
    "record_years": "",
    "record_years_collective_portfolio": "collective_portfolio",
    "closed_book_years": "",
}
"""Keys of ``[retention]`` in years → the attribute of a case that they ask for."""


def applying(
    minimums: Iterable[Minimum], what: str, *, attributes: Mapping[str, Any], categories: Sequence[str] = ()
) -> tuple[Minimum, ...]:
    """Those that bind this case. What is not known yet binds."""
    return tuple(
        each
        for each in minimums
        if each.what == what
        and (not each.attribute or attributes.get(each.attribute) not in (False, "no"))
        and (not each.categories or not categories or not set(each.categories).isdisjoint(categories))
    )


def verdict(minimums: Sequence[Minimum], happened: Mapping[str, date]) -> Verdict:
    """The longest of these minimums. ``happened``: event → local day of its last occurrence."""
    if not minimums:
        return Verdict(None, "")
    days = tuple((each.code, each.last_day(happened)) for each in minimums)
    waiting = next((code for code, day in days if day is None), None)
    if waiting is not None:
        return Verdict(None, waiting, days)
    code, until = max(days, key=lambda each: each[1] or date.min)
    return Verdict(until, code, days)
