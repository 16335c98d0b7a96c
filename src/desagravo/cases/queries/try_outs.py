"""Try-outs of editions, for the page that shows them; cases only as far as the reader sees them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from desagravo.cases.actions.try_out import digest
from desagravo.cases.models import Case, TryOut
from desagravo.cases.queries.visible import visible_to
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours
from desagravo.departments import queries as departments

PAGE = 50
_AT_ONCE = 500


@dataclass(frozen=True)
class TryOutView:
    """One try-out. ``changed_since``: the draft says something else by now. ``totals``: what → cases before and after;
    ``groups``: difference → how many cases."""

    key: int
    edition: str
    from_day: date
    to_day: date
    state: str
    position: int
    total: int
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    changed_since: bool
    cases: int
    assessed: int
    overruled: int
    differing: int
    untimed: int
    totals: Mapping[str, tuple[int, int]]
    groups: Mapping[str, int]

    @property
    def done(self) -> bool:
        """Is there a result?"""
        return self.state == "done"

    @property
    def cases_without_class(self) -> int:
        """How many nobody ever assessed."""
        return self.cases - self.assessed

    @property
    def percent(self) -> int:
        """How far it is."""
        return min(100, 100 * self.position // self.total) if self.total else 0


@dataclass(frozen=True)
class CaseRow:
    """A case of a group, as far as lists show it."""

    number: str
    subject: str
    received_at: datetime
    status: str
    severity: str


@dataclass(frozen=True)
class GroupPage:
    """A page of the cases of a group: those that the reader sees, and how many others there are."""

    rows: tuple[CaseRow, ...]
    count: int
    seen: int
    page: int
    pages: int


def try_outs(code: str) -> list[TryOutView]:
    """Those of this edition, the newest first."""
    now = digest(code)
    rows = TryOut.objects.filter(edition=code).select_related("asked_by").order_by("-pk")[:20]
    return [_view(row, now) for row in rows]


def try_out(code: str, key: int) -> TryOutView:
    """One of them. Raises NotYours."""
    return _view(_row(code, key), digest(code))


def _row(code: str, key: int) -> TryOut:
    row = TryOut.objects.filter(edition=code, pk=key).select_related("asked_by").first()
    if row is None:
        raise NotYours("not_found")
    return row


def _view(row: TryOut, now: str) -> TryOutView:
    found: dict[str, Any] = row.result
    return TryOutView(
        key=row.pk,
        edition=row.edition,
        from_day=row.from_day,
        to_day=row.to_day,
        state=row.state,
        position=row.position,
        total=row.total,
        asked_by=row.asked_by.name if row.asked_by else "",
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        changed_since=row.edition_sha256 != now,
        cases=found.get("cases", 0),
        assessed=found.get("assessed", 0),
        overruled=found.get("overruled", 0),
        differing=found.get("differing", 0),
        untimed=found.get("untimed", 0),
        totals={what: (before, after) for what, (before, after) in found.get("totals", {}).items()},
        groups={group: len(keys) for group, keys in found.get("groups", {}).items()},
    )


def cases_of(actor: Actor, code: str, key: int, group: str, page: int = 1) -> GroupPage:
    """The cases of one difference. Raises NotYours for one that was not found."""
    groups = _row(code, key).result.get("groups", {})
    if group not in groups:
        raise NotYours("not_found")
    keys = groups[group]
    seen = visible_to(actor).filter(pk__in=keys).order_by("received_at", "pk")
    count = seen.count()
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 1), pages)
    told = seen.values_list("number", "subject", "received_at", "status", "severity")
    rows = tuple(CaseRow(*each) for each in told[(page - 1) * PAGE : page * PAGE])
    return GroupPage(rows, len(keys), count, page, pages)


def rows_of(actor: Actor, code: str, key: int) -> Iterator[tuple[str, str, str]]:
    """Number, day of receipt and difference, for every difference of a case that the reader sees."""
    groups: Mapping[str, list[int]] = _row(code, key).result.get("groups", {})
    zone = ZoneInfo(departments.organisation().time_zone)
    for group, keys in sorted(groups.items()):
        for at in range(0, len(keys), _AT_ONCE):
            seen = visible_to(actor).filter(pk__in=keys[at : at + _AT_ONCE]).order_by("received_at", "pk")
            for number, received_at in seen.values_list("number", "received_at"):
                yield number, received_at.astimezone(zone).date().isoformat(), group


def first_day() -> date | None:
    """The day on which the first case came in that is still here whole."""
    first = Case.objects.filter(erased_at=None).order_by("received_at").values_list("received_at", flat=True).first()
    return first.astimezone(ZoneInfo(departments.organisation().time_zone)).date() if first else None
