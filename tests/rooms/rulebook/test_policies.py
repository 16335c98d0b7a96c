# ruff: noqa: E501 - a line for each thing that is refused
"""Rulebooks of jurisdictions: what the package brings along, and what is refused, with its line."""

from __future__ import annotations

from datetime import date

import pytest

from desagravo.rulebook import conditions, policies
from desagravo.rulebook.conditions import NotUnderstood
from desagravo.rulebook.problems import Place
from desagravo.rulebook.words import LANGUAGES

SHIPPED = sorted(policies.shipped())
BROUGHT_ALONG = {
    "iso-10002-generic", "uk-fca-disp", "us-cfpb", "pt-livro-reclamacoes", "br-sac", "br-consumidor-gov", "es-sac-2025",
    "eu-psd2", "uk-housing-ombudsman", "uk-nhs", "es-consumer-base", "es-financial", "br-cdc-26",
}  # fmt: skip


def problems(policy: str, old: str = "", new: str = "") -> list[str]:
    text = (policies.FOLDER / f"{policy}.toml").read_text("utf-8")
    assert old in text
    _table, found = policies.check_text(text.replace(old, new, 1), Place(f"policy:{policy}", file=f"{policy}.toml"))
    return [str(each) for each in found]


def test_all_rulebooks_are_there() -> None:
    assert set(policies.shipped()) == BROUGHT_ALONG


@pytest.mark.parametrize("policy", SHIPPED)
def test_what_comes_along_is_whole(policy: str) -> None:
    assert problems(policy) == []
    read = policies.shipped_policy(policy)
    assert read.id == policy
    assert read.review_by
    for milestone in read.milestones:
        assert milestone.source
        assert all(milestone.name[language] for language in LANGUAGES)
        assert all(item.name.get("es") for item in milestone.must_include)


def test_review_dates_are_those_of_the_standards() -> None:
    assert policies.shipped_policy("iso-10002-generic").review_by == date(2027, 6, 30)
    assert policies.shipped_policy("uk-fca-disp").review_by == date(2027, 1, 1)
    assert policies.shipped_policy("es-sac-2025").review_by == date(2026, 12, 28)
    assert policies.shipped_policy("pt-livro-reclamacoes").review_by == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("policy", "old", "new", "said"),
    [
        ("uk-fca-disp", 'bearer = "firm"\nmust', 'berer = "firm"\nmust', "line 30 (uk-fca-disp → milestone → acknowledgement → berer): The key berer is not known here. Did you mean bearer?"),
        ("uk-fca-disp", 'from = "received"', 'from = "recieved"', "There is no event recieved. Did you mean received?"),
        ("uk-fca-disp", 'on = "psd_or_emd"', 'on = "psd_or_em"', "There is no attribute psd_or_em. Did you mean psd_or_emd?"),
        ("uk-fca-disp", 'on = "psd_or_emd"', 'on = "psd_or_emd or x"', "This condition cannot be read: at sign 12 there should be “and”, or the end"),
        ("uk-fca-disp", 'on = "psd_or_emd"', "on = \"psd_or_emd == 'yes'\"", "psd_or_emd is true or false and is not compared"),
        ("us-cfpb", "status == 'in_progress'", "status == 'in_progres'", "status is never in_progres. Did you mean in_progress?"),
        ("us-cfpb", "status == 'in_progress'", "status", "status is one of received, in_progress"),
        ("uk-fca-disp", 'replaces = "psd_final_or_holding"', 'replaces = "psd_final_max"', "line 78 (uk-fca-disp → milestone → psd_final_max → replaces): This limit replaces itself"),
        ("uk-fca-disp", 'replaces = "psd_final_or_holding"', 'replaces = "psd_final"', "There is no limit psd_final. Did you mean"),
        ("us-cfpb", "on = \"status == 'in_progress'\"\n", "", "Say when it replaces response"),
        ("uk-fca-disp", 'subdivision = "ENG"', "", "line 13 (uk-fca-disp → calendar → subdivision): The parts of GB have different holidays. Give one of: ENG"),
        ("uk-fca-disp", 'subdivision = "ENG"', 'subdivision = "LND"', "GB has no such part"),
        ("uk-fca-disp", 'country = "GB"', 'country = "UK"', "There is no calendar of holidays for UK"),
        ("us-cfpb", "America/New_York", "America/NewYork", "There is no such time zone"),
        ("uk-fca-disp", 'pause = "none"', 'pause = "end_of_day"', "This clock pauses, and only calendar days and business days can be left out"),
        ("uk-fca-disp", "n = 8", "n = 8.5", "Only hours have fractions"),
        ("uk-fca-disp", "n = 8", "n = -8", "This cannot be negative"),
        ("uk-fca-disp", "n = 8", "n = 0", "Nought makes sense in hours"),
        ("uk-fca-disp", "n = 8", 'n = "8"', "Give a number"),
        ("uk-fca-disp", 'unit = "weeks"', 'unit = "week"', "week is not known here. Did you mean weeks?"),
        ("uk-fca-disp", 'unit = "weeks"', 'unit = "weeks"\nunit = "weeks"', "line 51 (uk-fca-disp): The key unit is there twice"),
        ("uk-fca-disp", "[clock]", '[policy]\nid = "x"\n[clock]', "The table [policy] is there twice"),
        ("uk-fca-disp", 'key = "psd_final_max"', 'key = "final_response"', "final_response is there twice"),
        ("uk-fca-disp", "[clock]\n", "[clok]\n", "There is no table clok here. Did you mean clock?"),
        ("uk-fca-disp", "review_by = 2027-01-01", "", "The key review_by is missing"),
        ("uk-fca-disp", "review_by = 2027-01-01", 'review_by = "2027-01-01"', "Give a date without quotation marks"),
        ("uk-fca-disp", 'evidence = "V"', 'evidence = "sure"', "Say how this is known"),
        ("uk-fca-disp", 'id = "uk-fca-disp"', 'id = "uk-fca"', "is called uk-fca here and uk-fca-disp elsewhere"),
        ("uk-fca-disp", 'alternative = "eight_week_letter"', 'alternative = "letter"', "Say under [response.letter] what this letter must contain"),
        ("us-cfpb", '["final_response_sent"]', "[]", "Say which event fulfils this"),
        ("uk-fca-disp", '"reasons", "ombudsman_leaflet"', '"reason", "ombudsman_leaflet"', "Say under [words] what people call reason"),
        ("uk-fca-disp", "\nreasons = {", "\nreasonz = {", "Nothing in this rulebook uses the words of reasonz"),
        ("uk-fca-disp", ', es = "las razones"', "", "There are no words in es"),
        ("uk-fca-disp", 'kind = "customer_window"\nbearer = "customer"', 'kind = "customer_window"\nbearer = "firm"', "The customer bears customer windows"),
        ("iso-10002-generic", 'requires = ["reason", "notice_to_customer", "new_date", "approver"]\n', "", "The key requires is missing"),
        ("iso-10002-generic", 'of = "final_response"', 'of = "final"', "There is no limit final"),
        ("iso-10002-generic", 'add = 10\nunit = "business_days"', 'add = 10\nunit = "weeks"', "The limit is counted in business_days; so is its extension"),
        ("iso-10002-generic", 'cutoff = "18:00"', "", "Say until which hour a receipt counts"),
        ("iso-10002-generic", 'cutoff = "18:00"', 'cutoff = "6 pm"', "Give a time of day"),
        ("iso-10002-generic", "tenant = true", 'tenant = true\ncountry = "PT"', "Give either a country, or tenant = true"),
        ("es-sac-2025", "applies_from = 2026-12-28", "applies_from = 2025-01-01", "This comes before the day on which it is in force"),
        ("es-consumer-base", 'pause = "none"', 'pause = "none"\non_incomplete = "restart"', "nothing could restart"),
        ("br-cdc-26", '{ from = "received", until', '{ from = "received", till', "Give two events"),
        ("br-sac", "[intake]", "[intake", "The file cannot be read as TOML"),
    ],
)  # fmt: skip
def test_what_is_refused(policy: str, old: str, new: str, said: str) -> None:
    found = problems(policy, old, new)
    assert any(said in each for each in found), found
    assert all(each.startswith(f"{policy}.toml, line ") for each in found), found


def test_limits_that_replace_one_another_in_a_circle() -> None:
    found = problems("uk-fca-disp", 'on = "psd_or_emd"\n', 'on = "psd_or_emd"\nreplaces = "psd_final_max"\n')
    assert sum("in a circle" in each for each in found) == 2


@pytest.mark.parametrize(
    "text",
    ["", "policy = 3", "[policy]", "[[policy]]\n", "milestone = []", "[milestone]\nkey = 1", "words = 1\nresponse = 2",
     "[policy]\nid = [1]\n[clock]\nstart = {}\n[[milestone]]\nkey = [1]\nn = true\non = 3\nmet_by = 1\nhold = 2"],
)  # fmt: skip
def test_nothing_that_is_toml_brings_the_check_down(text: str) -> None:
    _table, found = policies.check_text(text, Place("policy:any", file="any.toml"))
    assert found
    assert all(str(each) for each in found)


# conditions


def test_three_answers() -> None:
    both = conditions.read("topic == 'continuity' and basic_service")
    assert both.attributes == {"topic", "basic_service"}
    assert both.holds({"topic": "continuity", "basic_service": True}) is True
    assert both.holds({"topic": "billing"}) is False  # whatever the other may turn out to be
    assert both.holds({"topic": "continuity"}) is None
    assert both.holds({}) is None
    assert conditions.read("not durable").holds({"durable": False}) is True
    assert conditions.read("not topic in ['a', \"b\"]").holds({"topic": "b"}) is False
    assert conditions.read("topic in ['a', 'b']").holds({"topic": ("c", "b")}) is True


@pytest.mark.parametrize(
    ("text", "expected", "column"),
    [
        ("", "attribute", 1), ("and", "attribute", 1), ("a or b", "and", 3), ("a ==", "text", 5), ("a in 'x'", "list", 6),
        ("a in ['x'", "list", 10), ("a in []", "text", 7), ("__import__('os')", "attribute", 11), ("a.b", "attribute", 2),
        ("a and", "attribute", 6), ("not not a", "attribute", 5), ("a == 3", "attribute", 6), ("(a)", "attribute", 1),
    ],
)  # fmt: skip
def test_what_is_no_condition(text: str, expected: str, column: int) -> None:
    with pytest.raises(NotUnderstood) as found:
        conditions.read(text)
    assert (found.value.expected, found.value.column) == (expected, column)
