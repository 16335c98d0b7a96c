"""Reads and checks the rulebook of a jurisdiction. Pure, without Django.

A rulebook ("policy" in its file) says which limits a case has, from which event each is counted, who bears it, and
what an answer must contain. Its file is TOML; the format is described in ``docs/rulebooks.md``. ``check()`` says what
is wrong in words that a manager understands, ``read()`` makes the frozen :class:`Policy` that :mod:`rulebook.clocks`
counts with.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from desagravo.rulebook import conditions
from desagravo.rulebook.conditions import Condition
from desagravo.rulebook.problems import Place, Problem
from desagravo.rulebook.words import Texts, say

FOLDER = Path(__file__).parent / "books"
"""Where the rulebooks that the product brings along lie, a file each."""

KINDS = ("firm_obligation", "target", "customer_window", "retention_min", "route_option")
BEARERS = ("firm", "customer")
UNITS = ("hours", "calendar_days", "business_days", "weeks", "months", "years")
PAUSING_UNITS = ("calendar_days", "business_days")
"""The units in which days can be left out."""


@dataclass(frozen=True)
class Item:
    """Something that a message must contain: its code in the file, and what people call it in each language."""

    code: str
    name: Texts


@dataclass(frozen=True)
class Milestone:
    """One limit: ``n`` units from an event, who bears it, and what fulfils it.

    ``met_by`` names the events that fulfil it, ``alternative`` a letter that does so as well (event
    ``<alternative>_sent``); ``ended_by`` the events after which it need no longer be met. ``on``: the limit exists only
    while this holds. ``replaces``: key of the limit that it supersedes meanwhile. ``hold``: (event, event) between
    which a customer's own limit stands still. ``evidence``: that of this limit where it differs from the file's.
    """

    key: str
    name: Texts
    n: float
    unit: str
    start: str
    kind: str
    bearer: str
    source: str = ""
    evidence: str = ""
    on: Condition | None = None
    replaces: str = ""
    months_rule: str = "clamp"
    met_by: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()
    must_include: tuple[Item, ...] = ()
    closes: bool = False
    """``time = "close_of_business"``: due at the closing hour of the establishment, not at the end of the day."""
    alternative: str = ""
    repeat: bool = False
    attach: tuple[Item, ...] = ()
    on_expiry: str = ""
    service_level: Texts = field(default_factory=dict)
    shorter_by_sector: bool = False
    hold: tuple[str, str] | None = None


@dataclass(frozen=True)
class Extension:
    """How a limit may be made longer: by ``add`` units at most (exactly, unless ``up_to``), so many times, and only
    when every item of ``requires`` is recorded with it."""

    of: str
    add: float
    unit: str
    max_times: int
    requires: tuple[str, ...]
    up_to: bool = False
    source: str = ""


@dataclass(frozen=True)
class Response:
    """What an answer must contain and how it goes out. ``letter`` is the kind of letter, empty for the final answer."""

    letter: str = ""
    must_include: tuple[Item, ...] = ()
    types: tuple[str, ...] = ()
    channel: str = ""
    medium: tuple[str, ...] = ()
    same_language: bool = False
    same_channel_unless_chosen: bool = False
    customer_can: tuple[Item, ...] = ()


@dataclass(frozen=True)
class CalendarRule:
    """What the rulebook says about days. ``country`` is empty where the establishment's own calendar counts."""

    country: str = ""
    subdivision: str = ""
    zone: str = ""
    roll_forward: bool = False
    after_hours: str = "same_day"
    cutoff: time | None = None
    saturday: bool = False
    """Is a Saturday a business day?"""
    municipal: bool = True
    """Do municipal holidays close this clock?"""
    business_day: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """The rulebook of a jurisdiction. ``at`` quotes it as cases keep it: ``uk-fca-disp@2026.2``.

    The tables that no clock needs (``intake``, ``record``, ``closing``, ``closure``, ``retention``, ``reporting``,
    ``indicators``) are kept as they stand in the file.
    """

    id: str
    version: str
    name: Texts
    title: str
    evidence: str
    review_by: date | None
    milestones: tuple[Milestone, ...]
    calendar: CalendarRule
    opens_with: str
    """The event that opens the rulebook on a case (``[clock] start``)."""
    pause: str = "none"
    on_incomplete: str = "none"
    extensions: tuple[Extension, ...] = ()
    response: Response = field(default_factory=Response)
    letters: Mapping[str, Response] = field(default_factory=dict)
    """Kind of letter → what it must contain (``holding``, ``eight_week_letter``, ``summary_resolution``)."""
    jurisdiction: str = ""
    sector: Texts = field(default_factory=dict)
    status: str = ""
    scope: Texts = field(default_factory=dict)
    pending: Texts = field(default_factory=dict)
    watch: Texts = field(default_factory=dict)
    in_force_from: date | None = None
    applies_from: date | None = None
    intake: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    closing: Mapping[str, Any] = field(default_factory=dict)
    closure: Mapping[str, Any] = field(default_factory=dict)
    retention: Mapping[str, Any] = field(default_factory=dict)
    reporting: Mapping[str, Any] = field(default_factory=dict)
    indicators: Mapping[str, Any] = field(default_factory=dict)
    penalty_note: Texts = field(default_factory=dict)
    words: Mapping[str, Texts] = field(default_factory=dict)
    """Code → what people call it in each language: everything that an answer, a record or a closing needs."""

    def say(self, code: str, language: str) -> str:
        """What people call this code of the rulebook."""
        return say(self.words[code], language) if code in self.words else code

    @property
    def at(self) -> str:
        """Id and version, as cases and events quote the rulebook."""
        return f"{self.id}@{self.version}"

    def milestone(self, key: str) -> Milestone:
        """One limit; raises ``KeyError`` if there is none of that key."""
        for each in self.milestones:
            if each.key == key:
                return each
        raise KeyError(key)


def read(table: Mapping[str, Any]) -> Policy:
    """The rulebook that this table describes. The table was checked; a wrong one raises ``KeyError``, ``TypeError`` or
    ``ValueError``."""
    about, words = table["policy"], table.get("words", {})
    letters = {name: each for name, each in table.get("response", {}).items() if isinstance(each, Mapping)}
    return Policy(
        id=about["id"],
        version=about["version"],
        name=about["name"],
        title=about["title"],
        evidence=about["evidence"],
        review_by=about.get("review_by"),
        milestones=tuple(_milestone(row, words) for row in table["milestone"]),
        calendar=_calendar(table.get("calendar", {})),
        opens_with=table["clock"]["start"],
        pause=table["clock"].get("pause", "none"),
        on_incomplete=table["clock"].get("on_incomplete", "none"),
        extensions=tuple(_extension(row) for row in extension_rows(table)),
        response=_response("", table.get("response", {}), words),
        letters=MappingProxyType({name: _response(name, each, words) for name, each in letters.items()}),
        words=MappingProxyType(dict(words)),
        penalty_note=table.get("penalty_note", {}).get("text", {}),
        **_rest(table),
    )


def _rest(table: Mapping[str, Any]) -> dict[str, Any]:
    about = {name: table["policy"][name] for name in _ABOUT if name in table["policy"]}
    return about | {name: MappingProxyType(dict(table.get(name, {}))) for name in _KEPT}


_ABOUT = ("jurisdiction", "sector", "status", "scope", "pending", "watch", "in_force_from", "applies_from")
_KEPT = ("intake", "record", "closing", "closure", "retention", "reporting", "indicators")


def extension_rows(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The extensions: one table, or several."""
    given = table.get("extension", [])
    return [given] if isinstance(given, Mapping) else list(given)


def _items(codes: Iterable[str], words: Mapping[str, Texts]) -> tuple[Item, ...]:
    return tuple(Item(code, words.get(code, {"en": code})) for code in codes)


def _milestone(row: Mapping[str, Any], words: Mapping[str, Texts]) -> Milestone:
    return Milestone(
        key=row["key"],
        name=row["name"],
        n=row["n"],
        unit=row["unit"],
        start=row["from"],
        kind=row["kind"],
        bearer=row["bearer"],
        source=row.get("source", ""),
        evidence=row.get("evidence", ""),
        on=conditions.read(row["on"]) if "on" in row else None,
        replaces=row.get("replaces", ""),
        months_rule=row.get("months_rule", "clamp"),
        met_by=tuple(row.get("met_by", ())),
        ended_by=tuple(row.get("ended_by", usual_ends(row))),
        must_include=_items(row.get("must_include", ()), words),
        closes=row.get("time") == "close_of_business",
        alternative=row.get("alternative", ""),
        repeat=row.get("repeat", False),
        attach=_items(row.get("attach", ()), words),
        on_expiry=row.get("on_expiry", ""),
        service_level=row.get("service_level", {}),
        shorter_by_sector=row.get("sector_override_allowed") == "shorter",
        hold=(row["hold"]["from"], row["hold"]["until"]) if "hold" in row else None,
    )


def usual_ends(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What ends a limit of which the file does not say it: nothing a customer's window or a retention period; a
    withdrawn complaint what the firm owes; the closing what the house repeats or aims at, unless it begins there."""
    if row["kind"] not in {"firm_obligation", "target", "route_option"}:
        return ()
    closing = (row["kind"] == "target" or row.get("repeat", False)) and row["from"] != "closed"
    return ("withdrawn", "closed") if closing else ("withdrawn",)


def _extension(row: Mapping[str, Any]) -> Extension:
    return Extension(
        of=row["of"],
        add=row["add"],
        unit=row["unit"],
        max_times=row.get("max_times", 1),
        requires=tuple(row["requires"]),
        up_to=row.get("up_to", False),
        source=row.get("source", ""),
    )


def _response(letter: str, row: Mapping[str, Any], words: Mapping[str, Texts]) -> Response:
    return Response(
        letter=letter,
        must_include=_items(row.get("must_include", ()), words),
        types=tuple(row.get("types", ())),
        channel=row.get("channel", ""),
        medium=tuple(row.get("medium", ())),
        same_language=row.get("same_language", False),
        same_channel_unless_chosen=row.get("same_channel_unless_chosen", False),
        customer_can=_items(row.get("customer_can", ()), words),
    )


def _calendar(row: Mapping[str, Any]) -> CalendarRule:
    country = row.get("country", "")
    return CalendarRule(
        country="" if country == "tenant" else country,
        subdivision=row.get("subdivision", ""),
        zone=row.get("timezone", ""),
        roll_forward=row.get("roll_forward", False),
        after_hours=row.get("after_hours", "same_day"),
        cutoff=time.fromisoformat(row["cutoff"]) if "cutoff" in row else None,
        saturday=row.get("saturday_is_business_day", False),
        municipal=row.get("municipal_holiday", True),
        business_day=row.get("business_day_definition", {}),
    )


def check(table: Mapping[str, Any], where: Place) -> list[Problem]:
    """Everything that is wrong with this table; an empty list means that it can be published.

    ``where`` is the place of the book (``Place("policy:uk-fca-disp")``), with its file where it came from one.
    """
    from desagravo.rulebook import policy_checks

    return policy_checks.check(table, where)


def check_text(text: str, where: Place) -> tuple[Mapping[str, Any], list[Problem]]:
    """The same for the text of a file: the table and its problems, each with its line; also what is no TOML at all."""
    from desagravo.rulebook import policy_checks

    return policy_checks.check_text(text, where)


@cache
def shipped() -> Mapping[str, Mapping[str, Any]]:
    """Id → table of every rulebook that lies in the package, in alphabetical order."""
    tables = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
    return MappingProxyType(tables)


@cache
def shipped_policy(policy: str) -> Policy:
    """One rulebook of the package, read. Raises ``KeyError``."""
    return read(shipped()[policy])
