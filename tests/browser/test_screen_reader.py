"""What a screen reader hears, as Chromium tells it: names and roles of controls, headings, landmarks, live regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visitors import Watch, visitor
from tests.browser.walk import PEOPLE
from tests.browser.words import screen
from tests.product import Product

pytestmark = pytest.mark.browser
LANGUAGE = "pt-pt"
CONTROLS = {
    "button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "spinbutton", "switch", "tab",
    "menuitem", "slider", "listbox", "Date", "DisclosureTriangle",
}  # fmt: skip
ONCE = ("banner", "main", "contentinfo")


@dataclass(frozen=True)
class Heard:
    """One thing of a page in the order in which it is read. ``context`` are the names of what it stands in."""

    role: str
    name: str
    level: int
    target: str
    context: tuple[str, ...]


def heard(page: Page) -> list[Heard]:
    """Everything that the accessibility tree does not ignore, in the order of reading."""
    tools = page.context.new_cdp_session(page)
    nodes = {each["nodeId"]: each for each in tools.send("Accessibility.getFullAXTree")["nodes"]}
    root = next(each for each in nodes.values() if "parentId" not in each)
    told = list(_walk(root, nodes, ()))
    tools.detach()
    return told


def _walk(node: Any, nodes: dict[str, Any], context: tuple[str, ...]) -> Iterator[Heard]:
    role, name = _value(node, "role"), _value(node, "name").strip()
    if not node.get("ignored"):
        facts = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        yield Heard(role, name, int(facts.get("level") or 0), str(facts.get("url") or ""), context)
    inside = (*context, name) if name and role not in CONTROLS and role != "RootWebArea" else context
    row = _row_of(node, nodes) if role in {"row", "listitem"} else ""
    if role == "Date":  # its parts are the browser's own
        return
    for key in node.get("childIds", ()):
        if key in nodes:
            yield from _walk(nodes[key], nodes, (*inside, row) if row else inside)


def _row_of(node: Any, nodes: dict[str, Any]) -> str:
    """What a row or item of a list says: the context of the controls in it."""
    words = []
    for key in node.get("childIds", ()):
        if key in nodes:
            child = nodes[key]
            words.append(_value(child, "name") or _row_of(child, nodes))
    return " ".join(each for each in words if each)


def _value(node: Any, name: str) -> str:
    return str(node.get(name, {}).get("value") or "")


def wrong_with(told: list[Heard]) -> list[str]:
    """What a person who hears this page would stumble over."""
    found = []
    controls = [each for each in told if each.role in CONTROLS]
    found += [f"a {each.role} without a name in {each.context}" for each in controls if not each.name]
    seen: dict[tuple[str, str, tuple[str, ...]], Heard] = {}
    for each in controls:
        twin = seen.setdefault((each.role, each.name, each.context), each)
        if twin is not each and (each.role != "link" or twin.target != each.target):
            found.append(f"two {each.role}s are called {each.name!r} in {each.context}")
    headings = [each for each in told if each.role == "heading"]
    if [each.level for each in headings].count(1) != 1:
        found.append(f"headings of the first level: {[each.name for each in headings if each.level == 1]}")
    last = 0
    for each in headings:
        if each.level > last + 1 and last:
            found.append(f"the heading {each.name!r} is of level {each.level} after {last}")
        last = each.level
    for role in ONCE:
        if (count := sum(each.role == role for each in told)) > 1 or (role == "main" and not count):
            found.append(f"{count} times {role}")
    for role in ("navigation", "search", "form", "region"):
        names = [each.name for each in told if each.role == role and (each.name or role in {"navigation", "search"})]
        if len(names) > 1 and len(set(names)) < len(names):
            found.append(f"landmarks {role} are not told apart: {names}")
    return found


def test_the_listener_hears_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        "<main><h1>A</h1><h3>B</h3><button></button><a href='https://a.example/x'>More</a><a href='https://a.example/y'>More</a></main>"
        "<nav></nav><nav></nav><main></main>"
    )
    found = "\n".join(wrong_with(heard(page)))
    page.close()
    for words in ("a button without a name", "two links are called 'More'", "level 3 after 1", "2 times main", "navig"):
        assert words in found


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_the_main_pages_are_heard_as_they_are_meant(product: Product, browser: Browser, watch: Watch) -> None:
    found: list[str] = []

    def listen(page: Page, name: str, *order: str) -> None:
        told = heard(page)
        found.extend(f"{name}: {each}" for each in wrong_with(told))
        names = [each.name for each in told]
        places = [next((at for at, said in enumerate(names) if each in said), -1) for each in order]
        if -1 in places or places != sorted(places):
            found.append(f"{name}: {dict(zip(order, places, strict=True))}")

    def says(english: str) -> str:
        return screen(LANGUAGE, english)

    with visitor(browser, product.url, LANGUAGE, watch) as page:
        page.goto("/complaint/")
        listen(page, "complaint form", says("Send the complaint"))
        with watch.expecting(422):
            page.locator("main form button[type=submit]").last.click()
            page.locator(".error-summary").wait_for()
        listen(page, "complaint form, refused")
        alert = page.locator(".error-summary")
        assert alert.get_attribute("role") == "alert" or alert.evaluate("each => each === document.activeElement")
    for who, lists in (("handler", ("mine",)), ("manager", ("all", "to_sign"))):
        with visitor(browser, product.url, LANGUAGE, watch) as page:
            person = next(each for each in product.sign_ins if each.email.startswith(PEOPLE[who]))
            page.goto(f"/account/login/?lang={LANGUAGE}")
            listen(page, "sign-in", says("Sign in"))
            page.locator("[name=login]").fill(person.email)
            page.locator("[name=password]").fill(person.password)
            page.locator("[name=password]").press("Enter")
            page.wait_for_url("**/desk/**")
            for each in lists:
                page.goto(f"/desk/inbox/{each}/")
                listen(page, f"inbox {each}")
                page.locator(".row-subject").first.click()
                page.wait_for_url("**/desk/cases/**")
                listen(page, f"case of {each}")
                assert page.locator("[role=status], [aria-live], output").count(), "what changes is told to nobody"
            if who == "manager":
                page.goto(f"{page.url.partition('#')[0]}closure/")
                listen(page, "sign-off", says("Sign the closure"), says("Your password"), says("Sign and close"))
    assert not found, "\n".join(dict.fromkeys(found))
