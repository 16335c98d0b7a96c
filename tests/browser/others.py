"""Pages beside the main job: visited by the accessibility test and the picture walk, not by the main job itself."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import customer as portal
from tests.browser.customer import press
from tests.browser.visitors import visitor
from tests.browser.walk import Walk


def portal_pages(walk: Walk) -> None:
    """What a customer meets outside the straight way; with a browser of their own."""
    with visitor(walk.browser, walk.product.url, walk.language, walk.watch) as page:
        for name, address in (
            ("privacy", "/privacy/"),
            ("procedure", "/procedure/"),
            ("new link", "/new-link/"),
            ("form, empty", "/complaint/"),
        ):
            page.goto(address)
            walk.look(page, name)
        page.locator("[name=description]").fill(walk.story.description)
        page.locator("[name=email]").evaluate("field => { field.type = 'text'; field.value = 'conceicao@'; }")
        page.locator("[name=files]").set_input_files([portal.PHOTO])
        with walk.watch.expecting(422):
            press(page, walk.language, "Send the complaint")
            expect(page.locator(".error-summary")).to_be_visible()
        walk.look(page, "form, refused")
        page.locator("[name=email]").fill("")
        press(page, walk.language, "Send the complaint")
        expect(page.locator(".copyable")).to_be_visible()
        walk.look(page, "tracking, incomplete")
        portal.link(page, walk.language, "Add what is missing").click()
        walk.look(page, "missing")
        page.goto(page.url.replace("missing", "withdrawal"))
        walk.look(page, "withdrawal")
        with walk.watch.expecting(404):
            page.goto("/track/no-such-link/")
            walk.look(page, "link that does not work")
            page.goto("/no-such-page/")
            walk.look(page, "404")


def desk_pages(walk: Walk) -> None:
    """Lists, search, intake, preferences, outgoing mail; the case of the walk is in work."""
    page = walk.page_of("handler")
    for name, address in (
        ("owner", f"{walk.case}owner/"),
        ("follow-up", f"{walk.case}follow-ups/"),
        ("answer date", f"{walk.case}answer-date/"),
        ("time limits", f"{walk.case}limits/"),
        ("what rulebooks ask", f"{walk.case}limits/questions/"),
        ("record for the limits", f"{walk.case}limits/events/new/"),
        ("files", f"{walk.case}attachments/"),
        ("customer's words", f"{walk.case}customer-messages/"),
        ("withdrawal by staff", f"{walk.case}withdrawal/"),
        ("inbox, came back", "/desk/inbox/came_back/"),
        ("inbox, delegated", "/desk/inbox/delegated/"),
        ("inbox, overdue", "/desk/inbox/overdue/"),
        ("search, empty", "/desk/search/"),
        ("search", "/desk/search/?q=loja"),
        ("search, nothing", "/desk/search/?q=zzzzzz"),
        ("preferences", "/desk/preferences/"),
        ("notices", "/desk/notices/"),
        ("handbook", "/desk/handbook/"),
    ):
        page.goto(address)
        walk.look(page, name)
    with walk.watch.expecting(404):
        page.goto("/desk/cases/2020-99999/")
        walk.look(page, "404 at the desk")
    page.goto(walk.case)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    walk.look(page, "keys")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    walk.look(page, "palette")
    page.goto(f"{walk.case}confidentiality/")
    walk.look(page, "confidentiality")
    intake_pages(walk)
    page = walk.page_of("manager")
    for name, address in (
        ("requests about personal data", "/desk/personal-data/?q=loja"),
        ("copies", "/desk/exports/"),
        ("copy of a case", f"{walk.case}export/"),
        ("take something out", f"{walk.case}redaction/"),
        ("erase a person", "/desk/privacy/?q=loja"),
        ("erase a person, nobody found", "/desk/privacy/?q=zzzzzz"),
        ("what may go", "/desk/privacy/retention/"),
        ("closing codes as a file", "/desk/exports/closing-codes/"),
        ("before a body outside", f"{walk.case}outside/"),
        ("second look", f"{walk.case}second-stage/"),
        ("sent on", f"{walk.case}forwarding/"),
        ("coded anew", f"{walk.case}recoding/"),
        ("under another edition", f"{walk.case}edition/"),
        ("cases of an edition moved", "/administration/rulebook/starter-2026.1/move/"),
        ("who looked at it", f"{walk.case}looks/"),
        ("who looked at what", "/desk/looks/"),
        ("break the glass", f"{walk.case}break-glass/"),
    ):
        page.goto(address)
        walk.look(page, name)
    page.goto(f"{walk.case}redaction/")
    with walk.watch.expecting(422):
        page.locator("main .button-danger").click()
        expect(page.locator(".error-summary")).to_be_visible()
    walk.look(page, "take something out, refused")
    page = walk.page_of("supervisor")
    page.goto("/outgoing-mail/")
    walk.look(page, "outgoing mail")
    page.locator("main table a").first.click()
    page.wait_for_url("**/outgoing-mail/*/")
    walk.look(page, "a mail")


def intake_pages(walk: Walk) -> None:
    """A complaint by telephone: refused once, then filed without signature."""
    page = walk.page_of("intake")
    page.goto("/desk/complaints/new/")
    walk.look(page, "intake")
    with walk.watch.expecting(422):
        page.locator("button[value=file]").click()
        expect(page.locator(".error-summary")).to_be_visible()
    walk.look(page, "intake, refused")
    page.locator("[name=description]").fill(walk.story.description)
    page.locator("[name=complainant_name]").fill(walk.story.customer)
    page.locator("[name=phone]").fill("+351 912 345 678")
    page.locator("button[value=file]").click()
    expect(page.locator(".case-number")).to_be_visible()
    walk.look(page, "filed")
    page.goto(page.url.replace("intake", "completion"))
    walk.look(page, "completion")
