"""The small grammar of conditions in rulebooks. Pure, without Django.

A condition says when a limit exists: ``topic in ['billing', 'improper_charge']``, ``psd_or_emd and holding_sent``,
``not psd_or_emd``. There is ``==``, ``in [..]``, ``and``, ``not`` and bare names of attributes that are true or false;
nothing else, and nothing is executed. What is not known yet makes the answer unknown (None), not false.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

Value = bool | str | tuple[str, ...] | None
"""True, False, a code, or several codes of which one is enough; None is not known yet."""

_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>==|[\[\],])|(?P<text>'[^']*'|\"[^\"]*\"))")
_RESERVED = frozenset({"and", "not", "in", "or"})


@dataclass(frozen=True)
class Term:
    """One question: is this attribute true (``codes`` is None), or one of these codes?"""

    attribute: str
    codes: tuple[str, ...] | None = None
    negated: bool = False

    def holds(self, known: Mapping[str, Value]) -> bool | None:
        """True, False, or None while the attribute is not known."""
        value = known.get(self.attribute)
        if value is None:
            return None
        if self.codes is None:
            answer = value is True
        else:
            answer = bool(set((value,) if isinstance(value, bool | str) else value) & set(self.codes))
        return answer is not self.negated


@dataclass(frozen=True)
class Condition:
    """A condition that was read: all its terms hold. ``text`` is how it was written."""

    text: str
    terms: tuple[Term, ...]

    @property
    def attributes(self) -> frozenset[str]:
        """What it asks about."""
        return frozenset(term.attribute for term in self.terms)

    def holds(self, known: Mapping[str, Value]) -> bool | None:
        """Whether it holds with what is known: True, False, or None while too little is known.

        One term that is false settles it, whatever the others may turn out to be.
        """
        answers = [term.holds(known) for term in self.terms]
        if False in answers:
            return False
        return None if None in answers else True


class NotUnderstood(ValueError):
    """The text is no condition. ``column`` (from 1) is where that shows, ``expected`` a code for what would be right:
    attribute, text, list, and, nothing_more."""

    def __init__(self, expected: str, column: int, found: str) -> None:
        super().__init__(f"{expected} at {column}")
        self.expected = expected
        self.column = column
        self.found = found


def read(text: str) -> Condition:
    """The condition in this text. Raises ``NotUnderstood``."""
    reader = _Reader(text)
    terms = [reader.term()]
    while reader.here == "and":
        reader.step()
        terms.append(reader.term())
    if reader.here:
        raise reader.wrong("and")
    return Condition(" ".join(text.split()), tuple(terms))


class _Reader:
    """Goes through the text word by word."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.end = 0
        self.here = ""
        self.step()

    def step(self) -> str:
        """The word here; then stand on the next one (empty at the end)."""
        was = self.here
        self.at = self.end
        rest = self.text[self.at :]
        if not rest.strip():
            self.here = ""
            return was
        self.at += len(rest) - len(rest.lstrip())
        found = _TOKEN.match(self.text, self.at)
        if not found:
            raise NotUnderstood("attribute", self.at + 1, self.text[self.at])
        self.here, self.end = found.group().strip(), found.end()
        return was

    def wrong(self, expected: str) -> NotUnderstood:
        return NotUnderstood(expected, self.at + 1, self.here)

    def term(self) -> Term:
        negated = self.here == "not"
        if negated:
            self.step()
        if not self.here.isidentifier() or self.here in _RESERVED:
            raise self.wrong("attribute")
        name = self.step()
        if self.here == "==":
            self.step()
            return Term(name, (self.code(),), negated)
        if self.here == "in":
            self.step()
            return Term(name, self.codes(), negated)
        return Term(name, None, negated)

    def code(self) -> str:
        if self.here[:1] not in {"'", '"'}:
            raise self.wrong("text")
        return self.step()[1:-1]

    def codes(self) -> tuple[str, ...]:
        if self.here != "[":
            raise self.wrong("list")
        self.step()
        found = [self.code()]
        while self.here == ",":
            self.step()
            found.append(self.code())
        if self.here != "]":
            raise self.wrong("list")
        self.step()
        return tuple(found)
