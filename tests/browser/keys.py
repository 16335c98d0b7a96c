"""Hands on the keyboard: everything by Tab, Enter, Space, arrows and letters; the focus can be seen at every stop."""

from __future__ import annotations

import json

from playwright.sync_api import Page

MOST_STOPS = 250

_HERE = """({selector, words}) => {
  const here = document.activeElement;
  const said = (here.getAttribute("aria-label") || here.innerText || "").replace(/\\s+/g, " ").trim();
  return here !== document.body && (!selector || here.matches(selector)) && (!words || said === words);
}"""
_SEEN = """() => {
  const here = document.activeElement;
  if (here === document.body) return "";
  const frame = (each, part) => {
    const style = getComputedStyle(each, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && each.getClientRects().length > 0;
  };
  const choice = here.closest(".choice");
  // The button inside a date field has a frame of the browser's own, which no script can see.
  const date = here.type === "date" && !here.matches(":focus-visible");
  return date || frame(here) || frame(here, "::after") || (choice && frame(choice)) ? "" : here.outerHTML.slice(0, 160);
}"""


class Hands:
    """Somebody who has no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def to(self, selector: str = "", *, words: str = "") -> None:
        """Tab on until the focus is on what matches the selector or bears the words."""
        for _stop in range(MOST_STOPS):
            if self.page.evaluate(_HERE, {"selector": selector, "words": words}):
                return
            self.page.keyboard.press("Tab")
            if unseen := self.page.evaluate(_SEEN):
                self.unseen.append(unseen)
        raise AssertionError(f"Tab never reaches {selector or words!r} on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        """Replace what stands in a field."""
        self.to(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def tick(self, selector: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Space")
        assert self.page.locator(selector).is_checked()

    def choose(self, name: str, value: str) -> None:
        """A radio button: Tab enters the group, the arrows walk in it."""
        self.to(f"[name={json.dumps(name)}]")
        for _stop in range(30):
            if self.page.evaluate("() => document.activeElement.value") == value:
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {name}={value}")

    def pick(self, selector: str, value: str) -> None:
        """An option of a select."""
        self.to(selector)
        for _stop in range(40):
            if self.page.locator(selector).input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {value} in {selector}")

    def press(self, words: str) -> None:
        """A button or link by its words, pressed with Enter; then the next page is there."""
        self.to(words=words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def key(self, key: str) -> None:
        """A key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def row(self, number: str) -> None:
        """Walk down a list with j until the case, and open it."""
        for _stop in range(60):
            self.page.keyboard.press("j")
            if self.page.evaluate("() => document.activeElement.closest('.row')?.innerText || ''").find(number) >= 0:
                return self.key("Enter")
        raise AssertionError(f"j never reaches {number}")
