"""The cast: one company, its departments and people, known by name in every test.

Use the fixture ``cast`` (database tests). Actors are made with ``cast.rui`` and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.models import Case, Point
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.departments import actions as departments
from desagravo.departments.models import Person
from desagravo.departments.queries import actor_for
from desagravo.rulebook import queries as rulebook

PASSWORD = "a calm and long password"
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning on which the stories begin."""

PEOPLE = {
    "ines": ("Inês Moreira", [("intake", "")], "desk"),
    "rui": ("Rui Tavares", [("handler", "")], "desk"),
    "bia": ("Beatriz Lopes", [("handler", "")], "desk"),
    "otto": ("Otto Stranger", [("handler", "")], "other"),
    "carla": ("Carla Nunes", [("contact", "finance")], ""),
    "paulo": ("Paulo Reis", [("contact", "logistics")], ""),
    "sofia": ("Sofia Antunes", [("supervisor", "")], "desk"),
    "marta": ("Marta Faria", [("manager", "")], "desk"),
    "vasco": ("Vasco Leitão", [("senior_manager", "senior")], ""),
    "dora": ("Dora Pinto", [("auditor", "")], ""),
    "amelia": ("Amélia Sampaio", [("data_keeper", "")], ""),
    "xavier": ("Xavier Brito", [("administrator", "")], ""),
}


@dataclass(frozen=True)
class Cast:
    """The people; ``cast.actor("rui")`` acts, ``cast.person("rui")`` is the row."""

    people: dict[str, Person]

    def person(self, name: str) -> Person:
        return self.people[name]

    def actor(self, name: str) -> Actor:
        return actor_for(self.people[name])

    def __getattr__(self, name: str) -> Actor:
        if name.startswith("_") or name not in self.people:
            raise AttributeError(name)
        return self.actor(name)


def engage() -> Cast:
    """Establish the company and its people in an empty database."""
    departments.establish_organisation(
        "Casa de Ensaio", postal_address="Rua A 1\n4000-001 Porto", phone="+351 220 000 000", sending_delay=0
    )
    names = {code.code: {} for code in rulebook.departments("en")}
    for language in ("en", "pt-pt"):
        for each in rulebook.departments(language):
            names[each.code][language] = each.name
    departments.establish_departments([(code, words, {}) for code, words in names.items()], actor=SYSTEM)
    departments.establish_team("desk", "Complaint desk")
    departments.establish_team("other", "Other team")
    people = {
        key: departments.add_person(
            email=f"{key}@casa.example", name=name, roles=roles, team=team, actor=SYSTEM, password=PASSWORD
        )
        for key, (name, roles, team) in PEOPLE.items()
    }
    return Cast(people)


FORM: dict[str, Any] = {
    "complainant_name": "Inês Conceição",
    "email": "ines@example.org",
    "phone": "+351 912 345 678",
    "postal_address": "Rua A 1\n4000-001 Porto",
    "description": "O frigorífico deixou de arrefecer ao segundo dia.",
    "occurred_on": "2026-01-05",
    "form_completed_on": "2026-01-07",
    "language": "pt-pt",
    "signature": {"method": "typed", "name": "Inês Conceição"},
    "remedy_requested": ["replace"],
    "order_number": "A-1234",
}
"""A complete and signed form."""


def filed(*, key: str = "", today: date = date(2026, 3, 2), channel: str = "web", **changes: Any) -> Case:
    """A complaint as a customer files it; ``None`` takes a field away."""
    raw = {name: value for name, value in {**FORM, **changes}.items() if value is not None}
    complaint = actions.read_complaint(raw, today=today)
    accepted = actions.receive(
        complaint,
        key=key or uuid4().hex,
        actor=Actor("customer", "portal"),
        channel=channel,
        language=complaint.language or "en",
    )
    return accepted.case


CALM = {"law": "no", "safety": "no", "money": "no", "public": "no", "vip": "no"}
SAFETY = {**CALM, "safety": "yes"}


def in_work(cast: Cast, *, answers: dict[str, str] = CALM, owner: str = "rui", **form: Any) -> Case:
    """A case that was assessed and has an owner."""
    case = actions.assess(filed(**form), answers=answers, actor=cast.sofia)
    return actions.assign(case, to=str(cast.person(owner).pk), actor=cast.sofia)


def decided(cast: Cast, case: Case, *, body: str = "Exma. Senhora,\n\nSubstituímos o aparelho.") -> int:
    """One decided point and a draft on the case; gives the draft's version."""
    point = actions.add_point(case, text="O frigorífico não arrefece.", actor=cast.rui)
    actions.decide_point(point, decision="upheld", reasons="", remedy="replace", actor=cast.rui)
    draft = actions.save_draft(case, body=body, based_on=0, actor=cast.rui)
    return draft.version


def answered(cast: Cast, *, answers: dict[str, str] = CALM, **form: Any) -> Case:
    """A case whose answer has gone out."""
    case = in_work(cast, answers=answers, **form)
    version = decided(cast, case)
    if answers is CALM:
        actions.respond(case, draft_version=version, actor=cast.rui)
    else:
        response = actions.request_approval(case, draft_version=version, actor=cast.rui)
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    return fresh(case)


def section(**changes: Any) -> actions.ClosingSection:
    """A closing section with a code on each axis."""
    told = {
        "codes": {
            "outcome": ["upheld"],
            "relief": ["non_monetary"],
            "customer_position": ["accepted"],
            "cause": ["product_fault"],
        },
        "remedy_delivered": "yes",
        "details": {"reason": "Duas avarias iguais em dois dias.", "evidence": "Relatório de exame Q-118"},
        "remedies": ["replace"],
        "lesson": "Lote B7: compressor com defeito; trocar sem discutir.",
        **changes,
    }
    axes = {axis.code for axis in rulebook.closing_codes("en")}
    told["codes"] = {axis: codes for axis, codes in told["codes"].items() if axis in axes}
    return actions.ClosingSection(**told)


def closed(cast: Cast, **form: Any) -> Case:
    """A minor case that was signed by the supervisor."""
    case = answered(cast, **form)
    actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    return fresh(case)


def fresh(case: Case) -> Case:
    """The case as the database has it now."""
    return Case.objects.get(pk=case.pk)


def kinds(case: Case) -> list[str]:
    """The kinds of the case's events, oldest first."""
    from desagravo.history.queries import kinds_of_case

    return kinds_of_case(case.number)


@contextmanager
def days_later(days: float) -> Iterator[datetime]:
    """Within this block, so many days have passed since MONDAY."""
    moment = MONDAY + timedelta(days=days)
    with clock.at(moment):
        yield moment


__all__ = ["Point", "cases", "engage", "filed"]
