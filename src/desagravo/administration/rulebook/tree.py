"""The way through a book: which page shows which piece, where a mistake stands, and the address of both.

A piece is named as ``rulebook.problems.Place`` names it: keys of tables, codes of rows, numbers from 1 for rows without
a code. A page shows the book itself, or a row of a list whose rows have pages of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from desagravo.administration.rulebook import books
from desagravo.administration.rulebook.fields import ABSENT, Field, Rows, Table, anchor, within
from desagravo.administration.rulebook.guess import complete
from desagravo.administration.rulebook.world import World
from desagravo.common.refusals import NotYours
from desagravo.rulebook.problems import POLICY, Problem, book_name

Way = tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """What a page shows: a book or a row, its fields, how it is called, and the pages above it."""

    book: str
    way: Way
    fields: tuple[Field, ...]
    table: Mapping[str, Any]
    name: object
    above: tuple[tuple[str, Way], ...] = ()
    rows: Rows | None = None

    @property
    def lists(self) -> list[Rows]:
        """The lists whose rows have pages of their own."""
        return [each for each in self.fields if isinstance(each, Rows) and each.pages]

    @property
    def asks(self) -> bool:
        """Is there anything on the page itself that can be changed?"""
        return any(not (isinstance(each, Rows) and each.pages) for each in self.fields)

    def plain(self, table: Mapping[str, Any]) -> Any:
        """The row as the book keeps it: in a mapping of codes the code stands outside; what is bare has no key."""
        if self.rows is None or not self.rows.keyed:
            return dict(table)
        return table.get("text", {}) if self.rows.bare else {k: v for k, v in table.items() if k != self.rows.code}


def table_of(world: World, book: str) -> Mapping[str, Any]:
    """The table of a book or of the rulebook of a jurisdiction. Raises NotYours."""
    found = world.policies.get(book.removeprefix(POLICY)) if book.startswith(POLICY) else world.books.get(book)
    if found is None:
        raise NotYours("not_found")
    return found


def called(book: str, world: World) -> str:
    """What people call a book."""
    if not book.startswith(POLICY):
        return book_name(book)
    from desagravo.administration.rulebook.options import policy_name

    return policy_name(world.policies.get(book.removeprefix(POLICY), {}), world) or book.removeprefix(POLICY)


def root(world: World, book: str) -> Node:
    """The page of a whole book."""
    table = table_of(world, book)
    return Node(book, (), complete(books.part(book).fields, table, known=("code",)), table, called(book, world))


def find(world: World, book: str, way: Sequence[str]) -> Node:
    """The page of the piece at this way. Raises NotYours where no page stands."""
    node = root(world, book)
    if len(way) % 2:
        raise NotYours("not_found")
    for key, code in zip(way[::2], way[1::2], strict=True):
        node = _below(node, key, code, world)
    return node


def _below(node: Node, key: str, code: str, world: World) -> Node:
    rows = list_of(node, key)
    for position, row in enumerate(rows.listed(node.table.get(key, ABSENT))):
        if rows.key_of(row, position) == code:
            name = rows.title(row, world) if rows.title else ""
            above = (*node.above, (str(node.name), node.way))
            return Node(node.book, (*node.way, key, code), rows.fields, row, name or code, above, rows)
    raise NotYours("not_found")


def list_of(node: Node, key: str) -> Rows:
    """The list with this key on a page. Raises NotYours."""
    found = next((each for each in node.lists if each.key == key), None)
    if found is None:
        raise NotYours("not_found")
    return found


def url(code: str, book: str, way: Sequence[str] = ()) -> str:
    """The address of a page in the forms."""
    if not way:
        return reverse("administration:rulebook_part", args=[code, book])
    return reverse("administration:rulebook_piece", args=[code, book, "/".join(way)])


def address(code: str, world: World, problem: Problem) -> str:
    """Where a mistake is mended: the nearest page, and on it the nearest field."""
    place = problem.where
    if not place.book or (place.book.removeprefix(POLICY) not in world.policies and place.book not in world.books):
        return reverse("administration:rulebook_change", args=[code])
    way, rest = nearest(root(world, place.book), place.path, world)
    node = find(world, place.book, way)
    name = input_name(node.fields, node.table, rest)
    return url(code, place.book, way) + (f"#{anchor_of(node, name)}" if name else "")


def anchor_of(node: Node, name: str) -> str:
    """Where on its page an input stands, or a list whose rows have pages of their own."""
    return f"list-{name}" if any(each.key == name for each in node.lists) else anchor(name)


def nearest(node: Node, path: Sequence[str], world: World) -> tuple[Way, Way]:
    """How far pages go along this path, and what is left of it."""
    while len(path) >= 2:
        try:
            node = _below(node, path[0], path[1], world)
        except NotYours:
            break
        path = path[2:]
    return node.way, tuple(path)


def input_name(  # noqa: PLR0911  where nothing is found, the nearest is enough
    fields: Sequence[Field], table: Mapping[str, Any], rest: Sequence[str]
) -> str:
    """The name of the input that shows what stands at the rest of a way; "" for none."""
    if not rest:
        return ""
    field = next((each for each in fields if each.key == rest[0]), None)
    if field is None:
        return ""
    if isinstance(field, Rows):
        if field.pages or len(rest) == 1:
            return field.key
        rows = field.listed(table.get(field.key, ABSENT))
        found = next((at for at, row in enumerate(rows) if field.key_of(row, at) == rest[1]), None)
        if found is None:
            return field.key
        here = within(field.key, str(found))
        deeper = input_name(field.fields, rows[found], rest[2:])
        return within(here, deeper) if deeper else here
    if isinstance(field, Table):
        return within(field.key, input_name(field.fields, table.get(field.key, {}), rest[1:])).rstrip(".")
    return ".".join(rest[:2])


def beside(node: Node, problems: Iterable[Problem], world: World) -> dict[str, str]:
    """The mistakes of this page beside their inputs; those of pages below it stand in the lists."""
    found: dict[str, str] = {}
    for problem in problems:
        rest = problem.where.within(node.book, node.way)
        if rest is None or nearest(node, rest, world)[0] != node.way:
            continue
        name = input_name(node.fields, node.table, rest)
        found[name] = f"{found.get(name, '')} {problem.words}".strip()
    return found


def count_below(problems: Iterable[Problem], book: str, way: Sequence[str] = ()) -> int:
    """How many mistakes stand in this piece."""
    return sum(each.where.within(book, way) is not None for each in problems)
