"""Where the company is, and which days of its own it has there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import Q

from desagravo.departments import places
from desagravo.departments.models import ClosedDay, ConfirmedYear, Establishment
from desagravo.departments.queries.organisation import organisation

USUAL = "main"
"""Code of the place that every company has, from its country and time zone, before it says anything else."""
CLOSES_AT = time(17, 0)


@dataclass(frozen=True)
class Place:
    """A place of the company. ``is_stored``: False while it only follows from the organisation's country and zone."""

    code: str
    name: str
    country: str
    subdivision: str
    time_zone: str
    closes_at: time = CLOSES_AT
    is_default: bool = True
    customary: tuple[str, ...] = ()
    retired_at: datetime | None = None
    is_stored: bool = True


@dataclass(frozen=True)
class OwnDay:
    """A day on which the company says otherwise than the public calendar. ``place`` is empty if it is for all."""

    id: int
    day: date
    is_open: bool
    reason: str
    place: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True)
class Days:
    """Everything of which the calendar of a place is made, besides the public holidays."""

    place: Place
    closed: tuple[tuple[date, str], ...] = ()
    opened: tuple[tuple[date, str], ...] = ()
    confirmed: frozenset[int] = frozenset()


_FRESH_FOR = timedelta(seconds=10)
_known: dict[str, tuple[datetime, Days]] = {}


def forget_calendars() -> None:
    """Read the places and their days anew at the next question (one was just changed, or a test begins)."""
    _known.clear()


def days_of(code: str = "") -> Days:
    """The days of this place, by default of the usual one; asked at most every ten seconds by each process, because
    every date that is counted needs them. A code that nobody knows is that of the usual place."""
    now = datetime.now(UTC)
    found = _known.get(code)
    if found is None or now - found[0] > _FRESH_FOR:
        try:
            found = (now, _read(place(code)))
        except (OperationalError, InterfaceError):
            return found[1] if found else Days(_usual())
        _known[code] = found
    return found[1]


def _read(here: Place) -> Days:
    mine = Q(establishment=None) | Q(establishment__code=here.code)
    rows = list(
        ClosedDay.objects.filter(mine, removed_at=None)
        .order_by("day", "establishment_id", "pk")
        .values_list("day", "is_open", "name")
    )
    return Days(
        here,
        closed=tuple((day, name) for day, is_open, name in rows if not is_open),
        opened=tuple((day, name) for day, is_open, name in rows if is_open),
        confirmed=confirmed_years(here.country, here.subdivision),
    )


def place(code: str = "") -> Place:
    """The place of this code; the usual one for none and for a code that nobody knows."""
    found = Establishment.objects.filter(code=code).first() if code else None
    found = found or Establishment.objects.filter(is_default=True).first()
    return view(found) if found else _usual()


def establishments(*, retired: bool = False) -> list[Place]:
    """The places of the company, the usual one first; with ``retired`` also those of earlier cases."""
    rows = Establishment.objects.order_by("-is_default", "name")
    found = [view(row) for row in (rows if retired else rows.filter(retired_at=None))]
    return found if any(each.is_default for each in found) else [_usual(), *found]


def view(row: Establishment) -> Place:
    """The row as others may see it."""
    return Place(
        code=row.code,
        name=row.name,
        country=row.country,
        subdivision=row.subdivision,
        time_zone=row.time_zone,
        closes_at=row.closes_at,
        is_default=row.is_default,
        customary=tuple(row.customary),
        retired_at=row.retired_at,
    )


def _usual() -> Place:
    """The place that follows from the organisation, until somebody says more."""
    house = organisation()
    return Place(
        code=USUAL,
        name=house.name,
        country=house.country,
        subdivision=places.usual_part(house.country),
        time_zone=house.time_zone,
        is_stored=False,
    )


def own_days(code: str, year: int) -> list[OwnDay]:
    """What the company says about days of this year at this place, and about all of its places."""
    mine = Q(establishment=None) | Q(establishment__code=code)
    rows = ClosedDay.objects.filter(mine, day__year=year, removed_at=None).select_related("establishment", "added_by")
    return [
        OwnDay(
            id=row.pk,
            day=row.day,
            is_open=row.is_open,
            reason=row.name,
            place=row.establishment.code if row.establishment else "",
            added_by=row.added_by.name if row.added_by else "",
            added_at=row.added_at,
        )
        for row in rows.order_by("day", "pk")
    ]


def confirmed_years(country: str, subdivision: str) -> frozenset[int]:
    """The years of which somebody compared the official calendar of this place with ours."""
    rows = ConfirmedYear.objects.filter(country=country, subdivision=subdivision)
    return frozenset(rows.values_list("year", flat=True))


@dataclass(frozen=True)
class Confirmation:
    """Who confirmed a year, when and by what."""

    year: int
    source: str
    by: str
    at: datetime


def confirmations(country: str, subdivision: str) -> list[Confirmation]:
    """The confirmations of this place's calendar, newest year first."""
    rows = ConfirmedYear.objects.filter(country=country, subdivision=subdivision).select_related("confirmed_by")
    return [
        Confirmation(row.year, row.source, row.confirmed_by.name if row.confirmed_by else "", row.confirmed_at)
        for row in rows.order_by("-year")
    ]


def names_of_places(codes: Iterable[str]) -> dict[str, str]:
    """Code → name, retired places included."""
    return dict(Establishment.objects.filter(code__in=set(codes)).values_list("code", "name"))
