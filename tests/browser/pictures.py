"""Pictures of every page, wide and narrow, light and dark, in both languages, for people to look at.

    .venv/bin/python -m tests.browser.pictures FOLDER [--languages pt-pt en] [--all]

starts the product with the sample company in a temporary folder and walks through the main job. Without ``--all``
each page is taken twice: light and wide, dark and narrow.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser import others
from tests.browser.visitors import LAUNCH, WIDE, Watch
from tests.browser.walk import Walk
from tests.product import Product

TELEPHONE: ViewportSize = {"width": 360, "height": 740}
SOME = (("light", "wide"), ("dark", "narrow"))
ALL = tuple((scheme, width) for scheme in ("light", "dark") for width in ("wide", "narrow"))


class Camera:
    """Takes a picture of a page in every asked way; the files are named in the order of the walk."""

    def __init__(self, folder: Path, ways: tuple[tuple[str, str], ...]) -> None:
        self.folder, self.ways, self.taken = folder, ways, 0
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, page: Page, name: str) -> None:
        self.taken += 1
        for scheme, width in self.ways:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.set_viewport_size(WIDE if width == "wide" else TELEPHONE)
            file = f"{self.taken:02}-{re.sub(r'[^a-z0-9]+', '-', name)}-{width}-{scheme}.png"
            page.screenshot(path=self.folder / file, full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(WIDE)


def walk_through(walk: Walk) -> None:
    """Every page that the main job and its surroundings have."""
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--languages", nargs="+", default=["pt-pt", "en"], choices=["pt-pt", "en"])
    parser.add_argument("--all", action="store_true", help="wide and narrow in light and dark: four pictures of a page")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, Product("demo", data=Path(data)) as product, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=LAUNCH)
        watch = Watch()
        for language in asked.languages:
            camera = Camera(asked.folder / language, ALL if asked.all else SOME)
            with Walk(product, browser, language, watch, camera) as walk:
                walk_through(walk)
        browser.close()
    print("\n".join(watch.seen), file=sys.stderr)


if __name__ == "__main__":
    main()
