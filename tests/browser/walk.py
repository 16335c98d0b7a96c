"""The main job, step by step: from the form that a customer signs to the closure that a manager signs.

Three tests and the picture walk use the same steps. ``look`` is called on every page with a name for it; what is done
there is up to whoever walks: nothing, an accessibility check, a picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

from playwright.sync_api import Browser, Download, Page, expect

from tests.browser import customer as portal
from tests.browser.customer import link, press
from tests.browser.visitors import Watch, visitor
from tests.browser.words import STORIES, screen
from tests.product import Product, SignIn

Look = Callable[[Page, str], None]

PEOPLE = {
    "handler": "ines.vasconcelos",
    "supervisor": "paula.teixeira",
    "manager": "teresa.albuquerque",
    "finance": "antonio.guedes",
    "quality": "nuno.azinheira",
    "intake": "marta.figueiredo",
    "auditor": "graca.monteiro",
    "administrator": "filipe.antunes",
}
"""Of the sample company, by the beginning of their address."""


class Walk:
    """One complaint and the people it passes. Each has a browser of their own, opened when they first act."""

    def __init__(self, product: Product, browser: Browser, language: str, watch: Watch, look: Look) -> None:
        self.product, self.browser, self.language, self.watch, self.look = product, browser, language, watch, look
        self.story = STORIES[language]
        self.number = ""
        self.tracking = ""
        self._open = ExitStack()
        self._pages: dict[str, Page] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def says(self, english: str) -> str:
        return screen(self.language, english)

    @property
    def case(self) -> str:
        return f"/desk/cases/{self.number}/"

    def person(self, who: str) -> SignIn:
        return next(each for each in self.product.sign_ins if each.email.startswith(PEOPLE[who]))

    def page_of(self, who: str) -> Page:
        """The browser of the customer, or of a colleague, who signs in first."""
        if who not in self._pages:
            page = self._open.enter_context(visitor(self.browser, self.product.url, self.language, self.watch))
            self._pages[who] = page
            if who != "customer":
                self._sign_in(page, who)
        return self._pages[who]

    def _sign_in(self, page: Page, who: str) -> None:
        person = self.person(who)
        page.goto(f"/account/login/?lang={self.language}")
        self.look(page, "sign-in")
        page.locator("[name=login]").fill(person.email)
        page.locator("[name=password]").fill(person.password)
        press(page, self.language, "Sign in")
        page.wait_for_url("**/desk/**")

    # The customer complains

    def complain(self) -> None:
        """The form with a photo and a drawn signature; the number and the private link are there at once."""
        page = self.page_of("customer")
        page.goto("/")
        self.look(page, "portal")
        link(page, self.language, "Make a complaint").click()
        self.look(page, "form")
        portal.fill_form(page, self.story)
        page.locator("[name=files]").set_input_files([portal.PHOTO])
        portal.draw_signature(page)
        press(page, self.language, "Send the complaint")
        expect(page.get_by_text(self.says("Thank you. Your complaint has reached us."))).to_be_visible()
        self.number = page.locator(".case-number").inner_text()
        self.tracking = page.locator(".copyable").inner_text()
        assert re.fullmatch(r"\d{4}-\d{5}", self.number)
        self.look(page, "tracking, received")

    def receipt(self) -> str:
        """The text of the receipt, as soon as the worker has made it."""
        page = self.page_of("customer")
        page.goto(self.tracking)
        return portal.text_of(portal.paper(page, self.language, "Receipt, with the text as you sent it (PDF)"))

    # The desk

    def assess(self) -> None:
        """The supervisor finds it among the new ones, answers the questions and gives it to the handler."""
        page = self.page_of("supervisor")
        page.goto("/desk/inbox/new/")
        self.look(page, "inbox, new")
        self._open_row(page, self.number)
        self.look(page, "case, received")
        link(page, self.language, "Assess the complaint").click()
        self.look(page, "assessment")
        page.locator("[name=safety][value=yes]").check()
        for question in ("law", "money", "public", "vip"):
            page.locator(f"[name={question}][value=no]").check()
        press(page, self.language, "Assess")
        expect(page.get_by_role("heading", name=self.says("This is a major complaint"))).to_be_visible()
        expect(page.locator("section", has_text="triage.safety").first).to_be_visible()
        self.look(page, "assessment, done")
        page.locator("select[name=to]").select_option(label=self.person("handler").name)
        press(page, self.language, "Hand it over")
        expect(page.get_by_text(self.person("handler").name).first).to_be_visible()

    def ask(self) -> None:
        """The handler asks finance, whose answer is needed, and quality, whose answer only helps."""
        page = self.page_of("handler")
        page.goto("/desk/inbox/mine/")
        self.look(page, "inbox, mine")
        self._open_row(page, self.number)
        self.look(page, "case, in work")
        link(page, self.language, "Ask a department").click()
        self.look(page, "asking")
        asked = {"finance": (self.story.question_finance, "yes"), "quality": (self.story.question_quality, "no")}
        for box in page.locator("[name=department]").all():
            box.set_checked(box.get_attribute("value") in asked)
        for department, (question, needed) in asked.items():
            page.locator(f"[name=question-{department}]").fill(question)
            page.locator(f"[name=required-{department}][value={needed}]").check()
        press(page, self.language, "Ask the ticked departments")
        page.wait_for_url(f"**{self.case}**")
        self.look(page, "case, waiting")

    def department_answers(self) -> None:
        """The contact of finance reads one page, answers, and is done."""
        page = self.page_of("finance")
        page.goto("/desk/")
        self.look(page, "questions")
        page.locator(".row", has_text=self.number).locator("a").first.click()
        expect(page.get_by_role("heading", name=self.story.question_finance)).to_be_visible()
        assert self.story.customer not in page.locator("main").inner_text()
        self.look(page, "question")
        page.locator("[name=answer]").fill(self.story.reply_finance)
        press(page, self.language, "Send the answer")
        expect(page.get_by_role("heading", name=self.says("Thank you"))).to_be_visible()
        self.look(page, "question, answered")

    def decide(self) -> None:
        """A finding, the point of the complaint, and the decision on it."""
        page = self.page_of("handler")
        page.goto(f"{self.case}findings/")
        self.look(page, "findings")
        page.locator("[name=text]").fill(self.story.finding)
        page.locator("[name=source]").fill("FT 2026/118")
        press(page, self.language, "Record the finding")
        expect(page.get_by_text(self.story.finding).first).to_be_visible()
        page.goto(f"{self.case}points/")
        self.look(page, "points")
        page.locator("[name=text]").fill(self.story.point)
        press(page, self.language, "Add the point")
        page.get_by_role("link", name=re.compile(f"^{self.says('Decide')} 1")).click()
        self.look(page, "point")
        page.locator("[name=decision][value=upheld]").check()
        page.locator("[name=remedy]").select_option("refund_full")
        press(page, self.language, "Record the decision")
        expect(page.get_by_text(self.says("All points are decided."))).to_be_visible()

    def write(self) -> None:
        """The answer from a template, its gaps filled; the preview; and the request for approval."""
        page = self.page_of("handler")
        page.goto(f"{self.case}answer/")
        self.look(page, "answer")
        page.locator("[name=template]").select_option("answer_upheld")
        press(page, self.language, "Use this template")
        area = page.locator("[name=text]")
        expect(area).to_have_value(re.compile(re.escape(self.story.point)))
        expect(page.get_by_text("{solution}").first).to_be_visible()
        self.look(page, "answer, with a gap")
        area.fill(area.input_value().replace("{solution}", self.story.solution))
        press(page, self.language, "See it as it will be sent")
        expect(page.locator("article.letter")).to_contain_text(self.story.solution)
        self.look(page, "preview")
        press(page, self.language, "Ask for approval")
        page.wait_for_url(lambda address: "preview" not in address)
        self.look(page, "case, awaiting approval")

    def approve(self) -> None:
        page = self.page_of("manager")
        page.goto("/desk/inbox/approvals/")
        self.look(page, "inbox, approvals")
        self._open_row(page, self.number)
        page.locator("a.button-primary").first.click()
        expect(page.locator("article.letter")).to_contain_text(self.story.solution)
        self.look(page, "approval")
        press(page, self.language, "Approve and send")
        page.wait_for_url(lambda address: "approval" not in address)
        expect(page.get_by_role("button", name=self.says("Hold it back"))).to_be_visible()
        self.look(page, "case, answer leaving")
        # after the delay the page comes back by itself, and shows that the answer has left
        expect(page.locator("[data-countdown]")).to_have_count(0, timeout=90_000)
        self.look(page, "case, answered")

    def accept(self) -> None:
        """The customer reads the answer behind the link, and says that it settles the matter."""
        page = self.page_of("customer")
        page.goto(self.tracking)
        expect(page.locator("#answer")).to_contain_text(self.story.solution)
        self.look(page, "tracking, answered")
        page.locator("[name=settled][value=yes]").check()
        page.locator("#reaction [name=body]").fill(self.story.thanks)
        page.locator("#reaction button[type=submit]").click()
        expect(page.get_by_text(self.story.thanks)).to_be_visible()
        self.look(page, "tracking, settled")

    def sign(self) -> None:
        """The manager ticks the codes, writes the lesson, gives the password again, and signs."""
        page = self.page_of("manager")
        page.goto("/desk/inbox/to_sign/")
        self.look(page, "inbox, to sign")
        self._open_row(page, self.number)
        link(page, self.language, "Sign the closure").click()
        self.look(page, "closure")
        for axis, code in CODES.items():
            page.locator(f"[name={axis}][value={code}]").check()
        page.locator("[name=amount]").fill("39,90")
        page.locator("[name=remedy_delivered][value=yes]").check()
        page.locator("[name=detail_reason]").fill(self.story.lesson)
        page.locator("[name=detail_evidence]").fill("Q-118")
        page.locator("[name=lesson]").fill(self.story.lesson)
        page.locator("[name=password]").fill(self.person("manager").password)
        press(page, self.language, "Sign and close")
        expect(page.get_by_role("heading", name=self.says("The case is closed and signed"))).to_be_visible()
        self.look(page, "closed")

    def sheet(self) -> Download:
        """The sealed sign-off sheet, as soon as the worker has made it."""
        page = self.page_of("manager")
        page.goto(f"{self.case}closure/")
        return portal.paper(page, self.language, "The sealed sheet (PDF)")

    def history(self) -> str:
        """The whole history as it reads on its page."""
        page = self.page_of("manager")
        page.goto(self.case)
        self.look(page, "case, closed")
        page.goto(f"{self.case}history/")
        self.look(page, "history")
        return page.locator("main").inner_text()

    def _open_row(self, page: Page, number: str) -> None:
        """Open a case from a list, leafing on until it is found."""
        row = page.locator(".row", has_text=number)
        while not row.count():
            page.locator("nav.pages a[href*=after]").last.click()
            page.wait_for_load_state()
        row.locator(".row-subject").click()
        page.wait_for_url(f"**{self.case}**")


CODES = {"outcome": "upheld", "relief": "monetary", "customer_position": "accepted", "cause": "product_fault"}
"""The four axes as the manager ticks them."""
