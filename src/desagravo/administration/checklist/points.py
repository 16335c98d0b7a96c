"""The points as data, in the reader's language, each with its score."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from desagravo.administration.checklist.live import CHECKS
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.queries import Noted
from desagravo.rulebook.words import say

_FOLDER = Path(__file__).parent
HOW = ("product", "configuration", "part", "duty", "not")
MOST = 2


@dataclass(frozen=True)
class Point:
    """One point as the page shows it. ``configured``: does this installation have what it depends on (else None)?"""

    n: int
    title: str
    weight: str
    sources: str
    how: str
    score: int
    tests: tuple[str, ...]
    url: str
    page: str
    note: str
    configured: bool | None
    noted: Noted | None = None
    """How the organisation says that it meets a duty."""


@dataclass(frozen=True)
class Area:
    """Points that belong together, with what they got of what they can get."""

    code: str
    name: str
    points: tuple[Point, ...]

    @property
    def score(self) -> int:
        return sum(point.score for point in self.points)

    @property
    def most(self) -> int:
        return MOST * len(self.points)


@dataclass(frozen=True)
class Score:
    """The whole list. ``mark`` is out of a hundred; ``counts``: how many points are met in which way."""

    areas: tuple[Area, ...]
    mark: float
    counts: Mapping[str, int]

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for area in self.areas for point in area.points)


@cache
def book(name: str) -> Mapping[str, Any]:
    """The file of the points, or that of the pages."""
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def scored(language: str) -> Score:
    """Every point with its score now, in the language."""
    rows = book("points")["point"]
    noted = rulebook.duties()
    areas = tuple(
        Area(
            area["code"],
            say(area["name"], language),
            tuple(_point(row, language, noted) for row in rows if area["first"] <= row["n"] <= area["last"]),
        )
        for area in book("points")["area"]
    )
    points = [point for area in areas for point in area.points]
    counts = {how: sum(point.how == how for point in points) for how in HOW}
    return Score(areas, sum(point.score for point in points) / MOST, counts)


def duties_listed() -> frozenset[int]:
    """The points that are the organisation's own."""
    return frozenset(row["n"] for row in book("points")["point"] if row["how"] == "duty")


def _point(row: Mapping[str, Any], language: str, noted: Mapping[int, Noted]) -> Point:
    configured = CHECKS[row["check"]]() if row["how"] == "configuration" else None
    page = book("pages").get(row.get("page", ""))
    return Point(
        n=row["n"],
        title=say(row["title"], language),
        weight=row["weight"],
        sources=row["sources"],
        how=row["how"],
        score=_score(row["how"], configured, row["n"] in noted),
        tests=tuple(row.get("tests", ())),
        url=reverse(page["url"], args=page.get("args", ())) if page else "",
        page=say(page["name"], language) if page else "",
        note=say(row["note"], language) if row.get("note") else "",
        configured=configured,
        noted=noted.get(row["n"]) if row["how"] == "duty" else None,
    )


def _score(how: str, configured: bool | None, noted: bool) -> int:
    """0 absent, 1 possible by hand or by configuration, 2 built in and tested."""
    if how == "configuration":
        return MOST if configured else 1
    return {"product": MOST, "part": 1, "duty": int(noted), "not": 0}[how]
