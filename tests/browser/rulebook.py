"""A manager writes a rule: copies the edition in force, raises the limit of money, changes a routing rule, makes a
mistake and mends it, and proposes; a second manager reads what changes, and publishes. In English.

The test and the pictures of the guide walk the same steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser.visitors import Watch
from tests.product import SignIn

Look = Callable[[Page, str], None]
START = "/administration/rulebook/"


def sign_in(page: Page, person: SignIn) -> None:
    page.goto("/account/login/?lang=en")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", person.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk/**")


def write_a_rule(page: Page, second: Page, watch: Watch, look: Look) -> str:
    """The whole story; gives the code of the edition."""
    page.goto(START)
    look(page, "editions")
    page.get_by_role("link", name="Write a new draft").click()
    look(page, "copy")
    page.get_by_label("What is it for?").fill("Higher limit of money, from January")
    page.get_by_role("button", name="Make the draft").click()
    look(page, "draft")
    code = page.url.rstrip("/").split("/")[-2]
    _money(page, watch, look)
    _routing(page, look)
    page.get_by_role("link", name=f"Draft {code}").first.click()
    _mend(page, look)
    page.get_by_label("What should the second person know?").fill("Only the triage and one route change.")
    page.get_by_role("button", name="Propose it for publication").click()
    expect(page.get_by_role("heading", name=f"Proposed edition {code}")).to_be_visible()
    look(page, "proposed, its author")
    _publish(second, code, look)
    return code


def _money(page: Page, watch: Watch, look: Look) -> None:
    page.get_by_role("link", name="Triage", exact=True).click()
    look(page, "triage")
    page.locator(".rule-words a", has_text="The amount at stake reaches the limit of €250.00").click()
    amount = page.get_by_label("The amount is at least")
    amount.fill("five hundred")
    look(page, "rule")
    with watch.expecting(422):
        page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#f_amount_from_error")).to_contain_text("is not an amount")
    expect(amount).to_have_value("five hundred")
    look(page, "rule, refused")
    amount.fill("500")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notices")).to_contain_text("Saved")
    page.locator(".breadcrumb a").click()


def _routing(page: Page, look: Look) -> None:
    page.locator(".breadcrumb a").click()
    page.get_by_role("link", name="Routing", exact=True).click()
    look(page, "routing")
    page.locator(".rule-words a", has_text="The amount at stake is so large").click()
    page.get_by_role("button", name="Add: Way").click()
    look(page, "rule with another way")
    way = page.locator("fieldset.way").last
    way.locator("summary", has_text="Marked as").click()
    way.get_by_label("A service contract").check()
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#notices")).to_contain_text("Saved")
    page.locator(".breadcrumb a").click()


def _mend(page: Page, look: Look) -> None:
    """Between the old limit and the new one there is a gap: the draft says so, and leads there."""
    look(page, "draft with a mistake")
    page.locator(".checklist a").first.click()
    page.locator(".rule-words a", has_text="An amount of €100.00 or more").click()
    page.get_by_label("The amount is less than").fill("500")
    page.get_by_role("button", name="Save").last.click()
    page.locator(".breadcrumb a").click()
    page.locator(".breadcrumb a").click()
    page.get_by_role("link", name="Read what it changes").click()
    look(page, "differences")
    page.locator(".breadcrumb a").click()
    look(page, "draft to propose")


def _publish(page: Page, code: str, look: Look) -> None:
    page.goto(START)
    page.get_by_role("link", name=code, exact=True).click()
    look(page, "proposed, to decide on")
    page.get_by_label("In force from").fill((date.today() + timedelta(days=3)).isoformat())
    page.get_by_role("button", name="Publish the edition").click()
    expect(page.get_by_role("heading", name="Coming")).to_be_visible()
    look(page, "editions, one coming")
    page.get_by_role("link", name=code, exact=True).click()
    look(page, "edition")


def try_it(page: Page, code: str, watch: Watch, look: Look) -> None:
    """The edition on past cases: days that cannot be, then a year; what differs, and the first cases of it."""
    page.goto(f"{START}{code}/try-out/")
    look(page, "try-out")
    first, last = page.get_by_label("Cases that came in from"), page.get_by_label("to, that day included")
    first.fill(date.today().isoformat())
    last.fill((date.today() - timedelta(days=400)).isoformat())
    with watch.expecting(422):
        page.get_by_role("button", name="Try it").click()
        expect(page.locator(".error-summary")).to_be_visible()
    look(page, "try-out, refused")
    first.fill((date.today() - timedelta(days=400)).isoformat())
    last.fill(date.today().isoformat())
    page.get_by_role("button", name="Try it").click()
    page.wait_for_url("**/try-out/*/")
    look(page, "tried, or under way")
    expect(page.locator("[data-wait-url] [data-waiting]:visible")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Minor or major")).to_be_visible()
    look(page, "tried")
    page.locator("main table a").first.click()
    expect(page.locator("main").get_by_role("link", name=re.compile(r"^\d{4}-\d{5}$")).first).to_be_visible()
    look(page, "cases that differ")
    page.goto(f"{START}{code}/try-out/")
    look(page, "try-out, tried before")


PAGES = (
    ("chapter", "starter-2026.1/read/triage/"),
    ("chapter of limits", "starter-2026.1/read/policy:uk-fca-disp/"),
    ("chapter of closing codes", "starter-2026.1/read/closing_codes/"),
    ("whole edition", "starter-2026.1/whole/"),
    ("bring files", "import/"),
    ("letter with a real case", "starter-2026.1/letters/acknowledgement/preview/"),
    ("letter in another language", "starter-2026.1/letters/answer_upheld/preview/?language=pt-br"),
)
DRAFTED = (
    ("new rule", "change/routing/new/rule/"),
    ("letter", "change/letters/at/letter/acknowledgement/"),
    ("rulebook", "change/policy:uk-fca-disp/"),
    ("limit", "change/policy:uk-fca-disp/at/milestone/final_response/"),
    ("department", "change/departments/at/department/finance/"),
    ("targets", "change/targets/"),
    ("approvals", "change/approvals/"),
    ("removal", "change/routing/rows/rule/route.vip/"),
    ("rulebook, removal", "policies/?policy=us-cfpb"),
    ("discarding", "discarding/"),
)
"""Pages that the story does not pass."""
