"""The words of the two documents, filled with what the edition says. Pure, without Django.

The words lie in ``words/*.toml`` and hold no number: whoever could write "within 15 days" there could make the document
say something else than the software does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import get_day_names
from babel.lists import format_list

from desagravo.common.documents.paper import Rich, Run
from desagravo.common.language import babel_locale
from desagravo.rulebook import words as rulebook_words
from desagravo.rulebook.words import Texts

_FOLDER = Path(__file__).parent / "words"
_GAP = re.compile(r"\{(\w+)\}")
_NOTHING: Mapping[str, str] = {}


@cache
def book(name: str) -> Mapping[str, Any]:
    """One file of words."""
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


class Words:
    """One file of words in one language: ``words("reach.web_how", address=…)``."""

    def __init__(self, name: str, language: str) -> None:
        self.name, self.language = name, language
        self.locale = babel_locale(language)

    def texts(self, key: str) -> Texts:
        """The words of a key in all languages. Raises KeyError."""
        found: Any = book(self.name)
        for part in key.split("."):
            found = found[part]
        return found  # type: ignore[no-any-return]

    def __call__(self, key: str, **facts: str) -> str:
        """The sentence, its gaps filled. Raises KeyError for a gap that nobody fills."""
        return _GAP.sub(lambda gap: facts[gap[1]], rulebook_words.say(self.texts(key), self.language))

    def rich(self, key: str, **facts: str | Run) -> Rich:
        """The same with links in the gaps."""
        pieces = _GAP.split(rulebook_words.say(self.texts(key), self.language))
        runs = [facts[piece] if at % 2 else piece for at, piece in enumerate(pieces)]
        return tuple(run if isinstance(run, Run) else Run(run) for run in runs if run)

    def say(self, texts: Texts | None, otherwise: str = "") -> str:
        """Words of the edition in this language; ``otherwise`` where it has none."""
        return rulebook_words.say(texts, self.language) if texts else otherwise

    def listed(self, things: Iterable[str], style: str = "standard") -> str:
        """One, two and three."""
        return format_list(list(things), style=style, locale=self.locale)  # type: ignore[arg-type]


def period(n: float, unit: str, language: str) -> str:
    """15 working days."""
    forms = book("limits")["period"].get(unit)
    number = f"{n:g}"
    if forms is None:
        return f"{number} {unit}"
    return rulebook_words.say(forms["one" if n == 1 else "other"], language).replace("{n}", number)


def within(n: float, unit: str, language: str) -> str:
    """Within 15 working days; by the end of the next one."""
    words = Words("limits", language)
    if n == 0:
        return words("phrase.at_once" if unit == "hours" else "phrase.same_day")
    if n == 1 and unit == "business_days":
        return words("phrase.by_next")
    return words("phrase.within", period=period(n, unit, language))


def counted_from(event: str, language: str) -> str:
    """Of the date of the complaint."""
    words = Words("limits", language)
    known = book("limits")["from"].get(event)
    return words.say(known) if known else words("from.other", event=event.replace("_", " "))


def condition(text: str, language: str) -> str:
    """When a limit exists, in words; "" where nobody has written them."""
    for row in book("limits")["on"]:
        if row["when"] == text:
            return rulebook_words.say({key: said for key, said in row.items() if key != "when"}, language)
    return ""


def week(weekend: Iterable[int], language: str) -> str:
    """The working days of a week: Monday to Friday."""
    names = get_day_names("wide", locale=babel_locale(language))
    closed = set(weekend)
    days = [day for day in range(7) if day not in closed]
    if days and days == list(range(days[0], days[-1] + 1)) and len(days) > 2:
        return Words("customers", language)("steps.days_range", first=names[days[0]], last=names[days[-1]])
    return Words("customers", language).listed(names[day] for day in days)
