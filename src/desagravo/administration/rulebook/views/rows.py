"""Rows of lists: one place up or down, or taken out after a question."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.administration.rulebook import fields, tree
from desagravo.administration.rulebook.doors import writes
from desagravo.administration.rulebook.views import at_hand
from desagravo.administration.rulebook.views.forms import _see, _way
from desagravo.common.refusals import NotYours
from desagravo.entrance import StaffRequest
from desagravo.rulebook import actions, queries


@writes
def row(request: StaffRequest, code: str, book: str, way: str) -> HttpResponse:
    """Move the row, or take it out: first what it says, and only then it is done."""
    shown, world = at_hand.look(code)
    node = tree.find(world, book, _way(way))
    if node.rows is None or node.rows.fixed:
        raise NotYours("not_found")
    parent = tree.url(code, book, node.way[:-2])
    back = f"{parent}#list-{node.way[-2]}"
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do in ("up", "down"):
        actions.move_piece(code, book, node.way, up=do == "up", actor=request.actor)
        return _see(back)
    if do == "remove":
        seen = request.POST.get("seen", "")
        actions.remove_piece(code, book, node.way, actor=request.actor, seen=seen)
        messages.success(request, _("It was taken out of the draft."))
        return _see(back)
    context = {
        "node": node,
        "facts": fields.facts(node.fields, node.table, world),
        "back": parent,
        "seen": queries.seen(code, book, node.way),
    }
    return at_hand.show(request, "removal", shown, context)
