"""axe finds nothing on the pages of the main job, light and dark; nothing scrolls sideways on 320 pixels.

Titles tell pages apart, and every page says its language.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.browser import others, setting_up
from tests.browser.visitors import NARROW, WIDE, Watch
from tests.browser.walk import Walk
from tests.browser.words import TAGS
from tests.product import Product

pytestmark = pytest.mark.browser

_STICKING_OUT = """() => {
  const scrolls = (each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
  const wide = (each) => each.scrollWidth > each.clientWidth + 1 && each.tagName !== "TEXTAREA";
  const inside = [...document.querySelectorAll("main *")].filter((each) => scrolls(each) && wide(each));
  if (inside.length) return inside.map((each) => `scrolls inside: ${each.outerHTML.slice(0, 120)}`);
  if (document.scrollingElement.scrollWidth <= window.innerWidth) return [];
  const edge = window.innerWidth + 0.5;
  const out = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > edge);
  const told = out.slice(0, 4).map((each) => each.outerHTML.slice(0, 120));
  return [`${document.scrollingElement.scrollWidth} wide`, ...told];
}"""


class Examination:
    """Looks at one page after the other, and keeps what is wrong for the end."""

    def __init__(self, language: str, *, schemes: tuple[str, ...], narrow: bool) -> None:
        self.language, self.schemes, self.narrow = language, schemes, narrow
        self.found: list[str] = []
        self.pages: list[str] = []
        self._titles: dict[str, str] = {}
        self._axe = Axe()

    def __call__(self, page: Page, name: str) -> None:
        self.pages.append(name)
        self._names(page, name)
        for scheme in self.schemes:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found = self._axe.run(page)
            if found.violations_count:
                self.found.append(f"{name}, {scheme}: {found.generate_report()}")
        if self.narrow:
            page.set_viewport_size(NARROW)
            self.found += [f"{name}, {NARROW['width']} pixels: {each}" for each in page.evaluate(_STICKING_OUT)]
            page.set_viewport_size(WIDE)

    def _names(self, page: Page, name: str) -> None:
        """The language of the page, and a title that no page at another address has."""
        said = page.locator("html").get_attribute("lang")
        if said != TAGS[self.language]:
            self.found.append(f"{name}: lang is {said}")
        title, address = page.title(), re.sub(r"\?.*", "", page.url)
        if "404" not in name and self._titles.setdefault(title, address) != address:
            self.found.append(f"{name}: the title {title!r} is also that of {self._titles[title]}")


def test_the_examination_sees_what_is_wrong(browser: Browser) -> None:
    examination = Examination("pt-pt", schemes=("light",), narrow=True)
    page = browser.new_page()
    page.set_content('<html lang="en"><title>A</title><main><h1>A</h1><img src="data:," width="600"></main></html>')
    examination(page, "spoilt")
    page.close()
    found = "\n".join(examination.found)
    assert "lang is en" in found
    assert "image-alt" in found
    assert "320 pixels: 6" in found


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_every_page_of_the_main_job(product: Product, browser: Browser, watch: Watch) -> None:
    examination = Examination("pt-pt", schemes=("light", "dark"), narrow=True)
    with Walk(product, browser, "pt-pt", watch, examination) as walk:
        others.portal_pages(walk)
        walk.complain()
        walk.assess()
        walk.ask()
        others.desk_pages(walk)
        walk.department_answers()
        walk.decide()
        walk.write()
        walk.approve()
        walk.accept()
        walk.sign()
        walk.history()
    assert not examination.found, "\n".join(examination.found)
    assert len(examination.pages) >= 60


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_every_page_of_the_administration(product: Product, browser: Browser, watch: Watch) -> None:
    examination = Examination("pt-pt", schemes=("light", "dark"), narrow=True)
    with Walk(product, browser, "pt-pt", watch, examination) as walk:
        setting_up.administrators_pages(walk)
    assert not examination.found, "\n".join(examination.found)
    assert len(examination.pages) > len(setting_up.PAGES)
