"""The edition that a page is about: what it says, who did what, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from desagravo.administration.rulebook import tree
from desagravo.administration.rulebook.doors import WRITERS
from desagravo.administration.rulebook.world import World
from desagravo.departments import places
from desagravo.departments import queries as people
from desagravo.entrance import Problem as Line
from desagravo.entrance import StaffRequest, page
from desagravo.rulebook import queries
from desagravo.rulebook.problems import POLICY, Problem
from desagravo.rulebook.queries import EditionRow, EditionView

_PEOPLE = ("created_by", "changed_by", "proposed_by", "published_by")


@dataclass(frozen=True)
class Shown:
    """An edition with the names of those who wrote it."""

    row: EditionRow
    names: dict[str, str]
    open_cases: int | str = "–"

    @property
    def name(self) -> str:
        """What it is called: its code; the starter edition is called so."""
        return self.row.code

    def who(self, of: str) -> str:
        """The name of whoever created, changed, proposed or published it."""
        return self.names.get(getattr(self.row, of), "")

    @property
    def created_by(self) -> str:
        return self.who("created_by")

    @property
    def changed_by(self) -> str:
        return self.who("changed_by")

    @property
    def proposed_by(self) -> str:
        return self.who("proposed_by")

    @property
    def published_by(self) -> str:
        return self.who("published_by")

    @property
    def authors(self) -> list[str]:
        """The names of all who changed something."""
        return [self.names.get(each, "") for each in self.row.authors if self.names.get(each)]


def shown(rows: Iterable[EditionRow]) -> list[Shown]:
    """Editions with names, in one look at the people."""
    listed = list(rows)
    asked = {getattr(row, name) for row in listed for name in _PEOPLE} | {
        each for row in listed for each in row.authors
    }
    names = people.names(sorted(each for each in asked if each))
    return [Shown(row, names) for row in listed]


def world_of(view: EditionView) -> World:
    """What is needed to speak of this edition."""
    house = people.organisation()
    return World(
        view.books, view.policies, departments=people.department_names(), currency=places.currency_of(house.country)
    )


def look(code: str) -> tuple[Shown, World]:
    """The edition with this code. Raises NotYours."""
    view = queries.edition_view(code)
    return shown([view.row])[0], world_of(view)


def mistakes(code: str, world: World) -> tuple[list[Problem], list[Line]]:
    """All that is wrong with the edition, and the same as lines with the address where each is mended."""
    found = queries.mistakes(code)
    lines = [Line(each.where.field, tree.address(code, world, each), in_words(each, world)) for each in found]
    return found, lines


def in_words(problem: Problem, world: World) -> str:
    """Where in plain words, and what is wrong."""
    place = problem.where
    if not place.book or (place.book not in world.books and not place.book.startswith(POLICY)):
        return str(problem)
    node = tree.root(world, place.book)
    way, _rest = tree.nearest(node, place.path, world)
    name = tree.find(world, place.book, way).name
    why = getattr(name, "why", "") or str(name)
    where = f"{node.name}: {why}" if way else str(node.name)
    return f"{where} – {problem.words}"


def show(
    request: StaffRequest, template: str, edition: Shown, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page about an edition."""
    frame = {"edition": edition, "row": edition.row, "writes": request.actor.has(*WRITERS)}
    return page(request, f"administration/rulebook/{template}.html", {**frame, **context}, status=status)
