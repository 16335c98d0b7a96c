"""What shapes cannot see of closing codes and retention. Pure, without Django.

Codes ask for nothing that the closing section has no field for, each axis keeps a code that is in use, and every way of
reporting ends in a line without a condition, so that no case is left without a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from desagravo.rulebook.grammar import not_among
from desagravo.rulebook.problems import Place, Problem
from desagravo.rulebook.problems import sentence as _

Book = Mapping[str, Any]
Books = Mapping[str, Book]

AXES = ("outcome", "relief", "customer_position", "cause")
REQUIREMENTS = (
    "reason",
    "amount",
    "currency",
    "remedy",
    "evidence",
    "related_case",
    "body",
    "next_option",
    "delivery",
)
"""What the closing section has a field for."""
STATUSES = ("answered", "withdrawn")
"""A case is signed in one of these."""
EFFECTS = ("none", "change_answer", "reopen")
"""What the product can do with a case after a body outside has spoken."""


def _closing_codes(books: Books) -> Iterator[Problem]:
    book, here = books["closing_codes"], Place("closing_codes")
    codes = {axis["code"]: [row["code"] for row in axis["option"]] for axis in book["axis"]}
    for axis in AXES:
        if axis not in codes:
            yield Problem(here.at("axis"), _("The axis “%(axis)s” is missing.", axis=axis))
    for code in book["requirement"]:
        if code not in REQUIREMENTS:
            yield Problem(here.at("requirement", code), not_among(code, REQUIREMENTS))
    for axis in book["axis"]:
        yield from _options(axis, book, here.at("axis", axis["code"]))
    for report in book.get("report", ()):
        yield from _report(report, codes, here.at("report", report["code"]))
    for row in book.get("outside_effect", ()):
        if row["code"] not in EFFECTS:
            yield Problem(here.at("outside_effect", row["code"]), not_among(row["code"], EFFECTS))


def _options(axis: Book, book: Book, here: Place) -> Iterator[Problem]:
    known = [row["code"] for row in axis["option"]]
    for row in axis["option"]:
        at = here.at("option", row["code"])
        for key, among in (("requires", book["requirement"]), ("next", known)):
            for code in row.get(key, ()):
                if code not in among:
                    yield Problem(at.at(key), not_among(code, among))
        if row.get("case_status", STATUSES[0]) not in STATUSES:
            yield Problem(at.at("case_status"), not_among(row["case_status"], STATUSES))
        if row.get("valid_from") and row.get("valid_until") and row["valid_until"] < row["valid_from"]:
            yield Problem(at.at("valid_until"), _("The last day is before the first."))
    if all("valid_until" in row for row in axis["option"]):
        yield Problem(here.at("option"), _("One code of each axis must stay in use without an end."))


def _report(report: Book, codes: Mapping[str, list[str]], here: Place) -> Iterator[Problem]:
    values = [row["code"] for row in report["value"]]
    lines = report["line"]
    for number, line in enumerate(lines, start=1):
        at = here.at("line", number)
        if line["says"] not in values:
            yield Problem(at.at("says"), not_among(line["says"], values))
        for axis, wanted in line.get("when", {}).items():
            if axis not in codes:
                yield Problem(at.at("when"), not_among(axis, codes))
                continue
            for code in wanted:
                if code not in codes[axis]:
                    yield Problem(at.at("when", axis), not_among(code, codes[axis]))
    if lines[-1].get("when"):
        words = _("The last line must hold without a condition, or some cases would have no name.")
        yield Problem(here.at("line", len(lines)), words)
    for number, line in enumerate(lines[:-1], start=1):
        if not line.get("when"):
            yield Problem(here.at("line", number), _("This line always holds, so no line below it is ever read."))


def _retention(books: Books) -> Iterator[Problem]:
    rows, here = books["retention"]["keep"], Place("retention")
    known = {row["code"] for group in books["categories"]["group"] for row in group["category"]}
    if not any(row["what"] == "record" and not row.get("categories") for row in rows):
        words = _("One rule must keep every case: of the kind “record” and without categories.")
        yield Problem(here.at("keep"), words)
    for row in rows:
        at = here.at("keep", row["code"])
        for code in row.get("categories", ()):
            if code not in known:
                yield Problem(at.at("categories"), not_among(code, known))
        if row["what"] == "record" and row["from"] == "recorded":
            yield Problem(at.at("from"), _("Only recordings are counted from the recording."))


EXAMINERS: Mapping[str, Callable[[Books], Iterator[Problem]]] = {
    "closing_codes": _closing_codes,
    "retention": _retention,
}
