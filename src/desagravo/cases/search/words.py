"""Text cut into the words that search keeps and seeks: the same on both databases, because neither cuts it itself.

PostgreSQL's parser takes e-mail addresses, numbers with a hyphen and file names apart in ways of its own, SQLite's
follows the Unicode of its year. So both get words that are ready: accents off, case folded, letters and digits only.
"""

import re
from collections.abc import Iterator

from desagravo.common.text import fold

LONGEST = 64
"""Characters of a word; the rest of a longer one is not compared (PostgreSQL refuses words over 2 kB)."""
MOST_SOUGHT = 16
"""Words of a question; those beyond are left out."""
LONGEST_QUESTION = 1000
"""Characters of a question; those beyond are left out."""

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![^\W_])([0-9]{4})-([0-9][^\W_]*)")
"""A case number, or the beginning of one: kept as one word too, because every case has the year in it."""


def words_of(text: str) -> list[str]:
    """The distinct words of a text, as they are kept."""
    return list(dict.fromkeys(_kept(_folded(text))))


def sought(question: str) -> list[str]:
    """The distinct words of a question, each to begin some word of the case. None without a letter or digit."""
    joined = _NUMBER.sub(r"\1\2", _folded(question[:LONGEST_QUESTION]))
    return list(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(joined)))[:MOST_SOUGHT]


def _kept(folded: str) -> Iterator[str]:
    for word in _WORD.findall(folded):
        yield word[:LONGEST]
    for year, rest in _NUMBER.findall(folded):
        yield (year + rest)[:LONGEST]


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else fold(text)
