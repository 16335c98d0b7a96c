"""The pages of the administration, of second factors and of preferences: visited by the accessibility test."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.walk import Walk

PAGES = (
    ("next steps", "/administration/"),
    ("organisation", "/administration/organisation/"),
    ("letterhead", "/administration/letterhead/"),
    ("departments", "/administration/departments/"),
    ("new department", "/administration/departments/new/"),
    ("department", "/administration/departments/finance/"),
    ("people, filtered", "/administration/people/?state=active&role=handler"),
    ("people, nobody", "/administration/people/?q=zzzzzz"),
    ("invite", "/administration/people/new/"),
    ("sign-ins, refused", "/administration/people/sign-ins/?only=refused"),
    ("mail server", "/outgoing-mail/server/"),
    ("work", "/operations/work/"),
    ("health", "/administration/health/"),
    ("calendar", "/administration/calendar/"),
    ("calendar, later year", "/administration/calendar/?year=2027"),
    ("new establishment", "/administration/calendar/places/new/"),
    ("limits computed anew", "/administration/calendar/recomputation/"),
    ("checklist", "/administration/checklist/"),
    ("checklist, not met", "/administration/checklist/?how=not"),
    ("second factor", "/account/second-factor/"),
    ("set up an app", "/account/second-factor/totp/activate/"),
    ("change the password", "/account/password/change/"),
)
REFUSED = (
    ("organisation, refused", "/administration/organisation/", {"name": ""}),
    ("new department, refused", "/administration/departments/new/", {}),
    ("letterhead, refused", "/administration/letterhead/", {}),
    ("new establishment, refused", "/administration/calendar/places/new/", {"name": ""}),
    ("invite, refused", "/administration/people/new/", {"email": "nobody"}),
    ("set up an app, refused", "/account/second-factor/totp/activate/", {"code": "000000"}),
)


def administrators_pages(walk: Walk) -> None:
    """Every page of the administration as it is found, and with what is refused."""
    page = walk.page_of("administrator")
    for name, address in PAGES:
        page.goto(address)
        walk.look(page, name)
    for name, address, typed in REFUSED:
        page.goto(address)
        with walk.watch.expecting(422, 200):
            _send(page, typed)
        walk.look(page, name)


def _send(page: Page, typed: dict[str, str]) -> None:
    for field, words in typed.items():
        page.locator(f"main [name={field}]").fill(words)
    form = page.locator("main form[method=post]", has=page.locator("[name=csrfmiddlewaretoken]")).first
    with page.expect_navigation():
        form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
