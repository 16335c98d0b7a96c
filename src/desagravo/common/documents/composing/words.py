"""Dates, times, money and the other small words of a document, in its language."""

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel import dates, numbers
from django.utils.translation import gettext as _

from desagravo.common.documents.characters import line_ends
from desagravo.common.documents.composing.pictures import picture
from desagravo.common.documents.kinds import Organisation
from desagravo.common.language import babel_locale


class Words:
    """How one language writes a day, a moment, an amount."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = babel_locale(language)

    def page(self, organisation: Organisation) -> dict[str, Any]:
        """What every document has: language, letterhead, how pages are numbered."""
        lang, _sep, region = self.locale.partition("_")
        # The two pairs of braces are filled by the typesetter, which alone knows the numbers.
        numbering = _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"}
        head = {**asdict(organisation), "mark": picture(organisation.mark, organisation.name)}
        return {"lang": lang, "region": region, "numbering": numbering, "organisation": head}

    def day(self, day: date) -> str:
        """7 January 2026."""
        return dates.format_date(day, "long", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """7 January 2026, 14:03 (UTC+00:00), in the zone that the moment brings: the organisation's."""
        offset = moment.strftime("%z")
        clock = f"{moment:%H:%M}"
        return f"{self.day(moment.date())}, {clock} (UTC{offset[:3]}:{offset[3:5]})"

    def short_moment(self, moment: datetime) -> str:
        """2026-01-07 14:03: for tables, where every line has one."""
        return moment.strftime("%Y-%m-%d %H:%M")

    def money(self, amount: Decimal, currency: str) -> str:
        """€12.50, as the language writes it."""
        return str(numbers.format_currency(amount, currency, locale=self.locale))

    def size(self, size: int) -> str:
        """Size of a file: 840 bytes, 12 kB, 3.4 MB (decimal units)."""
        if size < 1000:
            return _("%(size)d bytes") % {"size": size}
        value, unit = (size / 1000, "kB") if size < 999_500 else (size / 1_000_000, "MB")
        return f"{numbers.format_decimal(round(value, 0 if unit == 'kB' else 1), locale=self.locale)} {unit}"


def paragraphs(text: str) -> list[list[str]]:
    """A text as paragraphs of lines: an empty line separates paragraphs, other line ends are kept."""
    found: list[list[str]] = [[]]
    for line in line_ends(text).split("\n"):
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def prose(texts: tuple[str, ...]) -> list[list[str]]:
    """Several paragraphs, each of which may itself hold line ends or empty lines."""
    return [paragraph for text in texts for paragraph in paragraphs(text)]


def rows(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    """Lines of label and value; those without a value are left out."""
    return [{"label": label, "value": value} for label, value in pairs if value]
