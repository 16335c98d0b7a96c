"""The main job in a browser: from the form that a customer signs to the closure that a manager signs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from desagravo.common.documents import sealing
from tests.browser.customer import text_of
from tests.browser.visitors import Watch
from tests.browser.walk import Walk
from tests.browser.words import TAGS, screen
from tests.product import Product, bare_environment

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["pt-pt", "en"])
def test_from_the_signed_form_to_the_signed_closure(
    product: Product, browser: Browser, watch: Watch, language: str
) -> None:
    def look(page: Page, name: str) -> None:
        assert page.locator("html").get_attribute("lang") == TAGS[language], name

    with Walk(product, browser, language, watch, look) as walk:
        story = walk.story
        walk.complain()
        receipt = walk.receipt()
        assert walk.number in receipt
        assert in_one_line(story.description) in receipt
        walk.assess()
        walk.ask()
        walk.department_answers()
        walk.decide()
        walk.write()
        walk.approve()
        walk.accept()
        walk.sign()
        sheet = walk.sheet()
        told = walk.history()

        content = Path(sheet.path()).read_bytes()
        seal = sealed(content, product.data / "keys")
        assert seal.ok, seal
        assert (seal.bottom_line, seal.coverage) == (True, "ENTIRE_FILE")
        assert not sealed(content.replace(b"/Type /Page ", b"/Type /page ", 1) + b" ", product.data / "keys").ok
        words = text_of(sheet)
        role = walk.says("complaints manager")
        for part in (
            story.description,
            story.customer,
            story.solution,
            story.lesson,
            walk.person("manager").name,
            role,
        ):
            assert in_one_line(part) in words
        for ticked in TICKED[language]:
            assert f"☒ {ticked}" in words
        assert words.count("☒") == len(TICKED[language])
        token = walk.tracking.rstrip("/").rsplit("/", 1)[1]
        assert token not in words.replace(" ", ""), "the sheet gives the customer's private link away"

    assert_sentences(told, language, walk)
    report = verified(product)
    assert report["ok"], report


TICKED = {
    "pt-pt": ("Procedente", "Monetária", "Aceitou", "Defeito do produto"),
    "en": ("Upheld", "Monetary", "Accepted", "Product fault"),
}
"""The codes of `walk.CODES` as the sheet prints them."""

SENTENCES = (
    "Assessed as %(outcome)s: %(reason)s",
    "%(owner)s is now in charge.",
    "%(department)s was asked; the answer is required.",
    "%(department)s answered.",
    "A finding was recorded.",
    "Point %(position)s to be answered was added.",
    "Point %(position)s was decided: %(decision)s.",
    "Approval of the answer was asked for.",
    "The answer was approved and released.",
    "The answer was approved and sent to the customer.",
    "The customer says that the matter is settled.",
    "The closure was signed (closing section %(section)s, as %(role)s).",
)
"""What happened, in this order; papers and mails come in between when the worker has made them."""


def assert_sentences(told: str, language: str, walk: Walk) -> None:
    """The history tells what happened in sentences of the reader's language, and shows no code of ours."""
    place = 0
    for english in SENTENCES:
        pattern = re.sub(r"%\\?\(\w+\\?\)s", "[^\n]+?", re.escape(screen(language, english)))
        found = re.compile(pattern).search(told, place)
        assert found, f"{english!r} does not follow in:\n{told[place:]}"
        place = found.end()
    # of two questions asked at once either may stand first
    asked = re.escape(screen(language, "%(department)s was asked."))
    assert re.search(re.sub(r"%\\?\(\w+\\?\)s", "[^\n]+?", asked), told)
    for name in ("handler", "supervisor", "manager", "finance"):
        assert walk.person(name).name in told
    assert not re.findall(r"%\(|case\.[a-z_]+|consultation\.[a-z]+|\bNone\b", told)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def sealed(content: bytes, keys: Path) -> sealing.SealReport:
    """The check of the seal, in a thread of its own: the browser's loop runs in this one, and pyHanko wants its own."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(sealing.check, content, folder=keys).result()


def verified(product: Product) -> dict[str, object]:
    """`desagravo verify --json` on the folder of the running product; fails unless it ends with 0."""
    command = [sys.executable, "-m", "desagravo.operations", "verify", "--data", str(product.data), "--json"]
    environment = bare_environment(product.database_url)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found
