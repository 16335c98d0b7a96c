"""Countries, and what is usual there: proposals for a new organisation, never more than that."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from desagravo.common import clock
from desagravo.common.language import active, babel_locale
from desagravo.common.text import fold

FIRST = ("PT", "BR", "ES", "GB")
"""The countries whose languages and words the product knows best, offered first."""

_MAIN_ZONE = {
    "PT": "Europe/Lisbon", "BR": "America/Sao_Paulo", "ES": "Europe/Madrid", "GB": "Europe/London",
    "US": "America/New_York", "CA": "America/Toronto", "MX": "America/Mexico_City", "AU": "Australia/Sydney",
    "AR": "America/Argentina/Buenos_Aires", "CL": "America/Santiago", "EC": "America/Guayaquil",
    "DE": "Europe/Berlin", "NZ": "Pacific/Auckland", "CN": "Asia/Shanghai", "RU": "Europe/Moscow",
}  # fmt: skip
"""Where a country has several, the one in which most people live."""

_LANGUAGES = {"PT": ("pt-pt", "en"), "BR": ("pt-br",), "ES": ("es", "en"), "GB": ("en",)}
_SPEAK_PORTUGUESE = frozenset({"AO", "CV", "GW", "MZ", "ST", "TL", "MO", "GQ"})
_SPEAK_SPANISH = frozenset(
    {
        "AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "PY", "SV", "UY",
        "VE",
    }
)  # fmt: skip
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})


@cache
def _countries(locale: str) -> dict[str, str]:
    names = Locale.parse(locale).territories
    known = {code: str(name) for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES}
    first = {code: known.pop(code) for code in FIRST}
    return {**first, **dict(sorted(known.items(), key=lambda each: fold(each[1])))}


def countries() -> dict[str, str]:
    """Code → name in the active language; the four that come first, then the rest in alphabetical order."""
    return _countries(babel_locale(active()))


@cache
def zones() -> tuple[str, ...]:
    """The time zones that can be chosen, in alphabetical order: places, without the abbreviations of old."""
    told = {zone for zone in get_global("zone_territories") if zone in available_timezones()}
    return tuple(sorted({*(zone for zone in told if "/" in zone and not zone.startswith("Etc/")), "UTC"}))


def zones_in_words(first: str = "") -> list[tuple[str, str]]:
    """Zones as people read them, with their present offset: "Lisbon (Europe), UTC+01:00"; ``first``, the house's own,
    comes before the others."""
    now = clock.now()
    named = sorted((_zone_in_words(zone, now), zone) for zone in zones())
    return sorted(((zone, words) for words, zone in named), key=lambda each: each[0] != first)


def _zone_in_words(zone: str, now: datetime) -> str:
    offset = now.astimezone(ZoneInfo(zone)).strftime("%z")
    area, _slash, place = zone.replace("_", " ").rpartition("/")
    name = f"{place} ({area.replace('/', ', ')})" if area else place
    return f"{name}, UTC{offset[:3]}:{offset[3:]}"


_USUAL_PART = {"GB": "ENG"}
"""Countries whose calendar means nothing without one of their parts, and the part in which most people live."""


@cache
def parts(country: str) -> dict[str, str]:
    """Code → name of the parts of the country that have public holidays of their own; towns by their name."""
    import holidays

    if country not in holidays.list_supported_countries(include_aliases=False):
        return {}
    kind = getattr(holidays, country)
    names: dict[str, str] = {}
    for name, code in kind.subdivisions_aliases.items():
        names.setdefault(code, name)
    return dict(sorted(((code, names.get(code, code)) for code in kind.subdivisions), key=lambda each: fold(each[1])))


def needs_part(country: str) -> bool:
    """Must the part be named, because the days of the whole country are nobody's?"""
    return country in _USUAL_PART


def usual_part(country: str) -> str:
    """The part in which most of this country lives, where one must be named; else none."""
    return _USUAL_PART.get(country, "")


def proposed_zone(country: str) -> str:
    """The time zone in which most of this country lives."""
    if country in _MAIN_ZONE:
        return _MAIN_ZONE[country]
    there = sorted(zone for zone, place in get_global("zone_territories").items() if place == country)
    return next((zone for zone in there if zone in zones()), "UTC")


def currency_of(country: str) -> str:
    """The money of this country today: BR → BRL, PT → EUR, GB → GBP. EUR for none that is known."""
    there = get_territory_currencies(country, tender=True) if country else []
    return str(there[0]) if there else "EUR"


def proposed_languages(country: str) -> tuple[str, ...]:
    """The languages in which customers there write to a company."""
    if country in _LANGUAGES:
        return _LANGUAGES[country]
    if country in _SPEAK_PORTUGUESE:
        return ("pt-pt",)
    return ("es",) if country in _SPEAK_SPANISH else ("en",)
