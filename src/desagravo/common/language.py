"""The four languages of the house and how to speak one for a moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation

LANGUAGES = {"pt-pt": "Português (Portugal)", "pt-br": "Português (Brasil)", "en": "English", "es": "Español"}
"""Code → the language's own name for itself."""

FALLBACKS = {"pt-br": ("pt-pt", "en"), "pt-pt": ("en",), "es": ("en",), "en": ()}
"""Where words are looked for when a language does not have them."""

_BASES = {"pt": "pt-pt", "en": "en", "es": "es"}


def supported(code: str | None) -> str:
    """The house's code for any language tag: ``pt-AO`` → ``pt-pt``, ``en-GB`` → ``en``, unknown → ``en``."""
    tag = (code or "").lower().replace("_", "-")
    return tag if tag in LANGUAGES else _BASES.get(tag.split("-")[0], "en")


def active() -> str:
    """The language of the page that is being made."""
    return supported(translation.get_language())


def babel_locale(code: str) -> str:
    """Babel's name of the locale for a language of the house (English is British here)."""
    return {"pt-pt": "pt_PT", "pt-br": "pt_BR", "es": "es_ES"}.get(code, "en_GB")


@contextmanager
def in_language(code: str) -> Iterator[str]:
    """Within this block sentences are made in ``code``; gives the house's code for it."""
    language = supported(code)
    with translation.override(language):
        yield language
