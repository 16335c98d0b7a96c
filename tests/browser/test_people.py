"""Somebody is invited, comes, sets up passkey and app, signs in with them, and leaves; all pages are examined."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility import Examination
from tests.browser.visitors import Watch, visitor
from tests.product import Product

pytestmark = pytest.mark.browser
CHOSEN = "quiet lantern over the harbour"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_from_the_invitation_to_leaving(product: Product, browser: Browser, watch: Watch) -> None:
    examine = Examination("en", schemes=("light", "dark"), narrow=True)
    boss = product.sign_in("administrator")
    with visitor(browser, product.url, "en", watch) as page, visitor(browser, product.url, "en", watch) as guest:
        page.goto("/?lang=en")
        guest.goto("/?lang=en")
        sign_in(page, boss.email, boss.password)
        page.goto("/administration/people/")
        examine(page, "people")
        page.get_by_role("link", name="Invite somebody").click()
        examine(page, "invite")
        page.fill("[name=name]", "Nova da Conceição Albuquerque")
        page.fill("[name=email]", "nova@casa.example")
        page.check("[name=roles][value=handler]")
        page.get_by_role("button", name="Invite").click()
        link = page.locator("#link").inner_text()
        examine(page, "link")
        page.get_by_role("link", name="To the page of this person").click()
        examine(page, "person, invited")
        person = page.url

        guest.goto(re.sub(r"^https?://[^/]+", "", link))
        examine(guest, "invitation")
        guest.fill("[name=password]", CHOSEN)
        guest.fill("[name=again]", CHOSEN)
        guest.get_by_role("button", name="Save the password").click()
        sign_in(guest, "nova@casa.example", CHOSEN)
        expect(guest).to_have_url(re.compile("/desk/"))
        guest.goto("/desk/preferences/")
        examine(guest, "preferences")

        devices = guest.context.new_cdp_session(guest)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        guest.goto("/account/second-factor/")
        examine(guest, "second factor, none")
        guest.get_by_role("link", name="Add a passkey").click()
        examine(guest, "add a passkey")
        guest.get_by_role("button", name="Add the passkey").click()
        expect(guest.locator("#codes")).to_be_visible()
        examine(guest, "recovery codes")
        guest.goto("/account/second-factor/totp/activate/")
        examine(guest, "set up an app")
        secret = guest.locator("#secret").inner_text()
        guest.fill("[name=code]", _code(secret))
        guest.get_by_role("button", name="Set up the app").click()
        expect(guest.get_by_role("link", name="Remove the app")).to_be_visible()
        examine(guest, "second factor, set up")
        guest.goto("/account/second-factor/webauthn/")
        examine(guest, "passkeys")

        _sign_out(guest)
        sign_in(guest, "nova@casa.example", CHOSEN)
        examine(guest, "asked for the second factor")
        guest.get_by_role("button", name="Use a passkey").click()
        expect(guest).to_have_url(re.compile("/desk/"))
        _sign_out(guest)
        sign_in(guest, "nova@casa.example", CHOSEN)
        guest.fill("[name=code]", _code(secret, 1))
        guest.get_by_role("button", name="Sign in").click()
        expect(guest).to_have_url(re.compile("/desk/"))

        page.goto("/administration/people/sign-ins/")
        examine(page, "sign-ins")
        page.goto(person)
        examine(page, "person")
        page.get_by_role("link", name="Change the roles").click()
        examine(page, "roles")
        page.goto(person)
        page.get_by_role("link", name="This person leaves").click()
        examine(page, "leaving")
        page.get_by_role("button", name="Hand over and end the access").click()
        expect(page.get_by_text("can no longer sign in")).to_be_visible()
        guest.goto("/desk/preferences/")
        expect(guest).to_have_url(re.compile("/account/login/"))
    assert not examine.found, "\n".join(examine.found)


def _code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def _sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/account/login/"))
