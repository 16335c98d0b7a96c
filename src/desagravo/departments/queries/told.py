"""Whom to tell of something that is theirs: how each wants it, and who stands in while somebody is away."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from desagravo.common import clock
from desagravo.common.text import whole_number
from desagravo.departments.models import Absence, Department, Person, RoleGrant
from desagravo.departments.queries.organisation import organisation

_ANSWERING = ("contact", "senior_manager")


@dataclass(frozen=True)
class Told:
    """Somebody who is told: ``notices`` is at_once, digest or off; ``time_zone`` is never empty."""

    id: str
    name: str
    email: str
    language: str
    notices: str
    time_zone: str


def told(ids: Iterable[str]) -> dict[str, Told]:
    """These people as far as they work here, by id."""
    keys = {key for each in ids if (key := whole_number(each)) is not None}
    house = organisation().time_zone
    rows = Person.objects.filter(pk__in=keys, is_active=True) if keys else ()
    return {
        str(row.pk): Told(str(row.pk), row.name, row.email, row.language, row.notices, row.time_zone or house)
        for row in rows
    }


def with_substitutes(ids: Iterable[str]) -> set[str]:
    """These people, and of those who are away today whoever stands in, and of that one too."""
    found = {each for each in ids if each}
    today = clock.now().astimezone(ZoneInfo(organisation().time_zone)).date()
    asked: set[str] = set()
    while left := found - asked:
        asked |= left
        keys = {key for each in left if (key := whole_number(each)) is not None}
        away = Absence.objects.filter(person__in=keys, first_day__lte=today, last_day__gte=today)
        substitutes = away.exclude(substitute=None).values_list("substitute_id", flat=True)
        found |= {str(each) for each in substitutes}
    return found


def contacts_of(department: str) -> set[str]:
    """The ids of those who answer for this department."""
    grants = {"grants__department__code": department, "grants__role__in": _ANSWERING}
    return {str(key) for key in Person.objects.filter(is_active=True, **grants).values_list("pk", flat=True)}


def nobody_answers_for() -> set[str]:
    """The codes of the departments that can be asked and have nobody who answers for them."""
    answering = RoleGrant.objects.filter(person__is_active=True, role__in=_ANSWERING).exclude(department=None)
    return set(
        Department.objects.filter(retired_at=None)
        .exclude(pk__in=answering.values("department"))
        .values_list("code", flat=True)
    )


def mentionable() -> list[tuple[str, str]]:
    """Id and name of everybody who works here, for ``@Name`` in a note."""
    rows = Person.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
    return [(str(key), name) for key, name in rows]
