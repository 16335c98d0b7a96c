"""Filling in the customer's form, as the page offers it."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from desagravo.cases.models import Case
from desagravo.cases.queries import tracking_url
from desagravo.common.actor import Actor

COMPLETE: dict[str, Any] = {
    "description": "O frigorífico deixou de arrefecer ao segundo dia.",
    "occurred_on": "2026-01-05",
    "form_completed_on": "2026-01-07",
    "complainant_name": "Inês Conceição",
    "email": "ines@example.org",
    "phone": "+351 912 345 678",
    "language": "pt-pt",
    "remedy_requested": ["replace"],
    "order_number": "A-1234",
    "signature_name": "Inês Conceição",
    "signature_confirmed": "yes",
}
PIXEL = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A drawn signature, of one dot."""


def hidden(response: HttpResponse, name: str) -> str:
    """The value of a hidden field on the page; empty if it is not there."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())
    return html.unescape(found.group(1)) if found else ""


def form_of(response: HttpResponse) -> dict[str, str]:
    """The hidden fields that the next sending takes along."""
    return {name: value for name in ("token", "kept") if (value := hidden(response, name))}


def send(browser: Client, *, follow: HttpResponse | None = None, **changes: Any) -> HttpResponse:
    """Send the complete form with changes; None leaves a field out. ``follow`` is the page that it is sent from."""
    page = follow or browser.get("/complaint/")
    data = {**COMPLETE, **form_of(page), **changes}
    return browser.post("/complaint/", {name: value for name, value in data.items() if value is not None})


def link_of(response: HttpResponse) -> str:
    """The tracking page that a filed complaint leads to, without what was just done."""
    assert response.status_code == 303, response.content.decode()[:2000]
    return response.headers["Location"].partition("?")[0]


def words(response: HttpResponse) -> str:
    """The page without its tags, entities as letters, white space folded."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def page_of(case: Case) -> str:
    """The path of the private link."""
    return "/track/" + tracking_url(case).split("/track/")[1]


def customer_of(case: Case) -> Actor:
    """Whoever holds the private link."""
    return Actor("customer", case.number)
