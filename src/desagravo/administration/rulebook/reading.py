"""An edition as a document in plain words, in the reader's language: what each book says, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.administration.rulebook import books, jurisdictions, sentences
from desagravo.administration.rulebook import options as from_list
from desagravo.administration.rulebook.fields import ABSENT, Field, Rows, Table, Texts
from desagravo.administration.rulebook.guess import complete
from desagravo.administration.rulebook.sentences import Rule
from desagravo.administration.rulebook.tree import called, table_of
from desagravo.administration.rulebook.world import World
from desagravo.cases.clock_words import event_words
from desagravo.departments.role_words import ROLE
from desagravo.rulebook.problems import POLICY


@dataclass(frozen=True)
class Block:
    """One block of a page. ``kind``: heading, lower (a lower heading), words, rules, list, facts, grid, letter."""

    kind: str
    words: str = ""
    items: tuple[Any, ...] = ()
    head: tuple[str, ...] = ()

    @property
    def rows(self) -> list[list[tuple[str, str]]]:
        """The rows of a grid, each cell with the name of its column."""
        return [list(zip(self.head, row, strict=True)) for row in self.items]


@dataclass(frozen=True)
class Chapter:
    """One book, as it is read."""

    book: str
    name: str
    about: str
    blocks: tuple[Block, ...]


def chapter(world: World, book: str) -> Chapter:
    """One book in plain words. Raises NotYours."""
    table = table_of(world, book)
    part = books.part(book)
    tell = _policy if book.startswith(POLICY) else _TOLD.get(book, _anything)
    return Chapter(book, called(book, world), str(part.about), tuple(tell(table, world, book)))


def contents(world: World) -> list[str]:
    """The books of an edition in the order in which people read them, rulebooks of jurisdictions last."""
    return [*books.order(world.books), *(POLICY + code for code in world.policies)]


def _anything(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    """A book without a chapter of its own kind: its fields and lists one after another."""
    yield from _fields(complete(books.part(book).fields, table, known=("code",)), table, world)


def _fields(fields: Sequence[Field], table: Mapping[str, Any], world: World, depth: int = 0) -> Iterator[Block]:
    facts = tuple(_facts([each for each in fields if not isinstance(each, Rows)], table, world))
    if facts:
        yield Block("facts", items=facts)
    for each in fields:
        if isinstance(each, Rows) and each.listed(table.get(each.key, ABSENT)):
            yield from _rows(each, table, world, depth)


def _facts(
    fields: Sequence[Field], table: Mapping[str, Any], world: World, above: str = ""
) -> Iterator[tuple[str, str]]:
    for each in fields:
        value = table.get(each.key, ABSENT)
        if value is ABSENT:
            continue
        label = f"{above}: {each.label}" if above else str(each.label)
        if isinstance(each, Table):
            yield from _facts(each.fields, value, world, label)
        elif words := words_of(each, value, world):
            yield label, words


def words_of(field: Field, value: Any, world: World) -> str:
    """A value in the reader's language alone."""
    if isinstance(field, Texts):
        return world.say(value).strip()
    try:
        found = field.facts(value, world)
    except (TypeError, AttributeError, ValueError):
        return str(value)  # a draft may hold what cannot be said; its mistake is named elsewhere
    return next((fact.words for fact in found if fact.path[-1:] == (world.language,)), found[0].words if found else "")


def _rows(rows: Rows, table: Mapping[str, Any], world: World, depth: int) -> Iterator[Block]:
    listed = rows.listed(table[rows.key])
    yield Block("lower" if depth else "heading", str(rows.label))
    if rows.about:
        yield Block("words", str(rows.about))
    titles = [rows.title(row, world) if rows.title else "" for row in listed]
    if any(isinstance(each, Rule) for each in titles):
        yield Block("rules", items=tuple(titles))
        return
    deeper = [each for each in rows.fields if isinstance(each, Rows)]
    others = [each for each in rows.fields if not isinstance(each, Rows)]
    for row, title in zip(listed, titles, strict=True):
        facts = [each for each in _facts(others, row, world) if each[1] != str(title)]
        if not facts and not any(row.get(each.key) for each in deeper):
            continue
        yield Block("entry", str(title), tuple(facts))
        for each in deeper:
            if each.listed(row.get(each.key, ABSENT)):
                yield from _lines(each, row[each.key], world)
    bare = tuple(
        str(title) for row, title in zip(listed, titles, strict=True)
        if not [each for each in _facts(others, row, world) if each[1] != str(title)]
        and not any(row.get(each.key) for each in deeper)
    )  # fmt: skip
    if bare:
        yield Block("list", items=bare)


def _lines(rows: Rows, value: Any, world: World) -> Iterator[Block]:
    """The rows of a list within a list, a line each."""
    others = [each for each in rows.fields if not isinstance(each, Rows)]
    lines = []
    for row in rows.listed(value):
        facts = list(_facts(others, row, world))
        lines.append(facts[0][1] if len(facts) == 1 else ". ".join(f"{label}: {words}" for label, words in facts))
    yield Block("list", str(rows.label), tuple(lines))


def _triage(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    points = table.get("result", {}).get("major_from")
    if isinstance(points, int):
        words = ngettext(
            "A complaint is major from %(points)s point on, and at once where a rule decides alone.",
            "A complaint is major from %(points)s points on, and at once where a rule decides alone.",
            points,
        )
        yield Block("words", words % {"points": world.number(points)})
    for outcome, words in (
        ("minor", _("Minor complaints go to: %(who)s.")),
        ("major", _("Major complaints go to: %(who)s.")),
    ):
        goes = table.get("goes_to", {}).get(outcome, {})
        role = str(ROLE.get(str(goes.get("role")), goes.get("role", "")))
        service = from_list.named(from_list.services(world), goes["service"]) if goes.get("service") else ""
        yield Block("words", words % {"who": f"{service} ({role})" if service else role})
    fields = [each for each in books.TRIAGE.fields if each.key in ("rule", "question")]
    for each in sorted(fields, key=lambda each: each.key != "rule"):
        if isinstance(each, Rows) and table.get(each.key):
            yield from _rows(each, table, world, 0)


def _targets(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    head = (_("Target"), _("Working days"), _("In a sentence"))
    rows = [
        (world.say(row.get("name")), world.number(row.get("days", "")), world.say(row.get("about")))
        for row in table.get("target", ())
    ]
    yield Block("grid", items=tuple(rows), head=head)
    yield Block(
        "facts", items=tuple(_facts([each for each in books.TARGETS.fields if each.key != "target"], table, world))
    )


def _categories(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    for group in table.get("group", ()):
        names = tuple(world.say(row.get("name")) for row in group.get("category", ()))
        yield Block("heading", world.say(group.get("name")))
        yield Block("list", items=names)


def _closing(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    needs = from_list.requirements(world)
    for axis in table.get("axis", ()):
        yield Block("heading", world.say(axis.get("name")))
        yield Block("words", f"{world.say(axis.get('question'))} ({from_list.AXIS.get(str(axis.get('choice')), '')})")
        rows = [
            (
                world.say(row.get("name")),
                world.say(row.get("scope")),
                world.enumerate([from_list.named(needs, each) for each in row.get("requires", ())]) or "–",
            )
            for row in axis.get("option", ())
        ]
        yield Block(
            "grid", items=tuple(rows), head=(_("Code"), _("When this code is right"), _("What must be given with it"))
        )


def _letters(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    for row in table.get("letter", ()):
        yield Block("heading", world.say(row.get("name")))
        yield Block("words", str(from_list.LETTER.get(str(row.get("kind")), "")).capitalize() + ".")
        yield Block("letter", world.say(row.get("body")), head=(world.say(row.get("subject")),))
    standing = [each for each in books.LETTERS.fields if each.key == "standing"]
    yield from _fields(standing, table, world)


def _guidance(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    for row in table.get("advice", ()):
        where = world.enumerate([str(from_list.CHANNEL.get(each, each)) for each in row.get("channels", ())])
        yield Block("heading", world.say(row.get("title")) + (f" ({where})" if where else ""))
        yield Block("words", world.say(row.get("rule")))
        for key, words in (("say", _("What to say")), ("avoid", _("What not to say"))):
            if row.get(key):
                yield Block("list", words, tuple(world.say(each) for each in row[key]))


def _departments(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    for row in table.get("department", ()):
        name = world.departments.get(str(row.get("code"))) or world.say(row.get("name"))
        yield Block("heading", name)
        days = row.get("due_days", 0)
        words = ngettext(
            "%(days)s working day for an answer.",
            "%(days)s working days for an answer.",
            days if isinstance(days, int) else 2,
        )
        yield Block("words", f"{world.say(row.get('purpose'))} {words % {'days': world.number(days)}}")
        yield Block("list", "", tuple(world.say(each.get("text")) for each in row.get("question", ())))


def _policy(table: Mapping[str, Any], world: World, book: str) -> Iterator[Block]:
    fields = complete(jurisdictions.PART.fields, table)
    head = [each for each in fields if each.key == "policy"]
    yield Block("facts", items=tuple((label.rpartition(": ")[2], words) for label, words in _facts(head, table, world)))
    yield Block("heading", _("Limits"))
    yield Block(
        "grid",
        items=tuple(_milestone(row, table, world) for row in table.get("milestone", ())),
        head=(_("Limit"), _("How long"), _("Counted from"), _("Who bears it"), _("Source"), _("How sure we are")),
    )
    for each in fields:
        if each.key in ("policy", "milestone", "words") or each.key not in table:
            continue
        found = tuple((label.partition(": ")[2] or label, words) for label, words in _facts([each], table, world))
        if found:
            yield Block("heading", str(each.label))
            yield Block("facts", items=found)
        elif isinstance(each, Rows):
            yield from _rows(each, table, world, 0)


def _milestone(row: Mapping[str, Any], table: Mapping[str, Any], world: World) -> tuple[str, ...]:
    name = from_list.milestone_name(row, world)
    kind = str(from_list.KIND.get(str(row.get("kind")), row.get("kind", "")))
    notes = [kind]
    if row.get("on"):
        notes.append(_("only while: %(condition)s") % {"condition": sentences.condition(str(row["on"]), world)})
    if row.get("replaces"):
        rows = [each for each in table.get("milestone", ()) if each.get("key") == row["replaces"]]
        other = rows[0] if rows else {"key": row["replaces"]}
        notes.append(
            _("takes the place of “%(other)s”") % {"other": from_list.milestone_name(other, world) or row["replaces"]}
        )
    sure = row.get("evidence") or table.get("policy", {}).get("evidence", "")
    return (
        f"{name} ({'; '.join(notes)})",
        from_list.whole(row.get("n", 0), str(row.get("unit", "")), world),
        event_words(row.get("from", "")),
        str(from_list.BEARER.get(str(row.get("bearer")), row.get("bearer", ""))),
        str(row.get("source") or "–"),
        jurisdictions.evidence(sure) or "–",
    )


_TOLD: Mapping[str, Callable[[Mapping[str, Any], World, str], Iterator[Block]]] = {
    "triage": _triage,
    "targets": _targets,
    "categories": _categories,
    "closing_codes": _closing,
    "letters": _letters,
    "guidance": _guidance,
    "departments": _departments,
}
