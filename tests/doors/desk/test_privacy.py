"""The pages of the keeper of data: taking something out, legal hold, erasing a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from desagravo.cases import actions
from desagravo.cases.models import Erasure, Message, Redaction
from desagravo.common.actor import Actor
from desagravo.history import outbox, restored
from tests.cast import PASSWORD, Cast, closed, engage, fresh, in_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def browser(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(name))
    return client


def test_words_are_taken_out_on_the_page_and_the_page_says_so(cast: Cast) -> None:
    case = in_work(cast)
    message = actions.add_message(case, body="A vizinha Zulmira viu tudo.", actor=Actor("customer", case.number))
    client = browser(cast, "marta")
    address = f"/desk/cases/{case.number}/redaction/"
    assert f"message:{message.pk}" in client.get(address).content.decode()
    told = {"piece": f"message:{message.pk}", "how": "words", "passages": "Zulmira", "ground": "third_party"}
    wrong = client.post(address, {**told, "passages": "Genoveva"})
    assert wrong.status_code == 422
    assert "does not stand in this text" in wrong.content.decode()
    assert 'aria-invalid="true"' in wrong.content.decode()
    assert client.post(address, told).status_code == 303
    assert Message.objects.get(pk=message.pk).body == "A vizinha ████ viu tudo."
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert "████" in page
    assert "took words out of a message, because it is about another person" in page
    assert "Words of a message" in client.get(address).content.decode()


def test_what_a_restore_brought_back_is_listed_until_it_is_taken_out_again(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "keys").mkdir()
    settings.DESAGRAVO_DATA = tmp_path
    case = in_work(cast)
    message = actions.add_message(case, body="A vizinha Zulmira viu tudo.", actor=Actor("customer", case.number))

    def take_out() -> None:
        actions.redact_message(case, message.pk, passages=["Zulmira"], ground="third_party", actor=cast.marta)

    take_out()
    listed = (tmp_path / "erasures.jsonl").read_text()
    assert f"message:{message.pk}" in listed and "Zulmira" not in listed and actions.erasure_list() == []
    client = browser(cast, "marta")
    assert "brought back" not in client.get("/desk/privacy/").content.decode()
    Redaction.objects.all().delete()  # as an older backup has it
    Message.objects.filter(pk=message.pk).update(body="A vizinha Zulmira viu tudo.")
    assert restored.acts()["redactions"]() == 1
    page = client.get("/desk/privacy/").content.decode()
    assert "brought back" in page and f"redaction/?piece=message%3A{message.pk}" in page
    actions.make_confidential(case, actor=cast.rui)
    page = client.get("/desk/privacy/").content.decode()
    assert "1 more in cases that you may not see" in page and case.number not in page
    actions.lift_confidentiality(case, reason="Já não.", actor=cast.rui)
    take_out()
    assert restored.acts()["redactions"]() == 0


@pytest.mark.parametrize("name", ["rui", "sofia", "dora"])
def test_others_may_not(cast: Cast, name: str) -> None:
    case = in_work(cast)
    client = browser(cast, name)
    assert client.get(f"/desk/cases/{case.number}/redaction/").status_code == 403
    assert client.get("/desk/privacy/").status_code == 403


def test_a_person_is_found_and_erased(cast: Cast) -> None:
    case, running = closed(cast), in_work(cast)
    client = browser(cast, "marta")
    page = client.get("/desk/privacy/", {"q": "ines@example.org"}).content.decode()
    assert case.number in page
    assert "not closed yet" in page
    told = {"q": "ines@example.org", "number": case.number, "ground": "asked", "confirmed": "yes"}
    wrong = client.post("/desk/privacy/", {**told, "password": "wrong"})
    assert wrong.status_code == 422
    assert 'id="f_password_error"' in wrong.content.decode()
    refused = client.post("/desk/privacy/", {**told, "number": [case.number, running.number], "password": PASSWORD})
    assert f"Case {running.number} is not closed yet" in refused.content.decode()
    assert client.post("/desk/privacy/", {**told, "password": PASSWORD}).status_code == 303
    assert "at work: 0 of 1 cases" in client.get("/desk/privacy/").content.decode()
    while outbox.run_due():
        pass
    assert Erasure.objects.get().done_at
    assert "done: 1 of 1 cases" in client.get("/desk/privacy/").content.decode()
    assert fresh(case).erased_at
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    assert "What this case held of the customer was erased on" in page
    assert "because the person asked for it" in page
    assert "frigor" not in page
    for below in ("history/", "redaction/", "closure/", "intake/", "looks/"):
        assert client.get(f"/desk/cases/{case.number}/{below}").status_code == 200, below


def test_a_hold_is_put_and_lifted(cast: Cast) -> None:
    case = closed(cast)
    client = browser(cast, "marta")
    assert (
        client.post(f"/desk/cases/{case.number}/legal-hold/", {"do": "hold", "reason": "Tribunal"}).status_code == 303
    )
    assert "on legal hold" in client.get("/desk/privacy/", {"q": case.number}).content.decode()
    assert client.post(f"/desk/cases/{case.number}/legal-hold/", {"do": "lift", "reason": "Fim"}).status_code == 303
    assert "Put it on hold" in client.get(f"/desk/cases/{case.number}/redaction/").content.decode()
