"""The pages of the administrator: organisation, letterhead, departments, next steps, health."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desagravo.cases import actions
from desagravo.cases.actions import Question, sweep_files
from desagravo.common import clock, files
from desagravo.departments import actions as departments
from desagravo.departments import queries
from desagravo.departments.models import Department, Organisation
from desagravo.history.models import Event
from tests.cast import Cast, engage, in_work

pytestmark = pytest.mark.django_db
PAGES = ("", "organisation/", "letterhead/", "departments/", "departments/new/", "departments/finance/", "health/")


def png(width: int = 60, height: int = 20) -> bytes:
    """A whole, grey image."""
    raw = b"".join(b"\x00" + b"\x80" * width for _ in range(height))

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(raw)) + part(b"IEND", b"")


@pytest.fixture
def cast(db: None) -> Cast:
    queries.forget_organisation()
    return engage()


@pytest.fixture
def browser(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person("xavier"))
    return client


def kinds() -> list[str]:
    return list(Event.objects.order_by("seq").values_list("kind", flat=True))


@pytest.mark.parametrize("page", PAGES)
def test_only_administrators_learn_that_a_page_exists(cast: Cast, browser: Client, page: str) -> None:
    answer = browser.get(f"/administration/{page}")
    assert answer.status_code == 200
    assert "Administration" in answer.content.decode()  # the navigation goes along
    manager = Client()
    manager.force_login(cast.person("marta"))
    assert manager.get(f"/administration/{page}").status_code == 404
    assert Client().get(f"/administration/{page}").headers["Location"].startswith("/account/login/")


FACTS = {
    "name": "Casa Nova",
    "country": "BR",
    "time_zone": "America/Sao_Paulo",
    "languages": ["pt-br", "en"],
    "postal_address": "Rua B 2",
    "phone": "",
    "email": "",
    "website": "",
    "legal_line": "CNPJ 00",
    "sending_delay": "30",
}


def test_the_organisation_changes_with_an_event_and_not_without_a_change(browser: Client) -> None:
    assert browser.post("/administration/organisation/", FACTS).status_code == 303
    row = Organisation.objects.get()
    assert (row.name, row.time_zone, row.sending_delay) == ("Casa Nova", "America/Sao_Paulo", 30)
    assert kinds().count("organisation.changed") == 1
    browser.post("/administration/organisation/", FACTS)
    assert kinds().count("organisation.changed") == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Give the name"),
        ("country", "ZZ", "Choose the country"),
        ("time_zone", "Nowhere", "Choose the time zone"),
        ("languages", [], "at least one language"),
        ("languages", ["tlh"], "at least one language"),
        ("email", "x@", "name@example.org"),
        ("sending_delay", "601", "whole seconds"),
        ("sending_delay", "soon", "whole seconds"),
        ("name", "x" * 121, "longer than 120"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    browser: Client, field: str, value: object, sentence: str
) -> None:
    answer = browser.post("/administration/organisation/", {**FACTS, field: value})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "CNPJ 00" in answer.content.decode()
    assert Organisation.objects.get().name == "Casa de Ensaio"


def test_a_letterhead_is_kept_shown_and_taken_away(browser: Client) -> None:
    browser.post("/administration/letterhead/", {"letterhead": SimpleUploadedFile("mark.svg", png())})
    stored = Organisation.objects.get().letterhead
    assert stored  # its content counts, not its name
    shown = browser.get("/administration/letterhead/image/")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    browser.post("/administration/letterhead/", {"way": "remove"})
    assert Organisation.objects.get().letterhead == ""
    assert not files.path(stored).exists()
    assert browser.get("/administration/letterhead/image/").status_code == 404
    assert kinds().count("organisation.changed") == 2


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("mark.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "no PNG or JPEG"),
        ("mark.png", b"%PDF-1.7 not an image", "no PNG or JPEG"),
        ("mark.png", b"", "Choose an image"),
        ("mark.png", png() + b"x" * 1024 * 1024, "larger than 1 MB"),
    ],
)
def test_what_is_no_image_is_refused(browser: Client, name: str, content: bytes, sentence: str) -> None:
    answer = browser.post("/administration/letterhead/", {"letterhead": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Organisation.objects.get().letterhead == ""


def test_the_sweep_of_old_files_leaves_the_letterhead(browser: Client) -> None:
    import os

    browser.post("/administration/letterhead/", {"letterhead": SimpleUploadedFile("mark.png", png())})
    path = files.path(Organisation.objects.get().letterhead)
    os.utime(path, (0, 0))
    sweep_files(clock.now())
    assert path.exists()


def test_a_department_is_added_named_and_moved(browser: Client) -> None:
    browser.post("/administration/departments/new/", {"name_pt-pt": "Oficina móvel", "purpose_pt-pt": "Avarias"})
    assert [each.code for each in queries.departments()][-1] == "oficina-movel"
    assert Department.objects.get(code="oficina-movel").names == {"pt-pt": "Oficina móvel"}
    browser.post("/administration/departments/oficina-movel/", {"name_en": "Van", "name_pt-pt": ""})
    assert Department.objects.get(code="oficina-movel").names == {"en": "Van"}
    browser.post("/administration/departments/oficina-movel/place/", {"to": "up"})
    assert [each.code for each in queries.departments()][-2] == "oficina-movel"
    assert kinds()[-3:] == ["department.established", "department.changed", "department.moved"]


def test_names_are_asked_for_in_the_organisations_languages_and_others_stay(browser: Client) -> None:
    departments.establish_organisation("Oficina", languages=["pt-br"])
    before = Department.objects.get(code="finance").names
    page = browser.get("/administration/departments/finance/").content.decode()
    assert ('name="name_pt-br"' in page, 'name="name_en"' in page) == (True, False)
    browser.post("/administration/departments/finance/", {"name_pt-br": "Financeiro da casa"})
    assert Department.objects.get(code="finance").names == {**before, "pt-br": "Financeiro da casa"}


@pytest.mark.parametrize(
    ("url", "open_"),
    [("http://localhost:8000", True), ("http://127.0.0.1:8123", True), ("https://complaints.example.org", False)],
)
def test_an_address_that_only_this_machine_knows_is_an_open_step(
    browser: Client, settings: Any, url: str, open_: bool
) -> None:
    settings.DESAGRAVO_URL = url
    for page in ("/administration/", "/administration/health/"):
        html = browser.get(page).content.decode()
        assert url in html
        assert ("outside this machine cannot open the links" in html) is open_
    settings.DESAGRAVO_DEMO = True
    assert "outside this machine" not in browser.get("/administration/").content.decode()


def test_a_department_without_a_name_or_with_a_taken_one_is_not_added(browser: Client) -> None:
    answer = browser.post("/administration/departments/new/", {"purpose_en": "Repairs"})
    assert answer.status_code == 422
    assert 'value="Repairs"' in answer.content.decode()
    name = Department.objects.get(code="finance").names["en"]
    answer = browser.post("/administration/departments/new/", {"name_en": name.upper()})
    assert "already" in answer.content.decode()
    assert kinds()[-1] != "department.established"


def test_retiring_waits_for_open_questions_and_names_them(cast: Cast, browser: Client) -> None:
    case = in_work(cast)
    due = clock.now() + timedelta(days=3)
    actions.consult(case, questions=[Question("finance", "Foi pago?", due)], actor=cast.rui)
    answer = browser.post("/administration/departments/finance/retirement/")
    assert answer.status_code == 409
    assert case.number in answer.content.decode()
    assert Department.objects.get(code="finance").retired_at is None
    answer = browser.post("/administration/departments/finance/merger/", {"into": "logistics"})
    words = answer.content.decode()
    assert (
        answer.status_code == 200 and "1 open question goes over to Logistics" in words and 'value="logistics"' in words
    )
    assert Department.objects.get(code="finance").retired_at is None  # it was only asked
    answer = browser.post("/administration/departments/finance/merger/", {"into": "logistics", "sure": "yes"})
    assert answer.status_code == 303
    assert "1 open question went over" in browser.get("/administration/departments/").content.decode()


def test_a_merger_into_nothing_or_itself_is_refused(browser: Client) -> None:
    nothing = browser.post("/administration/departments/finance/merger/", {"into": ""})
    assert nothing.status_code == 422 and 'id="f_into_error"' in nothing.content.decode()
    assert "merged into itself" not in nothing.content.decode()
    assert browser.post("/administration/departments/finance/merger/", {"into": "finance"}).status_code == 409
    assert browser.post("/administration/departments/finance/merger/", {"into": "nowhere"}).status_code == 404
    assert Department.objects.get(code="finance").retired_at is None


def test_the_next_steps_say_how_each_stands(browser: Client) -> None:
    words = browser.get("/administration/").content.decode()
    assert "people can sign in" in words
    assert "Still missing: an e-mail address." in words
    for address in ("people/", "departments/", "organisation/", "letterhead/"):
        assert f"/administration/{address}" in words


def test_health_says_what_is_bad_and_what_to_do(browser: Client) -> None:
    words = browser.get("/administration/health/").content.decode()
    assert "Never." in words
    assert "attention</span>" in words and ">soon<" not in words
    assert 'href="#commands"' in words and 'id="commands"' in words  # each command leads to what it does
    for guide in re.findall(r"<code>(docs/guide/[a-z/-]+\.md)</code>", words):
        assert (Path(__file__).parents[3] / guide).is_file()
    steps = browser.get("/administration/").content.decode()
    row = steps[steps.index(">Backup<") :]
    assert "optional" not in row[: row.index("</tr>")]  # both pages call it something to do
    assert "restore-drill" in words
    for version in ("Python", "Django", "Desagravo"):
        assert version in words
