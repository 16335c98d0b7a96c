"""The words of the screens as a person reads them, and what the people of the story write."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import desagravo

LOCALE = Path(desagravo.__file__).parent / "locale"
CATALOGUES = {"pt-pt": "pt"}
BROWSERS = {"pt-pt": "pt-PT", "en": "en-GB"}
"""Language of the house → what a browser asks for."""
TAGS = {"pt-pt": "pt-PT", "en": "en"}
"""Language of the house → what <html lang> says."""


@cache
def _catalogue(language: str) -> gettext.NullTranslations | None:
    name = CATALOGUES.get(language)
    return gettext.translation("django", LOCALE, [name]) if name else None


def screen(language: str, english: str, **facts: str) -> str:
    """A sentence of the screens in this language. Fails if the catalogue does not have it, and so would the screen."""
    catalogue = _catalogue(language)
    words = catalogue.gettext(english) if catalogue else english
    if catalogue and words == english:
        raise AssertionError(f"no translation into {language}: {english!r}")
    return words % facts if facts else words


@dataclass(frozen=True)
class Story:
    """What the people of one walk write. Nobody else in the sample company uses these words."""

    customer: str
    description: str
    """In several lines, with signs that a careless program would spoil."""
    question_finance: str
    question_quality: str
    reply_finance: str
    finding: str
    point: str
    solution: str
    lesson: str
    thanks: str


STORIES = {
    "pt-pt": Story(
        customer="Conceição d’Ávila Gonçalves",
        description=(
            "A torradeira «Maré» soltou faíscas ao segundo pequeno-almoço e queimou-me a mão.\n"
            "Na loja disseram-me que a culpa era minha; não aceito.\n"
            "Quero o meu dinheiro de volta: 39,90 €."
        ),
        question_finance="A torradeira foi paga, e quanto?",
        question_quality="Há outras queixas de faíscas neste modelo?",
        reply_finance="Sim: 39,90 € a 3 de janeiro, fatura FT 2026/118.",
        finding="A fatura mostra que o aparelho tem menos de um ano.",
        point="O aparelho soltou faíscas e queimou a mão da cliente.",
        solution="Devolvemos-lhe 39,90 € até sexta-feira e recolhemos o aparelho em sua casa.",
        lesson="Quem atende na loja deve retirar logo da venda um aparelho que solta faíscas.",
        thanks="Obrigada, fica resolvido.",
    ),
    "en": Story(
        customer="Siobhán O’Brien-Łukasik",
        description=(
            "The toaster “Maré” threw sparks at the second breakfast and burnt my hand.\n"
            "In the shop they told me that it was my own fault; I do not accept that.\n"
            "I want my money back: €39.90."
        ),
        question_finance="Was the toaster paid for, and how much?",
        question_quality="Are there other complaints about sparks with this model?",
        reply_finance="Yes: €39.90 on 3 January, invoice FT 2026/118.",
        finding="The invoice shows that the appliance is less than a year old.",
        point="The appliance threw sparks and burnt the customer's hand.",
        solution="We pay back €39.90 by Friday and collect the appliance at your home.",
        lesson="Whoever serves in a shop should take an appliance that throws sparks off the shelf at once.",
        thanks="Thank you, that settles it.",
    ),
}
