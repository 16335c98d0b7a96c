"""One browser for all tests here, and somebody who watches it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitors import LAUNCH, Watch


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=LAUNCH)
        yield running
        running.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Whatever a browser complains about in this test fails it."""
    watching = Watch()
    yield watching
    watching.nothing_seen()
