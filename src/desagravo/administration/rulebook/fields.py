"""What a rule is made of, kind by kind: shown as inputs of a form, read back, and said in words.

A description of a book (``books``) is a tuple of these fields. The form is a flat mapping of names to texts, as a
browser sends it: ``reason.en``, ``answers.safety``, ``when.0.categories``. ``spread`` makes it from a value, ``gather``
reads it back.

What nobody touched is never rewritten: where the form brings exactly what was shown, the value stays the object that it
was, be it written ``250.00`` or ``250``. Keys that no description knows stay too. So an edition that is opened and
saved has the digest that it had.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desagravo.administration.rulebook.world import Option, World
from desagravo.common.language import LANGUAGES, active

Typed = Mapping[str, Sequence[str]]
Wrong = dict[str, str]
Words = str | Promise
Options = Callable[[World], Sequence[Option]]


class Absent:
    """The value of a key that is not there."""

    def __bool__(self) -> bool:
        return False


ABSENT = Absent()


@dataclass(frozen=True)
class Input:
    """One thing that a form asks, for templates. ``kind`` chooses the widget; ``parts`` are inputs within it."""

    kind: str
    name: str
    label: Words
    hint: Words = ""
    optional: bool = False
    value: str = ""
    wrong: str = ""
    options: tuple[tuple[str, tuple[tuple[Option, bool], ...]], ...] = ()
    parts: tuple[Input, ...] = ()
    rest: tuple[Input, ...] = ()
    open: bool = False
    told: str = ""
    language: str = ""
    beside: tuple[tuple[str, Words], ...] = ()
    quiet: bool = False

    @property
    def id(self) -> str:
        """What a link to a mistake goes to."""
        return anchor(self.name)

    @property
    def described_by(self) -> str:
        """The ids of hint and mistake, for those who do not see them beside the field."""
        given = [f"{self.id}_hint"] if self.hint else []
        return " ".join([*given, *([f"{self.id}_error"] if self.wrong else [])])

    @property
    def mistaken(self) -> bool:
        """Is something wrong here or within?"""
        return bool(self.wrong) or any(each.mistaken for each in (*self.parts, *self.rest))


@dataclass(frozen=True)
class Fact:
    """One thing that a rule says: where it stands, how it is called, and in words."""

    path: tuple[str, ...]
    label: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """What all kinds have. ``key`` is the key in the book's table; an optional one that is empty is left out.

    What is ``quiet`` and empty is asked only on demand: a rule has many conditions, and states few.
    """

    key: str
    label: Words
    hint: Words = ""
    optional: bool = False
    quiet: bool = False

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        """Names and texts of the form for this value."""
        return {} if value is ABSENT else {name: [str(value)]}

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        """The value that the form brings, or ABSENT. What cannot be read is said in ``wrong``."""
        return one(typed, name).strip() or ABSENT

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        """What the form asks, with what was typed."""
        return Input("line", name, self.label, self.hint, self.optional, one(typed, name), wrong.get(name, ""))

    def facts(self, value: Any, world: World) -> list[Fact]:
        """The value in words; nothing where there is none."""
        words = "" if value is ABSENT else self.words(value, world)
        return [Fact((self.key,), str(self.label), words)] if words else []

    def words(self, value: Any, world: World) -> str:
        """A value that is there, in words."""
        return str(value)

    def read(self, typed: Typed, prefix: str, table: Mapping[str, Any], wrong: Wrong, *, fresh: bool = False) -> Any:
        """The value that the form brings; the one that stands there where it brings nothing else.

        In a ``fresh`` row what must be there and is not is a mistake at once.
        """
        name = within(prefix, self.key)
        before = table.get(self.key, ABSENT)
        asked = fresh and before is ABSENT and not self.optional
        if not asked and same(belonging(typed, name), self.spread(before, name)):
            return before
        return self.gather(typed, name, before, wrong)


class Line(Field):
    """One line of text."""


class Whole(Field):
    """A whole number, or one with a fraction where the book has such (hours)."""

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        text = one(typed, name).strip()
        if not text:
            if not self.optional:
                wrong[name] = _("Write a number here.")
            return ABSENT
        number = decimal(text)
        if number is None:
            wrong[name] = _("“%(typed)s” is not a number. Write it in digits, for instance 15.") % {"typed": text}
            return before
        return int(number) if number == number.to_integral_value() else float(number)

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        return replace(super().input(typed, name, world, wrong), kind="number")

    def words(self, value: Any, world: World) -> str:
        return world.number(value)


class Money(Field):
    """An amount, kept as text with two decimals."""

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        text = one(typed, name).strip()
        if not text:
            if not self.optional:
                wrong[name] = _("Write an amount here, for instance 250.")
            return ABSENT
        amount = decimal(text)
        if amount is None or not 0 <= amount < Decimal(10) ** 12 or _ambiguous(amount):
            words = _("“%(typed)s” is not an amount. Write it in digits, for instance 250 or 250.00.")
            wrong[name] = words % {"typed": text}
            return before
        return f"{amount:.2f}"

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        return replace(super().input(typed, name, world, wrong), kind="money", told=world.currency)

    def words(self, value: Any, world: World) -> str:
        return world.money(value)


class Flag(Field):
    """Yes or no. No is the same as not being there, where it was not there."""

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        return {name: ["yes"]} if value is True else {}

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        if one(typed, name):
            return True
        return ABSENT if before is ABSENT or self.optional else False

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        return replace(super().input(typed, name, world, wrong), kind="tick")

    def words(self, value: Any, world: World) -> str:
        return str(_("yes") if value else _("no"))


class Day(Field):
    """A day. Kept as a date, or as its text where the book had text."""

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        return {} if value is ABSENT else {name: [value.isoformat() if isinstance(value, date) else str(value)]}

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        text = one(typed, name).strip()
        if not text:
            if not self.optional:
                wrong[name] = _("Choose a day.")
            return ABSENT
        try:
            day = date.fromisoformat(text)
        except ValueError:
            wrong[name] = _("“%(typed)s” is not a day. Write it as 2027-06-30.") % {"typed": text}
            return before
        return text if isinstance(before, str) else day

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        return replace(super().input(typed, name, world, wrong), kind="day")

    def words(self, value: Any, world: World) -> str:
        return world.day(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a list. What stands there and is not in the list is shown, so that a mistake can be seen."""

    options: Options
    numeric: bool = False
    empty: Words = ""

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        text = one(typed, name).strip()
        if not text and before == "":
            return ""
        if not text:
            if not self.optional:
                wrong[name] = _("Choose one of the list.")
            return ABSENT
        return int(text) if self.numeric and text.lstrip("-").isdigit() else text

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        chosen = one(typed, name)
        options = grouped(self.options(world), [chosen] if chosen else [])
        made = super().input(typed, name, world, wrong)
        return replace(made, kind="choice", options=options, told=str(self.empty or _("Choose")))

    def words(self, value: Any, world: World) -> str:
        named = {each.value: str(each.label) for each in self.options(world)}
        return named.get(str(value), str(value))


@dataclass(frozen=True, kw_only=True)
class Choices(Field):
    """Several of a list. Folded, because lists are long; what is chosen stands in the fold's line."""

    options: Options
    folded: bool = True
    numeric: bool = False
    none: Words = ""

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        return {} if value is ABSENT else {name: [str(each) for each in value]}

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        chosen = [text for text in typed.get(name, ()) if text]
        if not chosen:
            return ABSENT if self.optional else []
        kept = [str(each) for each in before or () if str(each) in chosen]
        found = [*kept, *(each for each in chosen if each not in kept)]
        return [int(each) for each in found] if self.numeric else found

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        chosen = [text for text in typed.get(name, ()) if text]
        options = self.options(world)
        named = {each.value: str(each.full or each.label) for each in options}
        told = world.enumerate([named.get(each, each) for each in chosen]) or str(self.none or _("nothing chosen"))
        made = super().input(typed, name, world, wrong)
        kind = "choices" if self.folded else "choices_open"
        return replace(made, kind=kind, options=grouped(options, chosen), told=told)

    def words(self, value: Any, world: World) -> str:
        named = {each.value: str(each.full or each.label) for each in self.options(world)}
        return world.enumerate([named.get(str(each), str(each)) for each in value])


class Lines(Field):
    """A list of short texts, one on each line."""

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        return {} if value is ABSENT or not value else {name: ["\n".join(str(each) for each in value)]}

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        found = [line.strip() for line in one(typed, name).splitlines() if line.strip()]
        return found or (ABSENT if self.optional else [])

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        return replace(super().input(typed, name, world, wrong), kind="text")

    def words(self, value: Any, world: World) -> str:
        return "; ".join(str(each) for each in value)


@dataclass(frozen=True, kw_only=True)
class Texts(Field):
    """One text in the four languages: the reader's first, the others folded below it. Brazil may be left out."""

    long: bool = False
    beside: Callable[[], Mapping[str, Words]] | None = None

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        if value is ABSENT:
            return {}
        return {within(name, code): [str(text)] for code, text in value.items()}

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        had = dict(before) if before is not ABSENT else {}
        texts = {code: text for code, text in had.items() if code not in LANGUAGES}
        for code in LANGUAGES:
            text = one(typed, within(name, code))
            kept = str(had.get(code, ""))
            if plain(text) == plain(kept):
                text = kept
            elif self.long and text.strip():
                text = plain(text).strip() + ("\n" if not kept or kept.endswith("\n") else "")
            else:
                text = plain(text).strip()
            if text.strip():
                texts[code] = text
        if not self.optional and not texts:
            wrong[within(name, active())] = _("Write this at least in one language.")
        return texts or ABSENT

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        made = tuple(self._in(code, typed, name, wrong) for code in world.languages)
        empty = [each for each in made[1:] if not each.value.strip() and each.language != "pt-br"]
        return Input(
            "texts", name, self.label, self.hint, self.optional, wrong=wrong.get(name, ""), parts=made[:1],
            rest=made[1:], open=any(each.wrong for each in made[1:]),
            told=world.enumerate([LANGUAGES[each.language] for each in empty]) if made[0].value.strip() else "",
            beside=tuple(self.beside().items()) if self.beside else (),
        )  # fmt: skip

    def _in(self, code: str, typed: Typed, name: str, wrong: Mapping[str, str]) -> Input:
        here = within(name, code)
        hint = _("Leave it empty where Brazil says the same as Portugal.") if code == "pt-br" else ""
        return Input(
            "text" if self.long else "line", here, LANGUAGES[code], hint, code == "pt-br" or self.optional,
            one(typed, here), wrong.get(here, ""), language=code,
        )  # fmt: skip

    def facts(self, value: Any, world: World) -> list[Fact]:
        if value is ABSENT:
            return []
        return [
            Fact((self.key, code), f"{self.label} ({LANGUAGES[code]})", str(value[code]).strip())
            for code in world.languages
            if str(value.get(code, "")).strip()
        ]


@dataclass(frozen=True, kw_only=True)
class LinesInLanguages(Field):
    """A list of phrases for each language."""

    def _each(self) -> list[Lines]:
        return [Lines(key=code, label=LANGUAGES[code], optional=True) for code in LANGUAGES]

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for each in self._each():
            found |= each.spread(value.get(each.key, ABSENT) if value is not ABSENT else ABSENT, within(name, each.key))
        return found

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        table = before if before is not ABSENT else {}
        made = {**table, **{each.key: each.read(typed, name, table, wrong) for each in self._each()}}
        return {key: value for key, value in made.items() if value is not ABSENT} or ABSENT

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        each = {one.key: one for one in self._each()}
        parts = [
            replace(each[code].input(typed, within(name, code), world, wrong), language=code)
            for code in world.languages
        ]
        return Input("together", name, self.label, self.hint, wrong=wrong.get(name, ""), parts=tuple(parts))

    def facts(self, value: Any, world: World) -> list[Fact]:
        if value is ABSENT:
            return []
        return [
            Fact((self.key, code), f"{self.label} ({LANGUAGES[code]})", "; ".join(value[code]))
            for code in world.languages
            if value.get(code)
        ]


@dataclass(frozen=True, kw_only=True)
class Answers(Field):
    """Question → the answers that count. The questions come from the draft itself, and may have lists of their own."""

    questions: Options
    answers: Callable[[World, str], Sequence[Option]]

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        if value is ABSENT:
            return {}
        return {within(name, code): [_as_text(each) for each in counts] for code, counts in value.items()}

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        known = list(before) if before is not ABSENT else []
        asked = [key[len(name) + 1 :] for key in belonging(typed, name) if key != name]
        found: dict[str, list[Any]] = {}
        for code in [*known, *(each for each in asked if each not in known)]:
            counts = [_TRUTH.get(text, text) for text in typed.get(within(name, code), ()) if text]
            if counts:
                found[code] = counts
        return found or ABSENT

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        asked = list(self.questions(world))
        there = {each.value for each in asked}
        strangers = [key[len(name) + 1 :] for key in belonging(typed, name) if key != name]
        asked += [Option(code, code) for code in strangers if code not in there]
        parts = []
        for question in asked:
            here = within(name, question.value)
            chosen = [text for text in typed.get(here, ()) if text]
            options = grouped(self.answers(world, question.value), chosen)
            parts.append(Input("ticks", here, question.label, wrong=wrong.get(here, ""), options=options))
        told = self.words({each.name[len(name) + 1 :]: list(typed.get(each.name, ())) for each in parts}, world)
        made = Input("folded", name, self.label, self.hint, self.optional, wrong=wrong.get(name, ""))
        return replace(made, parts=tuple(parts), told=told or str(_("no answer counts here")))

    def words(self, value: Any, world: World) -> str:
        named = {each.value: str(each.label) for each in self.questions(world)}
        found = []
        for code, counts in value.items():
            answers = {each.value: str(each.label) for each in self.answers(world, code)}
            said = world.either([answers.get(_as_text(each), _as_text(each)) for each in counts])
            if said:
                words = _("“%(question)s” %(answers)s")
                found.append(words % {"question": named.get(code, code), "answers": said})
        return world.enumerate(found)


_TRUTH = {"true": True, "false": False}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, kw_only=True)
class Table(Field):
    """A table within a table, asked together. A book that has several of it has a list; each is ``one`` of them."""

    fields: tuple[Field, ...]
    one: Words = ""

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        return {} if value is ABSENT else spread(self.fields, value, name)

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        table = before if before is not ABSENT else {}
        made = gather(self.fields, typed, name, table, wrong)
        return made or (ABSENT if before is ABSENT else {})

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        parts = inputs(self.fields, typed, name, world, wrong)
        return Input("together", name, self.label, self.hint, wrong=wrong.get(name, ""), parts=parts)

    def facts(self, value: Any, world: World) -> list[Fact]:
        return [] if value is ABSENT else beneath(self.key, str(self.label), facts(self.fields, value, world))


@dataclass(frozen=True, kw_only=True)
class Rows(Field):
    """A list of tables.

    Either asked in the form itself, or, with ``pages``, each row on a page of its own, where ``title`` names it. A new
    row's code is made from its words (``code_from``, a field with texts) after ``code_before``, or left out. With
    ``keyed`` the book has a mapping of code to table instead of a list. A new row stands before the last one where the
    ``last_catches_all``.
    """

    fields: tuple[Field, ...]
    one: Words
    pages: bool = False
    title: Callable[[Mapping[str, Any], World], object] | None = None
    code: str = "code"
    code_from: str = "name"
    code_before: Callable[[Mapping[str, Any]], str] | None = None
    keyed: bool = False
    bare: bool = False
    last_catches_all: bool = False
    fixed: bool = False
    about: Words = ""
    start: Mapping[str, Any] = field(default_factory=dict)

    def listed(self, value: Any) -> list[Any]:
        """The rows as tables, whatever they stand in."""
        if value is ABSENT or value is None:
            return []
        if self.keyed:
            rows = {code: {"text": each} if self.bare else each for code, each in value.items()}
            return [{**table, self.code: code} for code, table in rows.items()]
        return [{"text": each} for each in value] if self.bare else list(value)

    def unlisted(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        """The rows as the book keeps them."""
        if self.keyed:
            return {row[self.code]: {key: value for key, value in row.items() if key != self.code} for row in rows}
        return [row.get("text", {}) for row in rows] if self.bare else list(rows)

    def name_of(self, row: Mapping[str, Any], world: World) -> str:
        """How people call the row."""
        return str((self.title(row, world) if self.title else "") or row.get(self.code, "") or self.one)

    def called(self, row: Mapping[str, Any], world: World) -> str:
        """The name in a few words: of a rule its reason alone."""
        title = self.title(row, world) if self.title else ""
        return str(getattr(title, "why", "") or self.name_of(row, world))

    def key_of(self, row: Mapping[str, Any], position: int) -> str:
        """The row's place in addresses and names: its code, or its number counted from 1."""
        return str(row.get(self.code) or position + 1)

    def spread(self, value: Any, name: str) -> dict[str, list[str]]:
        if self.pages or value is ABSENT:
            return {}
        rows = self.listed(value)
        found = {name: [str(number) for number in range(len(rows))]} if rows else {}
        for number, row in enumerate(rows):
            found |= spread(self.fields, row, within(name, str(number)))
        return found

    def gather(self, typed: Typed, name: str, before: Any, wrong: Wrong) -> Any:
        had = self.listed(before)
        rows: list[dict[str, Any]] = []
        for number in dict.fromkeys(typed.get(name, ())):
            old = had[int(number)] if number.isdigit() and int(number) < len(had) else None
            here = within(name, number)
            if old is None and not any(text.strip() for texts in belonging(typed, here).values() for text in texts):
                continue  # an added row in which nothing was written
            made = gather(self.fields, typed, here, self.start if old is None else old, wrong, fresh=old is None)
            rows.append(self.coded(made, [*had, *rows]) if old is None else made)
        if not rows and (self.optional or before is ABSENT):
            return ABSENT
        return self.unlisted(rows)

    def coded(self, row: dict[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """A new row with a code of its own, made from its English words; it stays for life."""
        if row.get(self.code) or not self.code_from:
            return row
        texts = row.get(self.code_from) or {}
        words = next((str(texts[each]) for each in ("en", "pt-pt", "es", "pt-br") if texts.get(each)), "new")
        before = self.code_before(row) if self.code_before else ""
        return {self.code: free(before + short(words), {str(each.get(self.code)) for each in others}), **row}

    def input(self, typed: Typed, name: str, world: World, wrong: Mapping[str, str]) -> Input:
        parts = []
        numbers = list(dict.fromkeys(typed.get(name, ())))
        for position, number in enumerate(numbers):
            here = within(name, number)
            inner = inputs(self.fields, typed, here, world, wrong)
            label = _("%(what)s %(number)s") % {"what": self.one, "number": position + 1}
            at = "only" if len(numbers) == 1 else "first" if not position else ""
            at = at or ("last" if position == len(numbers) - 1 else "middle")
            shown, rest = apart(inner)
            row = Input("row", here, label, value=number, parts=shown, rest=rest, wrong=wrong.get(here, ""))
            parts.append(replace(row, told=at, open=not shown))
        made = Input("rows", name, self.label, self.hint, wrong=wrong.get(name, ""), parts=tuple(parts))
        return replace(made, told=str(self.one))

    def facts(self, value: Any, world: World) -> list[Fact]:
        if value is ABSENT:
            return []
        found = []
        for position, row in enumerate(self.listed(value)):
            key, name = self.key_of(row, position), self.name_of(row, world)
            if not row.get(self.code) or name == str(self.one):
                name = f"{self.one} {position + 1}"
            found += beneath(self.key, "", beneath(key, name, facts(self.fields, row, world)))
        return found


def spread(fields: Sequence[Field], table: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """The whole form for a table."""
    found: dict[str, list[str]] = {}
    for each in fields:
        found |= each.spread(table.get(each.key, ABSENT), within(prefix, each.key))
    return found


def gather(
    fields: Sequence[Field],
    typed: Typed,
    prefix: str,
    table: Mapping[str, Any],
    wrong: Wrong,
    *,
    fresh: bool = False,
) -> dict[str, Any]:
    """The table with what the form brings. Keys without a field stay as they are, and so does the order."""
    made = dict(table)
    for each in fields:
        if isinstance(each, Rows) and each.pages:
            continue
        value = each.read(typed, prefix, table, wrong, fresh=fresh)
        if value is ABSENT:
            made.pop(each.key, None)
        else:
            made[each.key] = value
    return made


def inputs(
    fields: Sequence[Field], typed: Typed, prefix: str, world: World, wrong: Mapping[str, str]
) -> tuple[Input, ...]:
    """What the form asks."""
    asked = [each for each in fields if not (isinstance(each, Rows) and each.pages)]
    found = []
    for each in asked:
        name = within(prefix, each.key)
        empty = not any(text.strip() for texts in belonging(typed, name).values() for text in texts)
        made = each.input(typed, name, world, wrong)
        found.append(replace(made, quiet=True) if each.quiet and empty and not made.mistaken else made)
    return tuple(found)


def apart(made: Sequence[Input]) -> tuple[tuple[Input, ...], tuple[Input, ...]]:
    """What is asked at once, and what only on demand."""
    return tuple(each for each in made if not each.quiet), tuple(each for each in made if each.quiet)


def facts(fields: Sequence[Field], table: Mapping[str, Any], world: World) -> list[Fact]:
    """Everything that a table says, in words and in the order of its form."""
    return [fact for each in fields for fact in each.facts(table.get(each.key, ABSENT), world)]


def beneath(key: str, label: str, found: Sequence[Fact]) -> list[Fact]:
    """The facts as seen from the table above."""
    return [Fact((key, *each.path), f"{label}: {each.label}" if label else each.label, each.words) for each in found]


def within(prefix: str, key: str) -> str:
    """The name of an input that belongs to another."""
    return f"{prefix}.{key}" if prefix else key


def anchor(name: str) -> str:
    """The id of the input with this name."""
    return "f_" + name.replace(".", "-")


def one(typed: Typed, name: str) -> str:
    """What was typed under this name; the last, as browsers and Django have it."""
    texts = typed.get(name) or ("",)
    return texts[-1]


def belonging(typed: Typed, name: str) -> dict[str, Sequence[str]]:
    """What the form brings for this name and beneath it."""
    return {key: texts for key, texts in typed.items() if key == name or key.startswith(f"{name}.")}


def same(brought: Typed, shown: Typed) -> bool:
    """Does the form bring just what was shown? Line ends and the order of ticks are the browser's affair."""
    return _flat(brought) == _flat(shown)


def _flat(typed: Typed) -> dict[str, list[str]]:
    found = {name: [plain(text) for text in texts if plain(text)] for name, texts in typed.items()}
    return {name: sorted(texts) if len(texts) > 1 and not _ordered(name, typed) else texts
            for name, texts in found.items() if texts}  # fmt: skip


def _ordered(name: str, typed: Typed) -> bool:
    """The numbers of rows have an order that counts; ticks have none."""
    return any(key.startswith(f"{name}.") for key in typed)


def plain(text: str) -> str:
    """A text without what browsers do to it: line ends, and white space at the ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def decimal(text: str) -> Decimal | None:
    """A number as people write it: 1250, 1250.5, 1250,5. A point and a comma together are not guessed at."""
    try:
        number = Decimal(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _ambiguous(amount: Decimal) -> bool:
    """1.250 may be a thousand or one and a quarter: more than two decimals are asked again."""
    exponent = amount.as_tuple().exponent
    return not isinstance(exponent, int) or not -2 <= exponent <= 0


def grouped(
    options: Sequence[Option], chosen: Sequence[str]
) -> tuple[tuple[str, tuple[tuple[Option, bool], ...]], ...]:
    """The options in their groups, each with whether it is chosen; strangers that are chosen come first."""
    known = {each.value for each in options}
    strangers = [Option(each, _("%(code)s (no longer there)") % {"code": each}) for each in chosen if each not in known]
    found: dict[str, list[tuple[Option, bool]]] = {}
    for each in [*strangers, *options]:
        found.setdefault(str(each.group), []).append((each, each.value in chosen))
    return tuple((group, tuple(each)) for group, each in found.items())


def short(words: str) -> str:
    """A code made from words: small letters, digits and underscores."""
    from django.utils.text import slugify

    return slugify(words).replace("-", "_")[:40].strip("_") or "new"


def free(code: str, taken: set[str]) -> str:
    """The code, or the code with a number that nobody has."""
    number, found = 2, code
    while found in taken:
        found, number = f"{code}_{number}", number + 1
    return found
