"""Too often is too often, in words; filing is the last thing to be held up, and even then no word is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from desagravo.cases.models import Case
from desagravo.common import throttle
from tests.cast import Cast, filed
from tests.doors.portal.filling import COMPLETE, page_of, send, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tight(settings: Any, cast: Cast) -> None:
    settings.DESAGRAVO_THROTTLES = {"complaint": (2, 600), "tracking": (4, 600), "new_link": (2, 600)}
    cache.clear()
    throttle.forget()


def test_filing(browser: Client) -> None:
    page = browser.get("/complaint/")
    for _ in range(2):
        assert send(browser, description="Uma vez.").status_code == 303
    held = send(browser, follow=page)
    assert held.status_code == 429
    assert int(held.headers["Retry-After"]) <= 600
    assert COMPLETE["description"] in words(held)
    assert "press “Send” again" in words(held)
    assert Case.objects.count() == 2
    assert browser.get("/complaint/").status_code == 200


def test_tracking_and_new_links(browser: Client) -> None:
    address = page_of(filed())
    assert [browser.get(address).status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    held = browser.get(address)
    assert "Please wait a little" in words(held)
    assert held.headers["Retry-After"]
    assert send(browser).status_code == 303
    replies = [browser.post("/new-link/", {"number": f"n{n}", "email": "a@b.pt"}).status_code for n in range(3)]
    assert replies == [303, 303, 429]


def test_one_case_is_not_asked_for_from_many_places(browser: Client) -> None:
    data = {"number": "2026-00001", "email": "a@b.pt"}
    replies = [browser.post("/new-link/", data, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(3)]
    assert replies == [303, 303, 429]


def test_each_address_counts_for_itself(browser: Client) -> None:
    address = page_of(filed())
    replies = [browser.get(address, REMOTE_ADDR=f"10.0.{n}.1").status_code for n in range(8)]
    assert set(replies) == {200}


def test_what_other_processes_counted_counts(browser: Client) -> None:
    address = page_of(filed())
    for _ in range(3):
        browser.get(address)
    throttle.forget()  # another process
    assert [browser.get(address).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("proxy", "headers", "address"),
    [
        (False, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}, "10.0.0.1"),
        (True, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 1.2.3.4"}, "1.2.3.4"),
        (True, {"REMOTE_ADDR": "10.0.0.1"}, "10.0.0.1"),
        (False, {"REMOTE_ADDR": "2001:db8::1:2"}, "2001:db8::/64"),
        (False, {"REMOTE_ADDR": "::ffff:10.0.0.9"}, "10.0.0.9"),
        (False, {"REMOTE_ADDR": ""}, "unknown"),
    ],
)
def test_whose_address_it_is(settings: Any, proxy: bool, headers: dict[str, str], address: str) -> None:
    settings.DESAGRAVO_PROXY = proxy
    assert throttle.address_of(RequestFactory().get("/", **headers)) == address


def test_the_pages_and_the_api_are_counted_together(browser: Client) -> None:
    assert send(browser).status_code == 303
    statuses = [
        browser.post("/api/v1/complaints", {"description": "Uma vez."}, content_type="application/json").status_code
        for _ in range(2)
    ]
    assert statuses == [201, 429]
