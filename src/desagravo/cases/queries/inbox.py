"""The inbox: one query on one covering index for a page of rows, whatever the number of cases."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from desagravo.cases import knowing
from desagravo.cases import search as full_text
from desagravo.cases.models import Case, Consultation
from desagravo.cases.queries.visible import visible_by_way, visible_to
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.departments import queries as departments

PAGE = 50
MOST_COUNTED = 1000
"""Counts stop here: "more than 1,000" says enough, and counting on would cost more with every case."""

VIEWS = (
    "mine",
    "team",
    "new",
    "to_assign",
    "overdue",
    "came_back",
    "approvals",
    "to_sign",
    "delegated",
    "standing_in",
    "incomplete",
    "all",
    "closed",
)


class Row(NamedTuple):
    """A case as the inbox shows it. Codes, not words: the page makes those."""

    id: int
    number: str
    subject: str
    customer: str
    status: str
    severity: str
    rule: str
    next_step: str
    next_due: datetime | None
    came_back: bool
    customer_wrote: bool
    owner: str
    received_at: datetime
    version: int
    waiting_for: tuple[str, ...] = ()
    waiting_since: datetime | None = None
    answered_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some rows, and the place where the next page begins (empty at the end)."""

    rows: tuple[Row, ...]
    next: str


_COLUMNS = (
    "id", "number", "subject", "customer__name", "status", "severity", "rule", "next_step", "next_due",
    "came_back_at", "customer_wrote_at", "owner__name", "received_at", "version",
)  # fmt: skip


def inbox(actor: Actor, view: str = "mine", *, after: str = "", limit: int = PAGE) -> Page:
    """A page of one view, overdue first. ``after`` is the ``next`` of the page before.

    Raises:
        ValueError: an unknown view, or a place that no page ever gave.
    """
    if view == "closed":
        return _newest_first([_view(actor, view), *_ended(actor, view)], after, limit)
    lists = [*_walks(actor, view), *_ended(actor, view)]
    if after:
        due, key = _place(after)
        later = Q(next_due__gt=due) | Q(id__gt=key)
        lists = [each.filter(next_due__gte=due).filter(later) for each in lists]
    rows = _due_first(lists, limit)
    last = rows[limit - 1] if len(rows) > limit else None
    place = f"{last.next_due.isoformat()}~{last.id}" if last and last.next_due else ""
    return Page(_with_departments(rows[:limit]), place)


def search(actor: Actor, words: str, *, after: str = "", limit: int = PAGE) -> Page:
    """Cases in which every word (or one it begins) stands, newest first, within what the actor may see."""
    place = _key(after) if after else None
    seen = visible_to(actor)
    keys = full_text.newest(seen, words, limit=limit + 1, before=place)
    return _newest_first([seen.filter(pk__in=keys)], "", limit) if keys else Page((), "")


def counts(actor: Actor, views: Iterable[str] = ()) -> dict[str, int]:
    """How many cases these views hold (without names: each short one), at most ``MOST_COUNTED`` + 1 each.

    ``due_today`` besides the views counts what is due today among mine.
    """
    shown = list(views) or ["due_today", *(view for view in VIEWS if view not in {"all", "closed", "delegated"})]
    chosen = [
        [_due_today(actor)] if view == "due_today" else [_view(actor, view), *_ended(actor, view)] for view in shown
    ]
    return dict(zip(shown, _capped(chosen), strict=True))


def how_many_of(actor: Actor, view: str, numbers: Collection[str]) -> int:
    """How many of the cases with these numbers stand in the view: what a list that is open has not shown yet."""
    if not numbers:
        return 0
    lists = [_view(actor, view), *_ended(actor, view)]
    return len({key for each in lists for key in each.filter(number__in=numbers).values_list("pk", flat=True)})


def _due_today(actor: Actor) -> QuerySet[Case]:
    return _view(actor, "mine").filter(next_due__lte=_end_of_today(), next_due__gte=clock.now())


def _view(actor: Actor, view: str) -> QuerySet[Case]:
    """One view within what the actor may see."""
    cases = visible_to(actor)
    mine = _own(actor, owner=int(actor.id) if actor.id.isdigit() else 0)
    chosen = {
        "mine": lambda: mine,
        "team": lambda: _own(actor, team=actor.team) if actor.team else cases.none(),
        "new": lambda: cases.filter(status="received"),
        "to_assign": lambda: cases.filter(status="assessed"),
        "incomplete": lambda: cases.filter(status="incomplete"),
        "overdue": lambda: cases.filter(open=True, next_due__lt=clock.now()),
        "came_back": lambda: mine.filter(Q(came_back_at__isnull=False) | Q(customer_wrote_at__isnull=False)),
        "approvals": lambda: cases.filter(status="awaiting_approval").exclude(next_step="leave"),
        "to_sign": lambda: cases.filter(next_step="sign_off"),
        "delegated": lambda: mine.filter(next_step="await_department"),
        # of those who are away today: as far as the substitute may see them, and no further
        "standing_in": lambda: cases.filter(
            open=True, owner__in=[int(each) for each in departments.stands_in_for(actor.id)]
        ),
        "all": lambda: cases.filter(open=True),
        "closed": lambda: cases.filter(status="closed", next_due=None),  # and those of _ended
    }.get(view)
    if chosen is None:
        raise ValueError(f"no such view: {view}")
    return chosen()


def _ended(actor: Actor, view: str) -> list[QuerySet[Case]]:
    """The cases of a view that ended and still want somebody: their customer wrote since and is not read, or what was
    promised came back (never both, ``next_step.py``). None, or two short lists."""
    ended = visible_to(actor).filter(open=False)
    wrote, back = ended.filter(customer_wrote_at__isnull=False), ended.filter(came_back_at__isnull=False)
    return [cases for each in (wrote, back) if (cases := _ended_of(actor, view, each)) is not None]


def _ended_of(actor: Actor, view: str, cases: QuerySet[Case]) -> QuerySet[Case] | None:
    own = Q(owner=int(actor.id) if actor.id.isdigit() else 0)
    chosen = {
        "mine": lambda: cases.filter(own),
        "team": lambda: cases.filter(team=actor.team) if actor.team else cases.none(),
        "overdue": lambda: cases.filter(next_due__lt=clock.now()),
        # what nobody owns comes back to those who lead
        "came_back": lambda: cases.filter(own | Q(owner=None) if actor.has("supervisor", "manager") else own),
        "all": lambda: cases,
        # said so that the short index is walked: by status the databases would read every case that was ever closed
        "closed": lambda: cases.exclude(status="withdrawn"),
    }.get(view)
    return chosen() if chosen else None


def _own(actor: Actor, **whose: Any) -> QuerySet[Case]:
    """The open cases of this owner or team. Who works on cases sees those anyway, unless they are confidential."""
    if actor.has("handler", "supervisor", "manager", "auditor"):
        cases = Case.objects.filter(knowing.open_to_all() | knowing.known_to(actor))
    else:
        cases = visible_to(actor)
    return cases.filter(open=True, **whose)


def _walks(actor: Actor, view: str) -> list[QuerySet[Case]]:
    """The view as lists that an index can walk, due first; they may overlap."""
    if view == "all":
        return [each.filter(open=True) for each in visible_by_way(actor)]
    if view == "overdue":
        return [each.filter(open=True, next_due__lt=clock.now()) for each in visible_by_way(actor)]
    return [_view(actor, view)]


def _due_first(lists: Sequence[QuerySet[Case]], limit: int) -> list[Row]:
    """The first rows of all lists together, and one more if there is one."""
    ordered = [_rows(each.order_by("next_due", "id"), limit) for each in lists]
    if len(ordered) == 1:
        return ordered[0]
    rows = {row.id: row for each in ordered for row in each}
    return sorted(rows.values(), key=lambda row: (row.next_due or clock.now(), row.id))[: limit + 1]


def _newest_first(lists: Sequence[QuerySet[Case]], after: str, limit: int) -> Page:
    if after:
        lists = [each.filter(id__lt=_key(after)) for each in lists]
    found = {row.id: row for each in lists for row in _rows(each.order_by("-id"), limit)}
    rows = [found[key] for key in sorted(found, reverse=True)[: limit + 1]]
    place = str(rows[limit - 1].id) if len(rows) > limit else ""
    return Page(_with_departments(rows[:limit]), place)


def _rows(cases: QuerySet[Case], limit: int) -> list[Row]:
    return [
        Row._make((*told, back is not None, wrote is not None, owner or "", received_at, version, (), None, ()))
        for *told, back, wrote, owner, received_at, version in cases.values_list(*_COLUMNS)[: limit + 1]
    ]


def _with_departments(rows: list[Row]) -> tuple[Row, ...]:
    """Who was asked, for all rows in one query."""
    if not rows:
        return ()
    asked: dict[int, list[tuple[str, str, datetime]]] = {}
    found = Consultation.objects.filter(case_id__in=[row.id for row in rows], status__in=("open", "answered"))
    for case_id, department, status, at in found.order_by("pk").values_list(
        "case_id", "department", "status", "asked_at"
    ):
        asked.setdefault(case_id, []).append((department, status, at))
    return tuple(_asked(row, asked[row.id]) if row.id in asked else row for row in rows)


def _asked(row: Row, told: list[tuple[str, str, datetime]]) -> Row:
    """The row with its questions; each department once, and who still owes an answer is not said to have answered."""
    waiting = dict.fromkeys(department for department, status, _at in told if status == "open")
    answered = dict.fromkeys(department for department, status, _at in told if status == "answered")
    return row._replace(
        waiting_for=tuple(waiting),
        waiting_since=min((at for _department, status, at in told if status == "open"), default=None),
        answered_by=tuple(each for each in answered if each not in waiting),
    )


def _place(after: str) -> tuple[datetime, int]:
    due, _, key = after.partition("~")
    moment = datetime.fromisoformat(due)
    if moment.tzinfo is None:
        raise ValueError("no such place")
    return moment, _key(key)


def _key(after: str) -> int:
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise ValueError("no such place")
    return int(after)


def _capped(views: Sequence[Sequence[QuerySet[Case]]]) -> list[int]:
    """The counts of all views in one query; each of a view's lists, which do not overlap, stops counting by itself."""
    counted: list[str] = []
    values: list[Any] = []
    for lists in views:
        parts = ["0"]
        for each in lists:
            try:
                sql, given = each.order_by().values("pk")[: MOST_COUNTED + 1].query.sql_with_params()
            except EmptyResultSet:
                continue
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608  (Django wrote the query, its values go beside it)
            values += given
        counted.append(" + ".join(parts))
    if not counted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counted)}", values)
        return [min(each, MOST_COUNTED + 1) for each in cursor.fetchone() or ()]


def _end_of_today() -> datetime:
    place = ZoneInfo(departments.organisation().time_zone)
    today = clock.now().astimezone(place).date()
    return datetime.combine(today + timedelta(days=1), time.min, place)
