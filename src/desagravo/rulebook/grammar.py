"""How a book is built: which keys it has, and what may stand under each. Pure, without Django.

A shape is written as the book looks. ``Rows`` is a list of tables that are known by their code; a key with a question
mark may be missing; a key that no shape has is refused with the nearest one that there is, because a misspelt key
would switch a rule off and nobody would notice::

    Table({"zone": TEXT, "target": Rows({"code": CODE, "days": Whole(1), "about?": WORDS})})
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, Protocol

from desagravo.rulebook.problems import Place, Problem, Sentence
from desagravo.rulebook.problems import sentence as _
from desagravo.rulebook.words import FALLBACK, LANGUAGES

ALL_LANGUAGES = (*LANGUAGES, "pt-br")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")


class Shape(Protocol):
    """What may stand at a place."""

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """Every problem of the value; ``languages`` are those in which words are needed."""
        ...


@dataclass(frozen=True)
class Text:
    """Words without a language, on one line or several."""

    longest: int = 20_000

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, str) or not value.strip():
            yield Problem(here, _("Write a text here, between quotation marks."))
        elif len(value) > self.longest:
            yield Problem(here, _("This is longer than %(most)s characters.", most=self.longest))


@dataclass(frozen=True)
class Code:
    """The short name of a row, by which rules and past events find it."""

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            yield Problem(here, _("A code has letters, digits, points, hyphens and underscores, at most 60 of them."))


@dataclass(frozen=True)
class Words:
    """A text in every language that is needed; with ``several``, a list of texts in each; with ``blank``, or none."""

    several: bool = False
    blank: bool = False

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, Mapping):
            yield Problem(here, _("Write the words for each language: { en = “…”, pt-pt = “…” }."))
            return
        yield from strangers(value, ALL_LANGUAGES, here)
        if self.blank:
            return
        for language in languages:
            if not any(self._said(value.get(code)) for code in _stand_ins(language)):
                yield Problem(here.at(language), _("There are no words in %(language)s.", language=language))
        for language in value:
            if language in ALL_LANGUAGES and not self._said(value[language]) and language not in languages:
                yield Problem(
                    here.at(language), _("Write the words in %(language)s, or leave it out.", language=language)
                )

    def _said(self, words: Any) -> bool:
        if self.several:
            return isinstance(words, list) and all(isinstance(each, str) and each.strip() for each in words)
        return isinstance(words, str) and bool(words.strip())


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    low: int = 0
    high: int = 2**53 - 1

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            words = _("Give a whole number of at least %(low)s.", low=self.low)
            if self.high < 2**53 - 1:
                words = _("Give a whole number from %(low)s to %(high)s.", low=self.low, high=self.high)
            yield Problem(here, words)


@dataclass(frozen=True)
class YesNo:
    """True or false."""

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, bool):
            yield Problem(here, _("Say true or false, without quotation marks."))


@dataclass(frozen=True)
class Day:
    """A date."""

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, date) or isinstance(value, datetime):
            words = _("“%(value)s” is not a date. Write it as year-month-day: 2027-01-31.", value=value)
            yield Problem(here, words)


@dataclass(frozen=True)
class Hour:
    """A time of day, as a text."""

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        try:
            time.fromisoformat(value)
        except (TypeError, ValueError):
            yield Problem(here, _("“%(value)s” is not a time of day. Write it as “17:00”.", value=value))


@dataclass(frozen=True)
class Amount:
    """An amount of money, as a text, so that no cent is lost."""

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        try:
            amount = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or amount < 0:
            yield Problem(here, _("“%(value)s” is no amount. Write it as “250.00”.", value=value))


@dataclass(frozen=True)
class OneOf:
    """One of these codes."""

    codes: tuple[str, ...]

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if value not in self.codes:
            yield Problem(here, not_among(value, self.codes))


@dataclass(frozen=True)
class Many:
    """A list of values of one kind."""

    of: Shape
    least: int = 0

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, list):
            yield Problem(here, _("Write a list here, between square brackets."))
            return
        if len(value) < self.least:
            yield Problem(here, _("The list needs at least %(least)s entries.", least=self.least))
        for number, each in enumerate(value, 1):
            yield from self.of.check(each, here.at(number), languages)


@dataclass(frozen=True)
class Table:
    """A table with these keys; a key that ends in a question mark may be missing."""

    keys: Mapping[str, Shape]

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, Mapping):
            yield Problem(here, _("Write a table here, with names and values."))
            return
        shapes = self.shapes()
        yield from strangers(value, shapes, here)
        for key in self.keys:
            if not key.endswith("?") and key not in value:
                yield Problem(here.at(key), _("“%(key)s” is missing.", key=key))
        for key, shape in shapes.items():
            if key in value:
                yield from shape.check(value[key], here.at(key), languages)

    def shapes(self) -> dict[str, Shape]:
        """The keys without their question marks."""
        return {key.removesuffix("?"): shape for key, shape in self.keys.items()}


@dataclass(frozen=True)
class Rows:
    """A list of tables, each known by its ``code``; no code stands there twice."""

    keys: Mapping[str, Shape]
    least: int = 0

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, list):
            yield Problem(here, _("Write rows here, each with its own heading in double square brackets."))
            return
        if len(value) < self.least:
            yield Problem(here, _("There must be at least one row."))
        names = [name_of(row, number) for number, row in enumerate(value, 1)]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Problem(here.at(name), _("The code %(code)s is there twice.", code=name))
        for name, row in zip(names, value, strict=True):
            yield from Table(self.keys).check(row, here.at(name), languages)


@dataclass(frozen=True)
class Keyed:
    """A table whose keys are codes that the writer chooses."""

    of: Shape

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        if not isinstance(value, Mapping):
            yield Problem(here, _("Write a table here, with names and values."))
            return
        for key, inner in value.items():
            yield from self.of.check(inner, here.at(key), languages)


@dataclass(frozen=True)
class Anything:
    """What an examiner looks at."""

    def check(self, value: Any, here: Place, languages: Collection[str]) -> Iterator[Problem]:
        """See :class:`Shape`."""
        return iter(())


TEXT, CODE, WORDS, LISTS_OF_WORDS = Text(), Code(), Words(), Words(several=True)
SOME_WORDS = Words(blank=True)
YES_NO, DAY, HOUR, AMOUNT, ANYTHING = YesNo(), Day(), Hour(), Amount(), Anything()


def name_of(row: Any, number: int) -> str:
    """How a row of a list is named in a path: by its code, else by its key, else by its number from 1."""
    if isinstance(row, Mapping):
        for key in ("code", "key"):
            if isinstance(row.get(key), str) and row[key]:
                return str(row[key])
    return str(number)


def strangers(given: Collection[str], known: Collection[str], here: Place) -> Iterator[Problem]:
    """A problem for each key that nobody knows, with the nearest one that there is."""
    for key in given:
        if key not in known:
            near = nearest(key, known)
            words = _("“%(key)s” is not known here. Perhaps “%(near)s” is meant.", key=key, near=near)
            if not near:
                words = _("“%(key)s” is not known here. There are: %(known)s.", key=key, known=", ".join(sorted(known)))
            yield Problem(here.at(key), words)


def not_among(given: Any, known: Collection[str]) -> Sentence:
    """What to say of a code that is none of these."""
    near = nearest(str(given), known)
    if near:
        return _("There is no “%(code)s” here. Perhaps “%(near)s” is meant.", code=given, near=near)
    told = sorted(known)
    there = ", ".join(told[:20]) + (" …" if len(told) > 20 else "")
    return _("There is no “%(code)s” here. There are: %(known)s.", code=given, known=there)


def nearest(given: str, known: Collection[str]) -> str:
    """The known code that is most like this one; "" if none is."""
    found = get_close_matches(str(given).casefold(), [each.casefold() for each in known], n=1, cutoff=0.6)
    return next((each for each in known if found and each.casefold() == found[0]), "")


def _stand_ins(language: str) -> tuple[str, ...]:
    """Languages of which one is enough: Brazil reads Portugal's words where it has none of its own."""
    if language == "pt-br":
        return FALLBACK["pt-br"][:2]
    return (language,)
