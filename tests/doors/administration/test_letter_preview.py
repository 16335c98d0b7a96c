"""The preview of a letter: with a real case, in each language, as page and PDF; or with its gaps."""

from __future__ import annotations

import pytest
from django.test import Client

from desagravo.cases.models import Case
from tests.cast import Cast, in_work
from tests.rooms.cases.conftest import cast

__all__ = ["cast"]


def signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.person(who))
    return client


def address(letter: str, **query: str) -> str:
    return f"/administration/rulebook/starter-2026.1/letters/{letter}/preview/?" + "&".join(
        f"{name}={value}" for name, value in query.items()
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Dear Inês"), ("pt-pt", "Exmo.(a)"), ("pt-br", "Prezado(a)"), ("es", "Estimado/a Inês")],
)
def test_a_manager_sees_a_letter_with_a_real_case_in_each_language(cast: Cast, language: str, words: str) -> None:
    case = in_work(cast)
    html = (
        signed_in(cast, "marta").get(address("answer_not_upheld", case=case.number, language=language)).content.decode()
    )
    assert words in html
    assert case.number in html
    assert Case.objects.get(pk=case.pk).language == "pt-pt"


def test_it_comes_as_a_pdf_too(cast: Cast) -> None:
    case = in_work(cast)
    response = signed_in(cast, "marta").get(address("holding", case=case.number, language="es", **{"as": "pdf"}))
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")


def test_an_administrator_sees_no_case_in_it(cast: Cast) -> None:
    case = in_work(cast)
    html = signed_in(cast, "xavier").get(address("holding", case=case.number, language="en")).content.decode()
    assert "Dear {customer_name}" in html
    assert "O frigorífico" not in html
    assert f"{case.number} " not in html


def test_a_letter_that_does_not_exist_is_not_there(cast: Cast) -> None:
    assert signed_in(cast, "marta").get(address("nothing")).status_code == 404
