"""The first person of a new installation, from the command line."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth import authenticate

from desagravo.common.actor import SYSTEM
from desagravo.departments import actions, queries
from desagravo.departments.models import Department, Person
from desagravo.history.queries import since
from desagravo.operations import people, prepare
from desagravo.rulebook import queries as rulebook

pytestmark = pytest.mark.django_db
PASSWORD = "a calm and long password 7"


@pytest.fixture(autouse=True)
def _new_installation() -> None:
    prepare._starter_departments()


def add(
    monkeypatch: pytest.MonkeyPatch,
    *roles: str,
    email: str = "Ana@Casa.example",
    name: str = "Ana Reis",
    typed: str = PASSWORD,
) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
    return people.add(email=email, name=name, roles=roles, language="pt-pt")


def test_a_new_installation_has_the_departments_of_the_rulebook_once() -> None:
    assert list(queries.department_names()) == [code for code, _, _ in rulebook.department_texts()]
    Department.objects.filter(code="marketing").update(names={"en": "Words and pictures"})
    prepare._starter_departments()
    assert queries.department_names()["marketing"] == "Words and pictures"


def test_an_organisation_that_has_its_own_departments_keeps_them() -> None:
    Department.objects.all().delete()
    actions.establish_departments([("bakery", {"en": "Bakery"}, {})], actor=SYSTEM)
    prepare._starter_departments()
    assert list(queries.department_names()) == ["bakery"]


def test_somebody_can_sign_in_from_now_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told = add(monkeypatch, "manager", "contact:finance")
    assert told == "Ana Reis can sign in as ana@casa.example."
    person = Person.objects.get()
    actor = queries.actor_for(person)
    assert (actor.roles, actor.departments) == ({"manager", "contact"}, {"finance"})
    assert (person.name, person.language) == ("Ana Reis", "pt-pt")
    assert authenticate(username="ana@casa.example", password=PASSWORD) == person
    assert since(0)[-1].kind == "person.joined"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"email": "ana"}, "is not an e-mail address"),
        ({"name": " \u202e"}, "the name is empty"),
        ({"typed": "short"}, "too short"),
        ({"typed": ""}, "too short"),
    ],
)
def test_who_is_not_added(monkeypatch: pytest.MonkeyPatch, told: dict[str, str], why: str) -> None:
    with pytest.raises(people.NotAdded, match=why):
        add(monkeypatch, "manager", **told)
    assert not Person.objects.exists()


@pytest.mark.parametrize("role", ["boss", "", "contact", "contact:astrology", "manager:astrology"])
def test_roles_that_do_not_exist(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    with pytest.raises(people.NotAdded, match="Choose from"):
        add(monkeypatch, role)


def test_nobody_is_added_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, "manager")
    with pytest.raises(people.NotAdded, match="already"):
        add(monkeypatch, "handler", email="ANA@casa.example")
