"""Rules that weigh, ask for approvals and choose: what more weight, a larger amount or another order can change."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desagravo.rulebook import decide, edition, schema_decide
from desagravo.rulebook.decide import Candidate, Colleague, Contribution, Facts

TRIAGE, ROUTING, APPROVALS = (edition.book(name) for name in ("triage", "routing", "approvals"))
QUESTIONS = [row["code"] for row in TRIAGE["question"]]
CALM = dict.fromkeys(QUESTIONS, "no")
CATEGORIES = [row["code"] for group in edition.book("categories")["group"] for row in group["category"]]
REMEDIES = [row["code"] for row in edition.book("remedies")["remedy"]]
AMOUNTS = st.one_of(st.none(), st.decimals(0, 9000, places=2))
ANSWERS = st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from(["yes", "no", "unknown"]))
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        decide.EARLIER: st.integers(0, 9).map(str),
        decide.CATEGORIES: st.lists(st.sampled_from(CATEGORIES), max_size=3, unique=True).map(" ".join),
        "money_amount": st.decimals(0, 9000, places=2).map(str),
    },
)
CONTRIBUTIONS = st.lists(
    st.builds(Contribution, st.text("abc", min_size=1, max_size=3), st.integers(0, 20), st.booleans()), max_size=6
).map(tuple)
FACTS = st.builds(
    Facts,
    triage=ANSWERS,
    outcome=st.sampled_from(["minor", "major"]),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=3),
    remedies=st.lists(st.sampled_from(REMEDIES), max_size=3),
    amount=AMOUNTS,
    earlier=st.integers(0, 5),
    stage=st.sampled_from([1, 2]),
    text=st.sampled_from(["", "Vou falar com o meu advogado.", "The lawyer saw smoke.", "nada"]),
)


@given(CONTRIBUTIONS, CONTRIBUTIONS, st.integers(1, 30))
def test_more_points_never_make_a_case_less_major(
    some: tuple[Contribution, ...], more: tuple[Contribution, ...], limit: int
) -> None:
    before, points = decide.weigh(some, limit)
    after, all_points = decide.weigh(some + more, limit)
    assert all_points >= points
    assert (before, after) != ("major", "minor")


@given(ANSWERS, KNOWN, st.decimals(0, 9000, places=2), st.decimals(0, 9000, places=2))
def test_a_larger_amount_never_makes_a_case_less_major(
    answers: dict[str, str], known: dict[str, str], one: Decimal, other: Decimal
) -> None:
    told = {**answers, **known, "money": "yes"}
    less, more = (decide.triage({**told, "money_amount": str(each)}) for each in sorted((one, other)))
    assert more.points >= less.points
    assert (less.outcome, more.outcome) != ("major", "minor")


@given(ANSWERS, KNOWN, st.integers(0, 5))
def test_an_earlier_complaint_more_never_makes_a_case_less_major(
    answers: dict[str, str], known: dict[str, str], earlier: int
) -> None:
    less, more = (decide.triage({**answers, **known, decide.EARLIER: str(each)}) for each in (earlier, earlier + 1))
    assert more.points >= less.points


@given(ANSWERS, KNOWN, st.sampled_from([row for row in TRIAGE["rule"] if row.get("hard")]))
def test_a_hard_rule_always_wins(answers: dict[str, str], known: dict[str, str], hard: Mapping[str, Any]) -> None:
    told = {**answers, **known, **{code: counts[0] for code, counts in hard["answers"].items()}}
    told.pop("money_amount", None)
    if "amount_from" in hard:
        told["money_amount"] = hard["amount_from"]
    book = deepcopy(dict(TRIAGE))
    book["rule"] = [{**row, "points": 0} for row in book["rule"]]
    decision = decide.triage(told, book)
    assert (decision.outcome, decision.hard) == ("major", True)
    assert hard["code"] in decision.reasons


@given(ANSWERS, KNOWN, st.randoms())
def test_the_order_of_the_rules_changes_neither_class_nor_points(
    answers: dict[str, str], known: dict[str, str], random: Any
) -> None:
    told, book = {**answers, **known}, deepcopy(dict(TRIAGE))
    random.shuffle(book["rule"])
    one, other = decide.triage(told), decide.triage(told, book)
    assert (one.outcome, one.points, one.hard) == (other.outcome, other.points, other.hard)
    assert set(one.contributions) == set(other.contributions)


@given(FACTS, st.randoms())
def test_the_order_of_the_rules_changes_no_approval_and_no_department(facts: Facts, random: Any) -> None:
    approvals, routing = deepcopy(dict(APPROVALS)), deepcopy(dict(ROUTING))
    random.shuffle(approvals["rule"])
    random.shuffle(routing["rule"])
    assert {each.role: set(each.because) for each in decide.approvals(facts)} == {
        each.role: set(each.because) for each in decide.approvals(facts, approvals)
    }
    assert {each.department: set(each.because) for each in decide.route(facts)} == {
        each.department: set(each.because) for each in decide.route(facts, routing)
    }


@given(FACTS, st.decimals(0, 9000, places=2))
def test_raising_an_amount_never_removes_an_approval(facts: Facts, more: Decimal) -> None:
    raised = Facts(**{**facts.__dict__, "amount": (facts.amount or Decimal(0)) + more})
    before, after = decide.approvals(facts), decide.approvals(raised)
    assert _as_roles(before) <= _as_roles(after)
    assert {code for each in before for code in each.because} <= {code for each in after for code in each.because}


def _as_roles(approvals: tuple[decide.Approval, ...]) -> set[str]:
    """The roles asked for, and the ranks that they include."""
    found = {each.role for each in approvals}
    ranks = [decide.RANKS.index(role) for role in found if role in decide.RANKS]
    return found | set(decide.RANKS[: max(ranks) + 1] if ranks else ())


def test_of_several_ranks_the_highest_counts_and_a_contact_comes_besides() -> None:
    facts = Facts(triage={"law": "yes"}, outcome="major", remedies=["compensation"], amount=Decimal(2500))
    asked = decide.approvals(facts)
    assert [each.role for each in asked] == ["senior_manager", "contact:legal"]
    assert asked[0].because == ("approval.large_amount", "approval.major")


@pytest.mark.parametrize(
    ("amount", "roles"), [("2499.99", []), ("2500", ["senior_manager"]), ("9000", ["senior_manager"])]
)
def test_from_the_limit_on_senior_management_decides(amount: str, roles: list[str]) -> None:
    facts = Facts(triage=CALM, outcome="minor", remedies=["refund_part"], amount=Decimal(amount))
    assert [each.role for each in decide.approvals(facts)] == roles


def test_a_minor_case_without_money_needs_no_approval() -> None:
    assert decide.approvals(Facts(triage=CALM, outcome="minor", remedies=["replace"], amount=Decimal(200))) == ()


@pytest.mark.parametrize(
    ("answers", "outcome", "points"),
    [
        ({**CALM, "vulnerable": "yes"}, "minor", 6),
        ({**CALM, "vulnerable": "yes", decide.EARLIER: "1"}, "minor", 9),
        ({**CALM, "vulnerable": "yes", decide.EARLIER: "3"}, "major", 13),
        ({**CALM, "money": "yes", "money_amount": "100", decide.CATEGORIES: "QUA.unsafe"}, "major", 10),
        ({**CALM, decide.CATEGORIES: "SAF.health_or_safety FRA.fraud_or_security"}, "major", 10),
    ],
)
def test_what_is_little_alone_may_be_much_together(answers: dict[str, str], outcome: str, points: int) -> None:
    decision = decide.triage(answers)
    assert (decision.outcome, decision.points) == (outcome, points)
    assert decision.rule == ("triage.together" if outcome == "major" else "triage.light")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("O meu ADVOGADO telefonou.", ("advogado",)),
        ("A advocacia é cara.", ()),
        ("Hâ fumo.", ("fumo",)),
        ("perfumo", ()),
        ("acción legal: ACCIONES  legales!", ("acciones legales",)),
        ("Reclamei no Procon.", ("procon",)),
        ("electric\nshock", ("electric shock",)),
    ],
)
def test_keywords_are_whole_words_without_accents_in_every_language(text: str, found: tuple[str, ...]) -> None:
    proposals = decide.route(Facts(text=text))
    assert tuple(word for each in proposals for word in each.words) == found
    assert all(each.only_words for each in proposals)


def test_what_was_answered_stands_before_what_was_only_found() -> None:
    proposals = decide.route(Facts(triage={"public": "yes"}, text="Falei com um advogado e com um jornalista."))
    assert [(each.department, each.only_words) for each in proposals] == [("marketing", False), ("legal", True)]
    assert proposals[0].rule == "route.public"
    assert proposals[0].words == ("jornalista",)


PEOPLE = [
    Colleague("1", {"manager"}),
    Colleague("2", {"manager"}),
    Colleague("3", {"supervisor"}, (), ("1",)),
    Colleague("4", {"handler"}, (), ("2",)),
    Colleague("5", {"contact"}, {"legal"}),
]


@pytest.mark.parametrize(
    ("role", "person", "authors", "given_by", "refusal", "needs_reason", "instead_of"),
    [
        ("manager", "1", (), (), "", False, ""),
        ("manager", "3", (), (), "", False, "1"),  # stands in for somebody who is away
        ("manager", "3", ("3",), (), "four_eyes", False, ""),
        ("manager", "4", (), (), "not_asked", False, ""),  # a handler decides for nobody
        ("supervisor", "2", (), (), "", False, ""),  # a rank includes those below it
        ("manager", "1", ("1",), (), "four_eyes", False, ""),
        ("contact:legal", "5", ("5",), (), "", True, ""),  # nobody else answers for legal
        ("contact:legal", "1", (), (), "not_asked", False, ""),
        ("contact:finance", "1", (), (), "", False, ""),  # nobody answers for finance: a manager decides
        ("senior_manager", "2", (), (), "", False, ""),  # a house without senior managers
        ("senior_manager", "3", (), (), "", False, "1"),
        ("manager", "2", (), ("2",), "approved_already", False, ""),
        ("manager", "2", ("1",), ("2",), "", True, ""),  # nobody else is left who did not write it
    ],
)
def test_who_may_give_an_approval(
    role: str, person: str, authors: Any, given_by: Any, refusal: str, needs_reason: bool, instead_of: str
) -> None:
    verdict = decide.may_give(role, person, colleagues=PEOPLE, authors=authors, given_by=given_by)
    assert (verdict.refusal, verdict.needs_reason, verdict.instead_of) == (refusal, needs_reason, instead_of)


ROLES = ["handler", "supervisor", "manager", "senior_manager", "contact"]
HOUSES = st.lists(
    st.builds(
        Colleague,
        st.integers(1, 6).map(str),
        st.sets(st.sampled_from(ROLES), max_size=2),
        st.sets(st.sampled_from(["legal", "finance"]), max_size=1),
        st.sets(st.integers(1, 6).map(str), max_size=2),
    ),
    max_size=6,
    unique_by=lambda each: each.id,
)


@given(
    HOUSES,
    st.lists(st.sampled_from([*decide.RANKS, "contact:legal"]), min_size=1, max_size=3, unique=True),
    st.sets(st.integers(1, 6).map(str), max_size=3),
    st.lists(st.tuples(st.integers(1, 6).map(str), st.integers(0, 2)), max_size=12),
)
def test_four_eyes_hold_in_every_order_of_deeds(
    house: list[Colleague], roles: list[str], authors: set[str], deeds: list[tuple[str, int]]
) -> None:
    """An author approves only as the one holder of the role there is; nobody gives two while another could."""
    given_by: dict[str, str] = {}
    for person, number in deeds:
        role = roles[number % len(roles)]
        if role in given_by:
            continue
        verdict = decide.may_give(role, person, colleagues=house, authors=authors, given_by=set(given_by.values()))
        if verdict.refusal:
            continue
        held = decide.holders(role, house)
        if person in authors:
            assert held == {person}
        if person in given_by.values():
            assert held - {person} <= authors
        if verdict.instead_of:
            assert person not in authors
            assert verdict.instead_of in held
        given_by[role] = person


def _people(*told: Candidate) -> list[Candidate]:
    return list(told)


def test_the_one_with_least_work_who_is_there() -> None:
    people = _people(
        Candidate("1", {"manager"}, open_cases=5),
        Candidate("2", {"manager"}, away=True),
        Candidate("3", {"manager"}, open_cases=2),
        Candidate("4", {"supervisor"}),
    )
    choice = decide.handler(Facts(outcome="major"), people)
    assert choice is not None
    assert (choice.person, choice.rule) == ("3", "assign.major")
    assert dict(choice.passed_over) == {"1": "more_work", "2": "away"}


def test_never_the_person_complained_about_nor_at_the_second_stage_who_handled_the_first() -> None:
    people = _people(
        Candidate("1", {"manager"}), Candidate("2", {"manager"}, open_cases=9), Candidate("3", {"handler"})
    )
    about = decide.handler(Facts(outcome="major"), people, complained_about=["1"])
    second = decide.handler(Facts(outcome="major", stage=2), people, handled_before=["1", "2"])
    first = decide.handler(Facts(outcome="major"), people, handled_before=["1"])
    assert about is not None and about.person == "2"
    assert second is not None and (second.person, second.rule) == ("3", "assign.anybody")
    assert first is not None and first.person == "1"
    assert decide.handler(Facts(outcome="minor"), []) is None


def _changed(name: str, change: Any) -> list[str]:
    books = {each: deepcopy(dict(edition.book(each))) for each in _BOOKS}
    change(books[name])
    return [str(each) for each in schema_decide.EXAMINERS[name](books)]


_BOOKS = ("triage", "routing", "approvals", "assignment", "departments", "categories", "remedies")


def _rule(book: Any, code: str) -> Any:
    return next(row for row in book["rule"] if row["code"] == code)


@pytest.mark.parametrize("name", list(schema_decide.EXAMINERS))
def test_the_starter_books_are_whole(name: str) -> None:
    assert _changed(name, lambda book: None) == []


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("triage", lambda b: _rule(b, "triage.money_medium").update(points=1), "fewer points"),
        ("triage", lambda b: _rule(b, "triage.law").update(answers={"weather": ["yes"]}), "no question “weather”"),
        ("triage", lambda b: _rule(b, "triage.law").update(answers={"law": ["perhaps"]}), "no answer “perhaps”"),
        ("triage", lambda b: _rule(b, "triage.money").update(amount_from="much"), "is no amount"),
        ("triage", lambda b: _rule(b, "triage.again").pop("points"), "gives no points"),
        ("triage", lambda b: _rule(b, "triage.again").pop("earlier_at_least"), "no condition"),
        ("triage", lambda b: _rule(b, "triage.again").update(when="x"), "the key “when”"),
        ("triage", lambda b: b["result"].update(major_from=0), "1 point or more"),
        ("triage", lambda b: b["goes_to"]["major"].update(service="office"), "not described"),
        ("routing", lambda b: _rule(b, "route.law").update(department="lawyers"), "no department “lawyers”"),
        ("routing", lambda b: _rule(b, "route.law").update(when=[{}]), "no condition"),
        ("routing", lambda b: _rule(b, "route.law").update(when=[{"colour": "red"}]), "condition “colour”"),
        ("routing", lambda b: _rule(b, "route.words_law")["when"][0]["keywords"].update(en=["a"]), "too short"),
        ("approvals", lambda b: _rule(b, "approval.major").update(role="king"), "no role “king”"),
        ("approvals", lambda b: _rule(b, "approval.major").update(role="supervisor"), "a manager approve major"),
        ("approvals", lambda b: _rule(b, "approval.legal").update(role="contact:lawyers"), "department “lawyers”"),
        ("approvals", lambda b: _rule(b, "approval.legal")["when"][0].update(amount_at_least="x"), "is no amount"),
        ("assignment", lambda b: b["rule"].pop(), "must hold for every case"),
        ("assignment", lambda b: _rule(b, "assign.major").update(roles=["contact"]), "no role “contact”"),
    ],
)
def test_a_mistake_is_named_with_its_place(name: str, change: Any, says: str) -> None:
    problems = _changed(name, change)
    assert any(says in each for each in problems), problems
    assert all(" → " in each for each in problems)
