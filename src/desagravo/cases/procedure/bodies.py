"""Who stands outside the house, by country: supervisors of data, public ways to complain. Pure, without Django."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from desagravo.rulebook.words import Texts


@dataclass(frozen=True)
class Body:
    """An authority. ``evidence`` is how we know of it, as in ``bodies.toml``."""

    name: Texts
    address: str = ""
    evidence: str = "R"
    review_by: date | None = None


@cache
def _book() -> Mapping[str, Any]:
    with (Path(__file__).parent / "bodies.toml").open("rb") as file:
        return tomllib.load(file)


def data_authority(country: str) -> Body:
    """Who supervises the use of personal data there; where we do not know, "the authority of your country"."""
    found = _book()["data_protection"]
    row = next((row for row in found if country in row["countries"]), found[-1])
    return _body(row)


def way(policy: str) -> tuple[str, str] | None:
    """The outside way by which a complaint under this rulebook comes: its kind and address."""
    row = next((row for row in _book()["way"] if row["policy"] == policy), None)
    return (row["kind"], row["address"]) if row else None


def review_by() -> date:
    """The first day on which somebody looks whether all this is still right."""
    days: list[date] = [row["review_by"] for row in _book()["data_protection"]]
    return min(days)


def _body(row: Mapping[str, Any]) -> Body:
    return Body(row["name"], row.get("address", ""), row["evidence"], row["review_by"])
