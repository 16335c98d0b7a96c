"""Work that was given up, and complaints that could not be opened, are seen by somebody and can be tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from desagravo.cases import queries as cases
from desagravo.cases.models import Document, Submission
from desagravo.common import clock
from desagravo.history import outbox
from desagravo.history.models import Delivery
from desagravo.operations import heartbeat
from tests.cast import Cast, engage, filed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    heartbeat.beat(settings.DESAGRAVO_DATA)
    return engage()


def give_up(reason: str = "RuntimeError: no typesetter") -> Delivery:
    Delivery.objects.update(state="dead", due_at=None, ended_at=clock.now(), last_error=reason)
    return Delivery.objects.get(subscriber="cases.receipt")


def stuck(**facts: object) -> Submission:
    told = {"key": "q", "digest": "d", "content": "{}", "channel": "web", "received_at": clock.now(), **facts}
    return Submission.objects.create(**told)


def browser(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(name))
    return client


def test_the_cause_names_no_address_of_a_case_that_one_may_not_read(cast: Cast) -> None:
    filed()
    give_up("Failed: 550 5.1.1 <ines@example.org>: user unknown")
    stuck(cannot_open="ValueError: ines@example.org", received_at=clock.now() - timedelta(hours=1))
    page = browser(cast, "xavier").get("/operations/work/").content.decode()
    assert "ines@example.org" not in page and "i…@example.org" in page
    assert "ines@example.org" in browser(cast, "marta").get("/operations/work/").content.decode()


def health() -> tuple[int, str, dict[str, str]]:
    response = Client().get("/health")
    return response.status_code, response.json()["status"], response.json()["checks"]


def test_health_tells_of_dead_letters_and_unopened_complaints_and_late_work(cast: Cast) -> None:
    filed()
    assert health()[:2] == (200, "ok")
    with clock.at(clock.now() + timedelta(minutes=20)):
        status, word, checks = health()
        assert (status, word) == (200, "attention")
        assert "the oldest for 20 minutes" in checks["work"]
    give_up()
    stuck(cannot_open="KeyError: 'fields'")
    status, word, checks = health()
    assert (status, word) == (200, "attention")
    assert checks["dead letters"].startswith(f"{outbox.dead_count()} pieces of work were given up")
    assert checks["submissions"].startswith("1 complaints were kept")


def test_a_submission_that_only_just_came_is_no_news(cast: Cast) -> None:
    stuck()
    assert health()[1] == "ok"
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert cases.unopened_count() == 1


@pytest.mark.parametrize("name", ["xavier", "marta"])
def test_an_administrator_reads_the_cause_and_tries_again(cast: Cast, name: str) -> None:
    case = filed()
    dead = give_up()
    submission = stuck(cannot_open="KeyError: 'fields'")
    client = browser(cast, name)
    page = client.get("/operations/work/").content.decode()
    for words in ("Make the receipt", "RuntimeError: no typesetter", "KeyError: &#x27;fields&#x27;", case.number):
        assert words in page
    assert (f"/desk/cases/{case.number}/" in page) == (name == "marta")
    assert client.post(f"/operations/work/{dead.pk}/attempts/").status_code == 303
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)
    assert client.post(f"/operations/submissions/{submission.pk}/attempts/").status_code == 303
    submission.refresh_from_db()
    assert submission.cannot_open
    Submission.objects.filter(pk=submission.pk).update(content=Submission.objects.exclude(case=None).get().content)
    client.post(f"/operations/submissions/{submission.pk}/attempts/")
    submission.refresh_from_db()
    assert submission.case_id
    assert cases.unopened_count() == 0


@pytest.mark.parametrize("name", ["rui", "sofia", "dora", "carla", "ines"])
def test_nobody_else_learns_that_the_page_exists(cast: Cast, name: str) -> None:
    filed()
    dead = give_up()
    client = browser(cast, name)
    assert client.get("/operations/work/").status_code == 404
    assert client.post(f"/operations/work/{dead.pk}/attempts/").status_code == 404
    dead.refresh_from_db()
    assert dead.state == "dead"


def test_without_signing_in_it_leads_there(cast: Cast) -> None:
    assert Client().get("/operations/work/").headers["Location"].startswith("/account/login/")
    assert Client().post("/operations/work/1/attempts/").status_code == 302


def test_the_administrators_start_page_leads_there(cast: Cast) -> None:
    assert "/operations/work/" in browser(cast, "xavier").get("/desk/").content.decode()


def test_the_customer_is_told_that_a_paper_could_not_be_made(cast: Cast) -> None:
    case = filed(language="en")
    client = Client(headers={"accept-language": "en"})
    address = "/track/" + cases.tracking_url(case).partition("/track/")[2] + "documents/receipt"
    waiting = client.get(address)
    assert waiting.status_code == 404
    assert "could not be made" not in waiting.content.decode()
    give_up()
    assert not Document.objects.exists()
    given_up = client.get(address)
    assert given_up.status_code == 404
    assert "could not be made" in given_up.content.decode()
    assert "Retry-After" not in given_up.headers
