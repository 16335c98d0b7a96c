"""Made-up words with the frequencies of a language, and texts of a given length; the same ones in every run."""

from __future__ import annotations

import random
from itertools import accumulate

COMMON = "zumbido"
"""Stands in exactly three of ten cases."""
RARE = "zarabatana"
"""Stands in exactly ten cases."""
REPLY = "zelosamente"
"""Stands in every reply that the run itself writes."""

_SYLLABLES = [c + v for c in "bcdfglmnprstv" for v in ("a", "e", "i", "o", "u", "ão", "es")]


class Words:
    """A vocabulary of 8,000 words, drawn as in a language: the second word half as often as the first, and so on."""

    def __init__(self, seed: int = 2026, size: int = 8000) -> None:
        self.random = random.Random(seed)
        known: dict[str, None] = {}
        while len(known) < size:
            known["".join(self.random.choices(_SYLLABLES, k=self.random.choice((2, 2, 3, 3, 4))))] = None
        self.vocabulary = list(known)
        self.weights = list(accumulate(1 / rank for rank in range(1, size + 1)))

    def text(self, count: int, *, with_words: tuple[str, ...] = ()) -> str:
        """So many words; ``with_words`` take the places of some."""
        chosen = self.random.choices(self.vocabulary, cum_weights=self.weights, k=count)
        for word, place in zip(with_words, self.random.sample(range(count), len(with_words)), strict=True):
            chosen[place] = word
        return " ".join(chosen).capitalize() + "."
