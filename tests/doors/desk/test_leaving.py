"""The case page while something leaves: when, the button that holds it back, and what the customer sees meanwhile."""

from __future__ import annotations

import pytest
from django.test import Client

from desagravo.cases import actions, queries
from desagravo.cases.models import Case, Document
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common.actor import SYSTEM
from desagravo.departments import actions as departments
from desagravo.history import outbox
from tests.cast import Cast, decided, fresh, in_work, kinds
from tests.doors.desk.conftest import Desk
from tests.doors.desk.test_case import page

CANARY = "CANARY-ANSWER"


@pytest.fixture
def case(cast: Cast) -> Case:
    departments.establish_organisation("Casa de Ensaio", sending_delay=60)
    return in_work(cast)


def release(cast: Cast, case: Case, desk: Desk) -> str:
    version = decided(cast, case, body=CANARY)
    said = {"version": version, "do": "send", "state": "sent", "leaves_at": "2020-01-01", "actor": "1"}
    assert desk("rui").post(page(case.number, "answer/preview/"), said).status_code == 303
    return str(fresh(case).responses.get().pk)


def test_the_page_says_when_it_leaves_and_holds_it_back(cast: Cast, desk: Desk, case: Case) -> None:
    key = release(cast, case, desk)
    assert fresh(case).responses.get().state == "leaving"  # names that the form does not have change nothing
    html = desk("rui").get(page(case.number)).content.decode()
    assert "The answer leaves at" in html
    assert "Hold it back" in html
    assert "Hold it back" not in desk("bia").get(page(case.number)).content.decode()
    assert desk("bia").post(page(case.number, "hold-back/"), {"answer": key}).status_code == 403
    assert desk("rui").post(page(case.number, "hold-back/"), {"answer": key}).status_code == 303
    html = desk("rui").get(page(case.number)).content.decode()
    assert "The answer was held back before it left" in html
    assert "The answer leaves at" not in html
    late = desk("rui").post(page(case.number, "hold-back/"), {"answer": key})
    assert late.status_code == 409
    assert "held back already" in late.content.decode()


@pytest.mark.parametrize("said", [{}, {"answer": "x"}, {"answer": "999999"}, {"message": "999999"}])
def test_what_is_not_there_is_not_held_back(desk: Desk, case: Case, said: dict[str, str]) -> None:
    assert desk("rui").post(page(case.number, "hold-back/"), said).status_code == 404


def test_a_message_is_held_back_from_the_page(cast: Cast, desk: Desk, case: Case) -> None:
    desk("rui").post(page(case.number, "messages/"), {"body": CANARY})
    row = case.messages.get(kind="to_customer")
    html = desk("rui").get(page(case.number)).content.decode()
    assert "The message to the customer leaves at" in html
    assert "On its way, the customer does not see this yet" in html
    assert desk("rui").post(page(case.number, "hold-back/"), {"message": row.pk}).status_code == 303
    assert "Held back, the customer never saw this" in desk("rui").get(page(case.number)).content.decode()


def test_nothing_of_it_reaches_the_customer_before_it_leaves(cast: Cast, desk: Desk, case: Case) -> None:
    release(cast, case, desk)
    kept = [actions.keep_bytes(f"{CANARY}.txt", b"x")]
    row = actions.write(case, body=CANARY, actor=cast.rui, kept=kept)
    while outbox.run_due():
        pass
    link = queries.tracking_url(case)
    path = "/" + link.split("/", 3)[3]
    customer = Client()
    token = path.rstrip("/").rsplit("/", 1)[1]
    api = customer.get(f"/api/v1/complaints/{token}")
    assert api.status_code == 200
    assert CANARY not in customer.get(path).content.decode() + api.content.decode()
    file = row.attachments.get()
    assert customer.get(f"{path}files/{file.pk}/").status_code == 404
    assert not Document.objects.filter(case=case, kind="letter").exists()
    assert not OutgoingMail.objects.filter(letter__in=("answer_ready", "message_waiting")).exists()
    assert CANARY not in repr(list(OutgoingMail.objects.values()))
    assert CANARY in repr(queries.case_file(SYSTEM, queries.case_for(SYSTEM, case.number)).timeline)
    assert not {"case.answered", "case.wrote_to_customer"} & set(kinds(case))


def test_who_took_it_back_is_named_and_the_page_of_approval_leads_to_the_draft(
    cast: Cast, desk: Desk, case: Case
) -> None:
    key = release(cast, case, desk)
    actions.hold_back(case, response=int(key), actor=cast.rui)
    shown = desk("sofia").get(page(case.number)).content.decode()
    assert f"{cast.person('rui').name} held the answer back" in shown and "somebody took it back" not in shown
    rui = desk("rui")
    led = rui.get(page(case.number, "approval/"))
    assert led.status_code == 303 and led.headers["Location"].endswith("/answer/")
    assert "put it up for approval again" in rui.get(led.headers["Location"]).content.decode()
