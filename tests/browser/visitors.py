"""People with a browser of their own, and what must not happen while they use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)

from tests.browser.words import BROWSERS

WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
PATIENCE = 20_000
"""Milliseconds within which a page, or a paper of the worker, must be there."""
expect.set_options(timeout=PATIENCE)
LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

_WAITING = re.compile(r"/(documents/(receipt|letter)|closure/sheet/\d+/|intake/receipt/|try-out/\d+/cases\.csv)$")
"""Addresses that answer 404 until a paper is made, or past cases are tried; the page asks them again."""
_TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  window.tellViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


class Watch:
    """Collects whatever a browser complains about: errors of scripts, refused content, requests that fail."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._expected: set[int] = set()

    def over(self, context: BrowserContext) -> None:
        context.set_default_timeout(PATIENCE)
        context.expose_binding("tellViolation", lambda _source, words: self.seen.append(f"CSP: {words}"))
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("page", self._watch)

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Within, these statuses are what the test is about."""
        self._expected = set(statuses)
        yield
        self._expected = set()

    def nothing_seen(self) -> None:
        assert not self.seen, "\n".join(self.seen)

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"script: {error}"))
        page.on("response", self._response)
        page.on("requestfailed", self._failed)
        page.on("dialog", self._dialog)

    def _console(self, message: ConsoleMessage) -> None:
        # "Failed to load resource" is told by _response with its address and status
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.seen.append(f"console: {message.text} {message.location}")

    def _response(self, response: Response) -> None:
        if response.status < 400 or response.status in self._expected:
            return
        if response.status == 404 and response.request.method == "HEAD" and _WAITING.search(response.url):
            return
        self.seen.append(f"{response.status}: {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        # a download, or a question of a page that is being left, ends as "aborted"
        if request.failure != "net::ERR_ABORTED":
            self.seen.append(f"failed: {request.method} {request.url} {request.failure}")

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.type} {dialog.message}")
        dialog.accept()


@contextmanager
def visitor(browser: Browser, url: str, language: str, watch: Watch, **options: Any) -> Iterator[Page]:
    """Somebody with a browser of their own that asks for this language; cookies are forgotten at the end."""
    context = browser.new_context(base_url=url, locale=BROWSERS[language], **{"viewport": WIDE, **options})
    watch.over(context)
    try:
        yield context.new_page()
    finally:
        context.close()
