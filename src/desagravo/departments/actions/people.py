"""People: who joins, and how each reads the screens."""

from collections.abc import Sequence

from django.db import transaction

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.departments.events import PersonJoined
from desagravo.departments.models import ROLES, Department, Person, RoleGrant, Team
from desagravo.history.actions import record


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
