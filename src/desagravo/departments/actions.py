"""Setting up the company: departments, teams and people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.departments import queries
from desagravo.departments.events import DepartmentEstablished, PersonJoined
from desagravo.departments.models import ROLES, Department, Organisation, Person, RoleGrant, Team
from desagravo.history.actions import Entry, record, record_many


def establish_organisation(name: str, **facts: Any) -> None:
    """Say whose product this is: name, postal_address, phone, email, website, legal_line, time_zone, languages."""
    Organisation.objects.update_or_create(pk=1, defaults={"name": name, **facts})
    queries.forget_organisation()


@transaction.atomic
def establish_departments(wanted: Iterable[tuple[str, Mapping[str, str], Mapping[str, str]]], *, actor: Actor) -> int:
    """Establish the departments that do not exist yet: (code, names, purposes). Tells how many were new.

    A department that the organisation renamed keeps its name.
    """
    known = set(Department.objects.values_list("code", flat=True))
    new = [
        Department(code=code, names=dict(names), purposes=dict(purposes), position=position)
        for position, (code, names, purposes) in enumerate(wanted)
        if code not in known
    ]
    Department.objects.bulk_create(new)
    record_many(
        [
            Entry(DepartmentEstablished(department.code), actor=actor, subject=("department", department.code))
            for department in new
        ]
    )
    return len(new)


def establish_team(code: str, name: str) -> None:
    """A team that shares an inbox; an existing one keeps its name."""
    Team.objects.get_or_create(code=code, defaults={"name": name})


@transaction.atomic
def add_person(
    *,
    email: str,
    name: str,
    roles: Sequence[tuple[str, str]],
    actor: Actor,
    password: str | None = None,
    team: str = "",
    language: str = "en",
) -> Person:
    """Somebody can sign in from now on. ``roles`` are (role, department code or empty).

    Raises:
        ValueError: a role that does not exist.
    """
    unknown = {role for role, _ in roles} - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    person = Person.objects.create_user(
        email=email,
        name=name,
        password=password,
        language=language,
        joined_at=clock.now(),
        team=Team.objects.get(code=team) if team else None,
    )
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(
                person=person, role=role, department=Department.objects.get(code=department) if department else None
            )
            for role, department in roles
        ]
    )
    facts = PersonJoined(str(person.pk), [role for role, _ in roles])
    record(facts, actor=actor, subject=("person", str(person.pk)))
    return person


def set_preferences(person: Person, *, language: str | None = None, theme: str | None = None) -> None:
    """How this person reads the screens."""
    changed = {name: value for name, value in {"language": language, "theme": theme}.items() if value is not None}
    Person.objects.filter(pk=person.pk).update(**changed)
