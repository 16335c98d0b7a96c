"""Working on a case: owner, departments, follow-ups, findings and points."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from desagravo.cases import actions
from desagravo.cases.actions import Question
from desagravo.common import clock
from desagravo.history.outbox import run_due
from desagravo.rulebook.calendar import due_after
from tests.cast import CALM, MONDAY, SAFETY, Cast, filed, fresh, in_work
from tests.doors.desk.conftest import Desk
from tests.doors.desk.test_case import page


def test_a_case_gets_an_owner_and_another_one(cast: Cast, desk: Desk) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    sofia = desk("sofia")
    path = page(case.number, "owner/")
    assert "Rui Tavares" in sofia.get(path).content.decode()
    assert sofia.post(path, {"to": cast.rui.id}).status_code == 303
    assert str(fresh(case).owner_id) == cast.rui.id
    assert sofia.post(path, {"to": cast.bia.id}).status_code == 303
    assert str(fresh(case).owner_id) == cast.bia.id


@pytest.mark.parametrize("to", ["", "999999", "no number", "carla"])
def test_nobody_who_does_not_work_on_cases_gets_one(cast: Cast, desk: Desk, to: str) -> None:
    case = in_work(cast)
    chosen = cast.carla.id if to == "carla" else to
    response = desk("rui").post(page(case.number, "owner/"), {"to": chosen})
    assert response.status_code == 422
    assert "There is no such colleague" in response.content.decode()


def test_a_case_given_to_another_team_leads_back_to_the_list(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    response = desk("rui").post(page(case.number, "owner/"), {"to": cast.otto.id})
    assert response.headers["Location"] == "/desk/"


def test_departments_are_proposed_with_their_reasons_and_nobody_is_ticked(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY, problem_category=["QUA.defective"])
    html = desk("rui").get(page(case.number, "consultations/new/")).content.decode()
    assert 'value="quality"' in html
    assert not re.search(r'name="department" value="\w+" checked', html)
    assert "quality control says first whether the product can be used" in html
    assert html.index('value="quality"') < html.index('value="product"')


def test_several_departments_are_asked_at_once_each_its_own_question(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    soon, later = (clock.now() + timedelta(days=days) for days in (3, 8))
    said = {
        "department": ["finance", "logistics"],
        "question-finance": "Was it paid?",
        "due-finance": soon.date().isoformat(),
        "required-finance": "yes",
        "question-logistics": "Where is it?",
        "due-logistics": later.date().isoformat(),
        "required-logistics": "no",
        "question-legal": "Not ticked, not asked.",
        "due-legal": later.date().isoformat(),
    }
    assert desk("rui").post(page(case.number, "consultations/new/"), said).status_code == 303
    rows = list(case.consultations.order_by("department").values_list("department", "question", "required"))
    assert rows == [("finance", "Was it paid?", True), ("logistics", "Where is it?", False)]
    html = desk("rui").get(page(case.number)).content.decode()
    assert "Waiting for Finance and Logistics" in html


def test_a_refused_question_keeps_everything_and_asks_nobody(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    good = (clock.now() + timedelta(days=5)).date().isoformat()
    said = {
        "department": ["finance", "logistics"],
        "question-finance": "Was it paid, and when?",
        "due-finance": "2020-01-01",
        "question-logistics": "",
        "due-logistics": good,
        "required-logistics": "no",
    }
    response = desk("rui").post(page(case.number, "consultations/new/"), said)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Was it paid, and when?</textarea>" in html
    assert "This date has passed" in html
    assert 'href="#question-logistics"' in html
    assert 'value="finance" checked' in html
    assert not case.consultations.exists()


def test_a_department_for_which_nobody_answers_is_asked_only_knowingly(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui, path = desk("rui"), page(case.number, "consultations/new/")
    html = rui.get(path).content.decode()
    assert "Nobody answers for it yet" in html
    assert 'name="although-legal"' in html
    assert 'name="although-finance"' not in html
    due = (clock.now() + timedelta(days=5)).date().isoformat()
    said = {"department": ["legal"], "question-legal": "Are we liable?", "due-legal": due}
    refused = rui.post(path, said)
    assert refused.status_code == 422
    assert "Nobody answers for this department yet." in refused.content.decode()
    assert 'href="#although-legal"' in refused.content.decode()
    assert not case.consultations.exists()
    assert rui.post(path, {**said, "although-legal": "1"}).status_code == 303
    while run_due():
        pass
    managed = desk("marta").get("/desk/notices/").content.decode()
    assert f"Legal and compliance was asked about {case.number}, and nobody answers for it yet." in managed
    told = desk("xavier").get("/desk/notices/").content.decode()
    assert "Legal and compliance was asked something, and nobody answers for it yet." in told
    assert case.number not in told


def test_asking_nobody_is_said(cast: Cast, desk: Desk) -> None:
    response = desk("rui").post(page(in_work(cast).number, "consultations/new/"), {})
    assert response.status_code == 422
    assert "Tick at least one department." in response.content.decode()


def test_a_question_is_taken_back_with_a_reason(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    asked = actions.consult(case, questions=[Question("finance", "Paid?", due_after(clock.now(), 2))], actor=cast.rui)[
        0
    ]
    path = page(case.number, f"consultations/{asked.pk}/withdrawal/")
    assert desk("rui").post(path, {"reason": ""}).status_code == 422
    assert desk("rui").post(path, {"reason": "The customer found the receipt."}).status_code == 303
    asked.refresh_from_db()
    assert asked.status == "withdrawn"
    assert desk("rui").post(path, {"reason": "Again"}).status_code == 409


def test_a_question_of_another_case_is_not_found_here(cast: Cast, desk: Desk) -> None:
    here, there = in_work(cast), in_work(cast)
    question = Question("finance", "Paid?", due_after(clock.now(), 2))
    asked = actions.consult(there, questions=[question], actor=cast.rui)[0]
    point = actions.add_point(there, text="Point", actor=cast.rui)
    rui = desk("rui")
    assert rui.get(page(here.number, f"consultations/{asked.pk}/withdrawal/")).status_code == 404
    assert rui.get(page(here.number, f"points/{point.pk}/")).status_code == 404
    assert rui.post(page(here.number, f"points/{point.pk}/removal/"), {"reason": "x"}).status_code == 404


def test_a_follow_up_is_set_and_done(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    path = page(case.number, "follow-ups/")
    assert rui.post(path, {"about": "Call her", "due_at": "someday"}).status_code == 422
    late = rui.post(path, {"about": "Call her", "due_at": "2020-01-01"})
    assert late.status_code == 422
    assert "Call her</textarea>" in late.content.decode()
    day = (clock.now() + timedelta(days=4)).date().isoformat()
    assert rui.post(path, {"about": "Call her", "due_at": day}).status_code == 303
    row = case.follow_ups.get()
    assert "Call her" in rui.get(page(case.number)).content.decode()
    done = page(case.number, f"follow-ups/{row.pk}/done/")
    assert rui.post(done).status_code == 303
    assert rui.post(done).status_code == 409


def test_a_day_means_the_end_of_its_business(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        case = in_work(cast)
        desk("rui").post(page(case.number, "follow-ups/"), {"about": "Today still", "due_at": "2026-03-02"})
        due = case.follow_ups.get().due_at
    assert due > MONDAY
    assert due.date() == MONDAY.date()


def test_findings_stand_with_their_source(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    path = page(case.number, "findings/")
    assert rui.post(path, {"text": ""}).status_code == 422
    again = rui.post(path, {"text": "Paid on 3 January", "source": "Invoice 118", "another": "1"})
    assert again.headers["Location"] == path
    assert rui.post(path, {"text": "Batch B7"}).headers["Location"] == page(case.number)
    html = rui.get(page(case.number)).content.decode()
    assert "Paid on 3 January" in html
    assert "(Invoice 118)" in html


def test_points_are_named_decided_and_taken_off(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    path = page(case.number, "points/")
    assert rui.post(path, {"text": " "}).status_code == 422
    rui.post(path, {"text": "It does not cool."})
    rui.post(path, {"text": "Named by mistake."})
    first, second = case.points.order_by("position")
    assert "2 points still need a decision." in rui.get(path).content.decode()
    bare = rui.post(
        page(case.number, f"points/{first.pk}/"), {"decision": "not_upheld", "reasons": "", "text": "It does not cool."}
    )
    assert bare.status_code == 422
    assert 'value="not_upheld" checked' in bare.content.decode()
    said = {"decision": "upheld", "reasons": "", "remedy": "replace", "text": "It does not cool."}
    assert rui.post(page(case.number, f"points/{first.pk}/"), said).status_code == 303
    assert rui.post(page(case.number, f"points/{second.pk}/removal/"), {"reason": "Not said."}).status_code == 303
    assert "All points are decided." in rui.get(path).content.decode()
    assert list(case.points.values_list("decision", "remedy")) == [("upheld", "replace")]


def test_an_auditor_reads_and_changes_nothing(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    dora = desk("dora")
    html = dora.get(page(case.number)).content.decode()
    assert "button-primary" not in html
    assert 'id="note"' not in html
    for below, said in (("notes/", {"body": "x"}), ("messages/", {"body": "x"}), ("points/", {"text": "x"})):
        assert dora.post(page(case.number, below), said).status_code == 403
    assert not case.messages.exists()
