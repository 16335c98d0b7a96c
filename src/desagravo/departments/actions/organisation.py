"""Setting up the company: what it is called, its departments and teams."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from desagravo.common.actor import Actor
from desagravo.departments import queries
from desagravo.departments.events import DepartmentEstablished
from desagravo.departments.models import Department, Organisation, Team
from desagravo.history.actions import Entry, record_many


def establish_organisation(name: str, **facts: Any) -> None:
    """Say whose product this is: name, postal_address, phone, email, website, legal_line, time_zone, languages,
    country, sending_delay (seconds)."""
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
