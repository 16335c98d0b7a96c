"""The product under a fault: its customers, a colleague at the desk, and what both are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
from django.utils import translation
from django.utils.translation import gettext

from tests.conftest import new_postgres_database
from tests.product import Product
from tests.promises.invariants import broken
from tests.promises.test_nothing_lost import Mailbox, Story, address_of, drained, until

EMAIL, WORDS = "ana@casa.example", "corvo telhado lilás 7"
LANGUAGES = ("en", "pt-pt", "pt-br", "es")
NOT_ACCEPTED = (
    "Something at our end does not work just now, and your complaint was not accepted. Your words are still here. "
    "Please press “Send” again in a minute; it is registered only once."
)
TOLD: dict[str, Any] = {
    "occurred_on": "2026-01-05",
    "form_completed_on": "2026-01-07",
    "complainant_name": "Inês Conceição",
    "phone": "+351 912 345 678",
    "language": "pt-pt",
    "signature_name": "Inês Conceição",
    "signature_confirmed": "yes",
}


@dataclass
class House(Story):
    """A story with somebody at the desk who needs no second factor."""

    further: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"DESAGRAVO_SECOND_FACTOR": "off"} | self.further

    def whole(self, product: Product) -> None:
        """All work is done, everything that was answered is there once, and every invariant holds."""
        told = drained(self, product)
        assert {answer["case_number"]: key for key, answer in self.answered.items()}.items() <= told["cases"].items()
        assert len(set(told["cases"].values())) == len(told["cases"])
        assert set(told["cases"].values()) <= set(self.sent)
        taken = self.mailbox.taken
        assert broken(self.data, self.database_url, accepted=told["cases"], taken=taken) == []


@contextmanager
def house_on(engine: str, data: Path, *, url: str = "", seed: int = 1, **further: str) -> Iterator[House]:
    """``url``: a database of the test's own; else one is made on the tests' PostgreSQL, or SQLite in the folder."""
    own = new_postgres_database() if engine == "postgres" and not url else nullcontext(url)
    with own as address, Mailbox() as mailbox:
        house = House(data, address, Random(seed), mailbox, further=further)
        house.prepare()
        yield house


def customer(product: Product, language: str = "en") -> httpx.Client:
    """A browser without an account."""
    headers = {"Accept-Language": language, "Sec-Fetch-Site": "same-origin"}
    return httpx.Client(base_url=product.url, headers=headers, timeout=60)


def colleague(product: Product) -> httpx.Client:
    """A browser that is signed in at the desk."""
    browser = httpx.Client(base_url=product.url, headers={"Accept-Language": "en"}, timeout=60)
    token = _hidden(browser.get("/account/login/").text, "csrfmiddlewaretoken")
    said = {"csrfmiddlewaretoken": token, "login": EMAIL, "password": WORDS}
    answer = browser.post("/account/login/", data=said, headers={"Referer": product.url})
    assert answer.status_code == 302, answer.text[:2000]
    return browser


def note(browser: httpx.Client, number: str, words: str) -> httpx.Response:
    """An internal note on a case, as the desk's form sends it."""
    said = {"csrfmiddlewaretoken": browser.cookies["csrf"], "body": words}
    origin = {"Referer": str(browser.base_url)}
    return browser.post(f"/desk/cases/{number}/notes/", data=said, headers=origin)


def send_form(browser: httpx.Client, key: str, *, file: bytes = b"", token: str = "") -> httpx.Response:
    """The public form, sent once."""
    token = token or _hidden(browser.get("/complaint/").text, "token")
    said = {**TOLD, "description": key, "email": f"{key.split()[2]}@example.org", "token": token}
    files = {"files": ("proof.txt", file, "text/plain")} if file else None
    return browser.post("/complaint/", data=said, files=files, headers={"X-Forwarded-For": address_of(key)})


def refused_whole(answer: httpx.Response, key: str, language: str) -> None:
    """Not accepted, said in the reader's language, and the words stand in the form again."""
    assert answer.status_code == 503, (answer.status_code, answer.text[:1500])
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Retry-After"]
    with translation.override(language):
        assert gettext(NOT_ACCEPTED) in answer.text
        assert (gettext(NOT_ACCEPTED) == NOT_ACCEPTED) == (language == "en")
    assert f"{key}</textarea>" in answer.text
    assert "Traceback" not in answer.text


def token_in(answer: httpx.Response) -> str:
    return _hidden(answer.text, "token")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, page[:1500]
    return found[1]


def pages_can_be_read(browser: httpx.Client, desk: httpx.Client, number: str, track: str) -> None:
    """The customer's pages and the desk's, none of them an error."""
    for path in ("/", "/complaint/", track):
        assert browser.get(path).status_code == 200, path
    for path in ("/desk/inbox/all/", f"/desk/cases/{number}/"):
        assert desk.get(path).status_code == 200, path


def red(product: Product, check: str) -> str:
    """`/health` is 503 with this check as its cause; gives what it says."""

    def told() -> str:
        answer = httpx.get(product.url + "/health", timeout=30)
        found = str(answer.json()["checks"][check])
        return found if answer.status_code == 503 and found != "ok" else ""

    return str(until(f"the health page names {check}", told, seconds=90, every=0.5))
