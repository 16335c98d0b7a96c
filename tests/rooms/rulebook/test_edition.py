"""The starter edition is whole, in both languages, and the check finds what is not."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desagravo.rulebook import edition, queries, schema, words
from desagravo.rulebook.letters import PLACEHOLDERS, fill, names_in


def test_the_starter_edition_is_whole() -> None:
    assert schema.check() == []
    assert queries.edition() == "starter-2026.1"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("departments", 'code = "legal"', 'code = "lawyers"', "→ department): There is no department “legal”"),
        ("departments", 'pt-pt = "Finanças", ', "", "finance → name → pt-pt): There are no words in pt-pt."),
        ("departments", "due_days", "due_dais", "“due_dais” is not known here. Perhaps “due_days” is meant."),
        ("departments", "due_days", "due_dais", "“due_days” is missing."),
        ("triage", 'answers = { law = ["yes"] }', 'answers = { low = ["yes"] }', "There is no question “low”"),
        ("routing", '"DEL.*"', '"DLE.*"', "There is no category “DLE.*”"),
        ("routing", "department =", "departement =", "Perhaps “department” is meant."),
        ("letters", "{received_on}", "{recieved_on}", "“{recieved_on}” here. Perhaps “{received_on}” is meant."),
        (
            "letters",
            "I am sorry for the trouble",
            "It was our  Mistake",
            "admits fault or liability: “It was our  Mistake”",
        ),
        ("closing_codes", '"currency"', '"curency"', "no “curency” here. Perhaps “currency” is meant."),
        ("stages", 'code = "withdrawn"', 'code = "gone"', "The status “withdrawn” has no sentence"),
        ("form", "number = 35", "number = 36", "Field 35 of the model form is missing"),
        ("targets", "days = 15", "days = 0", "answer → days): Give a whole number from 1 to 365."),
        ("targets", '"Europe/Lisbon"', '"Europe/Lisboa"', "“Europe/Lisboa” is no time zone."),
        ("edition", "2027-06-30", '"next June"', "“next June” is not a date. Write it as year-month-day"),
        ("categories", '"DEL.late"', '"LATE"', "begins with that of its group: DEL."),
        ("remedies", "money = false", 'money = "no"', "Say true or false"),
        ("guidance", "[[advice]]", "[advice", "The file cannot be read"),
    ],
)
def test_the_check_says_what_is_wrong(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    folder = tmp_path / "book"
    shutil.copytree(edition.STARTER_FOLDER, folder)
    path = folder / f"{file}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    found = [str(each) for each in schema.check(folder)]
    assert any(problem in each for each in found), found


def test_a_problem_tells_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    shutil.copytree(edition.STARTER_FOLDER, folder)
    path = folder / "targets.toml"
    lines = path.read_text("utf-8").splitlines()
    line = lines.index("days = 15")
    lines[line] = "days = 1500"
    path.write_text("\n".join(lines), "utf-8")
    (found,) = schema.check(folder)
    assert (found.where.file, found.where.line) == ("targets.toml", line + 1)
    assert found.where.path == ("target", "answer", "days")
    assert str(found).startswith(f"targets.toml, line {line + 1} (House targets → target → answer → days): ")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "letters.toml: The file is missing." in map(str, schema.check(tmp_path))


@pytest.mark.parametrize("language", ["en", "pt-pt", "pt-br", "es", "fr"])
def test_everything_can_be_read_in_every_language(language: str) -> None:
    assert len(queries.departments(language)) == 8
    assert len(queries.triage_questions(language)) == 6
    assert len(queries.problem_categories(language)) == 15
    assert len(queries.remedies(language)) == 26
    assert [axis.code for axis in queries.closing_codes(language)] == [
        "outcome",
        "relief",
        "customer_position",
        "cause",
    ]
    assert [axis.several for axis in queries.closing_codes(language)] == [False, False, False, True]
    assert {field.number for group in queries.form(language) for field in group.fields} == set(range(1, 36))
    assert all(letter.subject and letter.body for letter in queries.letter_templates(language))
    assert queries.guidance(language)
    assert queries.targets(language) and queries.next_options(language)
    assert [stage.code for stage in queries.stages(language)] == ["received", "looked_into", "answered", "closed"]


def test_languages_fall_back_to_their_neighbour() -> None:
    texts = {"en": "file", "pt-pt": "ficheiro"}
    assert words.say(texts, "pt-br") == "ficheiro"
    assert words.say({**texts, "pt-br": "arquivo"}, "pt_BR") == "arquivo"
    assert words.say(texts, "es") == "file"
    assert words.say({"es": "archivo"}, "en") == "archivo"
    with pytest.raises(KeyError):
        words.say({}, "en")


def test_money_needs_its_amount_and_currency() -> None:
    relief = queries.closing_codes("en")[1]
    monetary = next(code for code in relief.codes if code.code == "monetary")
    assert [need.code for need in monetary.requires] == ["amount", "currency", "delivery"]


def test_guidance_follows_the_channel() -> None:
    phone = [advice.code for advice in queries.guidance("en", "phone")]
    assert phone[0] == "open_phone" and phone[-1] == "close_phone"
    assert phone[1:-1] == ["listen", "courtesy", "empathy", "acknowledge", "no_admission"]
    assert queries.guidance("en", "counter")[0].code == "open_counter"


def test_limits_and_targets() -> None:
    limits = queries.form_limits()
    assert (limits.text_characters, limits.files, limits.file_bytes) == (100_000, 20, 25 * 1024 * 1024)
    assert [queries.target(code) for code in ("triage", "acknowledge", "answer", "follow_up")] == [1, 2, 15, 3]
    with pytest.raises(KeyError):
        queries.target("miracles")


@pytest.mark.parametrize(
    "code",
    ["acknowledgement", "answer_ready", "tracking_link", "tracking_link_again", "message_received", "message_waiting"],
)
@pytest.mark.parametrize("language", [*words.LANGUAGES, "pt-br"])
def test_what_is_mailed_unasked_carries_no_words_of_the_customer(code: str, language: str) -> None:
    letter = queries.letter(code, language)
    assert not names_in(letter.subject + letter.body) & {"customer_name", "points", "reasons", "missing", "solution"}


@pytest.mark.parametrize("language", [*words.LANGUAGES, "pt-br"])
def test_every_letter_ends_with_a_farewell_that_papers_can_leave_out(language: str) -> None:
    for letter in queries.letter_templates(language):
        assert letter.farewell.startswith(
            ("Yours ", "Com os melhores cumprimentos,", "Atenciosamente,", "Atentamente,")
        )
        assert "{organisation}" in letter.farewell
        assert letter.unsigned + "\n" + letter.farewell == letter.body
        assert letter.unsigned.startswith(("Dear ", "Exmo.(a) Senhor(a)", "Prezado(a) Senhor(a)", "Estimado/a "))


@pytest.mark.parametrize(
    ("name", "organisation"),
    [
        ("Oficina Central, Lda.", True),
        ("Oficina Central Lda", True),
        ("PADARIA SILVA UNIPESSOAL, LDA", True),
        ("Casa Atlântica, S.A.", True),
        ("Casa Atlântica S.A.", True),
        ("Casa Atlântica, SA", True),
        ("Comércio de Peças Ltda.", True),
        ("Widgets Ltd.", True),
        ("Inês Conceição", False),
        ("Maria Sá", False),
        ("MARIA SA", False),
        ("Ana Alda", False),
        ("Abílio Salda", False),
        ("Lda Silva", False),
        ("", False),
    ],
)
def test_an_organisation_is_not_addressed_as_a_person(name: str, organisation: bool) -> None:
    body = queries.letter_to("answer_upheld", "pt-pt", name=name).body
    person = "Exmo.(a) Senhor(a) {customer_name},"
    assert body.splitlines()[0] == ("Exmos. Senhores," if organisation else person)
    neutral = queries.letter_to("acknowledgement", "pt-pt", name=name).body
    assert neutral == queries.letter("acknowledgement", "pt-pt").body


def test_fill_replaces_only_known_names_and_only_once() -> None:
    values = {"case_number": "2026-00417", "customer_name": "{tracking_url}", "tracking_url": "https://x", "evil": "!"}
    template = "{case_number} {customer_name} {evil} {case_number.__class__} {0} {{organisation}} %(x)s {"
    assert (
        fill(template, values)
        == "2026-00417 {tracking_url} {evil} {case_number.__class__} {0} {{organisation}} %(x)s {"
    )


@given(st.text(), st.dictionaries(st.sampled_from(sorted(PLACEHOLDERS)), st.text()))
def test_fill_never_fails(template: str, values: dict[str, str]) -> None:
    filled = fill(template, values)
    if "{" not in template:
        assert filled == template


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (datetime(2026, 1, 5, 9, tzinfo=UTC), 1, datetime(2026, 1, 6, 17, tzinfo=UTC)),
        (datetime(2026, 1, 9, 23, 59, tzinfo=UTC), 1, datetime(2026, 1, 12, 17, tzinfo=UTC)),
        (datetime(2026, 1, 10, 9, tzinfo=UTC), 1, datetime(2026, 1, 12, 17, tzinfo=UTC)),
        (datetime(2026, 1, 5, 9, tzinfo=UTC), 15, datetime(2026, 1, 26, 17, tzinfo=UTC)),
        (datetime(2026, 1, 5, 9, tzinfo=UTC), 0, datetime(2026, 1, 5, 17, tzinfo=UTC)),
        (datetime(2026, 1, 5, 17, 30, tzinfo=UTC), 0, datetime(2026, 1, 6, 17, tzinfo=UTC)),
        (datetime(2026, 3, 27, 12, tzinfo=UTC), 1, datetime(2026, 3, 30, 16, tzinfo=UTC)),
        (datetime(2026, 7, 3, 23, 30, tzinfo=UTC), 1, datetime(2026, 7, 6, 16, tzinfo=UTC)),
    ],
)
def test_due_at_the_end_of_business(start: datetime, days: int, due: datetime) -> None:
    assert queries.due_after(start, days) == due


def test_due_in_another_place_and_nonsense() -> None:
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert queries.due_after(start, 1, zone="America/Sao_Paulo") == datetime(2026, 1, 6, 20, tzinfo=UTC)
    with pytest.raises(ValueError, match="negative"):
        queries.due_after(start, -1)
    with pytest.raises(ValueError, match="time zone"):
        queries.due_after(datetime(2026, 1, 5), 1)
