"""The main job by keyboard alone, and the keys of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.keys import Hands
from tests.browser.visitors import Watch, visitor
from tests.browser.walk import PEOPLE
from tests.browser.words import STORIES, screen
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")]

STORY = STORIES["pt-pt"]


def says(english: str) -> str:
    return screen("pt-pt", english)


class Company:
    """The people of this test, each with a browser of their own, signed in by keyboard."""

    def __init__(self, product: Product, browser: Browser, watch: Watch) -> None:
        self.product, self.browser, self.watch = product, browser, watch
        self.open = ExitStack()
        self.hands: dict[str, Hands] = {}

    def __getitem__(self, who: str) -> Hands:
        if who not in self.hands:
            page = self.open.enter_context(visitor(self.browser, self.product.url, "pt-pt", self.watch))
            self.hands[who] = Hands(page)
            if who != "customer":
                self._sign_in(self.hands[who], who)
        return self.hands[who]

    def _sign_in(self, hands: Hands, who: str) -> None:
        person = next(each for each in self.product.sign_ins if each.email.startswith(PEOPLE[who]))
        hands.page.goto("/account/login/")
        hands.write("[name=login]", person.email)
        hands.write("[name=password]", person.password)
        hands.key("Enter")

    def password(self, who: str) -> str:
        return next(each.password for each in self.product.sign_ins if each.email.startswith(PEOPLE[who]))

    def unseen(self) -> set[str]:
        return {each for hands in self.hands.values() for each in hands.unseen}


@pytest.fixture
def company(product: Product, browser: Browser, watch: Watch) -> Iterator[Company]:
    people = Company(product, browser, watch)
    with people.open:
        yield people
        assert not people.unseen(), "the focus cannot be seen on\n" + "\n".join(people.unseen())


def test_the_main_job(company: Company) -> None:
    number = file_complaint(company["customer"])
    case = f"/desk/cases/{number}/"
    assess(company["supervisor"], number)
    ask(company["handler"], number)
    reply(company["finance"], number)
    decide_and_write(company["handler"], case)
    approve(company["manager"], number)
    accept(company["customer"])
    sign(company["manager"], number, company.password("manager"))
    expect(company["manager"].page.get_by_role("heading", name=says("The case is closed and signed"))).to_be_visible()


def file_complaint(hands: Hands) -> str:
    """Typed name instead of a drawn signature; the number is shown at once, the link stays open in this browser."""
    page = hands.page
    page.goto("/")
    hands.press(says("Make a complaint"))
    hands.write("[name=description]", STORY.description)
    first_of_january(hands, "[name=occurred_on]")
    hands.write("[name=complainant_name]", STORY.customer)
    hands.write("[name=email]", "conceicao@example.org")
    hands.write("[name=signature_name]", STORY.customer)
    hands.tick("[name=signature_confirmed]")
    hands.press(says("Send the complaint"))
    return page.locator(".case-number").inner_text()


def first_of_january(hands: Hands, selector: str) -> None:
    """A day that is typed the same way wherever the day stands before the month, and where it does not."""
    hands.to(selector)
    hands.page.keyboard.type(f"0101{date.today().year}")
    expect(hands.page.locator(selector)).to_have_value(f"{date.today().year}-01-01")


def assess(hands: Hands, number: str) -> None:
    page = hands.page
    page.goto("/desk/inbox/new/")
    hands.row(number)
    page.keyboard.press("Control+k")
    page.keyboard.type("avaliar a")
    hands.key("Enter")
    hands.choose("safety", "yes")
    for question in ("law", "money", "public", "vip"):
        hands.choose(question, "no")
    hands.press(says("Assess"))
    expect(page.get_by_role("heading", name=says("This is a major complaint"))).to_be_visible()
    page.keyboard.press("a")
    assert page.evaluate("() => document.activeElement.name") == "to"
    page.keyboard.type("Inês")
    hands.press(says("Hand it over"))


def ask(hands: Hands, number: str) -> None:
    page = hands.page
    page.goto("/desk/inbox/mine/")
    hands.row(number)
    hands.key("d")
    hands.tick("[name=department][value=finance]")
    hands.write("[name=question-finance]", STORY.question_finance)
    hands.press(says("Ask the ticked departments"))
    expect(page.get_by_text(STORY.question_finance)).to_be_visible()


def reply(hands: Hands, number: str) -> None:
    page = hands.page
    page.goto("/desk/questions/")
    hands.row(number)
    page.keyboard.press("r")
    page.keyboard.insert_text(STORY.reply_finance)
    hands.press(says("Send the answer"))
    expect(page.get_by_role("heading", name=says("Thank you"))).to_be_visible()


def decide_and_write(hands: Hands, case: str) -> None:
    page = hands.page
    page.goto(case)
    hands.key("p")
    hands.write("[name=text]", STORY.point)
    hands.press(says("Add the point"))
    hands.press(f"{says('Decide')} 1")
    hands.choose("decision", "upheld")
    hands.press(says("Record the decision"))
    hands.press(says("Write the answer"))
    hands.pick("[name=template]", "answer_upheld")
    hands.press(says("Use this template"))
    text = page.locator("[name=text]").input_value()
    hands.write("[name=text]", text.replace("{solution}", STORY.solution))
    hands.press(says("See it as it will be sent"))
    hands.press(says("Ask for approval"))
    assert page.url.endswith(case)


def approve(hands: Hands, number: str) -> None:
    page = hands.page
    page.goto("/desk/inbox/approvals/")
    hands.row(number)
    hands.press(says("Read and approve the answer"))
    hands.press(says("Approve and send"))
    expect(page.locator("[data-countdown]")).to_have_count(1)
    expect(page.locator("[data-countdown]")).to_have_count(0, timeout=90_000)  # it has left


def accept(hands: Hands) -> None:
    page = hands.page
    page.reload()
    expect(page.locator("#answer")).to_contain_text(STORY.solution)
    hands.choose("settled", "yes")
    hands.to("#reaction button[type=submit]")
    hands.key("Enter")
    expect(page.locator("#reaction")).to_have_count(0)


def sign(hands: Hands, number: str, password: str) -> None:
    page = hands.page
    page.goto("/desk/inbox/to_sign/")
    hands.row(number)
    hands.press(says("Sign the closure"))
    hands.choose("outcome", "upheld")
    hands.choose("relief", "explanation_only")
    hands.choose("customer_position", "accepted")
    hands.tick("[name=cause][value=product_fault]")
    hands.write("[name=detail_reason]", STORY.lesson)
    hands.write("[name=detail_evidence]", "Q-118")
    hands.choose("remedy_delivered", "yes")
    hands.write("[name=lesson]", STORY.lesson)
    hands.write("[name=password]", password)
    hands.press(says("Sign and close"))


def test_keys_of_a_list(company: Company) -> None:
    page = company["handler"].page
    page.goto("/desk/inbox/mine/")
    rows = page.locator("[data-rows] .row-subject")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    number = page.locator("[data-rows] .row-number").first.inner_text()
    company["handler"].key("Enter")
    expect(page.locator(".case-tab")).to_contain_text(number)
    company["handler"].key("u")
    expect(rows.nth(0)).to_be_visible()
    company["handler"].key("c")
    expect(page.locator("[name=description]")).to_be_visible()


def test_help_and_search(company: Company) -> None:
    page = company["handler"].page
    page.goto("/desk/inbox/mine/")
    number = page.locator("[data-rows] .row-number").first.inner_text()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("j")  # nothing moves behind an open dialogue
    assert page.evaluate("() => document.activeElement.closest('#keys') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("[data-key-search]")).to_be_focused()
    page.keyboard.type(f"{number}")
    company["handler"].key("Enter")
    expect(page.locator(".case-tab")).to_contain_text(number)


def test_note_and_reply(company: Company) -> None:
    page = company["handler"].page
    page.goto("/desk/inbox/mine/")
    page.keyboard.press("j")
    company["handler"].key("Enter")
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.type("n j ? são letras, e não teclas")
    expect(page.locator("#note-text")).to_have_value("n j ? são letras, e não teclas")
    company["handler"].press(says("Keep as internal note"))
    expect(page.locator(".entry-note").last).to_contain_text("n j ? são letras")
