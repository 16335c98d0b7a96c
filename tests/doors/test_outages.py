"""The database does not answer, or the disk is full: said in words, nothing that was typed is lost, no bare error."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from desagravo.cases import actions, queries
from desagravo.cases.models import Case
from desagravo.common import outage
from desagravo.common.refusals import NotNow
from desagravo.departments.queries import forget_organisation
from tests.cast import Cast, engage, filed, in_work
from tests.doors.portal.filling import COMPLETE, hidden

OUTAGES = [
    OperationalError("database is locked"),
    InterfaceError("the connection is closed"),
    OSError(errno.ENOSPC, "No space left on device"),
]


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def signed_in(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(name))
    return client


def raising(problem: Exception) -> Any:
    def action(*_args: object, **_words: object) -> None:
        raise problem

    return action


@contextmanager
def no_database() -> Iterator[None]:
    """Whatever asks the database is told that it is away."""

    def refused(*_args: object, **_words: object) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    forget_organisation()
    with connection.execute_wrapper(refused):
        yield
    forget_organisation()


@pytest.mark.parametrize("problem", OUTAGES)
def test_a_complaint_that_was_not_accepted_stands_in_its_form_again(
    cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    token = hidden(browser.get("/complaint/"), "token")
    with monkeypatch.context() as away:
        away.setattr(actions, "receive", raising(problem))
        refused = browser.post("/complaint/", {**COMPLETE, "token": token}, headers={"sec-fetch-site": "same-origin"})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == str(outage.RETRY_AFTER)
    html = refused.content.decode()
    assert "your complaint was not accepted" in html
    assert "O frigorífico deixou de arrefecer ao segundo dia.</textarea>" in html
    assert 'value="A-1234"' in html
    assert Case.objects.count() == 0
    again = {**COMPLETE, "token": hidden(refused, "token")}
    assert again["token"] == token
    assert browser.post("/complaint/", again, headers={"sec-fetch-site": "same-origin"}).status_code == 303
    assert Case.objects.count() == 1


def test_without_any_database_the_words_come_back_in_the_reader_s_language(cast: Cast) -> None:
    browser = Client(headers={"accept-language": "pt-PT", "sec-fetch-site": "same-origin"})
    with no_database():
        refused = browser.post("/complaint/", {**COMPLETE, "token": "t" * 43})
    assert refused.status_code == 503
    assert refused.headers["Content-Language"] == "pt-pt"
    assert "O frigorífico deixou de arrefecer ao segundo dia.</textarea>" in refused.content.decode()


def test_what_a_customer_adds_is_shown_and_can_be_sent_again(
    cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = queries.tracking_url(filed()).partition("/track/")[2]
    said = {"body": "It has begun to smell.", "settled": "no"}
    monkeypatch.setattr(actions, "add_message", raising(OUTAGES[0]))
    refused = browser.post(f"/track/{path}message/", said, headers={"sec-fetch-site": "same-origin"})
    html = refused.content.decode()
    assert refused.status_code == 503
    assert "This was not accepted" in html
    assert '<textarea name="body" hidden>It has begun to smell.</textarea>' in html


def test_what_was_added_too_late_is_shown(cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = queries.tracking_url(filed(signature=None)).partition("/track/")[2]
    monkeypatch.setattr(actions, "complete", raising(NotNow("already_filed")))
    said = {"signature_name": "Inês da Conceição", "signature_confirmed": "yes"}
    refused = browser.post(f"/track/{path}missing/", said, headers={"sec-fetch-site": "same-origin"})
    assert refused.status_code == 409
    assert "Inês da Conceição" in refused.content.decode()


def test_a_full_disk_is_an_outage_and_a_missing_file_is_none() -> None:
    assert outage.is_outage(OUTAGES[2])
    assert not outage.is_outage(FileNotFoundError(errno.ENOENT, "No such file"))


@pytest.mark.parametrize("problem", OUTAGES)
def test_a_colleague_s_words_come_back_and_the_password_does_not(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    case = in_work(cast)
    monkeypatch.setattr(actions, "note", raising(problem))
    said = {"body": "The carrier called back.", "password": "a calm and long password"}
    refused = signed_in(cast, "rui").post(f"/desk/cases/{case.number}/notes/", said)
    html = refused.content.decode()
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == str(outage.RETRY_AFTER)
    assert "The carrier called back." in html
    assert "a calm and long password" not in html


@pytest.mark.parametrize("path", ["/desk/", "/desk/inbox/all/", "/track/abc/"])
def test_pages_say_that_they_will_be_back(cast: Cast, path: str) -> None:
    marta = signed_in(cast, "marta")
    with no_database():
        response = marta.get(path)
    assert response.status_code in ({503} if path != "/track/abc/" else {503, 404})
    assert "500" not in response.content.decode()[:200]
