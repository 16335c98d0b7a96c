"""Public holidays and closed days of a place. Pure, without Django.

``make()`` puts together what the ``holidays`` package knows about a country and a part of it, and what the company says
about its own days. The result is frozen, says of every day why it is closed, and can be kept as a table (the snapshot
of a case) from which the same calendar comes back years later, whatever the package says by then.

Which error is safe depends on who bears a limit: for the firm's obligations few days are closed (an earlier date), for
the customer's windows many (a later date, "wide"). What the package does not say, or says in its own way, is written
down in ``docs/rulebooks.md``.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from desagravo.rulebook.words import Texts, say

KINDS = ("national", "regional", "municipal", "optional", "own")
"""Where a closed day comes from: the country, a part of it, a town, a custom that is no statutory holiday, the
company itself."""
WEEKEND = frozenset({5, 6})

NEEDS_SUBDIVISION = frozenset({"GB"})
"""Countries of which the calendar without one of their parts is nobody's: the common days of the United Kingdom are
seven, without Easter Monday and the late-August bank holiday."""

OFFICIAL_UNTIL = 2026
"""The last year whose official calendars were out when the pinned version of ``holidays`` was made. What it says about
later years is computed, and in Spain guessed."""

_CITIES = {("ES", "Barcelona"): "CT", ("BR", "São Paulo Capital"): "SP"}
"""Towns that the package knows as parts of a country, and the part in which they lie."""
_DISTRICTS = frozenset(f"{number:02}" for number in range(1, 19))
"""Districts of Portugal: what they add is the day of their capital alone, one of 308 municipalities."""

_LANGUAGES = {"pt_PT": "pt-pt", "pt_BR": "pt-br", "es": "es", "en_US": "en", "en_GB": "en"}
_LONGEST = 200
"""Years that a calendar may span; more is a slip of the pen."""
_DAY = timedelta(days=1)


class BadCalendar(ValueError):
    """No calendar can be made of this. ``code`` says why (unknown_country, needs_subdivision, unknown_subdivision,
    unknown_category, unknown_optional, unknown_zone, bad_years, bad_table), ``facts`` what about."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}: {facts}")
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
    later date (optional days). ``opened``: days on which the place works although they are a holiday or a weekend, with
    the reason. ``confirmed``: years of which somebody, or the package's own sources, confirmed the official calendar;
    no part of the table, because confirming changes no day. Beyond its years only weekends are closed: earlier, and
    warned about.
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
    source: str = ""
    """Package and version: ``holidays 0.109``."""
    confirmed: frozenset[int] = field(default=frozenset(), compare=False)
    _kept: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def why_closed(self, day: date, *, wide: bool = False, municipal: bool = True, saturday: bool = False) -> str:
        """Why this day is no business day: "", "weekend", or one of ``KINDS``.

        ``wide``: every reason to be closed counts, and no day of ours that is open. ``municipal``: do days of a town
        count? ``saturday``: is a Saturday a business day?
        """
        if day in self.opened and not wide:
            return ""
        if day.weekday() in self.weekend and not (saturday and not wide and day.weekday() == 5):
            return "weekend"
        closed = self.closed.get(day)
        if closed and (municipal or wide or closed.kind != "municipal"):
            return closed.kind
        return self.wide[day].kind if wide and day in self.wide else ""

    def closed_day(self, day: date) -> ClosedDay | None:
        """The closed or optional day, with its name."""
        return self.closed.get(day) or self.wide.get(day)

    def name_of(self, day: date, language: str) -> str:
        """What a closed or optional day is called; empty for weekends and business days."""
        found = self.closed_day(day)
        return say(found.name, language) if found and found.name else ""

    def nth_business_day(
        self, day: date, n: int, *, wide: bool = False, municipal: bool = True, saturday: bool = False
    ) -> date:
        """The n-th business day after this day, which does not count itself. With 0 the day itself."""
        if n == 0:
            return day
        known = self._business_days(wide, municipal, saturday)
        place = bisect_right(known, day) + n - 1
        if known and day >= known[0] and place < len(known):
            return known[place]
        while n:
            day += _DAY
            n -= not self.why_closed(day, wide=wide, municipal=municipal, saturday=saturday)
        return day

    def business_day_from(
        self, day: date, *, wide: bool = False, municipal: bool = True, saturday: bool = False
    ) -> date:
        """This day if it is a business day, else the next one."""
        while self.why_closed(day, wide=wide, municipal=municipal, saturday=saturday):
            day += _DAY
        return day

    def _business_days(self, wide: bool, municipal: bool, saturday: bool) -> list[date]:
        """All of them in its years, made once: a hundred thousand cases ask."""
        key = (wide, municipal, saturday)
        if key not in self._kept:
            day, last = date(self.first_year, 1, 1), date(self.last_year, 12, 31)
            days = (day + timedelta(days=count) for count in range((last - day).days + 1))
            self._kept[key] = [
                each for each in days if not self.why_closed(each, wide=wide, municipal=municipal, saturday=saturday)
            ]
        found: list[date] = self._kept[key]
        return found

    def unconfirmed(self, first: date, last: date) -> tuple[int, ...]:
        """The years that these days touch and of which nobody confirmed the official calendar."""
        return tuple(
            year
            for year in range(first.year, last.year + 1)
            if year not in self.confirmed or not self.first_year <= year <= self.last_year
        )

    def as_table(self) -> dict[str, Any]:
        """Everything but ``confirmed``, as JSON can keep it; the same calendar always gives the same table."""
        return {
            "format": 1,
            "country": self.country,
            "subdivision": self.subdivision,
            "zone": self.zone,
            "years": [self.first_year, self.last_year],
            "weekend": sorted(self.weekend),
            "closes_at": self.closes_at.isoformat("minutes"),
            "source": self.source,
            "closed": _rows(self.closed),
            "wide": _rows(self.wide),
            "opened": [[day.isoformat(), self.opened[day]] for day in sorted(self.opened)],
        }

    @staticmethod
    def from_table(table: Mapping[str, Any], confirmed: Iterable[int] = ()) -> Calendar:
        """The calendar that was kept. Raises ``BadCalendar``."""
        try:
            first, last = table["years"]
            return Calendar(
                country=table["country"],
                subdivision=table["subdivision"],
                zone=_zone(table["zone"]),
                first_year=int(first),
                last_year=int(last),
                closed=_read_rows(table["closed"]),
                wide=_read_rows(table["wide"]),
                opened=MappingProxyType({date.fromisoformat(day): str(why) for day, why in table["opened"]}),
                weekend=frozenset(table["weekend"]),
                closes_at=time.fromisoformat(table["closes_at"]),
                source=table["source"],
                confirmed=_official(confirmed),
            )
        except BadCalendar:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise BadCalendar("bad_table", problem=str(error)) from error

    @property
    def sha256(self) -> str:
        """The digest of its table: two calendars with the same one are the same."""
        if "sha256" not in self._kept:
            text = json.dumps(self.as_table(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            self._kept["sha256"] = hashlib.sha256(text.encode()).hexdigest()
        return str(self._kept["sha256"])


def _rows(days: Mapping[date, ClosedDay]) -> list[list[Any]]:
    return [[day.isoformat(), days[day].kind, dict(sorted(days[day].name.items()))] for day in sorted(days)]


def _read_rows(rows: Iterable[Any]) -> Mapping[date, ClosedDay]:
    read = (ClosedDay(date.fromisoformat(day), dict(name), str(kind)) for day, kind, name in rows)
    return MappingProxyType({each.day: each for each in read})


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
    weekend: frozenset[int] | None = None,
    confirmed: Iterable[int] = (),
    closes_at: time = time(17, 0),
) -> Calendar:
    """The calendar of a place. Raises ``BadCalendar``.

    ``country`` "" has no public holidays. ``optional``: optional days that are closed here, by their name in the
    country's language or in English ("Carnaval"): Portugal's Carnival is one, and the package's whole category would
    close the eve of Christmas and Lisbon's own day for the whole country with it. ``weekend``: by default the
    country's. ``confirmed``: years that somebody confirmed.
    """
    if not 1 <= first_year <= last_year <= 9998 or last_year - first_year > _LONGEST:
        raise BadCalendar("bad_years", first=first_year, last=last_year)
    if country:
        subdivision = _known_part(country, subdivision)
    closed: dict[date, ClosedDay] = {}
    wide: dict[date, ClosedDay] = {}
    for year in range(first_year, last_year + 1) if country else ():
        for category in categories:
            closed |= _days_of(country, subdivision, category, year)
        wide |= _optional_days(country, subdivision, year)
    closed |= _by_name(wide, optional, country)
    own = {day: ClosedDay(day, {"en": name} if name else {}, "own") for day, name in _named(extra_closed).items()}
    closed |= {day: each for day, each in own.items() if day not in closed}
    return Calendar(
        country=country,
        subdivision=subdivision,
        zone=_zone(zone or "UTC"),
        first_year=first_year,
        last_year=last_year,
        closed=MappingProxyType(closed),
        wide=MappingProxyType({day: each for day, each in wide.items() if day not in closed}),
        opened=MappingProxyType(_named(extra_open)),
        weekend=_weekend(country) if weekend is None else weekend,
        closes_at=closes_at,
        source=f"holidays {_package().__version__}" if country else "",
        confirmed=_official(confirmed),
    )


def needs_subdivision(country: str) -> bool:
    """Whether a calendar of this country means nothing without one of its parts (the United Kingdom)."""
    return country in NEEDS_SUBDIVISION


def is_known(country: str) -> bool:
    """Whether the package has holidays of this country."""
    return country in _countries()


@cache
def subdivisions(country: str) -> Mapping[str, str]:
    """Code → name of the parts of the country that have days of their own; towns by their own name."""
    if country not in _countries():
        return {}
    kind = getattr(_package(), country)
    names: dict[str, str] = {}
    for name, code in kind.subdivisions_aliases.items():
        names.setdefault(code, name)
    return {code: names.get(code, code) for code in kind.subdivisions}


def optional_days(country: str, subdivision: str, year: int) -> tuple[ClosedDay, ...]:
    """The days that are customary but no statutory holidays: to be closed here only by name."""
    days = _optional_days(country, _known_part(country, subdivision), year)
    return tuple(days[day] for day in sorted(days))


def _official(confirmed: Iterable[int]) -> frozenset[int]:
    return frozenset(confirmed) | frozenset(range(1900, OFFICIAL_UNTIL + 1))


def _zone(zone: str) -> str:
    """A zone that there is; anything else is refused, whatever the system's folder of zones makes of it."""
    try:
        return ZoneInfo(zone).key
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise BadCalendar("unknown_zone", zone=zone) from error


def _named(days: Mapping[date, str] | Iterable[date]) -> dict[date, str]:
    return dict(days) if isinstance(days, Mapping) else dict.fromkeys(days, "")


def _package() -> Any:
    """The package, when it is first needed: it costs a few milliseconds that not every process has to pay."""
    import holidays

    return holidays


@cache
def _countries() -> frozenset[str]:
    return frozenset(_package().list_supported_countries(include_aliases=False))


@cache
def _weekend(country: str) -> frozenset[int]:
    return frozenset(getattr(_package(), country).weekend) if country else WEEKEND


def _known_part(country: str, subdivision: str) -> str:
    """The subdivision's code; a name ("Lisboa") is understood too."""
    if country not in _countries():
        raise BadCalendar("unknown_country", country=country)
    if not subdivision:
        if needs_subdivision(country):
            raise BadCalendar("needs_subdivision", country=country, known=tuple(subdivisions(country)))
        return ""
    kind = getattr(_package(), country)
    code = kind.subdivisions_aliases.get(subdivision, subdivision)
    if code not in kind.subdivisions:
        raise BadCalendar("unknown_subdivision", country=country, subdivision=subdivision, known=kind.subdivisions)
    return str(code)


@cache
def _days_of(country: str, subdivision: str, category: str, year: int) -> Mapping[date, ClosedDay]:
    """The days of one category and year, each with its names and with where it comes from."""
    if category not in getattr(_package(), country).supported_categories:
        raise BadCalendar("unknown_category", country=country, category=category)
    names = _names(country, subdivision, category, year)
    if category != "public":
        return {day: ClosedDay(day, name, "optional") for day, name in names.items()}
    national = _names(country, subdivision if needs_subdivision(country) else "", category, year)
    parent = _CITIES.get((country, subdivision), "")
    region = _names(country, parent, category, year) if parent else names
    town = country == "PT" and subdivision in _DISTRICTS
    kinds = {
        day: "national" if day in national else "municipal" if town or day not in region else "regional"
        for day in names
    }
    return {day: ClosedDay(day, name, kinds[day]) for day, name in names.items()}


def _optional_days(country: str, subdivision: str, year: int) -> dict[date, ClosedDay]:
    if "optional" not in getattr(_package(), country).supported_categories:
        return {}
    return dict(_days_of(country, subdivision, "optional", year))


@cache
def _names(country: str, subdivision: str, category: str, year: int) -> Mapping[date, Texts]:
    """Day → its name in the country's own language and in English, where the package has them."""
    kind = getattr(_package(), country)
    spoken = [each for each in (kind.default_language, "en_GB", "en_US") if each in kind.supported_languages]
    found: dict[date, dict[str, str]] = {}
    for language in reversed(spoken or [None]):
        days = kind(years=year, subdiv=subdivision or None, categories=(category,), language=language, expand=False)
        for day, name in days.items():
            found.setdefault(day, {})[_LANGUAGES.get(language or "", language or "en")] = name
    for names in found.values():
        names.setdefault("en", next(iter(names.values())))
    return found


def _by_name(days: Mapping[date, ClosedDay], wanted: Iterable[str], country: str) -> dict[date, ClosedDay]:
    found: dict[date, ClosedDay] = {}
    for name in wanted:
        plain = name.strip().casefold()
        there = {day: each for day, each in days.items() if plain in {text.casefold() for text in each.name.values()}}
        if not there:
            known = tuple(dict.fromkeys(each.name["en"] for each in days.values()))
            raise BadCalendar("unknown_optional", country=country, name=name, known=known)
        found |= there
    return found
