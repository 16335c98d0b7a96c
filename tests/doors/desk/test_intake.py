"""Intake by an employee: everything is kept, only the description is needed, and what is missing can be completed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desagravo.cases import queries as cases
from desagravo.cases.models import Case, FormDraft
from desagravo.common import clock
from tests.cast import MONDAY, Cast, days_later, filed, fresh, kinds
from tests.doors.desk.conftest import Desk

NEW = "/desk/complaints/new/"


def form(**changes: Any) -> dict[str, Any]:
    told = {
        "form_key": "a" * 32,
        "channel": "phone",
        "way": "file",
        "complainant_name": "Dona Graça",
        "phone": "+351 912 345 678",
        "language": "pt-pt",
        "description": "O forno não aquece.",
        "occurred_on": "2026-01-05",
        "form_completed_on": "2026-01-06",
        "received_day": "2026-01-06",
        "received_hour": "10:30",
        "signing": "typed",
        "signature_confirmed": "on",
    }
    return {**told, **changes}


def send(client: Client, **changes: Any) -> Any:
    return client.post(NEW, form(**changes))


def test_hints_speak_to_the_colleague_and_not_to_the_customer(cast: Cast, desk: Desk) -> None:
    html = desk("ines").get("/desk/complaints/new/").content.decode()
    assert "In the customer&#x27;s own words" in html
    for customer_s in ("as you would tell it", "where you live", "if you live abroad", "please telephone us"):
        assert customer_s not in html


def test_a_complaint_by_telephone_is_filed_with_its_receipt_block(cast: Cast, desk: Desk) -> None:
    response = send(desk("ines"), department_concerned="logistics")
    case = Case.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"/desk/cases/{case.number}/intake/")
    assert (case.channel, case.department_concerned, case.status) == ("phone", "logistics", "received")
    assert case.received_by == cast.person("ines")
    assert case.received_at.isoformat() == "2026-01-06T10:30:00+00:00"
    assert case.forms.get().signature_name == "Dona Graça"
    assert not FormDraft.objects.exists()


def test_sent_twice_it_is_one_case(cast: Cast, desk: Desk) -> None:
    ines = desk("ines")
    assert send(ines).headers["Location"] == send(ines).headers["Location"]
    assert Case.objects.count() == 1


def test_only_the_description_is_needed(cast: Cast, desk: Desk) -> None:
    sent = {"form_key": "b" * 32, "channel": "counter", "way": "file", "description": "Caiu um azulejo."}
    response = desk("ines").post(NEW, sent)
    assert response.status_code == 303
    case = Case.objects.get()
    assert case.status == "incomplete"
    said = desk("ines").get(f"/desk/cases/{case.number}/").content.decode()
    assert "Incomplete: call or write to the customer" in said
    assert "we asked the customer" not in said


def test_a_refused_form_keeps_every_word_and_file(cast: Cast, desk: Desk) -> None:
    ines = desk("ines")
    scan = SimpleUploadedFile("carta.pdf", b"%PDF-1.4 carta", content_type="application/pdf")
    response = send(
        ines, description=" ", email="nonsense", harm="Queimei a mão", files=[scan], remedy_requested=["replace"]
    )
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error: " in html
    assert html.count('href="#f_email"') == 1
    for kept in ("Dona Graça", "nonsense", "Queimei a mão", "carta.pdf", 'value="replace" checked'):
        assert kept in html
    assert Case.objects.count() == 0
    assert send(ines).status_code == 303
    assert [each.name for each in Case.objects.get().attachments.all()] == ["carta.pdf"]


def test_a_file_can_be_taken_out_again(cast: Cast, desk: Desk) -> None:
    ines = desk("ines")
    html = send(ines, way="keep", files=[SimpleUploadedFile("errado.txt", b"x")]).content.decode()
    stored = re.search(r'name="remove_file" value="([^"]+)"', html)
    assert stored
    html = send(ines, way="", remove_file=stored[1]).content.decode()
    assert "errado.txt" not in html
    send(ines)
    assert Case.objects.get().attachments.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signature_confirmed": ""}, "Tick that the customer confirmed"),
        ({"complainant_name": ""}, "Write the name of the person who signed"),
        ({"received_day": "2999-01-01"}, "This is still to come"),
        ({"received_day": "yesterday"}, "This is not a day and an hour"),
        ({"department_concerned": "moon"}, "There is no such department"),
        ({"remedy_requested": ["moon"]}, "is not one of the choices"),
        ({"occurred_on": "2026-02-01"}, "This day has not come yet"),
    ],
)
def test_what_is_wrong_is_said(cast: Cast, desk: Desk, changes: dict[str, Any], sentence: str) -> None:
    response = send(desk("ines"), **changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Case.objects.count() == 0


def test_changing_the_channel_files_nothing_and_brings_its_guidance(cast: Cast, desk: Desk) -> None:
    html = send(desk("ines"), way="", channel_now="post").content.decode()
    assert "Take in a letter" in html
    assert "Open the call" not in html
    assert "Admit no fault or liability" in html
    assert "O forno não aquece." in html
    assert Case.objects.count() == 0


def test_enter_in_a_field_never_files(cast: Cast, desk: Desk) -> None:
    html = desk("ines").get(NEW).content.decode()
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*>', html[html.index(f'action="{NEW}"') :])
    assert 'value="keep"' in buttons[0]


def test_the_page_after_filing_says_what_to_tell_and_hand_over(cast: Cast, desk: Desk) -> None:
    earlier = filed(email="graca@example.org", complainant_name="Dona Graça", product="Torradeira")
    response = send(desk("ines"), email="graca@example.org", signing="")
    html = desk("ines").get(response.headers["Location"]).content.decode()
    case = Case.objects.exclude(pk=earlier.pk).get()
    assert case.number in html
    assert "/track/" in html
    assert "the signature" in html
    assert "Close the call" in html
    assert earlier.number in html


def test_the_number_is_for_the_customer_and_promises_nothing_about_colleagues(cast: Cast, desk: Desk) -> None:
    number = filed(channel="phone").number
    html = desk("ines").get(f"/desk/cases/{number}/intake/").content.decode()
    assert "Give the customer this number; it is named whenever they write or call." in html


def test_the_link_is_shown_to_who_took_the_complaint_down_and_only_at_first(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        where = send(desk("ines"), received_day="2026-03-02", received_hour="08:30").headers["Location"]
        assert "/track/" in desk("ines").get(where).content.decode()
        for name in ("rui", "sofia", "marta", "dora"):
            assert "/track/" not in desk(name).get(where).content.decode(), name
    with days_later(1):
        assert "/track/" in desk("ines").get(where).content.decode()
    with days_later(1.5):
        assert "/track/" not in desk("ines").get(where).content.decode()


def test_the_link_of_a_complaint_that_came_by_itself_is_shown_to_nobody(cast: Cast, desk: Desk) -> None:
    case = filed()
    for name in ("ines", "rui", "marta", "dora"):
        assert "/track/" not in desk(name).get(f"/desk/cases/{case.number}/intake/").content.decode()
    assert "private-link/" not in desk("dora").get(f"/desk/cases/{case.number}/intake/").content.decode()


def test_a_colleague_sends_the_link_again_or_replaces_it_and_never_reads_it(cast: Cast, desk: Desk) -> None:
    case = filed()
    old, where = cases.tracking_url(case), f"/desk/cases/{case.number}/private-link/"
    told = desk("bia").post(where, {"do": "again"}, follow=True).content.decode()
    assert "ines@example.org" in told and "/track/" not in told
    assert (kinds(case)[-1], cases.tracking_url(fresh(case))) == ("tracking.sent_again", old)
    told = desk("bia").post(where, {"do": "replace"}, follow=True).content.decode()
    assert "The old link no longer works" in told and "/track/" not in told
    assert kinds(case)[-1] == "tracking.renewed" and cases.tracking_url(fresh(case)) != old
    assert desk("bia").get(where).status_code == 405
    assert desk("dora").post(where, {"do": "replace"}).status_code == 403
    nobody = filed(email=None)
    assert desk("bia").post(f"/desk/cases/{nobody.number}/private-link/", {"do": "again"}).status_code == 409


@pytest.mark.parametrize("name", ["dora", "xavier", "carla", "vasco"])
def test_others_may_not_file(cast: Cast, desk: Desk, name: str) -> None:
    assert desk(name).get(NEW).status_code == 403
    assert send(desk(name)).status_code == 403
    assert Case.objects.count() == 0


def test_what_is_missing_is_completed_with_the_customer(cast: Cast, desk: Desk) -> None:
    case = filed(signature=None, occurred_on=None)
    ines, path = desk("ines"), f"/desk/cases/{case.number}/completion/"
    html = ines.get(path).content.decode()
    assert "the date on which it happened, " in re.sub("<[^>]+>", "", html)
    assert 'name="complainant_name"' not in html
    response = ines.post(path, {"way": "complete", "form_key": "c" * 32, "occurred_on": "2999-01-01"})
    assert response.status_code == 422
    assert 'value="2999-01-01"' in response.content.decode()
    sent = {
        "way": "complete",
        "form_key": "c" * 32,
        "occurred_on": "2026-01-05",
        "signing": "paper",
        "signature_name": "Inês Conceição",
        "files": [SimpleUploadedFile("assinado.pdf", b"%PDF-1.4")],
    }
    assert ines.post(path, sent).status_code == 303
    case = fresh(case)
    assert case.status == "received"
    assert case.forms.order_by("-version")[0].signature_method == "paper"
    assert case.attachments.get().name == "assinado.pdf"


def test_nothing_added_is_not_a_completion(cast: Cast, desk: Desk) -> None:
    case = filed(signature=None)
    before = kinds(case)
    response = desk("ines").post(f"/desk/cases/{case.number}/completion/", {"way": "complete"})
    assert response.status_code == 422
    assert kinds(case) == before


def test_it_is_taken_on_as_it_is_only_with_a_reason(cast: Cast, desk: Desk) -> None:
    case = filed(signature=None)
    ines, path = desk("ines"), f"/desk/cases/{case.number}/completion/"
    assert "Say why" in ines.post(path, {"way": "waive", "reason": " "}).content.decode()
    assert fresh(case).status == "incomplete"
    assert ines.post(path, {"way": "waive", "reason": "Não atende."}).status_code == 303
    assert fresh(case).status == "received"
    assert ines.post(path, {"way": "waive", "reason": "Outra vez."}).status_code == 409


def test_a_letter_counts_from_the_day_on_which_it_arrived(cast: Cast, desk: Desk) -> None:
    letter = clock.now() - timedelta(days=30)
    send(desk("ines"), channel="post", received_day=f"{letter:%Y-%m-%d}", received_hour="", signing="paper")
    case = Case.objects.get()
    assert case.received_at.date() in {letter.date(), (letter - timedelta(days=1)).date()}
    assert case.forms.get().signature_method == "paper"


@pytest.mark.usefixtures("remembered")
def test_queries_of_the_intake_pages(cast: Cast, desk: Desk) -> None:
    case = filed(signature=None)
    ines = desk("ines")
    for path in (NEW, f"/desk/cases/{case.number}/intake/", f"/desk/cases/{case.number}/completion/"):
        with CaptureQueriesContext(connection) as queries:
            ines.get(path)
        assert len(queries) <= 25, path
