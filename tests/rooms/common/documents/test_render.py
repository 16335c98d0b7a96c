"""What stands in each kind of document, in which language, and that it is PDF/A-2a and PDF/UA-1 by its own words."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pypdf
import pytest

from desagravo.common import clock
from desagravo.common.documents import DocumentFailed, kinds, render, typesetting
from tests.rooms.common.documents import samples

HUGE = samples.PICTURE[:16] + b"\x00\x01\x00\x00" * 2 + samples.PICTURE[24:]


def read(pdf: bytes) -> str:
    """The words of the file, white space folded."""
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("kind", samples.ALL)
@pytest.mark.parametrize("language", ["pt-pt", "pt-br", "en", "es"])
def test_every_kind_in_every_language(kind: str, language: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(render(kind, samples.ALL[kind], language)))
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert root["/Lang"] == {"pt-pt": "pt-PT", "pt-br": "pt-BR", "en": "en-GB", "es": "es-ES"}[language]
    assert root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfaid:part>2" in metadata and "<pdfaid:conformance>A" in metadata and "<pdfuaid:part>1" in metadata
    assert reader.metadata is not None and "2026-00417" in str(reader.metadata.title)
    assert "Casa Atlântica" in reader.pages[0].extract_text()
    assert all(page.mediabox.width == pytest.approx(595.28, abs=0.1) for page in reader.pages)


def test_the_receipt_holds_the_form_as_sent() -> None:
    text = read(render("receipt", samples.RECEIPT, "en"))
    for given in samples.FORM.fields:
        assert given.label in text
        assert " ".join(given.text.split()) in text
    for said in (
        "2026-00417",
        "7 January 2026, 14:03 (UTC+00:00)",
        "fatura FT 2026-118.pdf",
        "184 kB",
        "2.4 MB",
        "9f2c4be1d0a7735e",
        "Signature drawn on the screen",
        "It neither accepts nor disputes the facts",
    ):
        assert said in text
    assert "9f2c4be1d0a7735e9" not in text


def test_what_is_missing_is_asked_for() -> None:
    asked = replace(samples.RECEIPT, missing=("your signature", "a telephone number"))
    assert "What we still need from you" in read(render("receipt", asked, "en"))
    assert "What we still need from you" not in read(render("receipt", samples.RECEIPT, "en"))


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        (kinds.Signature(), "Not signed. The complaint is registered all the same."),
        (
            kinds.Signature(method="typed", name="Inês Conceição", signed_at=samples.RECEIVED),
            "Inês Conceição Name typed as signature, with confirmation Signed on 7 January 2026",
        ),
        (kinds.Signature(method="drawn", picture=b"not a picture"), "The drawn signature cannot be printed here."),
        (kinds.Signature(method="drawn", picture=HUGE), "The drawn signature cannot be printed here."),
        (kinds.Signature(method="drawn", picture=samples.PICTURE[:60]), "The drawn signature cannot be printed here."),
    ],
    ids=["none", "typed", "no picture", "65,536 pixels wide", "half a picture"],
)
def test_signatures(signature: kinds.Signature, said: str) -> None:
    receipt = replace(samples.RECEIPT, form=replace(samples.FORM, signature=signature))
    assert said in read(render("receipt", receipt, "en"))


def test_a_drawn_signature_has_words_for_those_who_do_not_see_it() -> None:
    pdf = pypdf.PdfReader(io.BytesIO(render("receipt", samples.RECEIPT, "en")))
    alternatives = [str(o["/Alt"]) for o in map(pdf.get_object, range(1, pdf.trailer["/Size"])) if _has_alt(o)]
    assert alternatives == ["Drawn signature of Inês Conceição"]


def _has_alt(thing: object) -> bool:
    return isinstance(thing, dict) and "/Alt" in thing


def test_the_letter_answers_the_points_one_by_one() -> None:
    text = read(render("letter", samples.LETTER, "pt-pt"))
    order = [
        "Inês Conceição",
        "19 de janeiro de 2026",
        "A nossa resposta",
        "1. O frigorífico deixou",
        "Damos-lhe razão",
        "2. O apoio telefónico",
        "Damos-lhe razão em parte",
        "Telefonamos-lhe",
        "outra pessoa volta",
        "Ana Ferreira",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_short_letter_has_no_empty_headings() -> None:
    thanks = replace(
        samples.LETTER, points=(), remedy=(), next_steps=(), if_you_disagree=(), enclosures=(), signer=None
    )
    text = read(render("letter", thanks, "en"))
    assert not any(heading in text for heading in ("Our answer", "What we will do", "If you disagree", "Enclosed"))
    assert "Preview" not in text
    assert "This letter has not been sent" in read(render("letter", replace(thanks, preview=True), "en"))


def test_the_sign_off_ticks_what_was_chosen_and_nothing_else() -> None:
    text = read(render("sign_off", samples.SIGN_OFF, "pt-pt"))
    for axis in samples.CLOSING.axes:
        for code in axis.codes:
            assert f"{'☒' if code.ticked else '☐'} {code.label}" in text
    for said in ("86,40 €", "Rui Tavares", "27 de janeiro de 2026", "5be0c7719d24a80f", "João Pinto", "Marta Sousa"):
        assert said in text


def test_a_reopened_case_has_both_closing_sections() -> None:
    first = replace(samples.CLOSING, reopened_because="O aparelho novo também parou.")
    second = replace(samples.CLOSING, number=2, manager_name="Helena Prado", alone_because="Sou a única pessoa.")
    text = read(render("sign_off", replace(samples.SIGN_OFF, closings=(first, second)), "en"))
    order = ["Closing section 1", "Rui Tavares", "O aparelho novo", "Closing section 2", "Helena Prado", "Sou a única"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_the_same_facts_at_the_same_moment_make_the_same_file() -> None:
    with clock.at(datetime(2026, 1, 27, tzinfo=UTC)):
        assert render("sign_off", samples.SIGN_OFF, "en") == render("sign_off", samples.SIGN_OFF, "en")


def test_data_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="Receipt"):
        render("receipt", samples.LETTER, "en")


def test_a_child_that_dies_is_a_failure_that_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting.sys, "executable", "/bin/false")
    with pytest.raises(DocumentFailed, match="ended with 1"):
        render("receipt", samples.RECEIPT, "en")
