"""What others may ask about the people who work here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from desagravo.common.actor import Actor
from desagravo.common.text import whole_number
from desagravo.departments.models import Absence, Department, Person
from desagravo.departments.queries.absence import today


@dataclass(frozen=True)
class PersonView:
    """A colleague as lists show them."""

    id: str
    name: str
    team: str
    roles: frozenset[str]


def actor_for(person: Person) -> Actor:
    """The actor that this person is right now; one query, made anew for each request."""
    facts = ("grants__role", "grants__department__code", "team__code")
    told = list(Person.objects.filter(pk=person.pk).values_list(*facts))
    return Actor(
        kind="staff",
        id=str(person.pk),
        roles=frozenset(role for role, _code, _team in told if role),
        departments=frozenset(code for _role, code, _team in told if code),
        team=next((team for _role, _code, team in told if team), ""),
    )


def person(person_id: str | int) -> Person:
    """One person. Raises Person.DoesNotExist."""
    return Person.objects.get(pk=person_id)


def person_with_email(email: str) -> Person | None:
    """The person who signs in with this address, active or not; None if nobody does."""
    return Person.objects.filter(email__iexact=email.strip()).first() if email.strip() else None


def names(ids: Iterable[str]) -> dict[str, str]:
    """The names behind ids; what is not a person is left out."""
    keys = {key for each in ids if (key := whole_number(each)) is not None}
    return {str(pk): name for pk, name in Person.objects.filter(pk__in=keys).values_list("pk", "name")} if keys else {}


def people(*roles: str, team: str = "") -> list[PersonView]:
    """Active people who hold one of these roles (all people without roles), in alphabetical order."""
    chosen: QuerySet[Person] = Person.objects.filter(is_active=True).prefetch_related("grants").select_related("team")
    if roles:
        chosen = chosen.filter(grants__role__in=roles).distinct()
    if team:
        chosen = chosen.filter(team__code=team)
    return [
        PersonView(
            id=str(each.pk),
            name=each.name,
            team=each.team.code if each.team else "",
            roles=frozenset(grant.role for grant in each.grants.all()),
        )
        for each in chosen.order_by("name")
    ]


@dataclass(frozen=True)
class Decider:
    """Somebody who works here now: roles, departments for which they answer, whose place they take today."""

    id: str
    name: str
    roles: frozenset[str]
    departments: frozenset[str]
    stands_in_for: frozenset[str] = frozenset()


def deciders() -> list[Decider]:
    """Everybody who works here, with what decides on approvals; two queries."""
    roles: dict[str, set[str]] = {}
    answers: dict[str, set[str]] = {}
    people: dict[str, str] = {}
    told = ("pk", "name", "grants__role", "grants__department__code")
    for key, name, role, department in Person.objects.filter(is_active=True).order_by("name", "pk").values_list(*told):
        people[str(key)] = name
        roles.setdefault(str(key), set()).update([role] if role else [])
        answers.setdefault(str(key), set()).update([department] if department else [])
    day = today()
    away = Absence.objects.filter(first_day__lte=day, last_day__gte=day, person__is_active=True)
    places: dict[str, set[str]] = {}
    for person, substitute in away.exclude(substitute=None).values_list("person_id", "substitute_id"):
        places.setdefault(str(substitute), set()).add(str(person))
    return [
        Decider(key, name, frozenset(roles[key]), frozenset(answers[key]), frozenset(places.get(key, ())))
        for key, name in people.items()
    ]


def is_alone(person_id: str, roles: Sequence[str]) -> bool:
    """Is there nobody else who is active and holds one of these roles?"""
    others = Person.objects.filter(is_active=True, grants__role__in=roles)
    if (key := whole_number(person_id)) is not None:
        others = others.exclude(pk=key)
    return not others.exists()


def answers_for(person_id: str) -> list[str]:
    """The codes of the departments for which this person answers questions."""
    key = whole_number(person_id)
    grants = {"grants__person": key, "grants__role__in": ("contact", "senior_manager")}
    return list(Department.objects.filter(**grants).distinct().values_list("code", flat=True)) if key else []
