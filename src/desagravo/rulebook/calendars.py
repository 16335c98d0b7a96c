"""Public holidays and closed days of a place. Pure, without Django.

``make()`` puts together what the ``holidays`` package knows about a country and a part of it, and what the company says
about its own days. The result is frozen, says of every day why it is closed, and can be kept as a table (the snapshot
of a case) from which the same calendar comes back years later, whatever the package says by then.

Which error is safe depends on who bears a limit: for the firm's obligations few days are closed (an earlier date), for
the customer's windows many (a later date, "wide"). See ``docs/rulebooks.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from desagravo.rulebook.words import Texts

KINDS = ("national", "regional", "municipal", "optional", "own")
WEEKEND = frozenset({5, 6})


class BadCalendar(ValueError):
    """No calendar can be made of this. ``code`` says why (unknown_country, needs_subdivision, unknown_subdivision,
    unknown_zone, bad_years, no_table), ``facts`` what about."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class ClosedDay:
    """A day that is closed: what it is called in each language, and where it comes from (one of ``KINDS``)."""

    day: date
    name: Texts
    kind: str


@dataclass(frozen=True)
class Calendar:
    """The days of one place, for the years ``first_year`` to ``last_year``.

    ``closed``: the days on which firm limits do not count. ``wide``: those that are closed only when caution asks for a
    later date (optional days, municipal days that were left out). ``opened``: days on which the place works although
    they are a holiday or a weekend, with the reason. ``confirmed``: years of which somebody, or the package's own
    sources, confirmed the official calendar. Beyond its years only weekends are closed: earlier, and warned about.
    """

    country: str
    subdivision: str
    zone: str
    first_year: int
    last_year: int
    closed: Mapping[date, ClosedDay]
    wide: Mapping[date, ClosedDay] = field(default_factory=dict)
    opened: Mapping[date, str] = field(default_factory=dict)
    weekend: frozenset[int] = WEEKEND
    closes_at: time = time(17, 0)
    confirmed: frozenset[int] = frozenset()
    source: str = ""
    """Package and version: ``holidays 0.109``."""

    def why_closed(self, day: date, *, wide: bool = False, municipal: bool = True, saturday: bool = False) -> str:
        """Why this day is no business day: "", "weekend", or one of ``KINDS``. ``saturday``: Saturdays count."""
        raise NotImplementedError

    def name_of(self, day: date, language: str, *, wide: bool = False) -> str:
        """What a closed day is called; empty for weekends and business days."""
        raise NotImplementedError

    def unconfirmed(self, first: date, last: date) -> tuple[int, ...]:
        """The years that these days touch and of which nobody confirmed the official calendar."""
        raise NotImplementedError

    def as_table(self) -> dict[str, Any]:
        """Everything, as JSON can keep it; the same calendar always gives the same table."""
        raise NotImplementedError

    @staticmethod
    def from_table(table: Mapping[str, Any]) -> Calendar:
        """The calendar that was kept. Raises ``BadCalendar``."""
        raise NotImplementedError

    @property
    def sha256(self) -> str:
        """The digest of its table: two calendars with the same one are the same."""
        raise NotImplementedError


def make(
    country: str,
    subdivision: str = "",
    zone: str = "",
    *,
    first_year: int,
    last_year: int,
    extra_closed: Mapping[date, str] | Iterable[date] = (),
    extra_open: Mapping[date, str] | Iterable[date] = (),
    optional: Iterable[str] = (),
    categories: Iterable[str] = ("public",),
    weekend: frozenset[int] = WEEKEND,
    confirmed: Iterable[int] = (),
    closes_at: time = time(17, 0),
) -> Calendar:
    """The calendar of a place. Raises ``BadCalendar``.

    ``optional``: optional days that are closed here, by their name in the country's language or in English
    ("Carnaval"): Portugal's Carnival is one, and the package's whole category would close half of June with it.
    """
    raise NotImplementedError


def needs_subdivision(country: str) -> bool:
    """Whether a calendar of this country means nothing without one of its parts (the United Kingdom)."""
    raise NotImplementedError


def subdivisions(country: str) -> Mapping[str, str]:
    """Code → name of the parts of the country that have a calendar of their own."""
    raise NotImplementedError
