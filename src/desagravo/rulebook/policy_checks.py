"""Everything that can be wrong with the rulebook of a jurisdiction, said so that a manager can put it right.

Pure, without Django. Keys, events and attributes that nobody knows are refused: a slip of the pen must not switch an
obligation off.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from desagravo.rulebook import calendars, conditions
from desagravo.rulebook.calendars import BadCalendar
from desagravo.rulebook.policies import BEARERS, KINDS, PAUSING_UNITS, UNITS, extension_rows
from desagravo.rulebook.problems import POLICY, Place, Problem, Sentence
from desagravo.rulebook.problems import sentence as _
from desagravo.rulebook.vocabulary import ATTRIBUTES, EVENTS
from desagravo.rulebook.words import LANGUAGES

Table = Mapping[str, Any]
Check = Callable[[Any], Sentence | None]

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST = {"hours": 8_760, "calendar_days": 3_660, "business_days": 2_500, "weeks": 520, "months": 600, "years": 100}


# what a value must be


def _text(value: Any) -> Sentence | None:
    return None if isinstance(value, str) and value.strip() else _("Give a text.")


def _id(value: Any) -> Sentence | None:
    if isinstance(value, str) and _ID.fullmatch(value) and len(value) <= 40:
        return None
    return _("Give a short name of small letters, digits and hyphens, for instance uk-fca-disp.")


def _code(value: Any) -> Sentence | None:
    if isinstance(value, str) and _CODE.fullmatch(value) and len(value) <= 60:
        return None
    return _("Give a code of small letters, digits and underscores, for instance final_response.")


def _codes(value: Any) -> Sentence | None:
    if isinstance(value, list) and value and all(_code(each) is None for each in value):
        twice = sorted({each for each in value if value.count(each) > 1})
        return _("%(code)s is there twice.", code=twice[0]) if twice else None
    return _('Give a list of codes, for instance ["reasons", "decision"].')


def _texts(value: Any) -> Sentence | None:
    if not isinstance(value, Mapping):
        return _("Give the words in every language: { en = …, pt-pt = …, es = … }.")
    for language in value:
        if language not in {*LANGUAGES, "pt-br"}:
            return _("There is no language %(language)s; there are en, pt-pt, pt-br and es.", language=language)
    for language in LANGUAGES:
        if not isinstance(value.get(language), str) or not value[language].strip():
            return _("There are no words in %(language)s.", language=language)
    return None


def _yes_no(value: Any) -> Sentence | None:
    return None if isinstance(value, bool) else _("This is true or false.")


def _day(value: Any) -> Sentence | None:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return None if is_day else _("Give a date without quotation marks, for instance 2027-01-31.")


def _number(value: Any) -> Sentence | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return _("Give a number.")
    return _("This cannot be negative.") if value < 0 else None


def _whole(value: Any) -> Sentence | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return _("Give a whole number, not below nought.")
    return None


def _hour(value: Any) -> Sentence | None:
    try:
        time.fromisoformat(value)
    except (TypeError, ValueError):
        return _("Give a time of day in quotation marks, for instance “18:00”.")
    return None


def _zone(value: Any) -> Sentence | None:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, TypeError, OSError):
        return _("There is no such time zone. Give one like Europe/Lisbon.")
    return None


def _event(value: Any) -> Sentence | None:
    if isinstance(value, str) and value in EVENTS:
        return None
    return _none_such(_("There is no event %(name)s.", name=value), str(value), EVENTS)


def _events(value: Any) -> Sentence | None:
    if not isinstance(value, list):
        return _('Give a list of events, for instance ["final_response_sent"].')
    return next((problem for each in value if (problem := _event(each))), None)


def _hold(value: Any) -> Sentence | None:
    if not isinstance(value, Mapping) or set(value) != {"from", "until"}:
        return _('Give two events: { from = "received", until = "negative_answer_sent" }.')
    return _event(value["from"]) or _event(value["until"])


def _one_of(*known: str) -> Check:
    def check(value: Any) -> Sentence | None:
        if isinstance(value, str) and value in known:
            return None
        return _none_such(_("%(name)s is not known here.", name=value), str(value), known, all_=len(known) < 9)

    return check


def _evidence(value: Any) -> Sentence | None:
    if isinstance(value, str) and value and set(value.split("/")) <= {"V", "S", "R", "I"}:
        return None
    return _(
        "Say how this is known: V (the rule was read), S (a secondary source), R (recalled), I (our reading), several "
        "joined by a stroke."
    )


def _scale(value: Any) -> Sentence | None:
    if isinstance(value, list) and len(value) == 2 and all(_whole(each) is None for each in value):
        return None
    return _("Give the lowest and the highest mark, for instance [1, 5].")


def _none_such(said: Sentence, name: str, known: Any, *, all_: bool = False) -> Sentence:
    near = get_close_matches(name, sorted(known), 1, 0.6)
    if near:
        return _("%(said)s Did you mean %(near)s?", said=said, near=near[0])
    if all_:
        return _("%(said)s There are: %(known)s.", said=said, known=", ".join(known))
    return said


# what stands in each table; an exclamation mark where it must

_TABLES: Mapping[str, Mapping[str, Check]] = {
    "policy": {
        "id!": _id,
        "version!": _text,
        "title!": _text,
        "name!": _texts,
        "evidence!": _evidence,
        "review_by!": _day,
        "jurisdiction": _text,
        "sector": _texts,
        "status": _one_of("house_default"),
        "scope": _texts,
        "in_force_from": _day,
        "applies_from": _day,
        "pending": _texts,
        "watch": _texts,
    },
    "calendar": {
        "country": _text,
        "subdivision": _text,
        "timezone": _zone,
        "tenant": _yes_no,
        "roll_forward": _yes_no,
        "after_hours": _one_of("same_day", "next_business_day"),
        "cutoff": _hour,
        "saturday_is_business_day": _yes_no,
        "municipal_holiday": _yes_no,
        "business_day_definition": _texts,
    },
    "clock": {
        "start!": _event,
        "pause": _one_of("none", "end_of_day"),
        "on_incomplete": _one_of("none", "restart"),
    },
    "response": {
        "types": _codes,
        "must_include": _codes,
        "channel": _code,
        "medium": _codes,
        "same_language": _yes_no,
        "same_channel_unless_chosen": _yes_no,
        "customer_can": _codes,
    },
    "intake": {
        "data_before_agent": _yes_no,
        "free": _yes_no,
        "first_menu": _codes,
        "human_hours_per_day_min": _number,
        "dropped_call": _codes,
        "advertising_while_waiting": _code,
        "preconditions_credit_reporting": _codes,
    },
    "record": {"required!": _codes},
    "closing": {
        "codes": _codes,
        "interim": _codes,
        "administrative": _codes,
        "consumer_codes": _codes,
        "satisfaction_scale": _scale,
        "monetary_relief_requires": _codes,
    },
    "closure": {"requires": _codes, "forbid": _codes, "hold": _codes, "different_handler_at_stage2": _yes_no},
    "retention": {
        "record_years": _number,
        "from": _event,
        "record_years_collective_portfolio": _number,
        "closed_book_years": _number,
        "recording_until": _code,
        "evaluation_docs_years": _number,
        "set_by_tenant": _yes_no,
    },
    "reporting": {
        "return": _texts,
        "first_period": _text,
        "publish_threshold_complaints": _whole,
        "buckets": _codes,
        "evaluation": _texts,
        "audit": _texts,
        "management_review": _texts,
        "max_measurement_error_pct": _number,
        "public": _yes_no,
        "available_to_authority": _texts,
    },
    "indicators": {"list!": _codes},
    "penalty_note": {"text!": _texts},
}

_MILESTONE: Mapping[str, Check] = {
    "key!": _code,
    "name!": _texts,
    "n!": _number,
    "unit!": _one_of(*UNITS),
    "from!": _event,
    "kind!": _one_of(*KINDS),
    "bearer!": _one_of(*BEARERS),
    "source!": _text,
    "evidence": _evidence,
    "on": _text,
    "replaces": _code,
    "months_rule": _one_of("clamp", "next_day"),
    "met_by": _events,
    "ended_by": _events,
    "must_include": _codes,
    "time": _one_of("close_of_business"),
    "alternative": _code,
    "repeat": _yes_no,
    "attach": _codes,
    "on_expiry": _code,
    "service_level": _texts,
    "sector_override_allowed": _one_of("shorter"),
    "hold": _hold,
}

_EXTENSION: Mapping[str, Check] = {
    "of!": _code,
    "add!": _number,
    "unit!": _one_of(*UNITS),
    "max_times": _whole,
    "requires!": _codes,
    "up_to": _yes_no,
    "source": _text,
}

_KNOWN_TABLES = (*_TABLES, "milestone", "extension", "words")

_WORDED: Mapping[str, tuple[str, ...]] = {
    "response": ("must_include", "types", "customer_can", "medium", "channel"),
    "record": ("required",),
    "closing": ("codes", "interim", "administrative", "consumer_codes", "monetary_relief_requires"),
    "closure": ("requires", "forbid", "hold"),
    "reporting": ("buckets",),
    "indicators": ("list",),
    "intake": ("first_menu", "dropped_call", "preconditions_credit_reporting", "advertising_while_waiting"),
    "retention": ("recording_until",),
}
"""Codes that people read, and therefore have words in ``[words]``."""


def check(table: Table, where: Place) -> list[Problem]:
    """Everything that is wrong; see ``policies.check``."""
    found = list(_shapes(table, where))
    if not found:  # only what is whole can be compared with itself
        found = list(_sense(table, where))
    return found


def _shapes(table: Table, where: Place) -> Iterator[Problem]:
    for name in table:
        if name not in _KNOWN_TABLES:
            said = _none_such(_("There is no table %(name)s here.", name=name), name, _KNOWN_TABLES)
            yield Problem(where.at(name), said)
    for name in ("policy", "clock", "milestone"):
        if name not in table:
            yield Problem(where, _("The table %(name)s is missing.", name=name))
    for name, keys in _TABLES.items():
        if name in table:
            inner = (
                {key for key, value in table[name].items() if isinstance(value, Mapping)}
                if _is_table(table[name])
                else ()
            )
            letters = inner if name == "response" else ()
            yield from _keys(table[name], keys, where.at(name), but=letters)
            for letter in letters:
                yield from _keys(table[name][letter], keys, where.at(name, letter))
    yield from _rows(table.get("milestone", []), _MILESTONE, where.at("milestone"), "key")
    if "extension" in table and not _is_table(table["extension"]):
        yield from _rows(table["extension"], _EXTENSION, where.at("extension"), "of")
    elif "extension" in table:
        yield from _keys(table["extension"], _EXTENSION, where.at("extension"))
    yield from _words(table.get("words", {}), where.at("words"))


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _keys(row: Any, keys: Mapping[str, Check], where: Place, but: Any = ()) -> Iterator[Problem]:
    """Every key is known and its value is of the right kind; none is missing."""
    if not _is_table(row):
        yield Problem(where, _("This should be a table."))
        return
    checks = {key.removesuffix("!"): check for key, check in keys.items()}
    for name, value in row.items():
        if name in but:
            continue
        if name not in checks:
            said = _none_such(_("The key %(name)s is not known here.", name=name), name, checks)
            yield Problem(where.at(name), said)
        elif problem := checks[name](value):
            yield Problem(where.at(name), problem)
    for key in keys:
        if key.endswith("!") and key[:-1] not in row:
            yield Problem(where.at(key[:-1]), _("The key %(name)s is missing.", name=key[:-1]))


def _rows(rows: Any, keys: Mapping[str, Check], where: Place, name: str) -> Iterator[Problem]:
    if not isinstance(rows, list) or not rows:
        yield Problem(
            where, _("There should be at least one of these, each under [[%(table)s]].", table=where.path[-1])
        )
        return
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        called = str(row.get(name, number)) if _is_table(row) else str(number)
        if called in seen:
            yield Problem(where.at(called), _("%(key)s is there twice; each has a key of its own.", key=called))
        seen.add(called)
        yield from _keys(row, keys, where.at(called))


def _words(words: Any, where: Place) -> Iterator[Problem]:
    if not _is_table(words):
        yield Problem(where, _("This should be a table."))
        return
    for code, texts in words.items():
        if problem := _texts(texts):
            yield Problem(where.at(code), problem)


def _sense(table: Table, where: Place) -> Iterator[Problem]:
    """What is well formed and makes no sense all the same."""
    yield from _about(table, where)
    yield from _calendar(table.get("calendar", {}), where.at("calendar"))
    rows = table["milestone"]
    by_key = {row["key"]: row for row in rows}
    for row in rows:
        here = where.at("milestone", row["key"])
        yield from _milestone(row, table, here)
        yield from _replaces(row, by_key, here)
    yield from _restart(table, where.at("clock", "on_incomplete"))
    yield from _extensions(table, by_key, where.at("extension"))
    yield from _unnamed(table, where.at("words"))


def _about(table: Table, where: Place) -> Iterator[Problem]:
    about = table["policy"]
    wanted = where.book.removeprefix(POLICY)
    if where.book.startswith(POLICY) and wanted and wanted != about["id"]:
        yield Problem(
            where.at("policy", "id"),
            _("The rulebook is called %(id)s here and %(other)s elsewhere.", id=about["id"], other=wanted),
        )
    jurisdiction = about.get("jurisdiction", "EU")
    if jurisdiction != "EU" and not re.fullmatch("[A-Z]{2}", jurisdiction):
        yield Problem(where.at("policy", "jurisdiction"), _("Give a country's code of two letters, or EU."))
    first, last = about.get("in_force_from"), about.get("applies_from")
    if first and last and last < first:
        yield Problem(where.at("policy", "applies_from"), _("This comes before the day on which it is in force."))


def _calendar(row: Table, where: Place) -> Iterator[Problem]:
    moves = row.get("after_hours") == "next_business_day"
    if moves and "cutoff" not in row:
        yield Problem(where.at("cutoff"), _("Say until which hour a receipt counts on the same day."))
    if "cutoff" in row and not moves:
        yield Problem(where.at("cutoff"), _('This needs after_hours = "next_business_day"; without it no hour counts.'))
    country = row.get("country", "")
    if country in {"", "tenant"} or row.get("tenant"):
        if country not in {"", "tenant"}:
            yield Problem(where.at("country"), _("Give either a country, or tenant = true; not both."))
        if "subdivision" in row:
            yield Problem(where.at("subdivision"), _("A part of a country needs the country."))
        return
    try:
        calendars.make(country, row.get("subdivision", ""), "UTC", first_year=2026, last_year=2026)
    except BadCalendar as problem:
        yield Problem(
            where.at("country" if problem.code == "unknown_country" else "subdivision"), bad_calendar(problem)
        )


def bad_calendar(problem: BadCalendar) -> Sentence:
    """What is wrong with a place, in words."""
    known = ", ".join(problem.facts.get("known", ())[:60])
    country = problem.facts.get("country", "")
    if problem.code == "needs_subdivision":
        return _(
            "The parts of %(country)s have different holidays. Give one of: %(known)s.", country=country, known=known
        )
    if problem.code == "unknown_subdivision":
        return _("%(country)s has no such part. Its parts are: %(known)s.", country=country, known=known)
    if problem.code == "unknown_country":
        return _("There is no calendar of holidays for %(country)s.", country=country)
    return _("There is no such calendar.")


def _milestone(row: Table, table: Table, where: Place) -> Iterator[Problem]:
    yield from _measure(row, where)
    customers = row["kind"] == "customer_window"
    if customers != (row["bearer"] == "customer") and row["kind"] != "retention_min":
        yield Problem(
            where.at("bearer"),
            _("The customer bears customer windows, the company bears what it owes, promises or may choose."),
        )
    if row.get("months_rule") and row["unit"] not in {"months", "years"}:
        yield Problem(where.at("months_rule"), _("This is for months and years only."))
    if row["kind"] in {"firm_obligation", "target"} and row["n"] and not (row.get("met_by") or row.get("alternative")):
        yield Problem(where.at("met_by"), _("Say which event fulfils this; without one it could never be met."))
    pausing = table["clock"].get("pause", "none") != "none" and row["kind"] not in {"customer_window", "retention_min"}
    if pausing and row["unit"] not in PAUSING_UNITS:
        yield Problem(
            where.at("unit"),
            _("This clock pauses, and only calendar days and business days can be left out. Choose one of these."),
        )
    if "hold" in row and not (customers and row["unit"] in PAUSING_UNITS):
        yield Problem(where.at("hold"), _("Only a customer's window in days can stand still."))
    letter = row.get("alternative")
    if letter and not _is_table(table.get("response", {}).get(letter)):
        yield Problem(
            where.at("alternative"),
            _("Say under [response.%(letter)s] what this letter must contain.", letter=letter),
        )
    yield from _condition(row, where.at("on"))


def _measure(row: Table, where: Place) -> Iterator[Problem]:
    n, unit = row["n"], row["unit"]
    if n != int(n) and unit != "hours":
        yield Problem(where.at("n"), _("Only hours have fractions."))
    if n == 0 and unit not in {"hours", "business_days"}:
        yield Problem(where.at("n"), _("Nought makes sense in hours (at once) and business days (the same day) only."))
    if n > _MOST[unit]:
        yield Problem(where.at("n"), _("This is longer than anybody waits; at most %(most)s.", most=_MOST[unit]))
    if row.get("time") and unit == "hours":
        yield Problem(where.at("time"), _("A limit in hours does not end at the close of business."))


def _condition(row: Table, where: Place) -> Iterator[Problem]:
    if "on" not in row:
        return
    try:
        condition = conditions.read(row["on"])
    except conditions.NotUnderstood as error:
        yield Problem(where, _not_understood(error))
        return
    for term in condition.terms:
        codes = ATTRIBUTES.get(term.attribute, ())
        if term.attribute not in ATTRIBUTES:
            said = _("There is no attribute %(name)s.", name=term.attribute)
            yield Problem(where, _none_such(said, term.attribute, ATTRIBUTES))
        elif term.codes is None and codes is not None:
            yield Problem(
                where,
                _(
                    "%(name)s is one of %(codes)s; compare it with one of them.",
                    name=term.attribute,
                    codes=", ".join(codes),
                ),
            )
        elif term.codes is not None and codes is None:
            yield Problem(where, _("%(name)s is true or false and is not compared with a code.", name=term.attribute))
        for code in term.codes or () if codes else ():
            if code not in (codes or ()):
                said = _("%(name)s is never %(code)s.", name=term.attribute, code=code)
                yield Problem(where, _none_such(said, code, codes, all_=True))


def _not_understood(error: conditions.NotUnderstood) -> Sentence:
    wanted = {
        "attribute": _("the name of an attribute"),
        "text": _("a code in quotation marks"),
        "list": _("a list of codes in square brackets"),
        "and": _("“and”, or the end"),
    }[error.expected]
    return _(
        "This condition cannot be read: at sign %(column)s there should be %(wanted)s. Conditions are made of ==, in, "
        "and, not.",
        column=error.column,
        wanted=wanted,
    )


def _replaces(row: Table, by_key: Mapping[str, Table], where: Place) -> Iterator[Problem]:
    other = row.get("replaces")
    if not other:
        return
    here = where.at("replaces")
    if other == row["key"]:
        yield Problem(here, _("This limit replaces itself. Name the limit that it takes the place of, or none."))
    elif other not in by_key:
        said = _("There is no limit %(key)s.", key=other)
        yield Problem(here, _none_such(said, other, by_key))
    elif "on" not in row:
        yield Problem(where.at("on"), _("Say when it replaces %(key)s; else that one could never apply.", key=other))
    elif _in_circle(row["key"], by_key):
        yield Problem(here, _("These limits replace one another in a circle."))


def _in_circle(key: str, by_key: Mapping[str, Table]) -> bool:
    seen = {key}
    at = str(by_key[key].get("replaces"))
    while at in by_key:
        if at in seen:
            return True
        seen.add(at)
        at = str(by_key[at].get("replaces"))
    return False


def _restart(table: Table, where: Place) -> Iterator[Problem]:
    restarts = table["clock"].get("on_incomplete") == "restart"
    if restarts and not any(row["from"] == "filed_or_completed" for row in table["milestone"]):
        yield Problem(where, _('No limit is counted from "filed_or_completed", so nothing could restart.'))


def _extensions(table: Table, by_key: Mapping[str, Table], where: Place) -> Iterator[Problem]:
    several = not _is_table(table.get("extension", []))
    for row in extension_rows(table):
        here = where.at(row["of"]) if several else where
        limit = by_key.get(row["of"])
        if limit is None:
            said = _("There is no limit %(key)s.", key=row["of"])
            yield Problem(here.at("of"), _none_such(said, row["of"], by_key))
            continue
        if row["unit"] != limit["unit"]:
            yield Problem(
                here.at("unit"), _("The limit is counted in %(unit)s; so is its extension.", unit=limit["unit"])
            )
        if limit["kind"] not in {"firm_obligation", "target"}:
            yield Problem(here.at("of"), _("Only what the company owes or promises is extended."))
        if not row["add"] or (row["add"] != int(row["add"]) and row["unit"] != "hours"):
            yield Problem(here.at("add"), _("Give the whole number of units that are added."))
        if row.get("max_times") == 0:
            yield Problem(here.at("max_times"), _("Say how many times at most; once at least."))


def codes_with_words(table: Table) -> tuple[str, ...]:
    """Every code that people read, in the order of the file."""
    given = [row[key] for row in table["milestone"] for key in ("must_include", "attach", "on_expiry") if key in row]
    given += [row["requires"] for row in extension_rows(table)]
    for name, keys in _WORDED.items():
        inner = table.get(name, {})
        letters = [each for each in inner.values() if _is_table(each)] if name == "response" else []
        given += [each[key] for each in (inner, *letters) for key in keys if key in each]
    return tuple(dict.fromkeys(code for each in given for code in (each if isinstance(each, list) else [each])))


def _unnamed(table: Table, where: Place) -> Iterator[Problem]:
    used = codes_with_words(table)
    for code in used:
        if code not in table.get("words", {}):
            yield Problem(
                where.at(code), _("Say under [words] what people call %(code)s, in every language.", code=code)
            )
    for code in table.get("words", {}):
        if code not in used:
            yield Problem(where.at(code), _("Nothing in this rulebook uses the words of %(code)s.", code=code))


# the text of a file


def check_text(text: str, where: Place) -> tuple[Table, list[Problem]]:
    """The table in this text, and its problems with their lines; see ``policies.check_text``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [_no_toml(text, str(error), where)]
    lines = lines_of(text)
    return table, [
        replace(each, where=replace(each.where, line=_line(each.where, lines))) for each in check(table, where)
    ]


def _no_toml(text: str, said: str, where: Place) -> Problem:
    found = re.search(r"line (\d+)", said)
    line = int(found.group(1)) if found else len(text.splitlines())
    here = replace(where, line=line)
    words = text.splitlines()[line - 1].split("=")[0].strip() if 0 < line <= len(text.splitlines()) else ""
    if "overwrite" in said and words:
        return Problem(here, _("The key %(key)s is there twice. Keep one.", key=words))
    if "twice" in said or "overwrite" in said:
        return Problem(here, _("The table %(table)s is there twice. Put everything under one.", table=words))
    return Problem(here, _("The file cannot be read as TOML: %(problem)s.", problem=said))


_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*=")


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """Way → line: tables where they begin, keys where they stand. Rows of a list are named by key, of or code."""
    found: dict[tuple[str, ...], int] = {}
    sections: list[tuple[tuple[str, ...], bool, int, dict[str, int]]] = [((), False, 1, {})]
    names: dict[int, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            sections.append((tuple(header.group(2).split(".")), header.group(1) == "[[", number, {}))
        elif key := _KEY.match(line):
            name = key.group(1).strip('"')
            sections[-1][3].setdefault(name, number)
            if name in {"key", "of", "code"}:
                names[len(sections) - 1] = line.split("=", 1)[1].split("#")[0].strip().strip("\"'")
    counts: dict[tuple[str, ...], int] = {}
    for place, (way, listed, number, keys) in enumerate(sections):
        if listed:
            found.setdefault(way, number)
            counts[way] = counts.get(way, 0) + 1
            way = (*way, names.get(place, str(counts[way])))  # noqa: PLW2901
        if way not in found or not listed:
            found.setdefault(way, number)
        else:
            found[way] = number  # a row that is there twice: the second is the one too many
        for key_, line_ in keys.items():
            found[(*way, key_)] = line_
    return found


def _line(where: Place, lines: Mapping[tuple[str, ...], int]) -> int:
    """The line of the place, or of the nearest thing around it."""
    way = where.path
    while way and way not in lines:
        way = way[:-1]
    return lines.get(way, 1) if way else 1
