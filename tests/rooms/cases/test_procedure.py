"""The procedure is made from the edition: what it says is what happens, in four languages, on two pages."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pypdf
import pytest

from desagravo.cases import queries as cases
from desagravo.cases.procedure import bodies, customers, gathering, handbook
from desagravo.cases.procedure.words import Words, book, condition
from desagravo.common import clock
from desagravo.common.documents import kinds, render
from desagravo.common.documents.paper import Bullets, Paper, Prose, Rich, Rows, Section, Table
from desagravo.common.language import in_language
from desagravo.departments import authority, role_words
from desagravo.departments.models import Organisation
from desagravo.departments.queries import forget_organisation
from desagravo.rulebook import edition, stored
from desagravo.rulebook.models import Edition
from desagravo.rulebook.plain import to_json
from tests.cast import MONDAY, SAFETY, Cast, answered, filed

LANGUAGES = ("en", "pt-pt", "pt-br", "es")
STARTER = edition.whole(edition.STARTER)
HOUSE = gathering.House(
    name="Casa Atlântica",
    url="https://reclamar.casa-atlantica.example",
    phone="+351 220 000 100",
    address=("Rua do Almada 210", "4050-032 Porto"),
    country="PT",
    countries=("PT",),
    languages=("pt-pt", "pt-br", "en", "es"),
)
_GAP = re.compile(r"\{(\w+)\}")


def source(language: str = "en", country: str = "PT", **books: Any) -> gathering.Source:
    house = gathering.House(**{**vars(HOUSE), "country": country, "countries": (country,)})
    rules = gathering.Rules(edition.STARTER, {**STARTER.books, **books}, STARTER.policies)
    return gathering.Source(house, rules, language, date(2026, 11, 22))


def roles(language: str) -> dict[str, str]:
    with in_language(language):
        return {code: str(name) for code, name in role_words.ROLE.items()}


def for_customers(told: gathering.Source) -> Paper:
    return customers.compose(told, roles=roles(told.language), size="25 MB")


def for_staff(told: gathering.Source) -> Paper:
    return handbook.compose(told, roles=roles(told.language), verbs=authority.STAFF)


def said(paper: Paper) -> str:
    """All that the paper says, a line for each piece."""
    lines = [paper.title, paper.kind, paper.lede, paper.notice, paper.made_from]
    for section in paper.sections:
        lines += _said(section)
    return "\n".join(lines)


def _said(section: Section) -> Iterator[str]:
    yield section.heading
    for block in section.blocks:
        match block:
            case Prose():
                yield words(block.text)
            case Bullets():
                yield from map(words, block.items)
            case Rows():
                yield from (f"{label}: {words(value)}" for label, value in block.rows)
            case Table():
                yield from (" | ".join(map(words, row)) for row in block.rows)
    for part in section.parts:
        yield from _said(part)


def words(rich: Rich) -> str:
    return "".join(run.text for run in rich)


def changed(name: str, code: str, **fields: Any) -> dict[str, Any]:
    """A book of the starter edition in which one row says something else."""
    table = copy.deepcopy(dict(STARTER.books[name]))
    rows = (row for rows in table.values() if isinstance(rows, list) for row in rows if isinstance(row, dict))
    next(row for row in rows if row["code"] == code).update(fields)
    return {name: table}


def published(code: str, since: date, **books: Any) -> None:
    now = clock.now()
    Edition.objects.create(
        code=code, based_on=edition.STARTER, state="published", sha256="0" * 64,
        books=to_json({**STARTER.books, **books}), policies=to_json(STARTER.policies),
        in_force_from=since, created_at=now, changed_at=now,
    )  # fmt: skip
    edition.forget()
    stored.forget()


# One number in the edition, three places ------------------------------------------------------------------------------


def test_one_number_is_in_both_documents_and_in_what_happens(cast: Cast) -> None:
    before = cases.promised(filed())
    assert "within 15 working days" in said(cases.procedure("en"))
    published("2026.2", MONDAY.date(), **changed("targets", "answer", days=6))
    assert "within 6 working days" in said(cases.procedure("en"))
    assert "within 15 working days\n" not in said(cases.procedure("en"))
    assert "em até 6 dias úteis" in said(cases.procedure("pt-br"))
    assert "Answer | 6 working days" in said(cases.handbook("en"))
    after = cases.promised(filed())
    assert after.date() == date(2026, 3, 10)
    assert after < before


def test_the_earliest_of_what_the_house_promises_stands_in_the_procedure() -> None:
    """The house procedure says twenty days and the target fifteen: customers are told what the desk works by."""
    assert gathering.target(source(), "answer") == 15
    assert gathering.target(source(**changed("targets", "answer", days=40)), "answer") == 20


def test_the_amount_that_makes_a_complaint_serious_is_that_of_the_rule() -> None:
    assert "€250.00" in said(for_customers(source()))
    assert "€250.00" in said(for_staff(source()))
    other = source(**changed("triage", "triage.money", amount_from="400.00"))
    for paper in (for_customers(other), for_staff(other)):
        assert "€400.00" in said(paper)
        assert "€250.00" not in said(paper)


def test_another_edition_is_another_procedure_and_one_that_is_not_in_force_says_so(cast: Cast) -> None:
    later = MONDAY.date() + timedelta(days=30)
    published("2026.9", later, **changed("targets", "answer", days=3))
    assert "within 15 working days" in said(cases.procedure("en"))
    assert cases.procedure("en").notice == ""
    coming = cases.procedure("en", "2026.9")
    assert "within 3 working days" in said(coming)
    assert "2026.9" in coming.notice
    assert "not in force" in coming.notice
    with pytest.raises(LookupError):
        cases.procedure("en", "2031.1")


def test_that_nobody_closes_alone_is_said_because_it_is_so(cast: Cast) -> None:
    case = answered(cast, answers=SAFETY)
    facts = {"major": True, "authors": {cast.marta.id}}
    assert authority.refusal(cast.marta, "sign_off", facts) == "four_eyes"
    assert case.severity == "major"
    assert "nobody closes alone" in said(cases.procedure("en"))
    assert "nobody closes alone" not in said(for_customers(gathering.Source(**{**vars(source()), "four_eyes": False})))


def test_a_number_in_a_rulebook_is_in_both_documents() -> None:
    book_of_law = copy.deepcopy(dict(STARTER.policies["pt-livro-reclamacoes"]))
    for row in book_of_law["milestone"]:
        if row["key"] == "final_response":
            row["n"] = 11
    rules = gathering.Rules("x", STARTER.books, {**STARTER.policies, "pt-livro-reclamacoes": book_of_law})
    told = gathering.Source(HOUSE, rules, "en", date(2026, 11, 22))
    for paper in (for_customers(told), for_staff(told)):
        assert "within 11 working days of the date of the complaint" in said(paper)


def test_a_role_that_may_stands_in_the_handbook() -> None:
    paper = handbook.compose(source(), roles=roles("en"), verbs={"sign_off": {"intake"}})
    assert "sign the closure | intake" in said(paper)


# What is open, and where ---------------------------------------------------------------------------------------------


def test_only_ways_that_are_open_are_named() -> None:
    text = said(for_customers(source()))
    for way in ("casa-atlantica.example/complaint", "+351 220 000 100", "Rua do Almada 210", "livroreclamacoes.pt"):
        assert way in text
    bare = gathering.House(name="Casa", url="https://casa.example", country="BR", countries=("BR",))
    text = said(for_customers(gathering.Source(bare, source().rules, "en", date(2026, 11, 22))))
    assert "By telephone" not in text
    assert "By letter" not in text
    assert "livroreclamacoes" not in text
    assert "consumidor.gov.br" in text


def test_a_law_that_does_not_bind_yet_is_not_promised() -> None:
    early = source("es", "ES")
    later = gathering.Source(**{**vars(early), "today": date(2027, 1, 10)})
    name = next(each for each in STARTER.policies if each == "es-sac-2025")
    assert name not in {each.id for each in gathering.bindings(early)}
    assert name in {each.id for each in gathering.bindings(later)}


@pytest.mark.parametrize(("country", "name"), [("PT", "CNPD"), ("BR", "ANPD"), ("ES", "AEPD"), ("GB", "ICO")])
def test_each_country_has_its_supervisor_of_data(country: str, name: str) -> None:
    body = bodies.data_authority(country)
    assert name in body.name["en"]
    assert body.evidence == "R"
    assert body.review_by is not None
    assert name in said(for_customers(source("en", country)))
    assert "of your country" in bodies.data_authority("AR").name["en"]


def test_holidays_are_excepted_because_they_do_not_count(cast: Cast) -> None:
    Organisation.objects.update(country="PT")
    forget_organisation()
    assert "Monday to Friday, public holidays and days on which we are closed excepted" in said(cases.procedure("en"))
    with clock.at(datetime(2026, 4, 1, 10, tzinfo=UTC)):  # the Friday after is Good Friday
        assert cases.due_after(clock.now(), 2).date() == date(2026, 4, 6)
    forget_organisation()


# Words ---------------------------------------------------------------------------------------------------------------


def test_no_words_hold_a_number() -> None:
    """Whoever writes "15 days" into the words makes the document say something else than the software does."""
    for name in ("customers", "handbook", "verbs"):
        for key, texts in _texts(book(name)):
            for language, text in texts.items():
                assert not re.search(r"\d", text), f"{name} {key} {language}: {text}"


@pytest.mark.parametrize("name", ["customers", "handbook", "limits", "verbs"])
def test_every_word_stands_in_three_languages_with_the_same_gaps(name: str) -> None:
    found = list(_texts(book(name)))
    assert len(found) > 15
    for key, texts in found:
        assert {"en", "pt-pt", "es"} <= set(texts), f"{name} {key}"
        gaps = {language: set(_GAP.findall(text)) for language, text in texts.items()}
        assert len({frozenset(each) for each in gaps.values()}) == 1, f"{name} {key}: {gaps}"


def _texts(table: Any, key: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(table, list):
        for number, row in enumerate(table):
            yield from _texts({k: v for k, v in row.items() if k != "when"}, f"{key}[{number}]")
    elif isinstance(table, dict) and "en" in table:
        yield key, table
    elif isinstance(table, dict):
        for name, each in table.items():
            yield from _texts(each, f"{key}.{name}")


def test_whatever_rulebooks_and_roles_say_has_words() -> None:
    milestones = [row for policy in STARTER.policies.values() for row in policy.get("milestone", ())]
    assert len(milestones) > 20
    assert {row["from"] for row in milestones} <= set(book("limits")["from"])
    assert all(condition(str(row["on"]), "en") for row in milestones if row.get("on"))
    assert {row["kind"] for row in milestones} <= set(book("handbook")["limits"]["kind"])
    assert {row["unit"] for row in milestones} <= set(book("limits")["period"])
    assert set(authority.STAFF) <= set(book("verbs"))
    assert {row["area"] for row in book("verbs").values()} <= set(handbook.AREAS)


def test_brazil_does_not_read_portugal() -> None:
    for paper in (for_customers(source("pt-br", "BR")), for_staff(source("pt-br", "BR"))):
        text = said(paper).lower()
        for word in ("ficheiro", "telemóvel", "ecrã", "contacto", "morada", "registo", "connosco", "receção"):
            assert word not in text, word


def test_a_gap_that_nobody_fills_is_no_sentence() -> None:
    with pytest.raises(KeyError):
        Words("customers", "en")("lede")


# On paper ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "country"), [("en", "GB"), ("pt-pt", "PT"), ("pt-br", "BR"), ("es", "ES")])
def test_two_pages_for_customers_in_every_language(language: str, country: str) -> None:
    told = gathering.Source(**{**vars(source(language, country)), "today": date(2027, 1, 10)})
    pdf = _pdf(for_customers(told), pages=2)
    assert len(pdf.pages) == 2
    _is_for_everybody(pdf, language)
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert Words("customers", language)("title") in text
    assert "casa-atlantica.example/complaint" in text.replace(" ", "")


def test_the_most_that_a_house_can_have_still_takes_two_pages() -> None:
    """Every rulebook binds, addresses are long: the letters become smaller, the pages no more."""
    rules = {"rulebooks": {"applies": [
        {"policy": each, "code": each, "reason": {"en": "Always."}, "when": [{}]} for each in list(STARTER.policies)[:6]
    ]}}  # fmt: skip
    pdf = _pdf(for_customers(source("pt-pt", **rules)), pages=2)
    assert len(pdf.pages) == 2


@pytest.mark.parametrize("language", ["pt-pt", "en"])
def test_the_handbook_on_paper(language: str) -> None:
    pdf = _pdf(for_staff(source(language)), pages=0)
    _is_for_everybody(pdf, language)
    assert len(pdf.pages) > 4
    tags = {str(each.get("/S")) for each in _objects(pdf) if isinstance(each, dict) and "/S" in each}
    assert {"/H1", "/H2", "/Table", "/TH", "/L"} <= tags


def test_a_draft_says_on_every_page_that_it_is_one() -> None:
    rules = gathering.Rules("2027.1", STARTER.books, STARTER.policies, in_force=False)
    pdf = _pdf(for_customers(gathering.Source(HOUSE, rules, "en", date(2026, 11, 22))), pages=2)
    assert all("Draft." in page.extract_text() for page in pdf.pages)


def test_links_lead_where_they_say() -> None:
    pdf = _pdf(for_customers(source()), pages=2)
    links = {str(each["/A"]["/URI"]) for page in pdf.pages for each in map(_object, page.get("/Annots", []))}
    assert {"https://reclamar.casa-atlantica.example/complaint/", "tel:+351220000100"} <= links
    assert not any("\u200b" in each for each in links)


def _pdf(paper: Paper, *, pages: int) -> pypdf.PdfReader:
    organisation = kinds.Organisation(name=HOUSE.name, address=HOUSE.address, contact=(HOUSE.phone,))
    document = kinds.Procedure(organisation=organisation, paper=paper, pages=pages)
    return pypdf.PdfReader(io.BytesIO(render("procedure", document, paper.language)))


def _is_for_everybody(pdf: pypdf.PdfReader, language: str) -> None:
    root: Any = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert root["/Lang"] == {"pt-pt": "pt-PT", "pt-br": "pt-BR", "en": "en-GB", "es": "es-ES"}[language]
    assert root["/MarkInfo"]["/Marked"] and root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfaid:part>2" in metadata and "<pdfaid:conformance>A" in metadata and "<pdfuaid:part>1" in metadata
    assert all(page.mediabox.width == pytest.approx(595.28, abs=0.1) for page in pdf.pages)


def _objects(pdf: pypdf.PdfReader) -> Iterator[Any]:
    yield from (pdf.get_object(number) for number in range(1, int(pdf.trailer["/Size"])))


def _object(reference: Any) -> Any:
    return reference.get_object()
