"""The house counts in the currency of its country, on screens, papers and the customer's page."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from desagravo.cases import actions, queries
from desagravo.common import files
from desagravo.departments import actions as departments
from desagravo.departments import places
from desagravo.history.outbox import run_due
from tests.cast import CALM, PASSWORD, Cast, answered, filed, fresh, section
from tests.doors.desk.conftest import Desk


@pytest.mark.parametrize(
    ("country", "currency"),
    [
        ("BR", "BRL"), ("PT", "EUR"), ("ES", "EUR"), ("GB", "GBP"), ("US", "USD"), ("AO", "AOA"), ("", "EUR"),
        ("XX", "EUR"),
    ],
)  # fmt: skip
def test_the_currency_is_that_of_the_country(country: str, currency: str) -> None:
    assert places.currency_of(country) == currency


@pytest.fixture
def brazil(cast: Cast) -> Cast:
    departments.establish_organisation("Casa de Ensaio", country="BR", time_zone="America/Recife")
    return cast


def test_the_desk_assesses_in_it(brazil: Cast, desk: Desk) -> None:
    case = filed(amount_requested="120")
    sofia, path = desk("sofia"), f"/desk/cases/{case.number}/assessment/"
    html = sofia.get(path).content.decode()
    assert "how much is at stake, in Brazilian reals" in html
    sofia.post(path, {**CALM, "money": "yes", "money_amount": "R$ 300,00"})
    html = sofia.get(path).content.decode()
    assert "limit of R$250.00" in html
    assert "R$120.00" in html
    assert "R$250.00" in sofia.get(f"/desk/cases/{case.number}/").content.decode()
    assert "€" not in html


def test_customers_read_and_are_asked_for_it(brazil: Cast, client: Client) -> None:
    case = filed(amount_requested="120", language="en")
    assert "money is concerned (R$)" in client.get("/complaint/?lang=en").content.decode()
    address = "/" + queries.tracking_url(case).split("/", 3)[3]
    assert "R$120.00" in client.get(address, follow=True).content.decode()
    run_due()
    receipt = files.read(case.documents.get(kind="receipt").stored)
    assert "R$120.00" in "".join(each.extract_text() for each in PdfReader(BytesIO(receipt)).pages)


def test_the_closing_section_begins_with_it_and_keeps_what_was_signed(brazil: Cast, desk: Desk) -> None:
    case = answered(brazil)
    html = desk("sofia").get(f"/desk/cases/{case.number}/closure/").content.decode()
    assert html.index("<option>BRL") < html.index("<option>EUR")
    codes = {**section().codes, "relief": ["monetary"]}
    told = section(codes=codes, amount=Decimal("64.50"), currency="BRL")
    actions.sign_off(case, section=told, password=PASSWORD, actor=brazil.sofia)
    departments.establish_organisation("Casa de Ensaio", country="PT")
    assert "R$64.50" in desk("sofia").get(f"/desk/cases/{fresh(case).number}/closure/").content.decode()
