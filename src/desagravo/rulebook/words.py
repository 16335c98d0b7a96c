"""Words of the rulebook in the reader's language. Pure, without Django."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "pt-pt", "es")
"""Languages in which every text of the starter edition exists; a check in ``schema`` keeps it so."""

FALLBACK: Mapping[str, tuple[str, ...]] = {
    "pt-br": ("pt-br", "pt-pt", "en"),
    "pt": ("pt-pt", "en"),
    "pt-pt": ("pt-pt", "en"),
    "es": ("es", "en"),
    "en": ("en",),
}

Texts = Mapping[str, str]
"""One text in several languages: Django language code → text."""


def chain(language: str) -> tuple[str, ...]:
    """The languages to look in, best first. An unknown language reads English."""
    code = language.lower().replace("_", "-")
    return FALLBACK.get(code) or FALLBACK.get(code.split("-")[0]) or ("en",)


def say(texts: Texts, language: str) -> str:
    """The text in this language or the nearest one that exists; raises ``KeyError`` if there is none at all.

    An organisation writes its rules in its own languages only; whoever reads another one sees those words.
    """
    for code in (*chain(language), *texts):
        if code in texts:
            return texts[code]
    raise KeyError(f"no text for {language!r} among {sorted(texts)}")
