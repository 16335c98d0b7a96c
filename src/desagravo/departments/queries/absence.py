"""Who is away, and who stands in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from desagravo.common import clock
from desagravo.common.text import whole_number
from desagravo.departments.models import Absence
from desagravo.departments.queries.organisation import organisation


@dataclass(frozen=True)
class Away:
    """An absence as pages show it. ``person`` and ``substitute`` are ids; without a substitute both are empty."""

    key: int
    person: str
    first_day: date
    last_day: date
    substitute: str = ""
    substitute_name: str = ""


def today() -> date:
    """The day that it is where the organisation is."""
    return clock.now().astimezone(ZoneInfo(organisation().time_zone)).date()


def away_now(people: Iterable[str] | None = None) -> dict[str, Away]:
    """Person → the absence of today; of these people, or of all who work here."""
    day = today()
    rows = Absence.objects.filter(first_day__lte=day, last_day__gte=day, person__is_active=True)
    if people is not None:
        keys = {key for each in people if (key := whole_number(each)) is not None}
        rows = rows.filter(person__in=keys)
    return {str(each.person_id): _view(each) for each in rows.select_related("substitute")}


def absences_of(person_id: str) -> list[Away]:
    """The absences of a person that are not over yet, the next one first."""
    key = whole_number(person_id)
    rows = Absence.objects.filter(person_id=key, last_day__gte=today()) if key is not None else Absence.objects.none()
    return [_view(each) for each in rows.select_related("substitute")]


def absences_covered_by(person_id: str) -> list[Away]:
    """The absences that are not over yet and in which this person stands in."""
    found = Absence.objects.filter(substitute_id=whole_number(person_id) or 0, last_day__gte=today())
    return [_view(each) for each in found.filter(person__is_active=True).select_related("substitute")]


def absence_owner(key: int) -> str:
    """Whose absence this is; "" for one that is not there."""
    found = Absence.objects.filter(pk=key).values_list("person_id", flat=True).first()
    return str(found) if found else ""


def stands_in_for(person_id: str) -> tuple[str, ...]:
    """The ids of those who are away today and for whom this person stands in."""
    day, key = today(), whole_number(person_id)
    if key is None:
        return ()
    rows = Absence.objects.filter(first_day__lte=day, last_day__gte=day, substitute_id=key, person__is_active=True)
    return tuple(str(each) for each in rows.values_list("person_id", flat=True))


def _view(row: Absence) -> Away:
    stand_in = row.substitute if row.substitute is not None and row.substitute.is_active else None
    return Away(
        key=row.pk,
        person=str(row.person_id),
        first_day=row.first_day,
        last_day=row.last_day,
        substitute=str(stand_in.pk) if stand_in else "",
        substitute_name=stand_in.name if stand_in else "",
    )
