"""Finds phrases that a letter should not contain, where they stand, with a better one. Pure, without Django.

The lists are data of the edition (``phrases.toml``): what is looked for, in which language, in which kind of text, what
takes the sting out of it (a negation, a doubt), and what to write in its place. Phrases are compared word by word,
whatever their case, accents and spacing; a phrase never reaches over the end of a sentence.

A pattern is a row of words: ``word`` as it is, ``wor*`` how one begins, ``*n't`` how one ends, ``one|other``, ``word?``
that may be missing, and ``…`` for up to four words of any kind.

What the customer wrote is not ours: words in quotation marks, lines that begin with ``>``, and whole sentences that
stand in the customer's own text are passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desagravo.rulebook.words import say

_COMBINING = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_COMBINING}]|['’](?=[^\W\d_]))*")
_END_OF_SENTENCE = re.compile(r"[.!?;:…]|\n\s*\n|\n\s*[-–•*]")
_QUOTED = re.compile(
    r"“[^“”]{1,2000}”|„[^„“”]{1,2000}[“”]|«[^«»]{1,2000}»|\"[^\"\n]{1,2000}\"|‘[^‘’\n]{1,400}’(?![^\W_])|^>[^\n]*$",
    re.MULTILINE,
)
_ANY = "…"
_MOST_BETWEEN = 4


@dataclass(frozen=True)
class Mark:
    """A phrase as it stands in a text: ``text[start:end] == found``. ``stops``: it may not leave without a reason."""

    start: int
    end: int
    found: str
    code: str
    kind: str
    stops: bool
    better: str
    why: str


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    folded: str
    sentence: int
    clause: int


@dataclass(frozen=True)
class _Piece:
    """One word of a pattern."""

    exact: frozenset[str]
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    optional: bool = False
    any: bool = False

    def fits(self, word: str) -> bool:
        return (
            self.any
            or word in self.exact
            or any(word.startswith(each) for each in self.begins)
            or any(word.endswith(each) for each in self.ends)
        )


_Pattern = tuple[_Piece, ...]


@dataclass(frozen=True)
class _Phrase:
    code: str
    kind: str
    patterns: tuple[_Pattern, ...]
    better: str


@dataclass(frozen=True)
class Lists:
    """The lists of one language, ready to be looked for. Made by :func:`read`."""

    language: str
    phrases: tuple[_Phrase, ...] = ()
    kinds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    excuses: tuple[tuple[frozenset[str], int, tuple[_Pattern, ...]], ...] = ()
    turns: tuple[_Pattern, ...] = ()
    begins: Mapping[str, tuple[tuple[_Phrase, _Pattern], ...]] = field(default_factory=dict)


def read(book: Mapping[str, Any], language: str) -> Lists:
    """The lists of the book for texts in this language. Raises ``ValueError`` for a pattern without a word."""
    phrases = tuple(
        _Phrase(
            code=f"{row['kind']}.{row['code']}",
            kind=row["kind"],
            patterns=tuple(pattern(each) for each in say(row["words"], language)),
            better=say(row["better"], language) if _has(row["better"], language) else "",  # take it out
        )
        for row in book["phrase"]
        if _has(row["words"], language)
    )
    index: dict[str, list[tuple[_Phrase, _Pattern]]] = {}
    for phrase in phrases:
        for each in phrase.patterns:
            for key in _keys(each):
                index.setdefault(key, []).append((phrase, each))
    return Lists(
        language=language,
        phrases=phrases,
        kinds=dict(book["kind"]),
        excuses=tuple(
            (frozenset(row["kinds"]), int(row["within"]), tuple(pattern(each) for each in say(row["words"], language)))
            for row in book.get("unless", ())
            if _has(row["words"], language)
        ),
        turns=tuple(pattern(each) for each in say(book["turn"]["words"], language)) if "turn" in book else (),
        begins={key: tuple(rows) for key, rows in index.items()},
    )


def pattern(words: str) -> _Pattern:
    """A pattern as the lists write it. Raises ``ValueError`` where it has no word that must be there."""
    pieces = tuple(_piece(each) for each in words.split())
    if not any(not each.optional and not each.any for each in pieces):
        raise ValueError(f"the phrase “{words}” has no word that must be there")
    return pieces


def marks(text: str, lists: Lists, *, where: str, theirs: Iterable[str] = ()) -> tuple[Mark, ...]:
    """What the lists find in the text, in order and without overlap.

    ``where`` is ``letter``, ``answer`` or ``message``: a kind of phrase is looked for only where its list says so.
    ``theirs`` are texts of the customer.
    """
    words = _words(text)
    passed_over = [each.span() for each in _QUOTED.finditer(text)]
    passed_over += _sentences_of(words, theirs)
    found: list[Mark] = []
    for at, word in enumerate(words):
        for phrase, each in _candidates(lists, word.folded):
            kind = lists.kinds[phrase.kind]
            if where not in kind["in"]:
                continue
            last = _matches(words, at, each)
            if last is None:
                continue
            start, end = word.start, words[last].end
            if any(begin <= start and end <= stop for begin, stop in passed_over):
                continue
            if _excused(words, at, phrase.kind, lists):
                continue
            found.append(
                Mark(
                    start=start,
                    end=end,
                    found=text[start:end],
                    code=phrase.code,
                    kind=phrase.kind,
                    stops=bool(kind.get("stops", False)),
                    better=phrase.better,
                    why=say(kind["about"], lists.language),
                )
            )
    return _without_overlap(found)


def put_in(text: str, mark: Mark, better: str = "") -> str:
    """The text with the better phrase in the place of the marked one; taken out with its space where there is none."""
    words = better or mark.better
    before, after = text[: mark.start], text[mark.end :]
    if not words:
        before = before.rstrip(" ") if after[:1] in {"", " ", ",", ".", "\n"} else before
        return before + after
    if mark.found[:1].isupper():
        words = words[:1].upper() + words[1:]
    return before + words + after


def contains(text: str, patterns: Iterable[str]) -> bool:
    """Does one of the patterns stand in the text?"""
    words = _words(text)
    rows = [pattern(each) for each in patterns]
    return any(_matches(words, at, each) is not None for at in range(len(words)) for each in rows)


def fold(word: str) -> str:
    """A word as it is compared: without accents, case, and characters that nobody sees."""
    plain = unicodedata.normalize("NFKD", word.replace("’", "'"))
    return "".join(each for each in plain if unicodedata.category(each) not in {"Mn", "Cf"}).casefold()


def folded(text: str) -> list[str]:
    """The words of a text as they are compared."""
    return [fold(each.group()) for each in _WORD.finditer(text)]


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    sentence = clause = last = 0
    for each in _WORD.finditer(text):
        between = text[last : each.start()]
        if found and _END_OF_SENTENCE.search(between):
            sentence, clause = sentence + 1, clause + 1
        elif found and ("," in between or "—" in between or "(" in between or ")" in between):
            clause += 1
        found.append(_Word(each.start(), each.end(), fold(each.group()), sentence, clause))
        last = each.end()
    return found


def _piece(told: str) -> _Piece:
    if told in {_ANY, "..."}:
        return _Piece(frozenset(), (), (), any=True)
    optional = told.endswith("?")
    exact, begins, ends = set(), [], []
    for each in told.removesuffix("?").split("|"):
        plain = fold(each.strip("*"))
        if not plain:
            raise ValueError(f"“{told}” is no word of a phrase")
        if each.endswith("*"):
            begins.append(plain)
        elif each.startswith("*"):
            ends.append(plain)
        else:
            exact.add(plain)
    return _Piece(frozenset(exact), tuple(begins), tuple(ends), optional=optional)


def _keys(row: _Pattern) -> set[str]:
    """Where the pattern is looked up: whole words, beginnings with a star, or "" for what may stand anywhere."""
    keys: set[str] = set()
    for piece in row:
        if piece.any or piece.ends:
            return {""}
        keys |= {*piece.exact, *(f"{each[:_LETTERS]}*" for each in piece.begins)}
        if not piece.optional:
            break
    return {""} if any(each.endswith("*") and len(each) <= _LETTERS for each in keys) else keys


_LETTERS = 3


def _candidates(lists: Lists, word: str) -> Sequence[tuple[_Phrase, _Pattern]]:
    at = lists.begins.get
    return (*at(word, ()), *at(f"{word[:_LETTERS]}*", ()), *at("", ()))


def _matches(words: Sequence[_Word], at: int, row: _Pattern, sentence: int | None = None) -> int | None:
    """The place of the last word of the pattern, if it stands here within one sentence."""
    if sentence is None:
        sentence = words[at].sentence
    if not row:
        return at - 1
    piece, rest = row[0], row[1:]
    here = at < len(words) and words[at].sentence == sentence
    if piece.any:
        for skipped in range(_MOST_BETWEEN + 1):
            last = _matches(words, at + skipped, rest, sentence)
            if last is not None:
                return last
        return None
    if here and piece.fits(words[at].folded):
        last = _matches(words, at + 1, rest, sentence)
        if last is not None:
            return last
    return _matches(words, at, rest, sentence) if piece.optional else None


def _excused(words: Sequence[_Word], at: int, kind: str, lists: Lists) -> bool:
    """Is the phrase denied or put in doubt by what stands before it in the same clause?"""
    for kinds, within, rows in lists.excuses:
        if kind not in kinds:
            continue
        turned = False
        for back in range(at - 1, max(-1, at - 1 - within), -1):
            if words[back].clause != words[at].clause:
                break
            for last in (_matches(words, back, each) for each in rows):
                # what ends right before the phrase counts also if it holds a turn: "not because of our mistake"
                if last == at - 1 or (last is not None and last < at and not turned):
                    return True
            turned = turned or any(_matches(words, back, each) is not None for each in lists.turns)
    return False


def _sentences_of(words: Sequence[_Word], theirs: Iterable[str]) -> list[tuple[int, int]]:
    """Spans of sentences, of three words at least, that are whole sentences of the customer's own text as well."""
    said = {tuple(word.folded for word in row) for text in theirs for row in _by_sentence(_words(text))}
    return [
        (row[0].start, row[-1].end)
        for row in _by_sentence(words)
        if len(row) >= _LEAST_QUOTED and tuple(word.folded for word in row) in said
    ]


def _by_sentence(words: Sequence[_Word]) -> list[list[_Word]]:
    found: dict[int, list[_Word]] = {}
    for word in words:
        found.setdefault(word.sentence, []).append(word)
    return list(found.values())


_LEAST_QUOTED = 3


def _without_overlap(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """What stops goes first, then the longest; the rest in the order of the text."""
    kept: list[Mark] = []
    for each in sorted(found, key=lambda mark: (not mark.stops, mark.start - mark.end, mark.start)):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda mark: mark.start))


def _has(texts: Mapping[str, Any], language: str) -> bool:
    try:
        return bool(say(texts, language))
    except KeyError:
        return False
