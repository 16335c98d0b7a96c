"""Minor or major, and whom to call in: the same answers always give the same result, with its rule."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desagravo.rulebook import decide, edition, queries

QUESTIONS = [row["code"] for row in edition.book("triage")["question"]]
ANSWERS = st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from(["yes", "no", "unknown"]))
AMOUNTS = st.one_of(st.none(), st.decimals(0, 100_000, places=2).map(str))
CATEGORIES = [row.code for group in queries.problem_categories("en") for row in group.categories]
ALL_NO = dict.fromkeys(QUESTIONS, "no")


def answered(answers: dict[str, str], amount: str | None) -> dict[str, str]:
    return answers if amount is None else {**answers, "money_amount": amount}


@given(ANSWERS, AMOUNTS)
def test_triage_is_deterministic_and_always_decides(answers: dict[str, str], amount: str | None) -> None:
    everything = answered(answers, amount)
    decision = decide.triage(everything)
    assert decision == decide.triage(dict(reversed(everything.items())))
    assert decision.outcome in ("minor", "major")
    assert decision.reasons[0] == decision.rule
    assert all(queries.reason(code, "pt-pt") for code in decision.reasons)


@given(ANSWERS, AMOUNTS, st.sampled_from(["safety", "law", "public", "vip"]))
def test_any_hard_trigger_makes_it_major_whatever_else(answers: dict[str, str], amount: str | None, code: str) -> None:
    decision = decide.triage(answered({**answers, code: "yes"}, amount))
    assert decision.outcome == "major"
    assert decision.hard
    assert f"triage.{code}" in decision.reasons
    assert decision.role == "manager"
    assert decision.service == "complaints_office"


@given(ANSWERS, st.decimals(0, 100_000, places=2))
def test_the_amount_decides_at_the_threshold(answers: dict[str, str], amount: Decimal) -> None:
    reasons = decide.triage({**answers, "money": "yes", "money_amount": str(amount)}).reasons
    assert ("triage.money" in reasons) == (amount >= Decimal("250.00"))


@pytest.mark.parametrize(
    ("answers", "outcome", "rule"),
    [
        (ALL_NO, "minor", "triage.minor"),
        ({}, "major", "triage.safety_unknown"),
        ({**ALL_NO, "law": "unknown"}, "major", "triage.law_unknown"),
        ({**ALL_NO, "public": "unknown"}, "minor", "triage.minor"),
        ({**ALL_NO, "public": "unknown", "vip": "unknown"}, "major", "triage.uncertain"),
        ({**ALL_NO, "money": "yes"}, "major", "triage.money_open"),
        ({**ALL_NO, "money": "yes", "money_amount": "249.99"}, "minor", "triage.light"),
        ({**ALL_NO, "money": "yes", "money_amount": "250"}, "major", "triage.money"),
        ({**ALL_NO, "safety": "yes", "law": "yes"}, "major", "triage.safety"),
    ],
)
def test_the_rule_that_decides(answers: dict[str, str], outcome: str, rule: str) -> None:
    decision = decide.triage(answers)
    assert (decision.outcome, decision.rule) == (outcome, rule)


def test_a_minor_case_goes_to_the_supervisor() -> None:
    decision = decide.triage(ALL_NO)
    assert (decision.role, decision.service) == ("supervisor", "")


@pytest.mark.parametrize(
    "answers",
    [{"law": "perhaps"}, {"weather": "yes"}, {"money_amount": "lots"}, {"money_amount": "-1"}, {"money_amount": "NaN"}],
)
def test_an_answer_that_is_none_is_refused(answers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"not|no such"):
        decide.triage(answers)


def test_a_warm_fridge_ordered_online_calls_quality_and_logistics() -> None:
    facts = decide.Facts(categories=["QUA.defective"], remedies=["replace"], flags=["own_brand", "online_order"])
    assert decide.route(facts) == [
        decide.Proposal("quality", "route.defect", ("route.defect",)),
        decide.Proposal("logistics", "route.exchange", ("route.exchange",)),
    ]


def test_several_rules_propose_a_department_once() -> None:
    facts = decide.Facts(triage={"safety": "yes"}, categories=["QUA.unsafe", "QUA.defective"])
    [quality] = decide.route(facts)
    assert quality.because == ("route.safety", "route.defect")


@pytest.mark.parametrize(
    ("facts", "department"),
    [
        (decide.Facts(categories=["INF.missing"], flags=["app"]), "product"),
        (decide.Facts(categories=["PRI.improper_charge"]), "finance"),
        (decide.Facts(categories=["CON.cancellation_refused"]), "legal"),
        (decide.Facts(categories=["GUA.repeated_failure"]), "quality"),
        (decide.Facts(categories=["INF.misleading_promotion"]), "marketing"),
        (decide.Facts(triage={"public": "yes"}), "marketing"),
        (decide.Facts(categories=["DEL.late"]), "logistics"),
        (decide.Facts(triage={"vip": "yes"}), "senior"),
        (decide.Facts(amount=Decimal(2500)), "senior"),
        (decide.Facts(categories=["STA.rude"]), "service"),
    ],
)
def test_what_each_department_is_called_in_for(facts: decide.Facts, department: str) -> None:
    assert department in [proposal.department for proposal in decide.route(facts)]


def test_nothing_known_proposes_nobody() -> None:
    assert decide.route(decide.Facts()) == []


@given(st.lists(st.sampled_from(CATEGORIES), max_size=5), ANSWERS)
def test_every_proposal_has_a_reason_and_a_question(categories: list[str], answers: dict[str, str]) -> None:
    for proposal in decide.route(decide.Facts(triage=answers, categories=categories)):
        assert proposal.rule == proposal.because[0]
        assert all(queries.reason(f"starter-2026.1#{code}", "pt-pt") for code in proposal.because)
        assert queries.question_for(proposal.rule, "en")


def test_what_a_form_still_needs() -> None:
    assert decide.missing(["description"]) == (
        "complainant_name",
        "contact",
        "occurred_on",
        "form_completed_on",
        "signature",
    )
    whole = ["complainant_name", "phone", "description", "occurred_on", "form_completed_on", "signature"]
    assert decide.missing(whole) == ()
