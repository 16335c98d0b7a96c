"""The procedure and the page about personal data, as a customer reads them."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.test import Client

from desagravo.departments.models import Organisation
from desagravo.departments.queries import forget_organisation
from tests.cast import Cast

LANGUAGES = ("en", "pt-pt", "pt-br", "es")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("How to complain", "within 15 working days", "By telephone", "Data Protection")),
        ("pt-pt", ("Como reclamar", "no prazo de 15 dias úteis", "Por telefone")),
        ("pt-br", ("Como reclamar", "em até 15 dias úteis", "Por telefone")),
        ("es", ("Cómo reclamar", "en 15 días hábiles", "Por teléfono")),
    ],
)
def test_the_procedure_stands_in_four_languages(cast: Cast, language: str, words: tuple[str, ...]) -> None:
    answer = Client(headers={"accept-language": language}).get("/procedure/")
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    text = answer.content.decode()
    for each in words[:3]:
        assert each in text
    assert "{" not in text.replace('{"', "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_pages_to_print(cast: Cast, browser: Client, language: str) -> None:
    answer = browser.get(f"/procedure/{language}.pdf")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == 2


def test_only_languages_of_the_house(cast: Cast, browser: Client) -> None:
    Organisation.objects.update(languages=["es"])
    forget_organisation()
    assert browser.get("/procedure/es.pdf").status_code == 200
    for strange in ("en", "xx", "..", "es%00"):
        assert browser.get(f"/procedure/{strange}.pdf").status_code == 404
    forget_organisation()


def test_every_page_of_the_portal_leads_there(cast: Cast, browser: Client) -> None:
    for address in ("/", "/complaint/", "/privacy/"):
        assert 'href="/procedure/"' in browser.get(address).content.decode()


@pytest.mark.parametrize(("country", "name"), [("PT", "CNPD"), ("BR", "ANPD"), ("ES", "AEPD"), ("GB", "ICO")])
def test_how_long_we_keep_it_and_who_supervises_that(cast: Cast, browser: Client, country: str, name: str) -> None:
    Organisation.objects.update(country=country)
    forget_organisation()
    text = browser.get("/privacy/").content.decode()
    assert name in text
    assert "We keep it for 5 years after" in text
    forget_organisation()
