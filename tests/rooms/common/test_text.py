"""What people type, made safe to keep."""

from __future__ import annotations

import time
import unicodedata

import pytest

from desagravo.common.text import tidy_line, tidy_text


@pytest.mark.parametrize("text", ["Reclamação", "कृपया", "ế", "เก้าอี้", "a\u0301" * 5000])
def test_honest_text_is_only_normalised(text: str) -> None:
    assert tidy_text(text) == unicodedata.normalize("NFC", text)


def test_a_heap_of_marks_costs_no_time() -> None:
    heap = "a" + "\u0301\u0323" * 200_000  # normalised as it stands, this takes two minutes
    started = time.process_time()
    tidied = tidy_text(heap)
    assert time.process_time() - started < 5
    assert tidy_text(tidied) == tidied


def test_broken_characters_become_visible() -> None:
    assert tidy_text("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    assert tidy_line("Rui\u202e\r\nBcc: x@example.org") == "Rui Bcc: x@example.org"
