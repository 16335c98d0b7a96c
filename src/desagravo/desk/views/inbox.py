"""The inbox: one list, overdue first, and the news that it waits to show."""

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils.html import format_html
from django.utils.translation import ngettext

from desagravo.cases import queries as cases
from desagravo.common.actor import Actor
from desagravo.common.text import whole_number
from desagravo.desk.doors import StaffRequest, page, staff_reads
from desagravo.desk.rows import shown
from desagravo.entrance.navigation import TITLES, counts, how_many, views_of
from desagravo.history import queries as history

_MOST_NEWS = 200


@staff_reads
def inbox(request: StaffRequest, view: str) -> HttpResponse:
    """One of the lists that fit the role."""
    return list_page(request, view)


def list_page(request: StaffRequest, view: str) -> HttpResponse:
    """The list as a page; ``?after=`` is the place where the page before ended."""
    _require(request.actor, view)
    after = request.GET.get("after", "")
    last = history.head()[0]
    try:
        found = cases.inbox(request.actor, view, after=after)
    except ValueError as strange:
        raise Http404 from strange
    context = {
        "view": view,
        "title": TITLES[view],
        "rows": shown(found.rows, request.actor, owners=view not in {"mine", "came_back", "delegated"}),
        "next": found.next,
        "after": after,
        "total": how_many(counts(request.actor).get(view, 0)),
        "tabs": _tabs(request.actor, view),
        "last": last,
    }
    return page(request, "desk/inbox.html", context)


@staff_reads
def news(request: StaffRequest, view: str) -> HttpResponse:
    """How many cases of this list are new or changed by others since the event ``?since=``: a button, or nothing.

    Asked every half minute by every open list, so it answers 304 without looking while nothing happened anywhere.
    """
    _require(request.actor, view)
    last, digest = history.head()
    tag = f'"{request.actor.id}-{view}-{digest[:16]}"'
    kept = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=kept)
    since = whole_number(request.GET.get("since", ""))
    if since is None:
        raise Http404
    return HttpResponse(_announcement(request.actor, view, since, last), headers=kept)


def _announcement(actor: Actor, view: str, since: int, last: int) -> str:
    if last <= since:
        return ""
    others = {event.case for event in history.since(since, limit=_MOST_NEWS) if event.actor_id != actor.id}
    many = cases.how_many_of(actor, view, others - {""})
    if not many:
        return ""
    said = ngettext("%(n)d new or changed. Show it", "%(n)d new or changed. Show them", many) % {"n": many}
    return format_html('<button class="button button-small" type="button" data-show-news>{}</button>', said)


def _require(actor: Actor, view: str) -> None:
    if view not in views_of(actor):
        raise Http404


_URGENT = ("overdue", "came_back", "new", "to_assign", "approvals", "to_sign")


def _tabs(actor: Actor, view: str) -> list[dict[str, object]]:
    """What presses, above the list: on a narrow screen the navigation is folded away."""
    counted = counts(actor)
    urgent = [each for each in _URGENT if each in views_of(actor) and (counted.get(each) or each == view)]
    chosen = urgent if view in urgent else [view, *urgent]
    return [
        {
            "view": each,
            "title": TITLES[each],
            "count": how_many(counted.get(each, 0)),
            "current": each == view,
            "late": each == "overdue" and bool(counted.get(each)),
        }
        for each in chosen
    ]
