"""Editions to read: all of them, one as a document, what it says otherwise, and as files."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse

from desagravo.administration.rulebook import books, reading, tree
from desagravo.administration.rulebook import differences as compared
from desagravo.administration.rulebook.doors import WRITERS, reads, writes
from desagravo.administration.rulebook.views import at_hand
from desagravo.administration.rulebook.world import World
from desagravo.cases.queries.by_edition import open_by_edition
from desagravo.common import clock
from desagravo.common.refusals import NotYours
from desagravo.departments import queries as people
from desagravo.entrance import Problem as Line
from desagravo.entrance import StaffRequest, page
from desagravo.entrance import wrong as beside
from desagravo.rulebook import queries
from desagravo.rulebook.problems import POLICY

PUBLISHED = ("published", "starter")


@reads
def all_of_them(request: StaffRequest) -> HttpResponse:
    """Which edition is in force and since when, what is being written, what was, and what must be reviewed."""
    kept = _open_cases()
    rows = [replace(each, open_cases=kept.get(each.row.code, 0)) for each in at_hand.shown(queries.editions())]
    today = people.today_here()
    groups: dict[str, list[at_hand.Shown]] = {"now": [], "coming": [], "writing": [], "past": [], "discarded": []}
    for each in rows:
        groups[_group(each, today)].append(each)
    context = {
        **groups,
        "reviews": [each for each in queries.review_dates() if each.passed or each.on],
        "writes": request.actor.has(*WRITERS),
    }
    return page(request, "administration/rulebook/all.html", context)


def _open_cases() -> dict[str, int]:
    """How many open cases keep each edition."""
    return open_by_edition()


def _group(each: at_hand.Shown, today: object) -> str:
    row = each.row
    if row.in_force:
        return "now"
    if row.state in PUBLISHED:
        return "coming" if row.in_force_from and row.in_force_from > today else "past"  # type: ignore[operator]
    return "discarded" if row.state == "discarded" else "writing"


@reads
def edition(request: StaffRequest, code: str) -> HttpResponse:
    """One edition: how it stands, and its chapters."""
    shown, world = at_hand.look(code)
    chapters = [
        (book, tree.called(book, world), str(books.part(book).about) if not book.startswith(POLICY) else "")
        for book in reading.contents(world)
    ]
    context = {
        "chapters": [each for each in chapters if not each[0].startswith(POLICY)],
        "policies": [each for each in chapters if each[0].startswith(POLICY)],
        "about": world.say(world.books.get("edition", {}).get("about")),
        "compared_with": _compared_with(shown),
        "try_out": _try_out(code),
    }
    return at_hand.show(request, "edition", shown, context)


@reads
def chapter(request: StaffRequest, code: str, book: str) -> HttpResponse:
    """One book of an edition, in plain words."""
    shown, world = at_hand.look(code)
    order = reading.contents(world)
    at = order.index(book) if book in order else -1
    context = {
        "chapter": reading.chapter(world, book),
        "before": (order[at - 1], tree.called(order[at - 1], world)) if at > 0 else None,
        "after": (order[at + 1], tree.called(order[at + 1], world)) if 0 <= at < len(order) - 1 else None,
    }
    return at_hand.show(request, "chapter", shown, context)


@reads
def whole(request: StaffRequest, code: str) -> HttpResponse:
    """The whole edition on one page, to print."""
    shown, world = at_hand.look(code)
    chapters = [reading.chapter(world, book) for book in reading.contents(world)]
    return at_hand.show(request, "whole", shown, {"chapters": chapters, "now": clock.now()})


@reads
def differences(request: StaffRequest, code: str) -> HttpResponse:
    """What this edition says otherwise than another one: than the one in force, unless somebody chooses."""
    shown, world = at_hand.look(code)
    other = request.GET.get("with", "") or _compared_with(shown)
    if not other:
        raise NotYours("not_found")
    with_edition, with_world = at_hand.look(other)
    choices = [each for each in queries.editions() if each.code != code]
    context = {"other": with_edition, "choices": choices, "chapters": linked(code, shown, with_world, world)}
    return at_hand.show(request, "differences", shown, context)


def linked(
    code: str, shown: at_hand.Shown, old: World, new: World
) -> list[tuple[compared.Chapter, list[tuple[compared.Change, str]]]]:
    """The differences, each with the page on which it can be changed, if it can."""
    found = compared.differences(old, new)
    editable = shown.row.editable
    return [
        (
            chapter,
            [
                (each, tree.url(code, each.book, each.way) if editable and each.kind != "removed" else "")
                for each in chapter.changes
            ],
        )
        for chapter in found
    ]


def _compared_with(shown: at_hand.Shown) -> str:
    """The edition in force; for that one, and for older ones, what they were copied from."""
    now = queries.edition()
    writing = shown.row.state not in PUBLISHED
    return now if writing and now != shown.row.code else shown.row.based_on


@reads
def export(request: StaffRequest, code: str) -> HttpResponse:
    """The edition as TOML files in a zip."""
    name, content = queries.export_toml(code)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/zip", headers=headers)


@writes
def change(request: StaffRequest, code: str) -> HttpResponse:
    """A draft: its chapters, what is wrong, what it changes, and the next step."""
    shown, world = at_hand.look(code)
    if request.method == "POST":
        raise NotYours("not_found")
    return hub(request, shown, world)


def hub(  # what was typed into one of the forms of the page, and what is wrong with it
    request: StaffRequest,
    shown: at_hand.Shown,
    world: World,
    *,
    wrong: list[Line] | None = None,
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a draft, or of an edition that is proposed."""
    code = shown.row.code
    if shown.row.state not in ("draft", "proposed"):
        raise NotYours("not_found")
    found, lines = at_hand.mistakes(code, world)
    now, in_force = at_hand.look(queries.edition())
    chapters = linked(code, shown, in_force, world)
    changed = {chapter.book: len(changes) for chapter, changes in chapters}
    listed = [
        {
            "book": book,
            "name": tree.called(book, world),
            "about": str(books.part(book).about) if not book.startswith(POLICY) else "",
            "wrong": tree.count_below(found, book),
            "changed": changed.get(book, 0),
        }
        for book in reading.contents(world)
    ]
    actor = request.actor
    author = actor.id in shown.row.authors or actor.id == shown.row.proposed_by
    context = {
        "mistakes": lines,
        "books": [each for each in listed if not str(each["book"]).startswith(POLICY)],
        "policies": [each for each in listed if str(each["book"]).startswith(POLICY)],
        "to_add": queries.policies_to_add(code),
        "changes": sum(changed.values()),
        "in_force": now,
        "author": author,
        "alone": author and queries.publishes_alone(actor),
        "problems": wrong or [],
        "wrong": beside(wrong or []),
        "typed": typed or {},
        "first_day": people.today_here(),
        "try_out": _try_out(code),
        "proposed": shown.row.state == "proposed",
    }
    return at_hand.show(request, "change", shown, context, status=status)


def _try_out(code: str) -> str:
    """The address of the try-out on past cases, where there is one."""
    for name in ("administration:rulebook_try_out", "administration:try_out"):
        try:
            return reverse(name, args=[code])
        except NoReverseMatch:
            continue
    return ""
