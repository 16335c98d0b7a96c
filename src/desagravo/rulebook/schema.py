"""Checks an edition and says what is wrong in words that a manager understands. Pure, without Django.

:func:`check_books` looks at all books of an edition together, :func:`check` at a folder of TOML files. No problem means
that the edition can be published. First the shape of each book (``book_shapes``: every key, its kind, words in every
language), then its examiner, who knows what the books say about each other. An examiner takes all books and yields
problems with their places; those of one owner stand in a file of their own, ``schema_decide.py`` and so on, and in
``EXAMINERS`` here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desagravo.rulebook import edition, policies, schema_closing, schema_decide, schema_wording, toml_files
from desagravo.rulebook.book_shapes import SHAPES
from desagravo.rulebook.grammar import nearest, not_among
from desagravo.rulebook.letters import PLACEHOLDERS, names_in
from desagravo.rulebook.problems import POLICY, Place, Problem
from desagravo.rulebook.problems import sentence as _
from desagravo.rulebook.words import LANGUAGES

Book = Mapping[str, Any]
Books = Mapping[str, Book]

STATUSES = (
    "received",
    "incomplete",
    "assessed",
    "in_work",
    "awaiting_approval",
    "answered",
    "closed",
    "withdrawn",
)


def check(folder: Path = edition.STARTER_FOLDER) -> list[Problem]:
    """Every problem of the edition whose TOML files lie in ``folder``; rulebooks of jurisdictions are the product's."""
    files = {f"{name}.toml": (folder / f"{name}.toml") for name in edition.FILES}
    read, problems = read_files({name: path.read_bytes() for name, path in files.items() if path.is_file()})
    missing = [name for name, path in files.items() if not path.is_file()]
    problems += [Problem(Place(name.removesuffix(".toml"), file=name), _("The file is missing.")) for name in missing]
    if problems:
        return problems
    return read.placed(check_books(read.books, edition.shipped_policies()))


class Files:
    """Books that came from TOML files, and where everything stands in these."""

    def __init__(self) -> None:
        self.books: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, dict[str, Any]] = {}
        self.names: dict[str, str] = {}
        self._lines: dict[str, toml_files.Lines] = {}

    def take(self, book: str, file: str, content: bytes, table: dict[str, Any]) -> None:
        """Keep the table of one file as this book."""
        if book.startswith(POLICY):
            self.policies[book.removeprefix(POLICY)] = table
        else:
            self.books[book] = table
        self.names[book] = file
        self._lines[book] = toml_files.Lines(content.decode("utf-8-sig"), table)

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems, with file and line where they lie in one of the files."""
        return [Problem(self._placed(each.where), each.words) for each in problems]

    def _placed(self, where: Place) -> Place:
        if where.file or where.book not in self.names:
            return where
        return replace(where, file=self.names[where.book], line=self._lines[where.book].of(where.path))


def read_files(contents: Mapping[str, bytes]) -> tuple[Files, list[Problem]]:
    """The books in these files: ``triage.toml``, and ``policies/<any name>.toml`` with a ``[policy]`` and its id."""
    files, problems = Files(), []
    for name, content in contents.items():
        stem = name.replace("\\", "/").rpartition("/")[2].removesuffix(".toml")
        table, unreadable = toml_files.read(content, Place(stem, file=name))
        problems += unreadable
        if unreadable:
            continue
        book = _book_of(stem, table)
        if not book:
            near = nearest(stem, edition.FILES)
            words = _("No book is called “%(book)s”. Perhaps “%(near)s.toml” is meant.", book=stem, near=near)
            if not near:
                words = _("No book is called “%(book)s”, and the file has no [policy] with an id.", book=stem)
            problems.append(Problem(Place(stem, file=name), words))
        elif book in files.names:
            words = _("The file says the same book as %(other)s. Send only one of them.", other=files.names[book])
            problems.append(Problem(Place(book, file=name), words))
        else:
            files.take(book, name, content, table)
    return files, problems


def _book_of(stem: str, table: Book) -> str:
    policy = table.get("policy")
    if isinstance(policy, Mapping) and isinstance(policy.get("id"), str):
        return POLICY + str(policy["id"])
    return stem if stem in edition.FILES else ""


def check_books(
    books: Books,
    rulebooks: Books,
    *,
    languages: Collection[str] = LANGUAGES,
    who_answers: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Every problem of these books and rulebooks of jurisdictions together.

    ``languages`` are those in which words are needed; ``who_answers`` tells who is asked for each department of the
    organisation, "" for nobody (``departments.queries.who_answers``); without it they are not looked at.
    """
    problems: list[Problem] = []
    for name in edition.FILES:
        if name not in books:
            problems.append(Problem(Place(name), _("The book is missing.")))
        elif name in SHAPES:
            problems += SHAPES[name].check(books[name], Place(name), languages)
    for name in books:
        if name not in edition.FILES:
            problems.append(Problem(Place(name), not_among(name, edition.FILES)))
    for name, examine in EXAMINERS.items():
        if name in books:
            problems += _examined(name, examine, books, problems)
    for key, table in rulebooks.items():
        problems += _policy(key, table)
    problems += _examined("rulebooks", lambda all_: _rulebooks(all_, rulebooks), books, problems)
    if who_answers:
        problems += _examined("routing", lambda all_: _organisation(all_, who_answers), books, problems)
    return list(dict.fromkeys(problems))


def _examined(
    name: str, examine: Callable[[Books], Iterable[Problem]], books: Books, before: Collection[Problem]
) -> list[Problem]:
    """What the examiner finds. A book that is not built as it should be is not asked what it means."""
    found: list[Problem] = []
    try:
        found.extend(examine(books))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, InvalidOperation) as error:
        if not before and not found:
            words = _("Something is missing here, or of the wrong kind (%(what)s).", what=error)
            found.append(Problem(Place(name), words))
    return found


def _policy(key: str, table: Book) -> list[Problem]:
    here = Place(POLICY + key)
    try:
        found = list(policies.check(table, here))
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        found = [Problem(here, _("Something is missing here, or of the wrong kind (%(what)s).", what=error))]
    named = table.get("policy")
    if isinstance(named, Mapping) and named.get("id") != key:
        found.append(Problem(here.at("policy", "id"), _("The id of this rulebook is %(id)s.", id=key)))
    return found


def _rulebooks(books: Books, rulebooks: Books) -> Iterator[Problem]:
    here = Place("rulebooks")
    attributes = {row["code"]: row for row in books["rulebooks"]["attribute"]}
    for row in books["rulebooks"]["applies"]:
        at = here.at("applies", row["code"])
        if row["policy"] not in rulebooks:
            yield Problem(at.at("policy"), not_among(row["policy"], rulebooks))
        for number, clause in enumerate(row["when"], 1):
            for name in clause.get("attributes", {}):
                if name not in attributes:
                    yield Problem(at.at("when", number, "attributes", name), not_among(name, attributes))
    for number, row in enumerate(books["rulebooks"]["derived"], 1):
        if row["attribute"] not in attributes:
            where = here.at("derived", number, "attribute")
            yield Problem(where, not_among(row["attribute"], attributes))


def _organisation(books: Books, who_answers: Mapping[str, str]) -> Iterator[Problem]:
    """Rules must end with somebody who answers."""
    for row in books["routing"]["rule"]:
        yield from _answered(row["department"], who_answers, Place("routing", ("rule", row["code"], "department")))
    for code, service in books["triage"].get("service", {}).items():
        where = Place("triage", ("service", code, "department"))
        yield from _answered(service["department"], who_answers, where)


def _answered(code: str, who_answers: Mapping[str, str], where: Place) -> Iterator[Problem]:
    if code not in who_answers:
        yield Problem(where, not_among(code, [each for each, into in who_answers.items() if into]))
    elif not who_answers[code]:
        words = _("The department “%(code)s” was retired, and no other answers in its place.", code=code)
        yield Problem(where, words)


def _categories(books: Books) -> Iterator[Problem]:
    for group in books["categories"]["group"]:
        for row in group["category"]:
            if not row["code"].startswith(f"{group['code']}."):
                where = Place("categories", ("group", group["code"], "category", row["code"], "code"))
                words = _("The code of a category begins with that of its group: %(begin)s", begin=f"{group['code']}.…")
                yield Problem(where, words)


def _form(books: Books) -> Iterator[Problem]:
    book, here = books["form"], Place("form")
    fields = _codes(book["field"])
    numbers = {row["number"] for row in book["field"]}
    for number in range(1, 36):
        if number not in numbers:
            yield Problem(here.at("field"), _("Field %(number)s of the model form is missing.", number=number))
    yield from _known(book["must"], fields, here.at("must"))
    for need in book["complete_when"]:
        yield from _known(need["any_of"], fields, here.at("complete_when", need["code"], "any_of"))
    for row in book["field"]:
        yield from _known([row["group"]], _codes(book["group"]), here.at("field", row["code"], "group"))


def _letters(books: Books) -> Iterator[Problem]:
    for row in books["letters"]["letter"]:
        at = Place("letters", ("letter", row["code"]))
        for part in ("subject", "body"):
            for language, words in row[part].items():
                for name in sorted(names_in(words) - set(PLACEHOLDERS)):
                    yield Problem(at.at(part, language), not_among("{" + name + "}", _IN_BRACES))
        used = {language: names_in(body) for language, body in row["body"].items()}
        for language, names in used.items():
            lacking = sorted(set().union(*used.values()) - names)
            if lacking:
                told = ", ".join("{" + name + "}" for name in lacking)
                words = _("The letter says %(names)s in another language, and not in this one.", names=told)
                yield Problem(at.at("body", language), words)


_IN_BRACES = tuple("{" + name + "}" for name in PLACEHOLDERS)


def _targets(books: Books) -> Iterator[Problem]:
    book, here = books["targets"], Place("targets")
    for code in ("triage", "acknowledge", "answer", "follow_up"):
        if code not in _codes(book["target"]):
            yield Problem(here.at("target", code), _("The target “%(code)s” is missing.", code=code))
    if set(range(7)) <= set(book["weekend"]):
        yield Problem(here.at("weekend"), _("Some day of the week must be a working day."))
    try:
        ZoneInfo(book["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(here.at("zone"), _("“%(zone)s” is no time zone. Write it as “Europe/Lisbon”.", zone=book["zone"]))


def _stages(books: Books) -> Iterator[Problem]:
    book, here = books["stages"], Place("stages")
    given = _codes(book["status"])
    for status in STATUSES:
        if status not in given:
            words = _("The status “%(status)s” has no sentence for the customer.", status=status)
            yield Problem(here.at("status", status), words)
    for row in book["status"]:
        yield from _known([row["code"]], STATUSES, here.at("status", row["code"], "code"))
        yield from _known([row["stage"]], _codes(book["stage"]), here.at("status", row["code"], "stage"))


def _codes(rows: Iterable[Book]) -> list[str]:
    return [row["code"] for row in rows]


def _known(given: Iterable[str], known: Collection[str], here: Place) -> Iterator[Problem]:
    for code in given:
        if code not in known:
            yield Problem(here, not_among(code, known))


EXAMINERS: Mapping[str, Callable[[Books], Iterator[Problem]]] = {
    **schema_closing.EXAMINERS,
    **schema_decide.EXAMINERS,
    **schema_wording.EXAMINERS,
    "categories": _categories,
    "form": _form,
    "letters": _letters,
    "targets": _targets,
    "stages": _stages,
}
"""Name of the book → what looks at it. An owner adds a file ``schema_<what>.py`` with its own, and a line here."""
