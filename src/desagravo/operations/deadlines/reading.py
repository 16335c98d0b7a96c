"""Reads a file of cases and says what is wrong with it, case by case and field by field."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from desagravo.rulebook import calendars, policies
from desagravo.rulebook.calendars import BadCalendar
from desagravo.rulebook.counting import Happened
from desagravo.rulebook.policies import KINDS, PAUSING_UNITS, UNITS
from desagravo.rulebook.vocabulary import ATTRIBUTES, EVENTS

BRANCHES: Mapping[str, tuple[str, Mapping[str, bool]]] = {"uk-fca-disp-psd": ("uk-fca-disp", {"psd_or_emd": True})}
"""Names under which a file may ask for one branch of a rulebook."""

_PARAMS = frozenset(
    {"n", "unit", "start", "months_rule", "apply_events", "kind", "bearer", "rule", "cutoff", "roll_forward"}
)
_MOST = {
    "hours": 87_600,
    "calendar_days": 36_525,
    "business_days": 22_000,
    "weeks": 5_200,
    "months": 1_200,
    "years": 100,
}
"""A hundred years of each unit: what is longer is a slip of the pen."""
_AFTER_HOURS = {"after_hours=next_business_day": True, "after_hours=same_day": False}


class Broken(Exception):
    """The file cannot be computed; ``problems`` says why, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    """What ``params`` says about one milestone, in place of the rulebook."""

    n: float = 0
    unit: str = ""
    start: str = "received"
    months_rule: str = "clamp"
    pauses: bool = False
    kind: str = "firm_obligation"
    moves: bool = False
    rolls: bool = False
    cutoff: time | None = None
    """With ``unit`` empty: the day on which a receipt counts, by cut-off (``effective_receipt_date``)."""


@dataclass(frozen=True)
class Case:
    """One case of the file."""

    id: str
    policy: str
    attributes: Mapping[str, Any]
    zone: str
    country: str
    subdivision: str
    categories: tuple[str, ...]
    extra_closed: tuple[date, ...]
    received_at: datetime
    events: tuple[Happened, ...] = ()
    params: Mapping[str, Entry] = field(default_factory=dict)
    expected: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read(path: Path) -> tuple[list[Case], list[str]]:
    """The cases of the file, and what is odd about them but changes nothing. Raises ``Broken``."""
    rows = _rows(path)
    cases: list[Case] = []
    problems: list[str] = []
    remarks: list[str] = []
    for number, row in enumerate(rows, 1):
        who = f"case {row['id']}" if isinstance(row, dict) and isinstance(row.get("id"), str) else f"case {number}"
        if not isinstance(row, dict):
            problems.append(f"{who}: a case is an object with id, policy, timezone, calendar and received_at.")
            continue
        reader = _Reader(row)
        case = reader.case(number)
        problems += [f"{who}: {problem}" for problem in reader.problems]
        remarks += [f"{who}: {remark}" for remark in reader.remarks]
        if case and not reader.problems:
            cases.append(case)
    if problems:
        raise Broken(problems)
    return cases, remarks


def _rows(path: Path) -> list[Any]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Broken([f"{path}: this is no UTF-8 text."]) from None
    except OSError as error:
        raise Broken([f"{path}: the file cannot be read ({error.strerror or error})."]) from None
    if not text.strip():
        raise Broken([f"{path}: the file is empty. It should hold an object with a list of cases."])
    try:
        told = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Broken([f"{path}: this is no JSON ({error.msg}, {where})."]) from None
    except (ValueError, RecursionError) as error:
        raise Broken([f"{path}: this is no JSON that can be read ({error})."]) from None
    rows = told.get("cases") if isinstance(told, dict) else told
    if not isinstance(rows, list):
        raise Broken([f"{path}: there is no list of cases under the key “cases”."])
    if not rows:
        raise Broken([f"{path}: the list of cases is empty."])
    return rows


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


class _Reader:
    """Reads one case and gathers what is wrong."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row
        self.problems: list[str] = []
        self.remarks: list[str] = []

    def wrong(self, sentence: str) -> None:
        self.problems.append(sentence)

    def case(self, number: int) -> Case | None:
        row = self.row
        given = self.text("policy", "the id of a rulebook, for instance pt-livro-reclamacoes")
        policy, attributes = BRANCHES.get(given, (given, {}))
        if given and policy not in policies.shipped():
            known = ", ".join([*policies.shipped(), *BRANCHES])
            self.wrong(f"there is no rulebook “{given}”. The rulebooks are: {known}.")
        zone = self.text("timezone", "an IANA zone, for instance Europe/Lisbon")
        received = self.moment(row.get("received_at"), "received_at")
        calendar = row.get("calendar")
        if not isinstance(calendar, dict):
            self.wrong("“calendar” is missing; it should be an object with country and subdivision.")
            calendar = {}
        country = str(calendar.get("country") or "")
        if calendar and not country:
            self.wrong("“calendar” names no country; it should be a code of two letters, for instance PT.")
        params = self.params()
        if "id" in row and not isinstance(row["id"], str):
            self.wrong("“id” should be a text.")
        made = Case(
            id=str(row.get("id", number)),
            policy=policy,
            attributes={**attributes, **self.attributes()},
            zone=zone,
            country=country,
            subdivision=str(calendar.get("subdivision") or ""),
            categories=tuple(str(each) for each in self.listed(calendar, "categories", ["public"])),
            extra_closed=tuple(self.days(self.listed(calendar, "extra_closed_days", []))),
            received_at=received or datetime.min,  # noqa: DTZ901 - never used: the problem is on the list
            events=tuple(self.events()),
            params=params,
            expected=self.expected(),
        )
        if zone and country and received:
            self.calendar(made)
        return made if received else None

    def text(self, name: str, like: str) -> str:
        value = self.row.get(name)
        if not isinstance(value, str) or not value.strip():
            self.wrong(f"“{name}” is missing; it should be {like}.")
            return ""
        return value.strip()

    def listed(self, table: Mapping[str, Any], name: str, otherwise: list[Any]) -> list[Any]:
        value = table.get(name)
        if value is None:
            return otherwise
        if not isinstance(value, list):
            self.wrong(f"“{name}” should be a list.")
            return otherwise
        return value

    def moment(self, value: Any, name: str) -> datetime | None:
        like = "a moment with its offset, for instance 2026-04-01T10:00:00+01:00"
        if value is None:
            self.wrong(f"“{name}” is missing; it should be {like}.")
            return None
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None:
            self.wrong(f"“{name}” says “{value}”, which is no date and time; it should be {like}.")
            return None
        if moment.tzinfo is None:
            self.wrong(f"“{name}” says “{value}” without an offset; it should be {like}.")
            return None
        if not 1900 <= moment.year <= 2200:
            self.wrong(f"“{name}” says “{value}”; the year should lie between 1900 and 2200.")
            return None
        return moment

    def days(self, given: list[Any]) -> Iterator[date]:
        for value in given:
            try:
                yield date.fromisoformat(value)
            except (TypeError, ValueError):
                self.wrong(f"“extra_closed_days” names “{value}”, which is no date; it should be like 2026-02-17.")

    def events(self) -> Iterator[Happened]:
        for number, event in enumerate(self.listed(self.row, "events", []), 1):
            if not isinstance(event, dict) or not isinstance(event.get("type"), str):
                self.wrong(f"event {number} should be an object with “type” and “at”.")
                continue
            at = self.moment(event.get("at"), f"events {number} at")
            if event["type"] not in {*EVENTS, *ATTRIBUTES, "known", "met"}:
                self.remarks.append(f"no rulebook knows the event “{event['type']}”.")
            facts = event.get("facts", {})
            if not isinstance(facts, dict):
                self.wrong(f"the “facts” of event {number} should be an object.")
                continue
            if at:
                yield Happened(event["type"], at, str(event.get("milestone", "")), facts)

    def attributes(self) -> dict[str, Any]:
        given = self.row.get("attributes", {})
        if not isinstance(given, dict):
            self.wrong("“attributes” should be an object.")
            return {}
        for name, value in given.items():
            codes = ATTRIBUTES.get(name, ())
            if name not in ATTRIBUTES:
                self.wrong(f"there is no attribute “{name}”. The attributes are: {', '.join(sorted(ATTRIBUTES))}.")
            elif codes is None and not isinstance(value, bool | None):
                self.wrong(f"the attribute “{name}” is true or false, not “{value}”.")
            elif codes is not None and value is not None and value not in codes:
                self.wrong(f"the attribute “{name}” is one of {', '.join(codes)}, not “{value}”.")
        return given

    def expected(self) -> Mapping[str, Mapping[str, Any]]:
        given = self.row.get("expected", {})
        if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
            self.wrong("“expected” should be an object: a milestone and what is expected of it.")
            return {}
        return given

    def params(self) -> dict[str, Entry]:
        given = self.row.get("params") or {}
        if not isinstance(given, dict):
            self.wrong("“params” should be an object: a milestone and how it is counted.")
            return {}
        made = {}
        for name, row in given.items():
            if not isinstance(row, dict):
                self.wrong(f"“params” of {name} should be an object with n and unit.")
                continue
            for key in sorted(set(row) - _PARAMS):
                self.remarks.append(f"“{key}” of {name} in “params” is not known and changes nothing.")
            made[name] = self.entry(name, row)
        return made

    def entry(self, name: str, row: dict[str, Any]) -> Entry:
        start = row.get("start", "received")
        if not isinstance(start, str) or not start:
            self.wrong(f"“start” of {name} should name an event.")
            start = "received"
        moves, cutoff = self.after_hours(name, row)
        if "rule" in row and "n" not in row:
            return Entry(start=start, moves=moves, cutoff=cutoff)
        unit = row.get("unit")
        if unit not in UNITS:
            said = f"says “{unit}”" if unit is not None else "is missing"
            self.wrong(f"“unit” of {name} {said}; it should be one of {', '.join(UNITS)}.")
            unit = "hours"
        n = self.number(name, row, unit)
        for key, known in (("months_rule", ("clamp", "next_day")), ("kind", KINDS), ("bearer", ("firm", "customer"))):
            if key in row and row[key] not in known:
                self.wrong(f"“{key}” of {name} says “{row[key]}”; it should be one of {', '.join(known)}.")
        pauses = row.get("apply_events", False)
        if not isinstance(pauses, bool):
            self.wrong(f"“apply_events” of {name} is true or false.")
        if pauses is True and unit not in PAUSING_UNITS:
            self.wrong(f"{name} is counted in {unit}, in which no days can be left out for a pause.")
        rolls = row.get("roll_forward", False)
        if not isinstance(rolls, bool):
            self.wrong(f"“roll_forward” of {name} is true or false.")
        kind = row.get("kind", "customer_window" if row.get("bearer") == "customer" else "firm_obligation")
        return Entry(
            n, unit, start, row.get("months_rule", "clamp"), pauses is True, kind, moves, rolls is True, cutoff
        )

    def number(self, name: str, row: dict[str, Any], unit: str) -> float:
        n = row.get("n")
        if isinstance(n, bool) or not isinstance(n, int | float) or not math.isfinite(n):
            said = f"says “{n}”" if "n" in row else "is missing"
            self.wrong(f"“n” of {name} {said}; it should be a number.")
        elif n < 0:
            self.wrong(f"“n” of {name} is {n}; it cannot be negative.")
        elif n != int(n) and unit != "hours":
            self.wrong(f"“n” of {name} is {n}; only hours have fractions.")
        elif n > _MOST[unit]:
            self.wrong(f"“n” of {name} is {n} {unit}, more than a hundred years.")
        else:
            return n
        return 0

    def after_hours(self, name: str, row: dict[str, Any]) -> tuple[bool, time | None]:
        if "rule" not in row:
            return False, None
        if row["rule"] not in _AFTER_HOURS:
            self.wrong(f"“rule” of {name} says “{row['rule']}”; it should be one of {', '.join(_AFTER_HOURS)}.")
            return False, None
        cutoff = row.get("cutoff")
        try:
            return _AFTER_HOURS[row["rule"]], time.fromisoformat(cutoff) if cutoff is not None else None
        except (TypeError, ValueError):
            self.wrong(f"“cutoff” of {name} says “{cutoff}”; it should be a time, for instance 18:00.")
            return False, None

    def calendar(self, case: Case) -> None:
        """Is there such a calendar?"""
        year = case.received_at.year
        try:
            calendars.make(
                case.country, case.subdivision, case.zone, first_year=year, last_year=year, categories=case.categories
            )
        except BadCalendar as problem:
            self.wrong(_in_words(problem))


def _in_words(problem: BadCalendar) -> str:
    facts = {
        name: ", ".join(map(str, fact)) if isinstance(fact, tuple) else fact for name, fact in problem.facts.items()
    }
    return {
        "unknown_country": "there is no calendar for the country “{country}”; it should be a code like PT.",
        "needs_subdivision": "the calendar of {country} needs a subdivision, because its parts have different days: "
        "one of {known}.",
        "unknown_subdivision": "{country} has no part “{subdivision}”. Its parts are: {known}.",
        "unknown_category": "{country} has no category of holidays “{category}”; the usual one is public.",
        "unknown_zone": "there is no time zone “{zone}”; it should be an IANA zone, for instance Europe/Lisbon.",
    }[problem.code].format(**facts)
