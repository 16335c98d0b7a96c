"""Text that the page cannot carry is printed by its number, and nothing that a person types stops a document."""

import io
import unicodedata
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desagravo.common.documents import carried, characters, composing, render, typesetting
from desagravo.common.documents.characters import BREAK_HERE, Printer
from desagravo.common.language import in_language
from tests.rooms.common.documents import carried_table
from tests.rooms.common.documents.samples import receipt_of


def printed(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("não \x00 dá", "não [U+0000] dá"),
        ("raiva 😡", "raiva [U+1F621]"),
        ("退款", "[U+9000][U+6B3E]"),
        ("\ue000", "[U+E000]"),
        ("\ud83d", "[U+D83D]"),
        ("\U000e0041", "[U+E0041]"),
        ("abc\u202edef", "abc[U+202E]def"),
        ("\u0378", "[U+0378]"),
        ("Conceic\u0327a\u0303o", "Conceição"),
        ("é\u20dd", "é[U+20DD]"),
        ("zero\u200bwidth\u00ad\ufeff", "zerowidth"),
        ("um\r\ndois\rtrês\u2028quatro", "um\ndois\ntrês\nquatro"),
        ("Ελλάδα Київ مرحبا שלום", "Ελλάδα Київ مرحبا שלום"),
    ],
)
def test_what_stands_for_a_character(sent: str, shown: str) -> None:
    assert Printer().text(sent) == shown


def test_a_replacement_is_remembered() -> None:
    plain, replacing = Printer(), Printer()
    plain.text("Frigorífico")
    replacing.tree({"fields": [{"text": "😡"}]})
    assert (plain.replaced, replacing.replaced) == (False, True)


def test_long_words_may_be_broken_and_lose_nothing() -> None:
    word = "x" * 200
    broken = Printer().text(f"antes {word} depois")
    assert max(map(len, broken.replace(BREAK_HERE, " ").split())) <= 14
    assert broken.replace(BREAK_HERE, "") == f"antes {word} depois"


def test_the_table_is_that_of_the_installed_fonts() -> None:
    assert Path(carried.__file__).read_text(encoding="utf-8") == carried_table.table()


def refused_at_first(*texts: str) -> str:
    """What typst says to the first attempt: the second net (Western letters only) would hide a hole in the tables."""
    with in_language("en"):
        page = typesetting._as_given(composing.compose(receipt_of(*texts), "en"))
        return typesetting._set("receipt", page)[1]


def test_every_character_in_the_table_can_be_printed() -> None:
    carried = sorted(frozenset.union(*characters._FONTS))
    bases = [chr(n) for n in carried if not unicodedata.category(chr(n)).startswith("M")]
    marks = [chr(n) for n in carried if unicodedata.category(chr(n)).startswith("M")]
    assert len(bases) > 3000 and len(marks) > 100
    replaced = [c for c in bases if "[U+" in Printer().text(c)]
    assert replaced == ["\u2329", "\u232a"], "only the two that Unicode replaces by East Asian brackets"
    together = [
        " ".join(bases),
        " ".join(f"a{mark}" for mark in marks),
        "".join(marks),
        " ".join(f" {m}" for m in marks),
    ]
    assert refused_at_first(*together) == ""


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.text(st.characters(codec=None), min_size=1, max_size=60), min_size=40, max_size=80))
def test_any_text_makes_a_document(texts: list[str]) -> None:
    assert refused_at_first(*texts) == ""


ODD = "aé\u0301\u0327\u20dd\u0600\u200d\u0651بא\u05b0\u1100\u1161ﷺ \u0e33\ufe0f❤\n\t\u00a0\u2028\u202e[]"


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.text(st.sampled_from(ODD), min_size=1, max_size=12), min_size=40, max_size=80))
def test_marks_and_joiners_of_every_kind(texts: list[str]) -> None:
    assert refused_at_first(*texts) == ""


def test_a_hole_in_the_tables_is_caught_by_the_second_net(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters, "_FONTS", (*characters._FONTS, frozenset([0x9000])))
    assert refused_at_first("退") != ""
    assert "[U+9000]" in printed(render("receipt", receipt_of("退"), "en"))


def test_markup_is_only_text() -> None:
    sent = '#panic("x") $x^2$ *bold* _it_ @ref <label> \\ `raw` // = Heading "#sys.inputs" [] {}'
    assert "".join(sent.split()) in "".join(printed(render("receipt", receipt_of(sent), "en")).split())


@pytest.mark.parametrize(
    "text",
    ["Palavra e mais palavras. " * 4000, "x" * 100_000, "linha\n" * 16_000, "שלום ومرحبا " * 8_000, "😡" * 20_000],
    ids=["words", "one word", "lines", "right to left", "emoji"],
)
def test_the_longest_description_is_printed(text: str) -> None:
    pdf = render("receipt", receipt_of(text[:100_000]), "pt-pt")
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert 10 < len(pages) < 2000


def test_a_long_word_stays_on_the_page_and_is_copied_whole() -> None:
    """1,000 letters m are some nine metres wide: they need many lines, and nothing invisible between them."""
    text = printed(render("receipt", receipt_of("m" * 1000, "ines.conceicao.de.sousa@casa-atlantica.example"), "en"))
    longest = max(text.split(), key=len)
    assert set(longest) == {"m"} and len(longest) < 60
    assert "ines.conceicao.de.sousa@casa-atlantica.example" in text
    assert BREAK_HERE not in text
