"""Roles, leaving and absence of people: somebody can always administer, and nobody raises themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.departments import actions, queries
from desagravo.departments.models import Person
from desagravo.departments.people_events import RolesChanged
from desagravo.history.queries import since
from desagravo.history.registry import Who
from tests.cast import Cast, engage

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def key(cast: Cast, name: str) -> str:
    return str(cast.person(name).pk)


def newest(count: int = 1) -> list[str]:
    return [each.kind for each in since(0)][-count:]


def test_roles_change_with_an_event_that_says_what(cast: Cast) -> None:
    actions.change_roles(key(cast, "rui"), roles=[("supervisor", ""), ("contact", "finance")], actor=cast.xavier)
    assert cast.rui.roles == {"supervisor", "contact"}
    event = since(0)[-1]
    assert event.kind == "person.roles_changed"
    assert isinstance(event.facts, RolesChanged)
    assert event.facts.granted == ["contact:finance", "supervisor"] and event.facts.withdrawn == ["handler"]


def test_the_same_roles_again_change_nothing(cast: Cast) -> None:
    before = len(since(0))
    actions.change_roles(key(cast, "rui"), roles=[("handler", "")], actor=cast.xavier)
    assert len(since(0)) == before


def test_nobody_grants_themselves_a_role_and_trying_is_on_record(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.change_roles(key(cast, "xavier"), roles=[("administrator", ""), ("manager", "")], actor=cast.xavier)
    assert cast.xavier.roles == {"administrator"}
    assert newest() == ["person.roles_refused"]


def test_who_is_no_administrator_grants_nothing(cast: Cast) -> None:
    for name in ("marta", "sofia", "dora", "rui"):
        with pytest.raises(NotAllowed):
            actions.change_roles(key(cast, "bia"), roles=[("manager", "")], actor=cast.actor(name))


def test_the_last_administrator_stays(cast: Cast) -> None:
    actions.change_roles(key(cast, "marta"), roles=[("manager", ""), ("administrator", "")], actor=cast.xavier)
    actions.leave(key(cast, "xavier"), actor=cast.marta)
    boss = cast.marta
    invited = actions.invite(email="n@casa.example", name="N", roles=[("administrator", "")], actor=boss)
    # who was invited and did not come cannot administer; the system itself is refused too
    from desagravo.common.actor import SYSTEM

    with pytest.raises(NotNow):
        actions.leave(key(cast, "marta"), actor=SYSTEM)
    with pytest.raises(NotNow):
        actions.change_roles(key(cast, "marta"), roles=[("manager", "")], actor=SYSTEM)
    assert Person.objects.get(pk=cast.person("marta").pk).is_active and cast.marta.roles == {"manager", "administrator"}
    assert invited.person.pk


def test_who_leaves_cannot_sign_in_and_may_come_back_by_invitation(cast: Cast) -> None:
    actions.leave(key(cast, "bia"), actor=cast.xavier)
    assert queries.somebody(key(cast, "bia")).state == "left"  # type: ignore[union-attr]
    assert newest() == ["person.left"]
    with pytest.raises(NotNow):
        actions.leave(key(cast, "bia"), actor=cast.xavier)
    back = actions.invite_again(key(cast, "bia"), actor=cast.xavier)
    assert not Person.objects.get(pk=back.person.pk).has_usable_password()
    actions.accept(back.token, password="quiet lantern over the harbour", again="quiet lantern over the harbour")
    assert queries.somebody(key(cast, "bia")).state == "active"  # type: ignore[union-attr]


def test_absence_counts_on_its_days_in_the_zone_of_the_house(cast: Cast) -> None:
    actions.set_absence(
        key(cast, "rui"), first_day=date(2026, 4, 1), last_day=date(2026, 4, 3), substitute=key(cast, "bia"),
        actor=cast.rui,
    )  # fmt: skip
    assert newest() == ["person.absence_set"]
    with clock.at(NOON):
        assert queries.away_now()[key(cast, "rui")].substitute_name == "Beatriz Lopes"
        assert queries.stands_in_for(key(cast, "bia")) == (key(cast, "rui"),)
        assert queries.somebody(key(cast, "rui")).state == "away"  # type: ignore[union-attr]
    with clock.at(NOON - timedelta(days=1)):
        assert not queries.away_now()
    with clock.at(datetime(2026, 3, 31, 23, 30, tzinfo=UTC)):  # in Lisbon it is the first of April
        assert queries.away_now()


@pytest.mark.parametrize(
    ("first", "last", "substitute", "field"),
    [
        (None, date(2026, 4, 3), "bia", "first_day"),
        (date(2026, 4, 3), None, "bia", "last_day"),
        (date(2026, 4, 3), date(2026, 4, 1), "bia", "last_day"),
        (date(2026, 4, 1), date(2026, 4, 3), "rui", "substitute"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    cast: Cast, first: date | None, last: date | None, substitute: str, field: str
) -> None:
    with pytest.raises(Missing) as refused:
        actions.set_absence(
            key(cast, "rui"), first_day=first, last_day=last, substitute=key(cast, substitute), actor=cast.rui
        )
    assert field in refused.value.fields


def test_two_absences_do_not_overlap_and_nobody_sets_another_ones(cast: Cast) -> None:
    days: Any = {"first_day": date(2026, 4, 1), "last_day": date(2026, 4, 3)}
    row = actions.set_absence(key(cast, "rui"), **days, actor=cast.rui)
    with pytest.raises(Missing):
        actions.set_absence(key(cast, "rui"), **days, actor=cast.rui)
    with pytest.raises(NotAllowed):
        actions.set_absence(key(cast, "bia"), **days, actor=cast.rui)
    with pytest.raises(NotAllowed):
        actions.remove_absence(row.pk, actor=cast.bia)
    actions.remove_absence(row.pk, actor=cast.xavier)
    assert newest() == ["person.absence_removed"]


def test_the_record_speaks_of_roles_in_words(cast: Cast) -> None:
    actions.change_roles(key(cast, "rui"), roles=[("supervisor", ""), ("contact", "finance")], actor=cast.xavier)
    told = since(0)[-1].sentence(Who(people={key(cast, "rui"): "Rui"}, departments={"finance": "Finance"}))
    assert told == "Rui got the roles: department contact (Finance), supervisor, and lost: handler."


def test_an_administrator_who_ends_one_session_is_on_record(cast: Cast) -> None:
    rui = cast.person("rui")
    for name, actor in (("a", cast.rui), ("b", cast.xavier)):
        row = actions.note_signed_in(rui, address="192.0.2.1", agent="x", session_key=name)
        actions.end_session(row, actor=actor)
    told = [each for each in since(0) if each.kind == "person.sessions_ended"]
    assert len(told) == 1  # one's own session is one's own affair
    assert told[0].sentence(Who(people={key(cast, "rui"): "Rui"})) == "One session of Rui was ended."
    row = actions.note_signed_in(rui, address="192.0.2.1", agent="x", session_key="c")
    with pytest.raises(NotYours):
        actions.end_session(row, actor=cast.marta)
