"""Editions of an organisation: drafted, changed, proposed, published by a second person, never changed again."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.common.refusals import Conflict, Missing, NotAllowed, NotNow, NotYours
from desagravo.departments.actions import add_person, establish_organisation
from desagravo.departments.queries import actor_for
from desagravo.history import sealing
from desagravo.history.models import Event
from desagravo.history.verify import verify
from desagravo.rulebook import actions, decide, edition, plain, queries, toml_files
from desagravo.rulebook.actions import Mistakes
from desagravo.rulebook.models import Edition
from desagravo.rulebook.problems import Place, below
from tests.cast import MONDAY, Cast, engage

pytestmark = pytest.mark.django_db
LISBON = ZoneInfo("Europe/Lisbon")
SAFETY = ("rule", "triage.safety")


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def draft(cast: Cast, *, days: int = 12, base: str = queries.STARTER) -> str:
    """A draft of the manager's, in which an answer is promised in twelve working days."""
    code = actions.draft_from(base, actor=cast.marta)
    actions.change_piece(code, "targets", ("target", "answer", "days"), days, actor=cast.marta)
    return code


def published(cast: Cast, *, days: int = 12, from_day: date | None = None, base: str = queries.STARTER) -> str:
    code = draft(cast, days=days, base=base)
    actions.propose(code, actor=cast.marta)
    actions.publish(code, from_day=from_day or clock.now().astimezone(LISBON).date(), actor=cast.xavier)
    return code


def row(code: str) -> queries.EditionRow:
    return next(each for each in queries.editions() if each.code == code)


def test_from_a_copy_to_publication(cast: Cast) -> None:
    with clock.at(MONDAY):
        code = draft(cast)
        assert code == "2026.1"
        assert queries.target("answer") == 15
        assert row(code).state == "draft" and row(code).authors == (cast.marta.id,)
        actions.propose(code, actor=cast.marta)
        actions.publish(code, from_day=MONDAY.date(), actor=cast.xavier)
        assert (queries.edition(), queries.target("answer")) == ("2026.1", 12)
        assert queries.target("answer", edition=queries.STARTER) == 15
        assert row(code).in_force and row(queries.STARTER).until == MONDAY.date() - timedelta(days=1)
    kinds = ["edition.drafted", "edition.changed", "edition.proposed", "edition.published"]
    assert list(Event.objects.filter(subject_kind="edition").order_by("seq").values_list("kind", flat=True)) == kinds
    assert verify().ok


@pytest.mark.parametrize("name", ["rui", "sofia", "dora", "vasco", "amelia", "ines", "carla"])
def test_only_administrators_and_managers_write_rules(cast: Cast, name: str) -> None:
    code = draft(cast)
    someone = cast.actor(name)
    for verb in (
        lambda: actions.draft_from(queries.STARTER, actor=someone),
        lambda: actions.change_piece(code, "targets", ("target", "answer", "days"), 3, actor=someone),
        lambda: actions.remove_piece(code, "triage", SAFETY, actor=someone),
        lambda: actions.move_piece(code, "triage", SAFETY, up=False, actor=someone),
        lambda: actions.change_note(code, "x", actor=someone),
        lambda: actions.import_toml({"targets.toml": b""}, actor=someone),
        lambda: actions.discard(code, actor=someone),
        lambda: actions.propose(code, actor=someone),
        lambda: actions.return_draft(code, comment="x", actor=someone),
        lambda: actions.publish(code, from_day=date(2030, 1, 1), actor=someone),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_nobody_publishes_rules_of_their_own(cast: Cast) -> None:
    code = draft(cast)
    actions.propose(code, actor=cast.marta)
    with pytest.raises(NotAllowed, match="rules of their own"):
        actions.publish(code, from_day=date(2030, 1, 1), actor=cast.marta)
    with pytest.raises(NotAllowed):
        actions.publish(code, from_day=date(2030, 1, 1), actor=cast.marta, alone_reason="In a hurry.")
    assert row(code).state == "proposed"


def test_alone_only_where_nobody_else_could_and_with_a_reason(cast: Cast) -> None:
    code = draft(cast)
    actions.change_piece(code, "targets", ("target", "triage", "days"), 2, actor=cast.xavier)
    actions.propose(code, actor=cast.marta)
    assert queries.publishes_alone(cast.marta, row(code).authors)
    with pytest.raises(NotAllowed, match="Say why"):
        actions.publish(code, from_day=date(2030, 1, 1), actor=cast.marta)
    actions.publish(code, from_day=date(2030, 1, 1), actor=cast.marta, alone_reason="Both of us wrote it.")
    assert row(code).alone_reason == "Both of us wrote it."
    assert verify().ok
    other = actor_for(add_person(email="new@casa.example", name="Nova", roles=[("manager", "")], actor=SYSTEM))
    assert not queries.publishes_alone(other, row(code).authors) or other.id not in row(code).authors
    assert not queries.publishes_alone(cast.marta, row(code).authors)


def test_a_proposed_edition_is_given_back_with_a_comment(cast: Cast) -> None:
    code = draft(cast)
    with pytest.raises(NotNow, match="was not proposed"):
        actions.return_draft(code, comment="Why?", actor=cast.xavier)
    actions.propose(code, actor=cast.marta, comment="Twelve days, as agreed in May.")
    with pytest.raises(NotNow, match="waits for publication"):
        actions.change_piece(code, "targets", ("target", "answer", "days"), 3, actor=cast.xavier)
    with pytest.raises(Missing, match="Say what should be different"):
        actions.return_draft(code, comment=" ", actor=cast.xavier)
    actions.return_draft(code, comment="Ten would do.", actor=cast.xavier)
    assert (row(code).state, row(code).comment) == ("draft", "Ten would do.")
    actions.change_piece(code, "targets", ("target", "answer", "days"), 10, actor=cast.marta)
    actions.propose(code, actor=cast.marta)
    actions.return_draft(code, comment="", actor=cast.marta)
    assert row(code).state == "draft"
    assert verify().ok


def test_what_says_the_same_is_not_proposed(cast: Cast) -> None:
    code = actions.draft_from(queries.STARTER, actor=cast.marta)
    with pytest.raises(NotNow, match="says the same as edition"):
        actions.propose(code, actor=cast.marta)
    actions.discard(code, actor=cast.marta)
    with pytest.raises(NotNow, match="was discarded"):
        actions.propose(code, actor=cast.marta)


def test_never_in_the_past_and_one_edition_a_day(cast: Cast) -> None:
    with clock.at(MONDAY):
        code = draft(cast)
        actions.propose(code, actor=cast.marta)
        for day, words in ((None, "Choose the day"), (MONDAY.date() - timedelta(days=1), "This day has passed")):
            with pytest.raises(Missing, match=words):
                actions.publish(code, from_day=day, actor=cast.xavier)
        actions.publish(code, from_day=MONDAY.date(), actor=cast.xavier)
        second = draft(cast, days=9, base=code)
        assert second == "2026.2"
        actions.propose(second, actor=cast.marta)
        with pytest.raises(Missing, match=r"Edition 2026\.1 begins on .* already"):
            actions.publish(second, from_day=MONDAY.date(), actor=cast.xavier)
        assert row(second).state == "proposed"


def test_nothing_with_a_mistake_is_published(cast: Cast) -> None:
    code = draft(cast)
    rule = queries.piece(code, "routing", ("rule",))[0]["code"]
    way = ("rule", rule, "department")
    actions.change_piece(code, "routing", way, "lawyers", actor=cast.marta)
    with pytest.raises(Mistakes) as refused:
        actions.propose(code, actor=cast.marta)
    assert any(problem.where == Place("routing", way) for problem in refused.value.problems)
    shown = below(queries.mistakes(code), "routing", ("rule", rule))
    assert "lawyers" in str(shown["department"][0])
    assert row(code).state == "draft"


def test_the_department_must_exist_in_the_organisation(cast: Cast) -> None:
    code = draft(cast)
    from desagravo.cases import actions as cases

    assert queries.mistakes(code) == []
    cases.retire_department("logistics", actor=cast.xavier)
    found = queries.mistakes(code)
    assert found and all(each.where.book in ("routing", "triage") for each in found)
    assert "“logistics” was retired" in str(found[0])


def test_two_who_change_one_rule(cast: Cast) -> None:
    code = draft(cast)
    way = (*SAFETY, "reason")
    before = queries.piece(code, "triage", way)
    seen = queries.seen(code, "triage", way)
    actions.change_piece(code, "triage", way, {**before, "en": "Theirs."}, actor=cast.xavier, seen=seen)
    with pytest.raises(Conflict) as refused:
        actions.change_piece(code, "triage", way, {**before, "en": "Mine."}, actor=cast.marta, seen=seen)
    assert "Theirs." in refused.value.theirs and "Mine." in refused.value.yours
    elsewhere = ("question", "law", "hint")
    hint = queries.piece(code, "triage", elsewhere)
    mark = queries.seen(code, "triage", elsewhere)
    actions.change_piece(code, "triage", elsewhere, {**hint, "en": "Mine."}, actor=cast.marta, seen=mark)
    assert queries.piece(code, "triage", way)["en"] == "Theirs."


def test_rows_come_go_and_move(cast: Cast) -> None:
    code = draft(cast)
    rules = [each["code"] for each in queries.piece(code, "routing", ("rule",))]
    new = {**queries.piece(code, "routing", ("rule", rules[0])), "code": "routing.new"}
    actions.change_piece(code, "routing", ("rule", "routing.new"), new, actor=cast.marta)
    actions.move_piece(code, "routing", ("rule", "routing.new"), up=True, actor=cast.marta)
    actions.remove_piece(code, "routing", ("rule", rules[0]), actor=cast.marta)
    now = [each["code"] for each in queries.piece(code, "routing", ("rule",))]
    assert now == [*rules[1:-1], "routing.new", rules[-1]]
    differences = queries.differences(code, queries.STARTER, "en")
    told = {(each.kind, each.where.path[-1]) for each in differences if each.where.path}
    assert {("added", "routing.new"), ("removed", rules[0]), ("changed", "answer")} <= told
    for lost in (("rule", rules[0]), ("rule", rules[0], "reason"), ("nothing", "x"), ()):
        with pytest.raises(NotYours):
            actions.remove_piece(code, "routing", lost, actor=cast.marta)
    with pytest.raises(NotYours):
        actions.change_piece(code, "rooting", (), {}, actor=cast.marta)
    with pytest.raises(Mistakes):
        actions.change_piece(code, "routing", ("rule", "x", "y"), {"a": {1, 2}}, actor=cast.marta)


def test_differences_in_words(cast: Cast) -> None:
    code = draft(cast)
    actions.change_piece(code, "triage", (*SAFETY, "reason", "es"), "Peligro.", actor=cast.marta)
    found = {each.where.path: each for each in queries.differences(code, queries.STARTER, "en")}
    assert found[("target", "answer")].name == "Answer"
    assert found[("target", "answer")].fields == (("Working days", "15", "12"),)
    (label, old, new), *rest = found[SAFETY].fields
    assert (label, new, rest) == ("Reason (Español)", "Peligro.", []) and old.startswith("La seguridad")
    assert queries.differences(queries.STARTER, queries.STARTER) == []


def test_in_force_from_local_midnight(cast: Cast) -> None:
    establish_organisation("Casa de Ensaio", time_zone="America/Sao_Paulo")
    with clock.at(MONDAY):
        published(cast, from_day=date(2026, 3, 10))
    midnight = datetime(2026, 3, 10, tzinfo=ZoneInfo("America/Sao_Paulo"))
    with clock.at(midnight - timedelta(seconds=1)):
        assert queries.edition() == queries.STARTER
        assert queries.target("answer") == 15
    with clock.at(midnight):
        assert queries.edition() == "2026.1"
        assert queries.target("answer") == 12


def test_a_later_edition_follows_an_earlier_one(cast: Cast) -> None:
    with clock.at(MONDAY):
        published(cast, from_day=date(2026, 6, 1), days=9)
        published(cast, from_day=date(2026, 4, 1), days=11)
    for day, days in ((date(2026, 3, 31), 15), (date(2026, 4, 1), 11), (date(2026, 5, 31), 11), (date(2026, 6, 1), 9)):
        with clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=LISBON)):
            assert queries.target("answer") == days
    with clock.at(MONDAY):
        assert (row("2026.2").until, row("2026.1").until) == (date(2026, 5, 31), None)


def test_a_published_edition_has_no_verb_left(cast: Cast) -> None:
    code = published(cast)
    for verb in (
        lambda: actions.change_piece(code, "targets", ("target", "answer", "days"), 3, actor=cast.marta),
        lambda: actions.change_book(code, "targets", {}, actor=cast.marta),
        lambda: actions.discard(code, actor=cast.marta),
        lambda: actions.propose(code, actor=cast.marta),
        lambda: actions.publish(code, from_day=date(2030, 1, 1), actor=cast.xavier),
        lambda: actions.add_policy(code, "uk-fca-disp", actor=cast.marta),
        lambda: actions.import_toml({"targets.toml": b"x = 1"}, code=code, actor=cast.marta),
    ):
        with pytest.raises((NotNow, Mistakes)):
            verb()
    assert queries.target("answer") == 12


def test_the_starter_edition_is_copied_not_changed(cast: Cast) -> None:
    with pytest.raises(NotNow, match="is published and never changes"):
        actions.change_piece(queries.STARTER, "targets", ("target", "answer", "days"), 3, actor=cast.marta)
    with pytest.raises(NotYours):
        actions.draft_from("2019.1", actor=cast.marta)


def test_export_and_import_say_the_same(cast: Cast) -> None:
    code = draft(cast)
    letter = ("letter", "acknowledgement", "body", "en")
    body = 'Dear "customer",\n\n"""quoted"""\\ and {case_number}\n\ttab\n'
    actions.change_piece(code, "letters", letter, body, actor=cast.marta)
    name, packed = queries.export_toml(code)
    assert name == "rulebook-2026.1.zip" and queries.export_toml(code)[1] == packed
    view = queries.edition_view(code)
    again, problems = read_zip(packed)
    assert not problems
    assert plain.digest_of(again.books, again.policies) == plain.digest_of(view.books, view.policies)
    assert again.books["letters"]["letter"][0]["body"]["en"] == body


def read_zip(packed: bytes) -> Any:
    from desagravo.rulebook.imports import unpacked
    from desagravo.rulebook.schema import read_files

    return read_files(unpacked({"rules.zip": packed}))


def test_an_imported_edition_has_the_digest_of_the_exported_one(cast: Cast) -> None:
    code = published(cast)
    _name, packed = queries.export_toml(code)
    copied = actions.import_toml({"rules.zip": packed}, actor=cast.xavier, note="From the other house")
    kept = Edition.objects.get(code=copied)
    digest = plain.digest_of(plain.from_json(kept.books), plain.from_json(kept.policies))
    assert digest == Edition.objects.get(code=code).sha256
    assert verify().ok


@pytest.mark.parametrize(
    ("old", "new", "words", "line"),
    [
        ("days = 15", "days = 15\ndais = 3", "“dais” is not known here. Perhaps “days” is meant.", 1),
        ("days = 15", 'days = "soon"', "Give a whole number from 1 to 365.", 0),
        ("days = 15", "days = ", "The file cannot be read", 0),
        ('code = "answer"', 'code = "acknowledge"', "The code acknowledge is there twice", None),
    ],
)
def test_a_bad_file_is_refused_with_its_line(cast: Cast, old: str, new: str, words: str, line: int | None) -> None:
    text = (edition.STARTER_FOLDER / "targets.toml").read_text("utf-8")
    bad = text.replace(old, new, 1)
    with pytest.raises(Mistakes) as refused:
        actions.import_toml({"rules/targets.toml": bad.encode()}, actor=cast.marta)
    (found,) = [each for each in refused.value.problems if words in str(each)]
    assert found.where.file == "rules/targets.toml"
    if line is not None:
        assert found.where.line == text.splitlines().index(old) + 1 + line
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "There is no TOML file among these."),
        ({"rules.exe": b"MZ"}, "neither TOML nor a zip"),
        ({"rules.zip": b"PK\x03\x04 and then nothing"}, "neither TOML nor a zip"),
        ({"target.toml": b"x = 1"}, "Perhaps “targets.toml” is meant."),
        ({"zzzz.toml": b"x = 1"}, "No book is called “zzzz”"),
        ({"targets.toml": b"\xff\xfe"}, "not written in UTF-8"),
        ({"a/targets.toml": b"x = 1", "b/targets.toml": b"x = 1"}, "Send only one of them."),
    ],
)
def test_what_is_no_rulebook_is_refused(cast: Cast, files: dict[str, bytes], words: str) -> None:
    with pytest.raises(Missing, match=words):
        actions.import_toml(files, actor=cast.marta)
    assert not Edition.objects.exists()


def test_a_zip_that_grows_is_refused(cast: Cast) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("targets.toml", b"#" * (30 * 1024 * 1024))
    with pytest.raises(Missing, match="larger than 10 MB"):
        actions.import_toml({"rules.zip": packed.getvalue()}, actor=cast.marta)


def test_review_dates_that_have_passed_are_told(cast: Cast) -> None:
    with clock.at(datetime(2027, 7, 1, 12, tzinfo=LISBON)):
        mine = {each.name: each for each in queries.review_dates() if not each.policy}
        assert mine["Starter rulebook 2026.1"].passed
        assert mine["Starter rulebook 2026.1"].on == date(2027, 6, 30)
    with clock.at(datetime(2027, 5, 15, 12, tzinfo=LISBON)):
        soon = [each for each in queries.review_dates() if each.name == "Starter rulebook 2026.1"]
        assert [each.passed for each in soon] == [False]
        assert "Starter rulebook 2026.1" not in {each.name for each in queries.review_dates(within_days=30)}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.tuples(
            st.sampled_from(["answer", "triage", "acknowledge", "follow_up"]),
            st.integers(1, 60),
            st.sampled_from(["change", "remove", "move"]),
        ),
        max_size=4,
    )
)
def test_a_draft_never_changes_what_counts(cast: Cast, edits: list[tuple[str, int, str]]) -> None:
    def counts() -> Any:
        return (
            queries.edition(),
            [queries.target(code) for code in ("answer", "triage", "acknowledge", "follow_up")],
            queries.letter("acknowledgement", "en").body,
            decide.triage({"safety": "yes"}).rule,
        )

    before = counts()
    code = actions.draft_from(queries.STARTER, actor=cast.marta)
    for target, days, verb in edits:
        with suppress(NotYours):  # somebody took it out before
            if verb == "change":
                way = ("target", target)
                row = {**queries.piece(code, "targets", way), "days": days}
                actions.change_piece(code, "targets", way, row, actor=cast.marta)
            elif verb == "remove":
                actions.remove_piece(code, "targets", ("target", target), actor=cast.marta)
            else:
                actions.move_piece(code, "triage", SAFETY, up=False, actor=cast.marta)
        assert counts() == before
        kept = {each["code"]: each["days"] for each in queries.piece(code, "targets", ("target",))}
        if verb == "change" and target in kept:
            assert kept[target] == days
            assert queries.target(target, edition=code) == days


keys = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda key: not key.startswith("$")
)
values = st.recursive(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30).filter(lambda s: "\x00" not in s),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.booleans(),
        st.dates(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.times().map(lambda at: at.replace(tzinfo=None)),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(keys, values, max_size=4))
def test_every_table_survives_its_file_and_its_row(table: dict[str, Any]) -> None:
    read, problems = toml_files.read(toml_files.write(table).encode(), Place("x"))
    assert not problems and read == table
    assert plain.from_json(plain.to_json(table)) == table
    assert plain.digest(read) == plain.digest(table)
    toml_files.Lines(toml_files.write(table), table)


ATTACKS = [
    "UPDATE rulebook_edition SET books = '{{}}' WHERE code = '{code}'",
    "UPDATE rulebook_edition SET in_force_from = '2001-01-01' WHERE code = '{code}'",
    "UPDATE rulebook_edition SET state = 'draft' WHERE code = '{code}'",
    "UPDATE rulebook_edition SET note = note",
    "DELETE FROM rulebook_edition WHERE code = '{code}'",
    "DELETE FROM rulebook_edition",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO rulebook_edition SELECT * FROM rulebook_edition WHERE code = '{code}'",
    "UPDATE OR REPLACE rulebook_edition SET code = '{code}' WHERE state = 'draft'",
    "UPDATE OR REPLACE rulebook_edition SET id = (SELECT id FROM rulebook_edition WHERE code = '{code}')"
    " WHERE state = 'draft'",
]
ON_POSTGRES = [
    "TRUNCATE rulebook_edition",
    "SET LOCAL session_replication_role = replica; DELETE FROM rulebook_edition",
]


def refused(statement: str, code: str) -> None:
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(code=code))


@pytest.mark.parametrize("statement", ATTACKS)
def test_the_database_keeps_what_was_published(cast: Cast, statement: str) -> None:
    code = published(cast)
    draft(cast)
    refused(statement, code)
    assert queries.target("answer", edition=code) == 12


@pytest.mark.sqlite_only
@pytest.mark.parametrize("statement", ON_SQLITE)
def test_nothing_takes_its_place_on_sqlite(cast: Cast, statement: str) -> None:
    code = published(cast)
    draft(cast, days=4)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
    try:
        refused(statement, code)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.postgres_only
@pytest.mark.parametrize("statement", ON_POSTGRES)
def test_nothing_empties_its_table_on_postgres(cast: Cast, statement: str) -> None:
    code = published(cast)
    connection.check_constraints()  # what waits for the end of the transaction would refuse before the guard does
    refused(statement, code)


def test_a_draft_and_its_row_may_change(cast: Cast) -> None:
    published(cast)
    code = draft(cast, days=3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rulebook_edition SET note = 'x' WHERE code = %s", [code])
        cursor.execute("DELETE FROM rulebook_edition WHERE code = %s", [code])
    assert not Edition.objects.filter(code=code).exists()


def test_verify_finds_what_was_changed_behind_the_guard(cast: Cast) -> None:
    code = published(cast)
    assert verify().ok
    row = Edition.objects.get(code=code)
    connection.check_constraints()  # a table with open checks lets no trigger be taken off
    with sealing.lifted():
        row.books["targets"]["target"][2]["days"] = 99
        row.save()
        connection.check_constraints()
    report = verify()
    assert not report.ok and code in report.sentence()
