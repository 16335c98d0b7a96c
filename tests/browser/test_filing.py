"""Filing without JavaScript, as in an old or a careful browser: a refused form keeps every word and file."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import customer as portal
from tests.browser.visitors import PATIENCE, Watch, visitor
from tests.browser.words import STORIES, screen
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")]


@pytest.mark.parametrize("language", ["pt-pt", "en"])
def test_without_javascript(product: Product, browser: Browser, watch: Watch, language: str) -> None:
    story = STORIES[language]
    today = date.today()
    with visitor(browser, product.url, language, watch, java_script_enabled=False) as page:
        page.goto("/complaint/")
        expect(page.locator("canvas")).to_be_hidden()
        portal.fill_form(page, story)
        page.locator("[name=occurred_on]").fill(today.isoformat())
        page.locator("[name=form_completed_on]").fill((today - timedelta(days=1)).isoformat())
        page.locator("[name=signature_name]").fill(story.customer)
        page.locator("[name=signature_confirmed]").check()
        page.locator("[name=files]").set_input_files([portal.PHOTO])

        with watch.expecting(422):  # happened after the form was filled in
            portal.press(page, language, "Send the complaint")
        assert page.title().startswith(screen(language, "Error") + ":")
        expect(page.locator(".error-summary a")).to_have_count(1)
        expect(page.locator("[name=description]")).to_have_value(story.description)
        expect(page.locator("[name=signature_confirmed]")).to_be_checked()
        expect(page.get_by_text(screen(language, "Already with us"))).to_be_visible()
        expect(page.locator("ul.files")).to_contain_text(portal.PHOTO["name"])

        page.locator("[name=form_completed_on]").fill(today.isoformat())
        page.locator("[name=email]").fill("")
        portal.press(page, language, "Send the complaint")
        expect(page.get_by_text(screen(language, "Thank you. Your complaint has reached us."))).to_be_visible()
        expect(page.get_by_text(screen(language, "Still missing:"))).to_be_visible()
        number, tracking = page.locator(".case-number").inner_text(), page.locator(".copyable").inner_text()

        portal.link(page, language, "Add what is missing").click()
        page.locator("[name=email]").fill("conceicao@example.org")
        page.locator("main form .buttons button[type=submit]").first.click()
        expect(page.get_by_text(screen(language, "Thank you. Your complaint is now complete."))).to_be_visible()

        page.goto(tracking)
        receipt = page.get_by_role("link", name=screen(language, "Receipt, with the text as you sent it (PDF)"))
        patience = time.monotonic() + PATIENCE / 1000
        while not receipt.count() and time.monotonic() < patience:
            page.reload()
        with page.expect_download() as coming:
            receipt.click()
        words = portal.text_of(coming.value)
    assert number in words
    assert " ".join(story.description.split()) in words
    assert portal.PHOTO["name"] in words
