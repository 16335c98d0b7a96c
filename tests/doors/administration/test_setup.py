"""A new organisation, from the one-time code to the list of next steps, and what is refused on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from desagravo.common import one_time_code, throttle
from desagravo.departments import actions, queries
from desagravo.departments.models import Organisation, Person
from desagravo.history.models import Event
from desagravo.history.verify import verify
from tests.doors.test_sign_in import with_app

pytestmark = pytest.mark.django_db

HOUSE = {"name": "Oficina da Ribeira, Lda.", "country": "PT"}
PLACE = {
    "time_zone": "Atlantic/Azores",
    "languages": ["pt-pt", "en"],
    "postal_address": "Rua do Ouro 12\n4150-552 Porto",
    "phone": "+351 220 123 456",
    "email": "reclamacoes@oficina.example",
}
ANA = {
    "person_name": "Ana Ribeiro",
    "person_email": "Ana@Oficina.example",
    "password": "uma frase longa e calma",
    "again": "uma frase longa e calma",
    "person_language": "pt-pt",
    "roles": ["manager"],
}


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    settings.DESAGRAVO_DATA = tmp_path
    return tmp_path


@pytest.fixture
def code(folder: Path) -> str:
    made = one_time_code.new()
    one_time_code.keep(folder, one_time_code.digest(made))
    return made


@pytest.fixture(autouse=True)
def new_house(open_house: None) -> Iterator[None]:
    queries.forget_opening()
    queries.forget_organisation()
    throttle.forget()
    yield
    queries.forget_organisation()


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def set_up(browser: Client, code: str) -> Any:
    browser.post("/setup/", {"code": code})
    browser.post("/setup/organisation/", HOUSE)
    browser.post("/setup/place/", PLACE)
    return browser.post("/setup/administrator/", ANA)


def test_from_the_code_to_the_first_administrator(browser: Client, code: str, folder: Path) -> None:
    assert browser.get("/desk/").headers["Location"] == "/setup/"
    assert browser.get("/").headers["Location"] == "/setup/"
    assert browser.post("/setup/", {"code": code.lower().replace("-", " ")}).headers["Location"] == (
        "/setup/organisation/"
    )
    browser.post("/setup/organisation/", HOUSE)
    proposed = browser.get("/setup/place/").content.decode()
    assert '<option value="Europe/Lisbon" selected>' in proposed
    browser.post("/setup/place/", PLACE)
    answer = browser.post("/setup/administrator/", ANA)
    assert answer.headers["Location"] == "/administration/"
    house = Organisation.objects.get()
    assert (house.name, house.country, house.time_zone) == ("Oficina da Ribeira, Lda.", "PT", "Atlantic/Azores")
    assert house.established_at
    ana = Person.objects.get()
    assert (ana.email, ana.language) == ("ana@oficina.example", "pt-pt")
    assert set(ana.grants.values_list("role", flat=True)) == {"administrator", "manager"}
    assert ana.check_password("uma frase longa e calma")
    assert [each.kind for each in Event.objects.order_by("seq")][-2:] == ["organisation.established", "person.joined"]
    assert one_time_code.kept(folder) == ""
    assert verify().ok


def test_afterwards_the_addresses_exist_for_nobody(browser: Client, code: str) -> None:
    set_up(browser, code)
    for client in (browser, Client()):
        for address in ("/setup/", "/setup/organisation/", "/setup/place/", "/setup/administrator/"):
            assert client.get(address).status_code == 404
            assert client.post(address, {"code": code, **ANA}).status_code == 404
    assert Person.objects.count() == 1


def test_the_second_factor_is_the_last_step_and_leads_to_what_is_next(
    browser: Client, code: str, settings: Any
) -> None:
    settings.DESAGRAVO_SECOND_FACTOR = ["administrator"]
    set_up(browser, code)
    browser.cookies.pop("django_language", None)
    address = browser.get("/administration/").headers["Location"]
    for page in (address, "/account/second-factor/totp/activate/"):
        assert "5 de 5" in browser.get(page).content.decode()
    with_app(browser)
    shown = browser.get("/account/second-factor/recovery-codes/").content.decode()
    assert "5 de 5" in shown
    assert 'class="button button-primary" href="/administration/"' in shown
    assert browser.get("/administration/").status_code == 200
    assert "5 de 5" not in browser.get(address).content.decode()


def test_the_first_administrator_is_led_to_a_second_factor(browser: Client, code: str, settings: Any) -> None:
    settings.DESAGRAVO_SECOND_FACTOR = ["administrator"]
    set_up(browser, code)
    assert "second-factor" in browser.get("/administration/").headers["Location"]


def test_a_wrong_code_says_so_and_opens_nothing(browser: Client, code: str) -> None:
    answer = browser.post("/setup/", {"code": "0000-0000-0000-0000"})
    assert answer.status_code == 422
    assert "This is not the code" in answer.content.decode()
    assert browser.get("/setup/administrator/").headers["Location"] == "/setup/"
    assert browser.post("/setup/administrator/", ANA).headers["Location"] == "/setup/"
    assert not Person.objects.exists()


def test_without_any_code_nobody_gets_in(browser: Client, folder: Path) -> None:
    assert browser.post("/setup/", {"code": ""}).status_code == 422
    assert browser.get("/setup/organisation/").headers["Location"] == "/setup/"


def test_wrong_codes_are_slowed_down_and_not_for_ever(
    browser: Client, code: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DESAGRAVO_THROTTLES = {**settings.DESAGRAVO_THROTTLES, "setup_code": (4, 600)}
    answers = [browser.post("/setup/", {"code": "wrong"}).status_code for _ in range(6)]
    assert answers[0] == 422
    assert answers[-1] == 429
    throttle.forget()
    settings.DESAGRAVO_THROTTLES = {**settings.DESAGRAVO_THROTTLES, "setup_code": (4, 601)}  # another window
    assert browser.post("/setup/", {"code": code}).status_code == 303


def test_a_renewed_code_is_asked_for_again_and_nothing_typed_is_lost(browser: Client, code: str, folder: Path) -> None:
    browser.post("/setup/", {"code": code})
    newer = one_time_code.new()
    one_time_code.keep(folder, one_time_code.digest(newer))
    assert browser.post("/setup/organisation/", HOUSE).headers["Location"] == "/setup/"
    page = browser.get("/setup/").content.decode()
    assert "A new code was made" in page
    assert browser.post("/setup/", {"code": code}).status_code == 422
    browser.post("/setup/", {"code": newer})
    assert 'value="Oficina da Ribeira, Lda."' in browser.get("/setup/organisation/").content.decode()


def test_each_problem_stands_beside_its_field_and_what_was_typed_stays(browser: Client, code: str) -> None:
    browser.post("/setup/", {"code": code})
    answer = browser.post("/setup/organisation/", {"name": "Oficina", "country": "XX"})
    assert answer.status_code == 422
    assert 'value="Oficina"' in answer.content.decode()
    assert "Choose the country." in answer.content.decode()
    browser.post("/setup/organisation/", HOUSE)
    answer = browser.post("/setup/place/", {**PLACE, "time_zone": "Mars/Crater", "email": "no", "languages": []})
    words = answer.content.decode()
    assert answer.status_code == 422
    for sentence in ("Choose the time zone", "name@example.org", "at least one language"):
        assert sentence in words
    assert "Rua do Ouro 12" in words
    browser.post("/setup/place/", PLACE)
    answer = browser.post("/setup/administrator/", {**ANA, "password": "kurz", "person_email": "x", "person_name": ""})
    words = answer.content.decode()
    assert answer.status_code == 422
    for anchor in ("id_password", "id_person_email", "id_person_name"):
        assert f'href="#{anchor}"' in words
    assert "kurz" not in words
    assert not Person.objects.exists()


def test_of_two_who_finish_the_second_finds_the_house_open(code: str) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        client.post("/setup/", {"code": code})
        client.post("/setup/organisation/", HOUSE)
        client.post("/setup/place/", PLACE)
    first.post("/setup/administrator/", ANA)
    assert second.post("/setup/administrator/", {**ANA, "person_email": "b@oficina.example"}).status_code == 404
    assert Person.objects.count() == 1


def test_a_complaint_for_nobody_is_not_taken(folder: Path) -> None:
    for language, words in (("en", "This house is not open yet"), ("pt-BR", ""), ("es", "")):
        answer = Client(headers={"accept-language": language}).get("/complaint/")
        assert answer.status_code == 503
        assert answer.headers["Content-Language"].lower() == language.lower()
        assert words in answer.content.decode()
    answer = Client().post("/api/v1/complaints", {"x": 1}, content_type="application/json")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert Client().get("/health").status_code != 404


def test_a_product_whose_people_came_from_the_command_line_is_open(folder: Path) -> None:
    from desagravo.common.actor import SYSTEM

    actions.add_person(email="h@casa.example", name="Hugo", roles=[("handler", "")], actor=SYSTEM)
    assert Client().get("/").status_code == 200
    assert Client().get("/setup/").status_code == 200  # nobody administers it yet
    actions.add_person(email="x@casa.example", name="Xana", roles=[("administrator", "")], actor=SYSTEM)
    assert Client().get("/setup/").status_code == 404


def test_a_code_is_read_however_it_is_typed(folder: Path) -> None:
    one_time_code.keep(folder, one_time_code.digest("7K2M-0XA1-9QZB-CDEF"))
    assert one_time_code.is_right(folder, " 7k2m oxal 9qzb cdef ")
    assert not one_time_code.is_right(folder, "7K2M-0XA1-9QZB-CDE")
    assert "7K2M" not in (folder / "keys" / "setup_code").read_text()
    one_time_code.forget(folder)
    assert not one_time_code.is_right(folder, "")
