"""Whoever reads the rulebook in Brazil reads no words of Portugal, also where the Portuguese words stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from desagravo.rulebook import edition
from desagravo.rulebook.words import say
from tools.translations import words_of_portugal

BOOKS = ("categories", "closing_codes", "departments", "form", "guidance", "letters", "remedies", "routing", "stages")
ON_THE_TELEPHONE = "a ligação"
"""A call is one in Brazil too; a link is not."""


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Every text in its languages, wherever it stands in a book."""
    if isinstance(value, dict) and isinstance(value.get("en"), str) and "pt-pt" in value:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


@pytest.mark.parametrize("book", [*BOOKS, "targets", "triage"])
def test_no_words_of_portugal(book: str) -> None:
    foreign = words_of_portugal()
    found = [
        (match[0], said)
        for text in texts(dict(edition.book(book)))
        if (match := foreign.search((said := say(text, "pt-br")).replace(ON_THE_TELEPHONE, "")))
    ]
    assert found == []
