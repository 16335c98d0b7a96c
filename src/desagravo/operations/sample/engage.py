"""The sample company itself: organisation, departments, teams and people who can sign in."""

import secrets
from dataclasses import dataclass
from typing import Any

from desagravo.common.actor import SYSTEM, Actor
from desagravo.departments import actions, queries
from desagravo.operations.sample.script import company
from desagravo.rulebook import queries as rulebook

_ROLES = (
    "handler",
    "supervisor",
    "manager",
    "senior_manager",
    "contact",
    "intake",
    "auditor",
    "data_keeper",
    "administrator",
)
"""The order in which sign-ins are shown: who does most comes first."""
_WORDS = (
    "areia", "barco", "brisa", "cabo", "cais", "casco", "cedro", "coral", "duna", "farol", "ferro", "folha",
    "fonte", "fruta", "gaivota", "horta", "jardim", "lago", "leme", "lenha", "linho", "luar", "mapa", "mar",
    "milho", "moinho", "monte", "muro", "musgo", "neve", "nuvem", "oliva", "onda", "ostra", "pedra", "pera",
    "pinho", "poente", "ponte", "porto", "prado", "praia", "quinta", "rede", "remo", "ribeira", "rocha", "rosa",
    "sal", "salgueiro", "seara", "serra", "sino", "sol", "telha", "terra", "trigo", "vale", "vela", "vento",
    "vinha",
)  # fmt: skip


@dataclass(frozen=True)
class Colleague:
    """Somebody of the sample company."""

    id: str
    name: str
    email: str
    role: str
    actor: Actor
    password: str


def new_password() -> str:
    """Three words and a number: new for each installation, and easy to copy from a screen into a sign-in."""
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])


def establish(password: str) -> dict[str, Colleague]:
    """The company in an empty database: its people by their keys, all with the same password."""
    told = company()
    house = told["organisation"]
    actions.establish_organisation(
        house["name"],
        postal_address=house["address"],
        phone=house["phone"],
        email=house["email"],
        website=house["website"],
        legal_line=f"{house['legal_name']} · NIPC {house['tax_number']}",
        country=house["country"],
        time_zone=house["zone"],
        languages=["pt-pt", "en"],
        sending_delay=0,
    )
    actions.establish_departments(rulebook.department_texts(), actor=SYSTEM)
    for team in told["team"]:
        actions.establish_team(team["code"], team["name"])
    return {row["key"]: _engage(row, password) for row in told["person"]}


def delay_sending() -> None:
    """From now on what people release leaves after twenty seconds."""
    actions.establish_organisation(company()["organisation"]["name"], sending_delay=20)


def _engage(row: dict[str, Any], password: str) -> Colleague:
    person = actions.add_person(
        email=row["email"],
        name=row["name"],
        roles=[(role, department) for role, department in row["roles"]],
        actor=SYSTEM,
        password=password,
        team=row["team"],
        language=row["language"],
    )
    actor = queries.actor_for(person)
    return Colleague(actor.id, row["name"], row["email"], row["roles"][0][0], actor, password)


def sign_ins(colleagues: dict[str, Colleague]) -> list[dict[str, str]]:
    """How to sign in as each of them; everybody of one role stands together."""
    in_order = sorted(colleagues.values(), key=lambda each: _ROLES.index(each.role))
    return [{"role": each.role, "email": each.email, "password": each.password, "name": each.name} for each in in_order]
