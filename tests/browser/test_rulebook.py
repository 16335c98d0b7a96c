"""Two managers write, mend, publish and try a rule on past cases; every page is examined, unfolded too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import rulebook
from tests.browser.test_accessibility import Examination
from tests.browser.visitors import Watch, visitor
from tests.product import Product

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_a_manager_writes_a_rule_and_a_second_one_publishes_it(
    product: Product, browser: Browser, watch: Watch
) -> None:
    examine = Examination("en", schemes=("light", "dark"), narrow=True)
    managers = [each for each in product.sign_ins if each.role == "manager"]
    with visitor(browser, product.url, "en", watch) as page, visitor(browser, product.url, "en", watch) as second:
        rulebook.sign_in(page, managers[0])
        rulebook.sign_in(second, managers[1])
        code = rulebook.write_a_rule(page, second, watch, examine)
        rulebook.try_it(second, code, watch, examine)
        for name, address in rulebook.PAGES:
            page.goto(rulebook.START + address)
            examine(page, name)
        page.goto(f"{rulebook.START}starter-2026.1/copy/")
        page.get_by_role("button", name="Make the draft").click()
        draft = page.url.rstrip("/").split("/")[-2]
        for name, address in rulebook.DRAFTED:
            page.goto(f"{rulebook.START}{draft}/{address}")
            _unfold(page)
            examine(page, f"{name}, unfolded")
    assert not examine.found, "\n".join(examine.found)


def _unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
