"""What shapes cannot see of the books about words: phrases, mandatory content, bodies outside. Pure, without Django."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from desagravo.rulebook import content, phrases
from desagravo.rulebook.grammar import not_among
from desagravo.rulebook.letters import PLACEHOLDERS, PURPOSES, names_in
from desagravo.rulebook.problems import Place, Problem
from desagravo.rulebook.problems import sentence as _
from desagravo.rulebook.words import LANGUAGES, Texts

Book = Mapping[str, Any]
Books = Mapping[str, Book]

ALL = (*LANGUAGES, "pt-br")
_KINDS = ("response", "milestone")


def _phrases(books: Books) -> Iterator[Problem]:
    """Patterns that can be read, kinds that exist, gaps that letters know; and our own letters pass them."""
    book = books["phrases"]
    kinds = book["kind"]
    broken = list(_patterns(book))
    yield from broken
    for row in book["phrase"]:
        here = Place("phrases", ("phrase", row["code"]))
        if row["kind"] not in kinds:
            broken.append(Problem(here.at("kind"), not_among(row["kind"], kinds)))
            yield broken[-1]
        yield from _gaps(row["better"], here.at("better"))
    if not broken and "letters" in books:
        yield from marked_letters(books["letters"], book)


def _patterns(book: Book) -> Iterator[Problem]:
    places = [(Place("phrases", ("phrase", row["code"], "words")), row["words"]) for row in book["phrase"]]
    places += [(Place("phrases", ("unless", str(n), "words")), row["words"]) for n, row in _numbered(book, "unless")]
    places += [(Place("phrases", ("turn", "words")), book["turn"]["words"])] if "turn" in book else []
    for here, words in places:
        yield from read_patterns(words, here)


def read_patterns(words: Any, here: Place) -> Iterator[Problem]:
    """Lists of phrases by language: every pattern can be read."""
    if not isinstance(words, Mapping):
        yield Problem(here, _("Write the phrases as a list for each language: words.en = [“…”]."))
        return
    for language, rows in words.items():
        if language not in ALL:
            yield Problem(here.at(language), not_among(language, ALL))
        elif not isinstance(rows, list) or not all(isinstance(each, str) for each in rows):
            yield Problem(here.at(language), _("Write the phrases as a list of texts."))
        else:
            yield from (each for row in rows if (each := _unreadable(row, here.at(language))))


def _unreadable(row: str, here: Place) -> Problem | None:
    try:
        phrases.pattern(row)
    except ValueError:
        return Problem(here, _("The phrase “%(row)s” needs a word that must be there, at least one.", row=row))
    return None


def marked_letters(letters: Book, book: Book) -> Iterator[Problem]:
    """Letters of the edition in which its own lists find something: a template goes to thousands of customers."""
    spoken = dict.fromkeys(language for row in letters["letter"] for language in row["body"])
    lists = {language: phrases.read(book, language) for language in spoken}
    for row in letters["letter"]:
        for language, body in row["body"].items():
            here = Place("letters", ("letter", row["code"], "body", language))
            for mark in phrases.marks(f"{row['subject'].get(language, '')}\n\n{body}", lists[language], where="letter"):
                yield Problem(here, _marked(mark))


def _marked(mark: phrases.Mark) -> Any:
    if mark.kind == "admission":
        return _(
            "The letter admits fault or liability: “%(found)s”. Better: “%(better)s”.",
            found=mark.found,
            better=mark.better,
        )
    if not mark.better:
        return _("“%(found)s” says nothing about the case, or advertises. Take it out.", found=mark.found)
    return _("“%(found)s” is an empty phrase. Better: “%(better)s”.", found=mark.found, better=mark.better)


def _content(books: Books) -> Iterator[Problem]:
    """Items that exist, facts that the product knows, placeholders of the list, phrases that can be read."""
    book = books["content"]
    items = {row["code"] for row in book["item"]}
    for row in book["purpose"]:
        here = Place("content", ("purpose", row["code"]))
        if row["code"] not in PURPOSES:
            yield Problem(here, not_among(row["code"], PURPOSES))
        for code in row["always"]:
            if code not in items:
                yield Problem(here.at("always"), not_among(code, items))
        for section in (*row["sections"], *row.get("past_limit", ())):
            if section.partition(".")[0] not in _KINDS:
                words = _(
                    "%(section)s is neither “response”, “response.<letter>” nor “milestone.<key>”.", section=section
                )
                yield Problem(here.at("sections"), words)
    for row in book["item"]:
        yield from _item(row, Place("content", ("item", row["code"])))


def _item(row: Book, here: Place) -> Iterator[Problem]:
    if "fact" in row and row["fact"] not in content.FACTS:
        yield Problem(here.at("fact"), not_among(row["fact"], content.FACTS))
    for name in row.get("placeholders", ()):
        if name not in PLACEHOLDERS:
            yield Problem(here.at("placeholders"), not_among(name, PLACEHOLDERS))
    if "phrases" in row:
        yield from read_patterns(row["phrases"], here.at("phrases"))
    yield from _gaps(row.get("wording", {}), here.at("wording"))
    if not {"fact", "placeholders", "phrases", "person"} & set(row):
        yield Problem(
            here, _("Say how one sees that it is there: a fact, placeholders, phrases, or a person who ticks it.")
        )


def _gaps(texts: Texts, here: Place) -> Iterator[Problem]:
    for language, words in texts.items():
        for name in sorted(names_in(words) - set(PLACEHOLDERS)):
            yield Problem(here.at(language), not_among("{" + name + "}", ["{" + each + "}" for each in PLACEHOLDERS]))


def _bodies(books: Books) -> Iterator[Problem]:
    """Countries as two letters, and a way to reach each body."""
    for row in books["bodies"]["body"]:
        here = Place("bodies", ("body", row["code"]))
        if len(row["country"]) != 2 or not row["country"].isupper():  # noqa: PLR2004
            yield Problem(here.at("country"), _("Write the country as two capital letters, such as PT."))
        if not any(row.get(name) for name in ("address", "phone", "website")):
            yield Problem(here, _("Say how it is reached: an address, a telephone number or a website."))


def _numbered(book: Book, key: str) -> Iterable[tuple[int, Book]]:
    return enumerate(book.get(key, ()), start=1)


EXAMINERS: Mapping[str, Callable[[Books], Iterator[Problem]]] = {
    "phrases": _phrases,
    "content": _content,
    "bodies": _bodies,
}

__all__ = ["EXAMINERS", "marked_letters", "read_patterns"]
