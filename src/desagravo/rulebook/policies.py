"""Reads and checks the rulebook of a jurisdiction. Pure, without Django.

A rulebook ("policy" in its file) says which limits a case has, from which event each is counted, who bears it, and what
an answer must contain. Its file is TOML; the format is described in ``docs/rulebooks.md``. ``check()`` says what is wrong
in words that a manager understands, ``read()`` makes the frozen :class:`Policy` that :mod:`rulebook.clocks` counts with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from desagravo.rulebook.conditions import Condition
from desagravo.rulebook.problems import Place, Problem
from desagravo.rulebook.words import Texts

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
    while this holds. ``replaces``: key of the limit that it supersedes meanwhile. ``hold``: (event, event) between which
    a customer's own limit stands still. ``evidence``: that of this limit where it differs from the file's.
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
    business_day: str = ""


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
    sector: str = ""
    status: str = ""
    scope: str = ""
    pending: str = ""
    watch: str = ""
    in_force_from: date | None = None
    applies_from: date | None = None
    intake: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    closing: Mapping[str, Any] = field(default_factory=dict)
    closure: Mapping[str, Any] = field(default_factory=dict)
    retention: Mapping[str, Any] = field(default_factory=dict)
    reporting: Mapping[str, Any] = field(default_factory=dict)
    indicators: Mapping[str, Any] = field(default_factory=dict)
    penalty_note: str = ""

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
    """The rulebook that this table describes. The table was checked: a wrong one raises ``KeyError`` or ``ValueError``."""
    raise NotImplementedError


def check(table: Mapping[str, Any], where: Place) -> list[Problem]:
    """Everything that is wrong with this table; an empty list means that it can be published.

    ``where`` is the place of the book (``Place("policy:uk-fca-disp")``), with its file where it came from one.
    """
    raise NotImplementedError


def check_text(text: str, where: Place) -> tuple[Mapping[str, Any], list[Problem]]:
    """The same for the text of a file: the table and its problems, each with its line; also what is no TOML at all."""
    raise NotImplementedError


def shipped() -> Mapping[str, Mapping[str, Any]]:
    """Id → table of every rulebook that lies in the package, in alphabetical order."""
    raise NotImplementedError
