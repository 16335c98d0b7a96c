"""Customers read the languages that the organisation chose, and are offered no others."""

from __future__ import annotations

import pytest
from django.test import Client

from desagravo.departments import actions
from tests.cast import Cast

PAGES = ["/", "/complaint/", "/privacy/", "/track/no-such-link/"]


@pytest.mark.parametrize("address", PAGES)
def test_one_language_needs_no_switch(cast: Cast, browser: Client, address: str) -> None:
    actions.establish_organisation("Oficina", languages=["pt-br"])
    for asked in ("", "?lang=en", "?lang=es", "?lang=pt-pt"):
        page = browser.get(address + asked)
        html = page.content.decode()
        assert page.headers["Content-Language"] == "pt-br"
        assert '<html lang="pt-BR"' in html
        assert "hreflang" not in html


def test_several_are_offered_and_no_other(cast: Cast, browser: Client) -> None:
    actions.establish_organisation("Oficina", languages=["es", "pt-br"])
    page = browser.get("/complaint/?lang=en")
    html = page.content.decode()
    assert page.headers["Content-Language"] == "es"
    assert ('hreflang="es"' in html, 'hreflang="pt-BR"' in html) == (True, True)
    assert 'hreflang="en"' not in html
    assert 'value="en"' not in html
    assert Client().get("/", headers={"accept-language": "pt-PT"}).headers["Content-Language"] == "pt-br"
    assert Client().get("/account/login/?lang=en").headers["Content-Language"] == "en"
