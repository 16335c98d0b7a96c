"""The forms: a book or a row of it is shown, changed, and saved; a new row is written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.administration.rulebook import fields, tree
from desagravo.administration.rulebook.doors import writes
from desagravo.administration.rulebook.fields import ABSENT, Rows, Typed
from desagravo.administration.rulebook.guess import complete
from desagravo.administration.rulebook.views import at_hand
from desagravo.administration.rulebook.world import World
from desagravo.common.refusals import Conflict, NotYours
from desagravo.entrance import Problem as Line
from desagravo.entrance import StaffRequest
from desagravo.rulebook import actions, queries
from desagravo.rulebook.problems import Problem

_OF_THE_PAGE = ("csrfmiddlewaretoken", "seen", "do")


@writes
def piece(request: StaffRequest, code: str, book: str, way: str = "") -> HttpResponse:
    """A book, or a row of it: read, change, save."""
    shown, world = at_hand.look(code)
    node = tree.find(world, book, _way(way))
    if request.method != "POST":
        return _form(request, shown, world, node, fields.spread(node.fields, node.table))
    typed = _typed(request.POST)
    if _rearranged(typed, request.POST.get("do", "")):
        return _form(request, shown, world, node, typed, seen=request.POST.get("seen", ""), unsaved=True)
    wrong: dict[str, str] = {}
    table = fields.gather(node.fields, typed, "", node.table, wrong)
    if wrong:
        return _form(request, shown, world, node, typed, wrong=wrong, seen=request.POST.get("seen", ""), status=422)
    if table == dict(node.table):
        messages.info(request, _("Nothing was changed."))
        return _see(tree.url(code, book, node.way))
    try:
        actions.change_piece(
            code, book, node.way, node.plain(table), actor=request.actor, seen=request.POST.get("seen", "")
        )
    except Conflict as conflict:
        return _form(request, shown, world, node, typed, conflict=conflict, status=409)
    return _saved(request, code, book, node.way)


@writes
def new(request: StaffRequest, code: str, book: str, way: str) -> HttpResponse:
    """A new row of a list whose rows have pages of their own."""
    shown, world = at_hand.look(code)
    *above, key = _way(way)
    parent = tree.find(world, book, above)
    rows = tree.list_of(parent, key)
    if rows.fixed:
        raise NotYours("not_found")
    listed = rows.listed(parent.table.get(key, ABSENT))
    described = complete(rows.fields, dict(rows.start))
    node = replace(
        parent, way=(*parent.way, key), fields=described, table=dict(rows.start),
        name=_("New: %(what)s") % {"what": rows.one}, above=(*parent.above, (str(parent.name), parent.way)), rows=rows,
    )  # fmt: skip
    if request.method != "POST":
        return _form(request, shown, world, node, fields.spread(described, rows.start), fresh=True)
    typed = _typed(request.POST)
    if _rearranged(typed, request.POST.get("do", "")):
        return _form(request, shown, world, node, typed, fresh=True, unsaved=True)
    wrong: dict[str, str] = {}
    table = rows.coded(fields.gather(described, typed, "", dict(rows.start), wrong, fresh=True), listed)
    if wrong:
        return _form(request, shown, world, node, typed, wrong=wrong, fresh=True, status=422)
    made = rows.key_of(table, len(listed))
    here = (*parent.way, key, made)
    actions.change_piece(code, book, here, replace(node, way=here).plain(table), actor=request.actor)
    if rows.last_catches_all and listed:
        actions.move_piece(code, book, here, up=True, actor=request.actor)
        here = here if rows.code and table.get(rows.code) else (*parent.way, key, str(len(listed)))
    return _saved(request, code, book, here)


def _saved(request: StaffRequest, code: str, book: str, way: tuple[str, ...]) -> HttpResponse:
    """Back to the piece, with what is still wrong with it."""
    count = tree.count_below(queries.mistakes(code), book, way)
    if count:
        words = ngettext(
            "Saved. %(count)s point here must be mended before the draft can be proposed.",
            "Saved. %(count)s points here must be mended before the draft can be proposed.",
            count,
        )
        messages.warning(request, words % {"count": count})
    else:
        messages.success(request, _("Saved."))
    return _see(tree.url(code, book, way))


def _see(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _way(way: str) -> tuple[str, ...]:
    return tuple(each for each in way.split("/") if each)


def _typed(post: QueryDict) -> dict[str, list[str]]:
    """What the form brought, without what belongs to the page."""
    return {key: [str(text) for text in texts] for key, texts in post.lists() if key not in _OF_THE_PAGE}


def _rearranged(typed: dict[str, list[str]], do: str) -> bool:
    """Add, drop or move a row within the form, as its button says. Nothing is saved by that."""
    verb, _bar, rest = do.partition("|")
    name, _bar, number = rest.partition("|")
    numbers = list(dict.fromkeys(typed.get(name, [])))
    if verb == "add" and name:
        at = 1 + max((int(each[1:]) for each in numbers if each[:1] == "n" and each[1:].isdigit()), default=0)
        typed[name] = [*numbers, f"n{at}"]
    elif verb == "drop" and number in numbers:
        typed[name] = [each for each in numbers if each != number]
        for key in [key for key in typed if key.startswith(f"{name}.{number}.")]:
            del typed[key]
    elif verb in ("up", "down") and number in numbers:
        at = numbers.index(number)
        other = at - 1 if verb == "up" else at + 1
        if 0 <= other < len(numbers):
            numbers[at], numbers[other] = numbers[other], numbers[at]
        typed[name] = numbers
    else:
        return False
    return True


def _form(  # what was typed, what is wrong with it, and what somebody else did meanwhile
    request: StaffRequest,
    shown: at_hand.Shown,
    world: World,
    node: tree.Node,
    typed: Typed,
    *,
    wrong: dict[str, str] | None = None,
    seen: str = "",
    conflict: Conflict | None = None,
    fresh: bool = False,
    unsaved: bool = False,
    status: int = 200,
) -> HttpResponse:
    code = shown.row.code
    found = [] if fresh else queries.mistakes(code)
    beside = {**({} if unsaved else tree.beside(node, found, world)), **(wrong or {})}
    shown_first, on_demand = fields.apart(fields.inputs(node.fields, typed, "", world, beside))
    context: dict[str, Any] = {
        "node": node,
        "inputs": shown_first,
        "more": on_demand,
        "lists": [] if fresh else [_list(code, node, each, found, world) for each in node.lists],
        "seen": seen or ("" if fresh else queries.seen(code, node.book, node.way)),
        "problems": [Line(name, tree.anchor_of(node, name), words) for name, words in (wrong or beside).items()],
        "refused": bool(wrong),
        "above": [(name, tree.url(code, node.book, way)) for name, way in node.above],
        "conflict": conflict,
        "letter": node.way[1] if node.book == "letters" and node.way[:1] == ("letter",) and not fresh else "",
        "others": _others(node, world, typed) if conflict else (),
        "fresh": fresh,
        "unsaved": unsaved,
        "editable": shown.row.editable,
        "here": tree.url(code, node.book, node.way) if not fresh else request.path,
    }
    return at_hand.show(request, "form", shown, context, status=status)


def _others(node: tree.Node, world: World, typed: Typed) -> list[tuple[str, str, str]]:
    """After a conflict: what stands there now and what was typed, field by field where they differ."""
    now = {fact.path: fact for fact in fields.facts(node.fields, node.table, world)}
    yours_table = fields.gather(node.fields, typed, "", node.table, {})
    yours = {fact.path: fact for fact in fields.facts(node.fields, yours_table, world)}
    found = []
    for path in [*yours, *(path for path in now if path not in yours)]:
        mine, theirs = yours.get(path), now.get(path)
        if (mine.words if mine else "") != (theirs.words if theirs else ""):
            label = (mine or theirs).label  # type: ignore[union-attr]
            found.append((label, theirs.words if theirs else "", mine.words if mine else ""))
    return found


def _list(code: str, node: tree.Node, rows: Rows, found: list[Problem], world: World) -> dict[str, Any]:
    """A list whose rows have pages of their own."""
    listed = rows.listed(node.table.get(rows.key, ABSENT))
    entries = []
    for position, row in enumerate(listed):
        way = (*node.way, rows.key, rows.key_of(row, position))
        title = rows.title(row, world) if rows.title else ""
        entries.append(
            {
                "title": title or rows.name_of(row, world),
                "rule": title if hasattr(title, "ways") else None,
                "url": tree.url(code, node.book, way),
                "row_url": _row_url(code, node.book, way),
                "wrong": tree.count_below(found, node.book, way),
            }
        )
    return {
        "rows": rows,
        "entries": entries,
        "new_url": _new_url(code, node.book, (*node.way, rows.key)),
        "wrong": [str(each.words) for each in found if each.where.within(node.book, (*node.way, rows.key)) == ()],
    }


def _row_url(code: str, book: str, way: tuple[str, ...]) -> str:
    from django.urls import reverse

    return reverse("administration:rulebook_row", args=[code, book, "/".join(way)])


def _new_url(code: str, book: str, way: tuple[str, ...]) -> str:
    from django.urls import reverse

    return reverse("administration:rulebook_new", args=[code, book, "/".join(way)])
