"""What every page passes: language, headers, how long it is kept."""

from __future__ import annotations

import pytest
from django.test import Client

from desagravo.common.clock import now
from desagravo.departments.models import Person

pytestmark = pytest.mark.django_db
PAGE = "/there-is-no-such-page/"


def language(client: Client, address: str = PAGE, **headers: str) -> str:
    return client.get(address, headers=headers)["Content-Language"]


def test_the_address_comes_first_then_the_cookie_then_the_browser() -> None:
    client = Client()
    assert language(client) == "en"
    assert language(client, **{"accept-language": "pt-AO,pt;q=0.9"}) == "pt-pt"
    assert language(client, **{"accept-language": "de,es;q=0.5"}) == "es"
    assert language(client, PAGE + "?lang=pt-br", **{"accept-language": "es"}) == "pt-br"
    assert language(client, **{"accept-language": "es"}) == "pt-br"
    assert language(client, PAGE + "?lang=PT") == "pt-pt"
    assert language(client) == "pt-pt"


def test_the_persons_own_setting_comes_before_the_browser() -> None:
    client = Client()
    client.force_login(Person.objects.create(email="ana@example.org", name="Ana", language="es", joined_at=now()))
    assert language(client, **{"accept-language": "pt"}) == "es"
    assert language(client, PAGE + "?lang=en") == "en"
    assert language(client) == "en"


@pytest.mark.parametrize("nonsense", ["xx", "", "../../etc", "pt\x00", "e" * 5000])
def test_a_language_that_does_not_exist_changes_nothing(nonsense: str) -> None:
    client = Client()
    response = client.get(PAGE, {"lang": nonsense})
    assert response["Content-Language"] == "en"
    assert "language" not in response.cookies


def test_a_damaged_cookie_is_ignored() -> None:
    client = Client()
    client.cookies["language"] = "klingon"
    assert language(client) == "en"


def test_every_page_is_guarded() -> None:
    response = Client().get(PAGE)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for directive in ("script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert directive in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in response


def test_pages_of_signed_in_people_and_private_links_are_kept_by_nobody() -> None:
    client = Client()
    assert client.get(PAGE)["Cache-Control"] == "private, no-cache"
    assert client.get("/desk/nothing/")["Cache-Control"] == "no-store"
    client.force_login(Person.objects.create(email="rui@example.org", name="Rui", joined_at=now()))
    assert client.get(PAGE)["Cache-Control"] == "no-store"
