"""How others call our closing codes is data; what it says is the table of the standards, and money upholds nothing."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desagravo.rulebook import closing, edition
from desagravo.rulebook.reporting import next_codes, reported

BOOK = edition.book("closing_codes", edition.STARTER)
CODES = {axis["code"]: [row["code"] for row in axis["option"]] for axis in BOOK["axis"]}
FOUND = ("upheld", "partly_upheld", "not_upheld", "settled_without_finding", "unable_to_determine")


def coded(outcome: str, relief: str = "none", position: str = "accepted") -> dict[str, str]:
    return reported(
        BOOK, {"outcome": [outcome], "relief": [relief], "customer_position": [position], "cause": ["unknown"]}
    )


@pytest.mark.parametrize(
    "row",
    [
        "upheld monetary accepted closed_with_monetary_relief upheld_with_redress consumer_rates answered_resolved",
        "not_upheld monetary accepted"
        " closed_with_monetary_relief rejected_with_redress consumer_rates answered_resolved",
        "settled_without_finding monetary silent"
        " closed_with_monetary_relief rejected_with_redress consumer_rates answered_not_resolved",
        "partly_upheld non_monetary accepted"
        " closed_with_non_monetary_relief upheld_with_redress consumer_rates answered_resolved",
        "upheld explanation_only accepted closed_with_explanation upheld consumer_rates answered_not_resolved",
        "not_upheld explanation_only rejected closed_with_explanation rejected consumer_rates answered_not_resolved",
        "wrong_entity_forwarded none silent incorrect_company forwarded refused out_of_scope",
        "duplicate_merged monetary accepted duplicate not_counted refused not_reported",
        "resolved_early non_monetary accepted"
        " closed_with_non_monetary_relief closed_within_3_business_days resolved answered_resolved",
        "withdrawn none silent closed by_hand consumer_rates withdrawn",
        "before_court_or_adr none escalated_external closed by_hand consumer_rates alternative_procedure",
        "out_of_scope none silent closed by_hand consumer_rates out_of_scope",
    ],
)
def test_the_table_of_the_standards(row: str) -> None:
    """Outcome, relief, position; then CFPB, FCA, consumidor.gov.br, Livro."""
    outcome, relief, position, cfpb, fca, consumidor, livro = row.split()
    found = coded(outcome, relief, position)
    assert found == {"cfpb": cfpb, "fca": fca, "consumidor_gov_br": consumidor, "livro": livro}


def test_every_combination_is_reported_by_everybody() -> None:
    values = {each["code"]: {row["code"] for row in each["value"]} for each in BOOK["report"]}
    used: dict[str, set[str]] = {scheme: set() for scheme in values}
    for outcome, relief, position in product(CODES["outcome"], CODES["relief"], CODES["customer_position"]):
        for scheme, value in coded(outcome, relief, position).items():
            assert value in values[scheme]
            used[scheme].add(value)
    assert used == values  # and no value is there that nothing leads to


@given(st.sampled_from(CODES["outcome"]), st.sampled_from(CODES["customer_position"]))
def test_money_paid_never_upholds(outcome: str, position: str) -> None:
    for relief in CODES["relief"]:
        fca = coded(outcome, relief, position)["fca"]
        assert fca.startswith("upheld") == (outcome in ("upheld", "partly_upheld"))


def test_lines_name_axes_and_codes_that_exist_and_the_last_has_no_condition() -> None:
    for report in BOOK["report"]:
        assert "when" not in report["line"][-1]
        for line in report["line"]:
            for axis, codes in line.get("when", {}).items():
                assert set(codes) <= set(CODES[axis]), line


@pytest.mark.parametrize("language", ["en", "pt-pt", "pt-br", "es"])
def test_everybody_is_told_in_words(language: str) -> None:
    found = closing.reported_as({"outcome": ["upheld"], "relief": ["monetary"]}, language)
    assert [each.scheme for each in found] == ["cfpb", "fca", "consumidor_gov_br", "livro"]
    assert all(each.words and each.words != each.value for each in found)
    assert {each.code for each in closing.outside_outcomes(language)} >= {"for_us", "for_customer"}
    assert [each.code for each in closing.outside_effects(language)] == ["none", "change_answer", "reopen"]


def test_what_may_follow_a_code() -> None:
    for code in FOUND:
        allowed = next_codes(BOOK, "outcome", [code])
        assert allowed is not None
        assert set(FOUND) <= allowed
        assert "withdrawn" not in allowed
    assert next_codes(BOOK, "outcome", ["withdrawn"]) is None
    assert next_codes(BOOK, "relief", ["monetary"]) is None
    for axis in BOOK["axis"]:
        for row in axis["option"]:
            assert set(row.get("next", ())) <= set(CODES[axis["code"]])


def test_a_list_without_other_names_reports_nothing() -> None:
    old: dict[str, Any] = {"axis": BOOK["axis"]}
    assert reported(old, {"outcome": ["upheld"]}) == {}
