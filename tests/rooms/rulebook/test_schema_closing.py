"""A book of closing codes or of retention that would leave a case without a name, a code or a rule is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from desagravo.rulebook import edition, schema

Break = Callable[[dict[str, Any]], None]


def books() -> dict[str, Any]:
    return {name: copy.deepcopy(dict(book)) for name, book in edition.whole(edition.STARTER).books.items()}


def option(books: dict[str, Any], axis: str, code: str) -> dict[str, Any]:
    rows = next(each["option"] for each in books["closing_codes"]["axis"] if each["code"] == axis)
    return next(row for row in rows if row["code"] == code)


def all_expire(books: dict[str, Any]) -> None:
    for row in books["closing_codes"]["axis"][1]["option"]:
        row["valid_until"] = date(2027, 1, 1)


def test_the_starter_is_whole() -> None:
    found = schema.check_books(books(), edition.shipped_policies())
    assert [str(each) for each in found if each.where.book in ("closing_codes", "retention")] == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda b: option(b, "outcome", "upheld").update(requires=["a_pony"]), "axis.outcome.option.upheld.requires"),
        (lambda b: option(b, "outcome", "upheld").update(next=["a_pony"]), "axis.outcome.option.upheld.next"),
        (
            lambda b: option(b, "outcome", "withdrawn").update(case_status="lost"),
            "axis.outcome.option.withdrawn.case_status",
        ),
        (
            lambda b: option(b, "relief", "none").update(valid_from=date(2027, 1, 2), valid_until=date(2027, 1, 1)),
            "axis.relief.option.none.valid_until",
        ),
        (all_expire, "axis.relief.option"),
        (lambda b: b["closing_codes"]["report"][0]["line"][0].update(says="a_pony"), "report.cfpb.line.1.says"),
        (
            lambda b: b["closing_codes"]["report"][1]["line"][3].update(when={"outcome": ["a_pony"]}),
            "report.fca.line.4.when.outcome",
        ),
        (lambda b: b["closing_codes"]["report"][1]["line"][3].update(when={"amount": ["1"]}), "report.fca.line.4.when"),
        (lambda b: b["closing_codes"]["report"][2]["line"].pop(), "report.consumidor_gov_br.line.2"),
        (lambda b: b["closing_codes"]["report"][3]["line"][0].pop("when"), "report.livro.line.1"),
        (lambda b: b["closing_codes"]["axis"].pop(), "axis"),
        (lambda b: b["closing_codes"]["outside_effect"][0].update(code="punish"), "outside_effect.punish"),
        (lambda b: b["retention"]["keep"][0].update(categories=["SAF.health_or_safety"]), "keep"),
        (lambda b: b["retention"]["keep"][1].update(categories=["a_pony"]), "keep.house.recording.categories"),
        (lambda b: b["retention"]["keep"][0].update({"from": "recorded"}), "keep.house.record.from"),
    ],
)
def test_what_would_be_wrong_is_named_with_its_place(change: Break, where: str) -> None:
    broken = books()
    change(broken)
    found = schema.check_books(broken, edition.shipped_policies())
    assert where in {each.where.field for each in found}, [str(each) for each in found]
    assert all(str(each) for each in found)
