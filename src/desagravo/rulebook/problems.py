"""What is wrong with a book of rules, and where: for the file that was sent, and for the form that shows it.

Pure, without Django: a sentence is kept as its English text and its facts, and is said in the reader's language when
it is read. The room's app registers how (:func:`speak_with`). Modules of rules write their sentences as elsewhere::

    from desagravo.rulebook.problems import Place, Problem
    from desagravo.rulebook.problems import sentence as _

    Problem(place.at("milestone", key, "replaces"), _("The milestone %(key)s replaces itself.", key=key))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

_translate: Callable[[str], str] = str


def speak_with(translate: Callable[[str], str]) -> None:
    """From now on sentences are said by this function: English text in, text in the active language out."""
    global _translate
    _translate = translate


@dataclass(frozen=True)
class Sentence:
    """A sentence that is translated when it is read. ``facts`` fill its ``%(name)s``; they may be sentences too."""

    text: str
    facts: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        said = _translate(self.text)
        return said % {name: str(fact) for name, fact in self.facts} if self.facts else said


def sentence(text: str, **facts: Any) -> Sentence:
    """The sentence, found by the translators under the name ``_``."""
    return Sentence(text, tuple(facts.items()))


_ = sentence

POLICY = "policy:"
"""How the book of a jurisdiction is named: ``policy:uk-fca-disp``."""

BOOK_NAMES: dict[str, Sentence] = {
    "edition": _("Edition"),
    "departments": _("Departments"),
    "triage": _("Triage"),
    "routing": _("Routing"),
    "approvals": _("Approvals"),
    "assignment": _("Who takes a case"),
    "categories": _("Problem categories"),
    "remedies": _("Remedies"),
    "closing_codes": _("Closing codes"),
    "form": _("Complaint form"),
    "guidance": _("Guidance at intake"),
    "letters": _("Letters"),
    "phrases": _("Phrases to avoid"),
    "content": _("Mandatory content"),
    "bodies": _("Bodies outside"),
    "targets": _("House targets"),
    "stages": _("What the customer sees"),
    "rulebooks": _("Which rulebooks apply"),
    "retention": _("Retention"),
}


def book_name(book: str) -> str:
    """What people call a book, in the reader's language; a rulebook of a jurisdiction is called by its id."""
    return book.removeprefix(POLICY) if book.startswith(POLICY) else str(BOOK_NAMES.get(book, book))


@dataclass(frozen=True)
class Place:
    """A place in an edition: a book, and the way to a field in it; where it came from a file, that and the line.

    ``path`` names keys of tables; a row of a list is named by its ``code`` (``key`` in rulebooks of jurisdictions), or
    by its number from 1 where it has none: ``("rule", "triage.safety", "answers", "law")``. The verbs of
    :mod:`rulebook.actions` take the same paths, so a form finds what belongs to its fields with :meth:`within`.
    """

    book: str
    path: tuple[str, ...] = ()
    file: str = ""
    line: int = 0

    def at(self, *path: str | int) -> Place:
        """The place so much deeper."""
        return replace(self, path=(*self.path, *map(str, path)))

    def within(self, book: str, path: Sequence[str] = ()) -> tuple[str, ...] | None:
        """What is left of the way below that piece: ``()`` for the piece itself, None if it is elsewhere."""
        ways = tuple(path)
        if self.book != book or self.path[: len(ways)] != ways:
            return None
        return self.path[len(ways) :]

    @property
    def field(self) -> str:
        """The way, as one name of a field: ``rule.triage.safety.answers.law``."""
        return ".".join(self.path)

    def __str__(self) -> str:
        way = " → ".join([book_name(self.book), *self.path])
        if not self.file:
            return way
        if not self.line:
            return f"{self.file} ({way})" if self.path else self.file
        return str(_("%(file)s, line %(line)s (%(way)s)", file=self.file, line=self.line, way=way))


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, and what would be right. ``str()`` gives both in the reader's language."""

    where: Place
    words: Sentence

    def __str__(self) -> str:
        return f"{self.where}: {self.words}"


def below(problems: Iterable[Problem], book: str, path: Sequence[str] = ()) -> dict[str, list[Problem]]:
    """The problems of one piece for its form: name of the field (way below the piece, joined by dots) → problems."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        rest = problem.where.within(book, path)
        if rest is not None:
            found.setdefault(".".join(rest), []).append(problem)
    return found
