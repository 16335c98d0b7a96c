"""People and what they may do, as the doors ask for it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desagravo.common.actor import Actor
from desagravo.common.clock import now
from desagravo.departments import queries
from desagravo.departments.models import Person
from tests.cast import engage

pytestmark = pytest.mark.django_db


def test_who_acts_is_one_question() -> None:
    person = Person.objects.get(pk=engage().person("carla").pk)
    with CaptureQueriesContext(connection) as asked:
        actor = queries.actor_for(person)
    assert len(asked) == 1
    assert (actor.roles, actor.departments, actor.team) == ({"contact"}, {"finance"}, "")


def test_the_team_comes_along() -> None:
    person = Person.objects.get(pk=engage().person("sofia").pk)
    with CaptureQueriesContext(connection) as asked:
        actor = queries.actor_for(person)
    assert len(asked) == 1
    assert (actor.roles, actor.team) == ({"supervisor"}, "desk")


def test_who_has_no_role_is_somebody_all_the_same() -> None:
    nobody = Person.objects.create(email="new@casa.example", name="New", joined_at=now())
    assert queries.actor_for(nobody) == Actor("staff", str(nobody.pk), frozenset(), frozenset(), "")


@pytest.mark.parametrize("strange", ["\u00b2", "9" * 5000, "-1", ""])
def test_what_is_no_person_has_no_name(strange: str) -> None:
    assert queries.names([strange]) == {}
    assert queries.is_alone(strange, ["manager"])
