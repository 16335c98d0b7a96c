"""A confidential case is there for those on its list and for nobody else, whatever their role."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desagravo.cases import actions, knowing
from desagravo.cases import queries as cases
from desagravo.cases.actions import Question
from desagravo.cases.models import Case, NeedToKnow
from desagravo.cases.queries.visible import visible_by_way
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.history.verify import verify
from tests.cast import FORM, PEOPLE, SAFETY, Cast, engage, fresh, in_work, kinds

pytestmark = pytest.mark.django_db

CANARY = "Ornitorrinco"


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


@pytest.fixture
def secret(cast: Cast) -> Case:
    """Rui's case, which Rui made confidential."""
    case = in_work(cast, answers=SAFETY, description=f"{CANARY} com nome de colega.")
    return actions.make_confidential(case, actor=cast.rui)


def everywhere(actor: Actor) -> set[str]:
    """Every number that lists, search and earlier cases show this actor."""
    found = {row.number for view in cases.VIEWS for row in cases.inbox(actor, view).rows}
    return found | {row.number for row in cases.search(actor, CANARY).rows}


def test_only_the_list_knows_of_it(cast: Cast, secret: Case) -> None:
    knowing_it = {name for name in PEOPLE if secret.number in everywhere(cast.actor(name))}
    assert knowing_it == {"rui"}
    for name in set(PEOPLE) - {"rui"}:
        with pytest.raises(NotYours):
            cases.case_for(cast.actor(name), secret.number)
        assert sum(cases.counts(cast.actor(name), cases.VIEWS).values()) == 0, name
    assert cases.counts(cast.rui, ["mine", "all"]) == {"mine": 1, "all": 1}


def test_earlier_cases_of_the_same_customer_leave_it_out(cast: Cast, secret: Case) -> None:
    other = in_work(cast, description="Outra coisa.")
    assert [each.number for each in cases.earlier_of(cast.rui, other)] == [secret.number]
    assert cases.earlier_of(cast.sofia, other) == []


def test_who_is_put_on_the_list_knows_and_who_is_taken_off_does_not(cast: Cast, secret: Case) -> None:
    marta = cast.person("marta")
    actions.let_know(secret, person=str(marta.pk), actor=cast.rui)
    assert secret.number in everywhere(cast.marta)
    actions.no_longer_let_know(secret, person=str(marta.pk), actor=cast.rui)
    assert secret.number not in everywhere(cast.marta)
    assert kinds(secret)[-3:] == ["case.made_confidential", "case.let_know", "case.no_longer_let_know"]


def test_a_new_owner_is_put_on_the_list_and_cannot_be_taken_off(cast: Cast, secret: Case) -> None:
    otto = str(cast.person("otto").pk)
    actions.assign(secret, to=otto, actor=cast.rui)
    assert secret.number in everywhere(cast.otto)
    with pytest.raises(NotNow):
        actions.no_longer_let_know(fresh(secret), person=otto, actor=cast.otto)


def test_somebody_off_the_list_cannot_act_on_it(cast: Cast, secret: Case) -> None:
    for attempt in (
        lambda: actions.note(secret, body="Vi.", kept=(), actor=cast.marta),
        lambda: actions.lift_confidentiality(secret, reason="Porque sim.", actor=cast.marta),
        lambda: actions.let_know(secret, person=str(cast.person("marta").pk), actor=cast.marta),
    ):
        with pytest.raises(NotYours):
            attempt()


def test_a_colleague_who_does_not_own_the_case_cannot_hide_it(cast: Cast) -> None:
    case = in_work(cast)
    with pytest.raises(NotAllowed):
        actions.make_confidential(case, actor=cast.bia)
    with pytest.raises(NotAllowed):
        actions.make_confidential(case, actor=cast.dora)


def test_a_department_that_is_asked_sees_its_question_only(cast: Cast, secret: Case) -> None:
    due = clock.now() + timedelta(days=3)
    asked = [Question("finance", "Foi pago?", due), Question("logistics", "Quem entregou?", due)]
    finance, logistics = actions.consult(secret, questions=asked, actor=cast.rui)
    actions.answer_consultation(finance, answer="Sim.", actor=cast.carla)
    brief = cases.brief(cast.paulo, cases.consultation_for(cast.paulo, logistics.pk))
    assert brief.others == []
    with pytest.raises(NotYours):
        cases.consultation_for(cast.marta, logistics.pk)


def test_breaking_the_glass_needs_a_reason_and_ends_after_a_day(cast: Cast, secret: Case) -> None:
    with pytest.raises(Missing):
        actions.break_glass(secret.number, reason=" ", actor=cast.dora)
    with pytest.raises(NotAllowed):
        actions.break_glass(secret.number, reason="Quero ver.", actor=cast.bia)
    with pytest.raises(NotYours):
        actions.break_glass("2001-00001", reason="Auditoria.", actor=cast.dora)
    actions.break_glass(secret.number, reason="Auditoria anual.", actor=cast.dora)
    assert secret.number in everywhere(cast.dora)
    assert kinds(secret)[-1] == "case.glass_broken"
    told = [each for each in cases.who_knows(fresh(secret)) if each.broke_glass]
    assert [(each.name, each.reason) for each in told] == [("Dora Pinto", "Auditoria anual.")]
    with clock.at(clock.now() + knowing.GLASS_STAYS_BROKEN + timedelta(seconds=1)):
        assert secret.number not in everywhere(cast.dora)
        actions.break_glass(secret.number, reason="Outra vez.", actor=cast.dora)
        assert secret.number in everywhere(cast.dora)
    assert verify().ok


def test_lifted_it_is_seen_as_before(cast: Cast, secret: Case) -> None:
    with pytest.raises(Missing):
        actions.lift_confidentiality(secret, reason="", actor=cast.rui)
    actions.lift_confidentiality(secret, reason="O colega saiu.", actor=cast.rui)
    assert secret.number in everywhere(cast.marta)
    with pytest.raises(NotNow):
        actions.lift_confidentiality(secret, reason="Outra vez.", actor=cast.rui)


def test_the_product_itself_and_the_customer_go_on(cast: Cast, secret: Case) -> None:
    assert cases.case_for(SYSTEM, secret.number) == secret
    assert cases.case_for(Actor("customer", secret.number), secret.number) == secret


_ROLES = ("intake", "handler", "contact", "supervisor", "manager", "senior_manager", "auditor", "data_keeper")
_TEAMS = ("", "desk", "other")
_STATUSES = ("received", "incomplete", "assessed", "in_work", "closed")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_is_off_the_list_never_sees_it(cast: Cast, data: st.DataObject) -> None:
    """For any roles, teams, owners and lists; and the ways of the inbox give together just what may be seen."""
    if not Case.objects.exists():
        for _ in range(4):
            in_work(cast, **FORM)
    rows = list(Case.objects.all())
    people = [cast.person(name).pk for name in ("rui", "bia", "sofia", "marta", "dora", "ines")]
    listed: dict[int, set[int]] = {}
    NeedToKnow.objects.all().delete()
    for row in rows:
        row.status = data.draw(st.sampled_from(_STATUSES))
        row.open = row.status != "closed"
        row.confidential = data.draw(st.booleans())
        row.team = data.draw(st.sampled_from(_TEAMS))
        row.severity = data.draw(st.sampled_from(("", "minor", "major")))
        row.owner_id = data.draw(st.sampled_from([None, *people]))
        row.received_by_id = data.draw(st.sampled_from([None, *people]))
        row.save()
        for person in data.draw(st.sets(st.sampled_from(people))):
            ended = data.draw(st.sampled_from(("", "removed", "expired", "running")))
            now = clock.now()
            NeedToKnow.objects.create(
                case=row,
                person_id=person,
                added_at=now,
                removed_at=now if ended == "removed" else None,
                until={"expired": now - timedelta(hours=1), "running": now + timedelta(hours=1)}.get(ended),
            )
            if ended in {"", "running"}:
                listed.setdefault(row.pk, set()).add(person)
    who = data.draw(st.sampled_from(people))
    actor = Actor(
        "staff",
        str(who),
        frozenset(data.draw(st.sets(st.sampled_from(_ROLES)))),
        frozenset(),
        data.draw(st.sampled_from(_TEAMS)),
    )
    seen = keys(cases.visible_to(actor))
    may = {row.pk for row in rows if not row.confidential or who in listed.get(row.pk, ())}
    assert seen <= may
    assert {row.pk for row in rows if row.confidential and who in listed.get(row.pk, ())} <= seen
    assert set().union(*map(keys, visible_by_way(actor))) == seen
    for view in cases.VIEWS:
        assert {row.id for row in cases.inbox(actor, view).rows} <= may, view
    assert keys(cases.confidential_to(actor)) == {row.pk for row in rows} - may


def keys(found: Iterable[Case]) -> set[int]:
    return {each.pk for each in found}


def test_who_broke_the_glass_changes_nobodys_knowing(cast: Cast, secret: Case) -> None:
    actions.break_glass(secret.number, reason="Preciso de ver.", actor=cast.sofia)
    sofia, bia = str(cast.person("sofia").pk), str(cast.person("bia").pk)
    actions.let_know(secret, person=bia, actor=cast.rui)
    attempts: list[Callable[[], object]] = [
        lambda: actions.let_know(secret, person=sofia, actor=cast.sofia),
        lambda: actions.let_know(secret, person=str(cast.person("marta").pk), actor=cast.sofia),
        lambda: actions.no_longer_let_know(secret, person=bia, actor=cast.sofia),
        lambda: actions.lift_confidentiality(secret, reason="Porque sim.", actor=cast.sofia),
        lambda: actions.assign(secret, to=sofia, actor=cast.sofia),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed) as refused:
            attempt()
        assert refused.value.code == "only_through_the_glass"
    with clock.at(clock.now() + knowing.GLASS_STAYS_BROKEN + timedelta(seconds=1)):
        assert secret.number not in everywhere(cast.sofia)
    actions.let_know(secret, person=sofia, actor=cast.rui)  # named by who is on the list, she may
    actions.lift_confidentiality(secret, reason="O colega saiu.", actor=cast.sofia)
    assert not fresh(secret).confidential


def test_a_department_with_questions_of_confidential_cases_names_none_of_them(cast: Cast, secret: Case) -> None:
    due = clock.now() + timedelta(days=3)
    actions.consult(secret, questions=[Question("finance", "Foi pago?", due)], actor=cast.rui)
    other = in_work(cast)
    actions.consult(other, questions=[Question("finance", "Foi pago?", due)], actor=cast.rui)
    with pytest.raises(NotNow) as refused:
        actions.retire_department("finance", actor=cast.xavier)
    assert refused.value.facts["numbers"] == f"{other.number} + 1"
    assert secret.number not in refused.value.sentence()
