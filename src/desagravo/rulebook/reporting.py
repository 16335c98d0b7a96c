"""How others call what we coded at closing: CFPB, FCA, consumidor.gov.br, Livro. Pure, without Django.

Each way of reporting is a list of lines in ``closing_codes.toml``; the first line whose every condition holds counts.
A condition names an axis of ours and codes on it, and nothing else: an amount is no condition, so that money paid can
never make a complaint upheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Codes = Mapping[str, Sequence[str]]
"""Axis → the codes ticked on it."""


def reported(book: Mapping[str, Any], codes: Codes) -> dict[str, str]:
    """Way of reporting → its code for these codes of ours. A list of an edition before there were any has none."""
    return {report["code"]: _first(report["line"], codes) for report in book.get("report", ())}


def _first(lines: Sequence[Mapping[str, Any]], codes: Codes) -> str:
    for line in lines:
        if all(set(codes.get(axis, ())) & set(wanted) for axis, wanted in line.get("when", {}).items()):
            return str(line["says"])
    return ""


def next_codes(book: Mapping[str, Any], axis: str, before: Sequence[str]) -> frozenset[str] | None:
    """The codes of this axis to which a case may go that was closed with these; None for any."""
    rows = {row["code"]: row for each in book["axis"] if each["code"] == axis for row in each["option"]}
    limits = [frozenset(rows[code]["next"]) for code in before if "next" in rows.get(code, {})]
    return frozenset.intersection(*limits) if limits else None
