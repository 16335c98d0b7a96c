"""What nobody types by hand: NUL bytes, digits that are none, numbers without end. Refused in words, never a 500."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from desagravo.cases import actions
from desagravo.cases.models import FormDraft
from tests.cast import CALM, Cast, engage, filed, fresh, in_work

ENDLESS = "9" * 5000


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def signed_in(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(name))
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/desk/cases/2026%00/",
        "/desk/search/?q=a%00b",
        "/desk/search/?q=2026-" + ENDLESS,
        "/desk/inbox/all/news/?since=\u00b2",
        f"/desk/inbox/all/news/?since={ENDLESS}",
        f"/desk/inbox/all/?after={ENDLESS}",
        f"/desk/questions/{ENDLESS}/",
        f"/desk/questions/{'9' * 30}/",
        "/track/%00/",
        "/complaint/?lang=%00",
        "/api/v1/complaints/%00",
    ],
)
def test_addresses(cast: Cast, address: str) -> None:
    assert signed_in(cast, "marta").get(address).status_code in {200, 401, 404}


def test_a_session_cookie_with_a_nul_is_none(cast: Cast, client: Client) -> None:
    client.cookies["session"] = "abcdefgh\x00abcdefgh"
    assert client.get("/desk/").status_code == 302


def test_a_nul_in_the_form_of_intake_does_not_lose_the_form(cast: Cast) -> None:
    said: dict[str, Any] = {"way": "file", "description": "It\x00 broke.", "occurred_on": "no date", "product": "x\x00"}
    refused = signed_in(cast, "ines").post("/desk/complaints/new/", said)
    assert refused.status_code == 422
    assert "It\ufffd broke." in refused.content.decode()
    assert "\x00" not in str(FormDraft.objects.values_list("fields", flat=True))


@pytest.mark.parametrize("key", ["\u00b2", ENDLESS, "-1", ""])
def test_taking_an_answer_that_cannot_exist(cast: Cast, key: str) -> None:
    case = in_work(cast)
    response = signed_in(cast, "rui").post(
        f"/desk/cases/{case.number}/answer/", {"text": "Exma. Senhora", "do": f"take:{key}", "version": ENDLESS}
    )
    assert response.status_code in {200, 302, 303, 409, 422}


@pytest.mark.parametrize("to", ["\u00b2", ENDLESS, "1\x00"])
def test_an_owner_that_cannot_exist(cast: Cast, to: str) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    assert signed_in(cast, "sofia").post(f"/desk/cases/{case.number}/assessment/owner/", {"to": to}).status_code == 422
    assert fresh(case).owner is None


def test_a_number_with_more_than_five_digits_is_a_number_too(cast: Cast) -> None:
    case = filed()
    case.number = "2026-123456"
    case.save(update_fields=["number"])
    response = signed_in(cast, "marta").get("/desk/search/?q=2026-123456")
    assert response.headers["Location"] == "/desk/cases/2026-123456/"
