"""What a customer does on the portal."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Download, FilePayload, Locator, Page, expect
from pypdf import PdfReader

from tests.browser.words import Story, screen


def photo(side: int = 64) -> bytes:
    """A picture as a telephone would send it, only smaller: PNG, one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xb0\x40\x20" * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PHOTO: FilePayload = {"name": "torradeira queimada.png", "mimeType": "image/png", "buffer": photo()}


def fill_form(page: Page, story: Story) -> None:
    """Everything that makes a complaint complete, except the signature."""
    page.locator("[name=description]").fill(story.description)
    page.locator("[name=occurred_on]").fill((date.today() - timedelta(days=9)).isoformat())
    page.locator("[name=order_number]").fill("FT 2026/118")
    page.locator("[name=complainant_name]").fill(story.customer)
    page.locator("[name=email]").fill("conceicao@example.org")
    page.locator("[name=form_completed_on]").fill(date.today().isoformat())


STROKES = ([(0.1, 0.7), (0.2, 0.2), (0.3, 0.8)], [(0.35, 0.5), (0.55, 0.4)], [(0.6, 0.3), (0.7, 0.8), (0.9, 0.2)])
"""Parts of the width and height of the field."""


def draw_signature(page: Page) -> None:
    """Three strokes with the mouse."""
    canvas = page.locator("[data-signature] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for stroke in (
        [(0.1, 0.7), (0.2, 0.2), (0.3, 0.8)],
        [(0.35, 0.5), (0.55, 0.4)],
        [(0.6, 0.3), (0.7, 0.8), (0.9, 0.2)],
    ):
        points = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=6)
        page.mouse.up()
    expect(page.locator("[data-strokes]")).to_have_value(re.compile(r"^data:image/png;base64,.{200,}"))


def press(page: Page, language: str, english: str) -> None:
    """Press the button with these words."""
    button(page, language, english).click()


def button(page: Page, language: str, english: str) -> Locator:
    return page.get_by_role("button", name=screen(language, english), exact=True).first


def link(page: Page, language: str, english: str) -> Locator:
    return page.get_by_role("link", name=screen(language, english), exact=True).first


def paper(page: Page, language: str, english: str) -> Download:
    """Wait until the worker has made a paper, as the page itself does, and download it."""
    ready = page.locator("a:visible", has_text=screen(language, english))
    expect(ready.first).to_be_visible()
    with page.expect_download() as coming:
        ready.first.click()
    return coming.value


def text_of(download: Download) -> str:
    """What can be read in a PDF, words set apart by single blanks."""
    content = Path(download.path()).read_bytes()
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
