"""``@Name`` in an internal note: who is meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from desagravo.common.text import fold
from desagravo.departments import queries as departments

_AT = re.compile(r"(?<![\w@.])@(?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LONGEST = 8
"""Words of a name at most."""


@dataclass
class Mentions:
    """Who is meant by a text: ids of those found; as they were written, the names of nobody and of several people."""

    people: list[str] = field(default_factory=list)
    nobody: list[str] = field(default_factory=list)
    several: list[str] = field(default_factory=list)


def mentions_in(text: str, people: Sequence[tuple[str, str]]) -> Mentions:
    """Who is meant, of these people (id and name): by the whole name, or by the first name if only one has it."""
    found = Mentions()
    names = sorted(((_words(name), key) for key, name in people), key=lambda each: -len(each[0]))
    for at in _AT.finditer(text):
        written = [word.group() for word in _WORD.finditer(text, at.end(), at.end() + 200)][:_LONGEST]
        said = tuple(_plain(word) for word in written)
        _add(found, said, written, names)
    return found


def _add(found: Mentions, said: tuple[str, ...], written: list[str], names: list[tuple[tuple[str, ...], str]]) -> None:
    whole = [(name, key) for name, key in names if name and said[: len(name)] == name]
    longest = [key for name, key in whole if len(name) == len(whole[0][0])]
    meant = longest or [key for name, key in names if name[:1] == said[:1]]
    words = written[: len(whole[0][0]) if whole else 1]
    if len(meant) == 1:
        _once(found.people, meant[0])
    else:
        _once(found.several if meant else found.nobody, " ".join(words))


def _once(to: list[str], each: str) -> None:
    if each not in to:
        to.append(each)


def _words(name: str) -> tuple[str, ...]:
    return tuple(_plain(word) for word in _WORD.findall(name))


def _plain(word: str) -> str:
    return fold(word).replace("’", "'")


def mentions_somebody(text: str) -> bool:
    """Does an ``@`` of this text stand before a word?"""
    return bool(_AT.search(text))


def mentioned_in(text: str) -> list[str]:
    """The ids of the colleagues whom this text mentions."""
    return mentions_in(text, departments.mentionable()).people if mentions_somebody(text) else []
