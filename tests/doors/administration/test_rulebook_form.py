"""The form engine of the rulebook: every book and every rulebook, shown and saved unchanged, says exactly the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from desagravo.administration.rulebook import books, clauses, fields, reading, sentences, tree
from desagravo.administration.rulebook.fields import ABSENT, Rows
from desagravo.administration.rulebook.guess import complete
from desagravo.administration.rulebook.world import World
from desagravo.common.language import LANGUAGES
from desagravo.rulebook import edition
from desagravo.rulebook.problems import POLICY

STARTER = edition.whole(edition.STARTER)
WORLD = World(STARTER.books, STARTER.policies, language="en")
ALL = reading.contents(WORLD)


@pytest.fixture(autouse=True)
def _without_teams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desagravo.administration.rulebook.options.people.teams", lambda: {"desk": "Complaint desk"})


def nodes(node: tree.Node) -> Iterator[tree.Node]:
    """Every page of a book."""
    yield node
    for rows in node.lists:
        for position, row in enumerate(rows.listed(node.table.get(rows.key, ABSENT))):
            yield from nodes(tree.find(WORLD, node.book, (*node.way, rows.key, rows.key_of(row, position))))


@pytest.mark.parametrize("book", ALL)
def test_what_is_shown_and_saved_unchanged_is_the_same_object_for_object(book: str) -> None:
    for node in nodes(tree.root(WORLD, book)):
        typed = fields.spread(node.fields, node.table)
        browser = {name: [text.replace("\n", "\r\n") for text in texts] for name, texts in typed.items()}
        wrong: dict[str, str] = {}
        made = fields.gather(node.fields, browser, "", node.table, wrong)
        assert not wrong
        assert made == dict(node.table), node.way
        assert list(made) == list(node.table), "the order of the keys stays, too"


@pytest.mark.parametrize("book", ALL)
def test_nobody_reads_a_key_where_a_name_should_be(book: str) -> None:
    """Every key of every book that the product brings is described; nothing is left to guessing."""
    described = _names(books.part(book).fields)
    found = _names(complete(books.part(book).fields, tree.table_of(WORLD, book)))
    assert found <= described, sorted(found - described)


def _names(described: Any) -> set[tuple[str, ...]]:
    found = set()
    for each in described:
        found.add((each.key,))
        found |= {(each.key, *name) for name in _names(getattr(each, "fields", ()))}
    return found


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("book", ALL)
def test_every_book_reads_in_every_language(book: str, language: str) -> None:
    with translation.override(language):
        world = World(STARTER.books, STARTER.policies, language=language)
        chapter = reading.chapter(world, book)
        assert chapter.blocks
        for block in chapter.blocks:
            assert block.kind != "grid" or block.rows
            for item in block.items:
                assert "{'" not in str(item), "a table of the book, not words"
        if language == "pt-pt":
            for node in nodes(tree.root(world, book)):
                fields.inputs(node.fields, fields.spread(node.fields, node.table), "", world, {})


def test_a_rule_is_a_sentence() -> None:
    rule = next(row for row in WORLD.rows("triage", "rule") if row["code"] == "triage.money")
    said = str(sentences.triage_rule(rule, WORLD))
    assert said.startswith("Major at once. Why: The amount at stake reaches the limit of €250.00. When: “Are there")
    assert said.endswith("and the amount is at least €250.00.")


def test_a_condition_of_a_limit_is_a_sentence() -> None:
    said = sentences.condition("psd_or_emd and not holding_sent", WORLD)
    assert said == (
        "“Is it about a payment or electronic money?” yes, and “A holding reply was sent, with the reason and a new "
        "date” no"
    )


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"), max_size=30)
in_languages = st.dictionaries(st.sampled_from(list(LANGUAGES)), texts.filter(str.strip), min_size=1)
codes = st.sampled_from([row["code"] for group in WORLD.rows("categories", "group") for row in group["category"]])
questions = st.sampled_from([row["code"] for row in WORLD.rows("triage", "question")])
answers = st.lists(st.sampled_from(["yes", "no", "unknown"]), min_size=1, unique=True)
money = st.decimals(0, 10**9, places=2).map(lambda amount: f"{amount:.2f}")
clause = st.fixed_dictionaries(
    {},
    optional={
        "triage": st.dictionaries(questions, answers, min_size=1),
        "outcome": st.sampled_from(["minor", "major"]),
        "categories": st.lists(codes, min_size=1, unique=True),
        "amount_at_least": money,
        "earlier_at_least": st.integers(0, 99),
        "stages": st.lists(st.integers(1, 2), min_size=1, unique=True),
        "products": st.lists(texts.map(str.strip).filter(bool), min_size=1),
        "keywords": st.dictionaries(
            st.sampled_from(list(LANGUAGES)), st.lists(texts.map(str.strip).filter(bool), min_size=1), min_size=1
        ),
        "unknown_to_all": st.integers(),
    },
)
rule = st.fixed_dictionaries(
    {"code": st.just("route.x"), "department": st.sampled_from(["finance", "legal"]), "reason": in_languages},
    optional={"when": st.lists(clause.filter(bool), min_size=1, max_size=4)},
)
RULE = next(each for each in books.ROUTING.fields if isinstance(each, Rows) and each.key == "rule")


@given(rule)
def test_any_rule_survives_its_form(table: dict[str, Any]) -> None:
    described = complete(RULE.fields, table)
    wrong: dict[str, str] = {}
    assert fields.gather(described, fields.spread(described, table), "", table, wrong) == table
    assert not wrong


@given(rule, rule)
def test_what_is_typed_is_what_is_kept(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A form that was shown with one rule and is sent with another one gives the other one, key by key."""
    described = complete(RULE.fields, {**before, **after})
    wrong: dict[str, str] = {}
    made = fields.gather(described, fields.spread(described, after), "", before, wrong)
    assert not wrong
    for key in ("department", "reason", "when"):
        assert (_told(made.get(key)) or None) == (_told(after.get(key)) or None)


def _told(value: Any) -> Any:
    """Without what no form asks, and with texts as a form keeps them."""
    if isinstance(value, Mapping):
        return {key: _told(each) for key, each in value.items() if key != "unknown_to_all" and _told(each) != {}}
    if isinstance(value, list):
        found = [_told(each) for each in value if _told(each)]
        return found if any(isinstance(each, Mapping) for each in found) else sorted(found, key=repr)
    return fields.plain(value) if isinstance(value, str) else value


@given(st.text(max_size=12))
def test_no_typed_number_breaks_a_form(text: str) -> None:
    for field in (fields.Whole(key="n", label="n"), fields.Money(key="n", label="n"), fields.Day(key="n", label="n")):
        wrong: dict[str, str] = {}
        value = field.read({"n": [text]}, "", {}, wrong)
        assert wrong or value is ABSENT or isinstance(value, int | float | str | date)
        assert fields.inputs((field,), {"n": [text]}, "", WORLD, wrong)[0].value == text, "nothing typed is lost"


@pytest.mark.parametrize(
    ("typed", "kept"), [("500", "500.00"), ("500,5", "500.50"), ("1 250,00", "1250.00"), ("0", "0.00")]
)
def test_an_amount_is_read_as_people_write_it(typed: str, kept: str) -> None:
    wrong: dict[str, str] = {}
    assert fields.Money(key="n", label="n").read({"n": [typed]}, "", {"n": "250.00"}, wrong) == kept
    assert not wrong


@pytest.mark.parametrize("typed", ["1.250", "1,250.00", "-1", "many", "NaN", "1e30"])
def test_an_amount_that_could_mean_two_things_is_asked_again(typed: str) -> None:
    wrong: dict[str, str] = {}
    fields.Money(key="n", label="n").read({"n": [typed]}, "", {"n": "250.00"}, wrong)
    assert typed in wrong["n"]


def test_keys_that_nobody_described_stay_and_can_be_changed() -> None:
    table = {"code": "x", "name": {"en": "X"}, "new_key": 3, "deeper": {"of": ["a", "b"]}}
    described = complete((books.NAME,), table)
    typed = fields.spread(described, table) | {"new_key": ["4"]}
    wrong: dict[str, str] = {}
    assert fields.gather(described, typed, "", table, wrong) == {**table, "new_key": 4}
    assert [each.label for each in fields.inputs(described, typed, "", WORLD, {})] == ["Name", "New key", "Deeper"]


def test_every_condition_that_decides_has_a_field() -> None:
    from desagravo.rulebook.decide.facts import CONDITIONS

    assert {each.key for each in clauses.DECIDED} == set(CONDITIONS)


def test_rulebooks_of_jurisdictions_are_called_by_their_names() -> None:
    assert tree.called(f"{POLICY}uk-fca-disp", WORLD) == "UK: FCA complaint rules (DISP 1)"
