"""The sample company's scripts: what stands in the TOML files, and the moment at which each step happens."""

import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

_HERE = Path(__file__).parent
_OPENS, _CLOSES = time(9), time(18)
_AT_IT = 1.0
"""Hours within which somebody who is at a case goes on with it, whatever the time of day."""
_APART = timedelta(seconds=45)
"""Between two steps that would fall after the first start and happen shortly before it."""


@dataclass(frozen=True)
class Happening:
    """One step of a complaint at its moment (aware); ``step`` is empty for the receipt, ``number`` keeps the order."""

    moment: datetime
    complaint_number: int
    number: int
    complaint: Mapping[str, Any]
    step: Mapping[str, Any]


@cache
def company() -> Mapping[str, Any]:
    """Organisation, teams and people."""
    return tomllib.loads((_HERE / "company.toml").read_text("utf-8"))


@cache
def complaints() -> tuple[Mapping[str, Any], ...]:
    """All complaints with their steps."""
    files = sorted((_HERE / "complaints").glob("*.toml"))
    return tuple(row for file in files for row in tomllib.loads(file.read_text("utf-8"))["complaint"])


def zone() -> ZoneInfo:
    """The organisation's place."""
    return ZoneInfo(company()["organisation"]["zone"])


def happenings(first_start: datetime) -> list[Happening]:
    """Everything that happened before ``first_start`` (aware), over all complaints, in order of time."""
    told = (each for number, row in enumerate(complaints()) for each in _of_complaint(number, row, first_start))
    return sorted(told, key=lambda each: (each.moment, each.complaint_number, each.number))


def _of_complaint(position: int, complaint: Mapping[str, Any], first_start: datetime) -> Iterator[Happening]:
    steps: Sequence[Mapping[str, Any]] = [{}, *complaint.get("step", ())]
    last = len(steps)
    for number, (moment, step) in enumerate(zip(_moments(complaint, first_start), steps, strict=True)):
        latest = first_start - (last - number) * _APART
        yield Happening(min(moment, latest), position, number, complaint, step)


def _moments(complaint: Mapping[str, Any], first_start: datetime) -> Iterator[datetime]:
    local = first_start.astimezone(zone())
    day = local.date() + timedelta(days=complaint["received"]["day"])
    moment = datetime.combine(day, time.fromisoformat(complaint["received"]["time"]), zone())
    if complaint["channel"] in ("counter", "post"):
        moment = _at_work(moment, complaint["key"])
    yield moment
    before = complaint.get("by", "customer")
    for number, step in enumerate(complaint.get("step", ())):
        name = f"{complaint['key']}:{number}"
        moment += timedelta(hours=step["after"], seconds=_some(name, 60))
        goes_on = step["by"] == before and step["after"] < _AT_IT
        if step["by"] != "customer" and not goes_on:
            moment = _at_work(moment, name)
        before = step["by"]
        yield moment


def _at_work(moment: datetime, name: str) -> datetime:
    """The moment itself within working hours, else some minutes into the next working morning."""
    if moment.weekday() < 5 and _OPENS <= moment.time() < _CLOSES:
        return moment
    day = moment.date() + timedelta(days=moment.time() >= _OPENS)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, _OPENS, moment.tzinfo) + timedelta(minutes=_some(name, 50), seconds=_some(name, 60))


def _some(name: str, below: int) -> int:
    """A number that looks like chance and is the same at every start."""
    return zlib.crc32(name.encode()) % below
