"""The company of the figures: eight departments, two teams of five agents, those who lead and sign, 5,000 customers."""

from __future__ import annotations

from dataclasses import dataclass

from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.customers.models import Customer
from desagravo.departments import actions as departments
from desagravo.departments.models import Person
from desagravo.rulebook import queries as rulebook

PASSWORD = "measured with patience"
TEAMS = ("north", "south")


@dataclass(frozen=True)
class Company:
    """Keys of the people, as events name them."""

    agents: list[Person]
    supervisor: Person
    manager: Person
    customers: list[Customer]


def establish(customers: int) -> Company:
    """Make the company in an empty database."""
    departments.establish_organisation("Casa de Medidas", postal_address="Rua A 1\n4000-001 Porto")
    departments.establish_departments(rulebook.department_texts(), actor=SYSTEM)
    for team in TEAMS:
        departments.establish_team(team, f"Team {team}")
    agents = [_person(f"agent{n}", [("handler", "")], TEAMS[n % 2]) for n in range(10)]
    supervisor = _person("supervisor", [("supervisor", "")], TEAMS[0])
    manager = _person("manager", [("manager", "")], TEAMS[0])
    rows = Customer.objects.bulk_create(
        [
            Customer(
                name=f"Cliente {n:05d}",
                email=f"cliente{n:05d}@example.org",
                phone="+351912345678",
                postal_address=f"Rua {n}, 4000-001 Porto",
                language="pt-pt" if n % 3 else "en",
                created_at=clock.now(),
            )
            for n in range(customers)
        ],
        batch_size=500,
    )
    return Company(agents, supervisor, manager, rows)


def _person(key: str, roles: list[tuple[str, str]], team: str) -> Person:
    return departments.add_person(
        email=f"{key}@medidas.example",
        name=f"{key.capitalize()} Medida",
        roles=roles,
        team=team,
        actor=SYSTEM,
        password=PASSWORD,
    )
