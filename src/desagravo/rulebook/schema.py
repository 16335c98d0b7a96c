"""Checks an edition and says what is wrong in words that a manager understands. Pure, without Django.

``check()`` reads every file and returns problems as sentences, each beginning with the file. An empty list
means that the edition can be used.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from decimal import InvalidOperation
from pathlib import Path
from typing import Any

from desagravo.rulebook import edition, schema_decide
from desagravo.rulebook.letters import PLACEHOLDERS, names_in
from desagravo.rulebook.words import LANGUAGES

Book = Mapping[str, Any]
Books = Mapping[str, Book]

TEXT_KEYS = frozenset(
    {
        "name",
        "about",
        "purpose",
        "text",
        "hint",
        "reason",
        "label",
        "ask",
        "question",
        "scope",
        "title",
        "rule",
        "say",
        "avoid",
        "subject",
        "body",
        "sentence",
    }
)
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


def check(folder: Path = edition.STARTER_FOLDER) -> list[str]:
    """Every problem of the edition in ``folder``, as sentences; none if it is whole."""
    books: dict[str, Book] = {}
    problems: list[str] = []
    for name in edition.FILES:
        if not (edition.STARTER_FOLDER / f"{name}.toml").is_file():
            continue  # not written yet
        try:
            with (folder / f"{name}.toml").open("rb") as file:
                books[name] = tomllib.load(file)
        except FileNotFoundError:
            problems.append(f"{name}.toml: the file is missing.")
        except tomllib.TOMLDecodeError as error:
            problems.append(f"{name}.toml: the file cannot be read ({error}).")
    if problems:
        return problems
    for name, book in books.items():
        problems += [f"{name}.toml: {problem}" for problem in _texts(book, name)]
    for name, examine in _EXAMINERS.items():
        try:
            problems += [f"{name}.toml: {problem}" for problem in examine(books)]
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            problems.append(f"{name}.toml: something is missing or of the wrong kind ({error}).")
    return problems


def _texts(value: Any, where: str) -> Iterator[str]:
    """Every text stands in every language and none is empty."""
    if isinstance(value, list):
        for row in value:
            yield from _texts(row, where)
        return
    if not isinstance(value, Mapping):
        return
    here = str(value.get("code", where))
    for key, inner in value.items():
        texts = inner if isinstance(inner, list) else [inner]
        if key in TEXT_KEYS and all(isinstance(text, Mapping) and not {"code", "name"} & set(text) for text in texts):
            for text in texts:
                yield from _in_every_language(text, f"{key} of {here}")
        else:
            yield from _texts(inner, here)


def _in_every_language(text: Mapping[str, Any], what: str) -> Iterator[str]:
    for language in LANGUAGES:
        if not str(text.get(language, "")).strip():
            yield f"the {what} has no words in {language}."


def _departments(books: Books) -> Iterator[str]:
    rows = books["departments"]["department"]
    yield from _twice(rows, "department")
    for row in rows:
        if row["due_days"] < 1:
            yield f"the department {row['code']} must get at least one working day for a question."
        if not re.fullmatch(r"d[1-8]", row["colour"]):
            yield f"the colour of {row['code']} is one of d1 to d8, not {row['colour']}."
        yield from _twice(row["question"], f"question of {row['code']}")


def _decisions(name: str) -> Callable[[Books], Iterator[str]]:
    return lambda books: (str(problem.words) for problem in schema_decide.EXAMINERS[name](books))


def _categories(books: Books) -> Iterator[str]:
    for group in books["categories"]["group"]:
        yield from _twice(group["category"], f"category of {group['code']}")
        for row in group["category"]:
            if not row["code"].startswith(f"{group['code']}."):
                yield f"the category {row['code']} must begin with the code of its group, {group['code']}."


def _closing_codes(books: Books) -> Iterator[str]:
    book = books["closing_codes"]
    yield from _twice(book["axis"], "axis")
    for axis in book["axis"]:
        yield from _twice(axis["option"], f"code of {axis['code']}")
        if axis["choice"] not in ("one", "several"):
            yield f"the axis {axis['code']} allows one or several codes, not {axis['choice']}."
        for row in axis["option"]:
            yield from _unknown(row["requires"], set(book["requirement"]), f"the code {row['code']}", "requirement")


def _form(books: Books) -> Iterator[str]:
    book = books["form"]
    fields = _codes(book["field"])
    yield from _twice(book["field"], "field")
    numbers = {row["number"] for row in book["field"]}
    yield from (f"field {n} of the model form is missing." for n in range(1, 36) if n not in numbers)
    yield from _unknown(book["must"], fields, "what is needed to open a case", "field")
    for need in book["complete_when"]:
        yield from _unknown(need["any_of"], fields, f"the need {need['code']}", "field")
    for row in book["field"]:
        yield from _unknown([row["group"]], _codes(book["group"]), f"the field {row['code']}", "group")
    yield from (f"the limit {name} must be more than nothing." for name, n in book["limits"].items() if n < 1)


def _letters(books: Books) -> Iterator[str]:
    yield from _twice(books["letters"]["letter"], "letter")
    admissions = books["guidance"]["admission"]
    for row in books["letters"]["letter"]:
        for language in row["body"]:
            words = row["subject"][language] + "\n" + row["body"][language]
            where = f"the letter {row['code']} in {language}"
            yield from _unknown(sorted(names_in(words)), set(PLACEHOLDERS), where, "placeholder")
            for phrase in admissions_in(words, admissions.get(language, [])):
                yield f"{where} admits fault or liability: “{phrase}”."
        if len({names_in(body) for body in row["body"].values()}) > 1:
            yield f"the letter {row['code']} does not use the same placeholders in every language."


def admissions_in(words: str, phrases: list[str]) -> list[str]:
    """The phrases of admission that occur in the words, whatever their case and spacing."""
    plain = " ".join(words.casefold().split())
    return [phrase for phrase in phrases if phrase.casefold() in plain]


def _targets(books: Books) -> Iterator[str]:
    rows = books["targets"]["target"]
    yield from _twice(rows, "target")
    for code in ("triage", "acknowledge", "answer", "follow_up"):
        if code not in _codes(rows):
            yield f"the target {code} is missing."
    yield from (f"the target {row['code']} must be at least one working day." for row in rows if row["days"] < 1)


def _stages(books: Books) -> Iterator[str]:
    book = books["stages"]
    given = _codes(book["status"])
    yield from (f"the status {status} has no sentence for the customer." for status in STATUSES if status not in given)
    for row in book["status"]:
        yield from _unknown([row["code"]], set(STATUSES), "the list", "status")
        yield from _unknown([row["stage"]], _codes(book["stage"]), f"the status {row['code']}", "stage")


def _codes(rows: list[dict[str, Any]]) -> set[str]:
    return {row["code"] for row in rows}


def _twice(rows: list[dict[str, Any]], what: str) -> Iterator[str]:
    codes = [row["code"] for row in rows]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"the {what} {code} is there twice."


def _unknown(given: Any, known: set[str], who: str, what: str) -> Iterator[str]:
    for code in given:
        if code not in known:
            yield f"{who} names the {what} {code}, which does not exist."


_EXAMINERS: Mapping[str, Callable[[Books], Iterator[str]]] = {
    "departments": _departments,
    **{name: _decisions(name) for name in schema_decide.EXAMINERS},
    "categories": _categories,
    "closing_codes": _closing_codes,
    "form": _form,
    "letters": _letters,
    "targets": _targets,
    "stages": _stages,
}
