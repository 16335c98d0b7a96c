"""What a letter must contain, and whether it does. Pure, without Django.

Which items are asked for stands in the rulebooks that bind the case and in what the house asks of every letter of this
purpose; how one sees that an item is there is data of the edition (``content.toml``). What no rule can see, a person
ticks and says where it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desagravo.rulebook import phrases
from desagravo.rulebook.policies import Item, Policy
from desagravo.rulebook.words import Texts, chain, say

FACTS = (
    "points_answered",
    "decision_made",
    "reasons_given",
    "remedy_named",
    "right_language",
    "reachable",
    "no_advertising",
)
"""What the case tells about its letter; an edition may ask for no other fact."""

WHEN = ("", "not_fully_granted", "refused")
HOUSE = ""
"""Instead of a rulebook's id: what the house asks for."""


@dataclass(frozen=True)
class Situation:
    """A letter about to leave: its text and language, what stands for each placeholder, and what the case tells.

    ``granted``: every point was upheld. ``confirmed``: the items that a person ticked. ``reader``: the language in
    which the items are named to whoever writes, by default that of the letter.
    """

    text: str
    language: str
    values: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, bool] = field(default_factory=dict)
    granted: bool = False
    refused: bool = False
    confirmed: Collection[str] = ()
    reader: str = ""


@dataclass(frozen=True)
class Asked:
    """An item that somebody asks for: ``rulebooks`` are their ids, "" for the house."""

    code: str
    name: Texts
    rulebooks: tuple[str, ...]


@dataclass(frozen=True)
class Need:
    """An item of a letter: is it there (``how``: fact, placeholder, phrase or person), and what to do if not.

    ``wording`` would meet it, its placeholders not yet filled. ``may_tick``: a person may say that it is there.
    """

    code: str
    name: str
    rulebooks: tuple[str, ...]
    met: bool
    how: str
    todo: str
    wording: str
    may_tick: bool


def asked_of(book: Mapping[str, Any], purpose: str, bind: Iterable[Policy], *, past_limit: bool) -> tuple[Asked, ...]:
    """What a letter of this purpose must contain, each item once, those of rulebooks before those of the house."""
    row = next((each for each in book["purpose"] if each["code"] == purpose), None)
    if row is None:
        return ()
    names: dict[str, Texts] = {}
    wanted: dict[str, list[str]] = {}
    sections = [*row["sections"], *(row.get("past_limit", ()) if past_limit else ())]
    for policy in bind:
        for each in (item for section in sections for item in _items(policy, section)):
            names.setdefault(each.code, each.name)
            wanted.setdefault(each.code, []).append(policy.id)
    for code in row["always"]:
        wanted.setdefault(code, []).append(HOUSE)
    return tuple(Asked(code, names.get(code, {"en": code}), tuple(dict.fromkeys(ids))) for code, ids in wanted.items())


def needs(book: Mapping[str, Any], asked: Iterable[Asked], now: Situation) -> tuple[Need, ...]:
    """Each item that is asked for in this situation, with whether it is there."""
    known = {row["code"]: row for row in book["item"]}
    found = (_need(each, known.get(each.code, {}), now) for each in asked)
    return tuple(each for each in found if each is not None)


def language_of(text: str) -> str:
    """The language of a text: ``pt``, ``en`` or ``es``, or "" where it is too short or too mixed to tell.

    Counts the small words that only one of the three languages has.
    """
    words = phrases.folded(text)
    counts = {language: sum(word in few for word in words) for language, few in _SMALL_WORDS.items()}
    best, second = sorted(counts, key=lambda each: -counts[each])[:2]
    enough = counts[best] >= _LEAST_SMALL_WORDS and counts[best] >= 2 * counts[second]
    return best if enough else ""


_LEAST_SMALL_WORDS = 4
_SMALL_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset({"the", "and", "you", "your", "of", "to", "is", "we", "that", "have", "with", "this", "for", "it"}),
    "pt": frozenset(
        {"nao", "uma", "um", "do", "da", "em", "ao", "os", "com", "voce", "foi", "sao", "das", "dos", "pelo", "e"}
    ),
    "es": frozenset({"el", "la", "los", "las", "una", "un", "del", "en", "con", "usted", "fue", "y", "le", "su", "al"}),
}


def alike(text: str, others: Iterable[str]) -> float:
    """The greatest part of the text (0 to 1) that stands word for word, five words in a row, in one of the others."""
    ours = _runs(text)
    if not ours:
        return 0.0
    return max((len(ours & _runs(each)) / len(ours) for each in others), default=0.0)


_RUN = 5


def _runs(text: str) -> set[tuple[str, ...]]:
    words = phrases.folded(text)
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}


def _items(policy: Policy, section: str) -> tuple[Item, ...]:
    kind, _, name = section.partition(".")
    if kind == "milestone":
        return next((each.must_include for each in policy.milestones if each.key == name), ())
    if not name:
        return policy.response.must_include
    letter = policy.letters.get(name)
    return letter.must_include if letter else ()


def _need(asked: Asked, row: Mapping[str, Any], now: Situation) -> Need | None:
    when = row.get("when", "")
    if (when == "not_fully_granted" and now.granted) or (when == "refused" and not now.refused):
        return None
    how = _met(row, now) or ("person" if asked.code in now.confirmed else "")
    names = row.get("name", asked.name)
    return Need(
        code=asked.code,
        name=_said(names, now.reader or now.language) or asked.code,
        rulebooks=asked.rulebooks,
        met=bool(how),
        how=how,
        todo=_said(row.get("todo", {}), now.reader or now.language),
        wording=_said(row.get("wording", {}), now.language),
        may_tick=bool(row.get("person", False)) or not row,
    )


def _met(row: Mapping[str, Any], now: Situation) -> str:
    if "fact" in row and now.facts.get(row["fact"], False):
        return "fact"
    names = row.get("placeholders", ())
    if names and all(_stands(now.values.get(name, ""), now.text) for name in names):
        return "placeholder"
    patterns = say(row["phrases"], now.language) if "phrases" in row and _has(row["phrases"], now.language) else ()
    return "phrase" if patterns and phrases.contains(now.text, patterns) else ""


def _stands(value: str, text: str) -> bool:
    """Does the value stand in the text, however it is spaced and accented?"""
    return bool(value.strip()) and f" {' '.join(phrases.folded(value))} " in f" {' '.join(phrases.folded(text))} "


def _said(texts: Texts, language: str) -> str:
    return say(texts, language) if _has(texts, language) else ""


def _has(texts: Mapping[str, Any], language: str) -> bool:
    return any(each in texts for each in chain(language))
