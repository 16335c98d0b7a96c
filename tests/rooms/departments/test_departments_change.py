"""Departments that are merged or retired: what lies with them, what rules say, what the record says."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.actions import Question
from desagravo.cases.models import Consultation
from desagravo.cases.queries.parts import _who_is_there
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments import actions as departments
from desagravo.departments import queries
from desagravo.departments.models import Department, RoleGrant
from desagravo.history.models import Event
from desagravo.history.verify import verify
from desagravo.rulebook.decide import Proposal
from tests.cast import Cast, engage, in_work
from tests.rooms.history.kinds import emptying

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def _emptying() -> Iterator[None]:
    with emptying():
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def asked(cast: Cast, department: str = "finance") -> Consultation:
    due = clock.now() + timedelta(days=3)
    return actions.consult(in_work(cast), questions=[Question(department, "Foi pago?", due)], actor=cast.rui)[0]


def test_open_questions_and_contacts_go_over(cast: Cast) -> None:
    open_one, answered = asked(cast), asked(cast)
    actions.answer_consultation(answered, answer="Sim.", actor=cast.carla)
    assert actions.merge_department("finance", into="logistics", actor=cast.xavier) == 1
    assert Consultation.objects.get(pk=open_one.pk).department == "logistics"
    assert Consultation.objects.get(pk=answered.pk).department == "finance"
    assert cast.carla.departments == {"logistics"}
    actions.answer_consultation(open_one, answer="Foi pago.", actor=cast.paulo)
    kinds = list(Event.objects.filter(case_number=open_one.case.number).values_list("kind", flat=True))
    assert "consultation.moved" in kinds
    assert verify().ok


def test_a_contact_of_both_answers_once(cast: Cast) -> None:
    target = Department.objects.get(code="logistics")
    RoleGrant.objects.create(person=cast.person("carla"), role="contact", department=target)
    actions.merge_department("finance", into="logistics", actor=cast.xavier)
    assert RoleGrant.objects.filter(person=cast.person("carla"), role="contact").count() == 1


def test_rules_ask_who_answers_now(cast: Cast) -> None:
    proposed = [
        Proposal("finance", "a", ("a",)), Proposal("logistics", "b", ("b",)), Proposal("legal", "c", ("c",)),
    ]  # fmt: skip
    actions.merge_department("finance", into="logistics", actor=cast.xavier)
    actions.retire_department("legal", actor=cast.xavier)
    assert _who_is_there(proposed) == [Proposal("logistics", "a", ("a", "b"))]


def test_a_merger_of_a_merger_leads_to_the_last(cast: Cast) -> None:
    actions.merge_department("finance", into="logistics", actor=cast.xavier)
    actions.merge_department("logistics", into="legal", actor=cast.xavier)
    assert queries.who_answers()["finance"] == "legal"
    actions.retire_department("legal", actor=cast.xavier)
    assert queries.who_answers()["finance"] == ""


def test_a_retired_department_is_asked_nothing_and_old_cases_name_it(cast: Cast) -> None:
    answered = asked(cast)
    actions.answer_consultation(answered, answer="Sim.", actor=cast.carla)
    name = queries.department_names()["finance"]
    actions.retire_department("finance", actor=cast.xavier)
    assert "finance" not in {each.code for each in queries.departments()}
    with pytest.raises(Missing):
        asked(cast)
    assert name in str(list(cases.case_file(cast.rui, answered.case).timeline))


def test_a_new_department_can_be_asked_at_once(cast: Cast) -> None:
    code = departments.add_department(names={"en": "Van, repairs"}, purposes={}, actor=cast.xavier)
    assert code == "van-repairs"
    assert asked(cast, code).department == code
    again = departments.add_department(names={"en": "Van repairs"}, purposes={}, actor=cast.xavier)
    assert again == "van-repairs-2"


def test_refusals(cast: Cast) -> None:
    asked(cast)
    with pytest.raises(NotNow, match="open questions"):
        actions.retire_department("finance", actor=cast.xavier)
    assert Department.objects.get(code="finance").retired_at is None
    for actor in (cast.marta, cast.rui):
        with pytest.raises(NotAllowed):
            actions.merge_department("finance", into="logistics", actor=actor)
        with pytest.raises(NotAllowed):
            actions.retire_department("legal", actor=actor)
        with pytest.raises(NotAllowed):
            departments.add_department(names={"en": "X"}, purposes={}, actor=actor)
    actions.retire_department("legal", actor=cast.xavier)
    with pytest.raises(NotNow, match="retired"):
        actions.merge_department("finance", into="legal", actor=cast.xavier)


def test_the_last_department_stays(cast: Cast) -> None:
    codes = [each.code for each in queries.departments()]
    for code in codes[1:]:
        actions.retire_department(code, actor=cast.xavier)
    with pytest.raises(NotNow, match="last department"):
        actions.retire_department(codes[0], actor=cast.xavier)


@pytest.mark.postgres_only
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["merge", "retire"])
def test_what_is_being_asked_while_a_department_goes_is_not_left_with_it(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question is begun when the end of the department has seen what lies with it, and before it is committed."""
    cast = engage()
    case = in_work(cast)
    seen, go_on = threading.Event(), threading.Event()
    step = importlib.import_module("desagravo.cases.actions.departments")
    real = departments.merged if end == "merge" else step._open_cases

    def slowly(*args: Any, **named: Any) -> Any:
        told = real(*args, **named) if end == "retire" else None
        seen.set()
        assert go_on.wait(30)
        return told if end == "retire" else real(*args, **named)

    monkeypatch.setattr(
        step.departments if end == "merge" else step, "merged" if end == "merge" else "_open_cases", slowly
    )

    def goes() -> None:
        try:
            if end == "merge":
                actions.merge_department("finance", into="logistics", actor=cast.xavier)
            else:
                actions.retire_department("finance", actor=cast.xavier)
        finally:
            connections.close_all()

    def asks() -> None:
        try:
            due = clock.now() + timedelta(days=3)
            actions.consult(case, questions=[Question("finance", "Foi pago?", due)], actor=cast.rui)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as hands:
        going = hands.submit(goes)
        assert seen.wait(30)
        asking = hands.submit(asks)
        wait([asking], timeout=2)  # it waits for the row; without that it would be through by now
        go_on.set()
        going.result(30)
        with pytest.raises(Missing):
            asking.result(30)
    assert not Consultation.objects.filter(department="finance", status="open").exists()
