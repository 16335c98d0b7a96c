"""The few pictures of the administrator's guide: how a manager writes a rule.

    .venv/bin/python -m tests.browser.guide [docs/guide/pictures]

starts the product with the sample company in a temporary folder and writes the rule of ``tests.browser.rulebook``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser import rulebook
from tests.browser.visitors import LAUNCH, Watch, visitor
from tests.product import Product

SIZE: ViewportSize = {"width": 1100, "height": 900}
WANTED = {
    "editions": ("rulebook-editions", "main", 560),
    "triage": ("rulebook-chapter", "main", 620),
    "rule, refused": ("rulebook-mistake", "main", 1010),
    "rule with another way": ("rulebook-conditions", "#f_when", 560),
    "draft with a mistake": ("rulebook-draft", "main", 560),
    "differences": ("rulebook-differences", "main", 700),
    "proposed, to decide on": ("rulebook-publish", "main", 820),
}
"""Page of the walk → name of the picture, what it shows, and how many pixels of that from its top."""


class Camera:
    """Keeps the pictures that the guide shows; of a long page its beginning."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, page: Page, name: str) -> None:
        if name not in WANTED:
            return
        file, shown, height = WANTED[name]
        page.set_viewport_size(SIZE)
        box = page.evaluate(
            """(shown) => {
              const box = document.querySelector(shown).getBoundingClientRect();
              return {x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height};
            }""",
            shown,
        )
        box["height"] = min(box["height"], height)
        page.screenshot(path=self.folder / f"{file}.png", full_page=True, clip=box)


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/guide/pictures")
    camera, watch = Camera(folder), Watch()
    with tempfile.TemporaryDirectory() as data, Product("demo", data=Path(data)) as product, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=LAUNCH)
        managers = [each for each in product.sign_ins if each.role == "manager"]
        with visitor(browser, product.url, "en", watch) as page, visitor(browser, product.url, "en", watch) as second:
            rulebook.sign_in(page, managers[0])
            rulebook.sign_in(second, managers[1])
            rulebook.write_a_rule(page, second, watch, camera)
        browser.close()
    print("\n".join(watch.seen), file=sys.stderr)


if __name__ == "__main__":
    main()
