"""A step that is not possible any more: the page says so, and gives back what was typed."""

from __future__ import annotations

from desagravo.cases import actions
from desagravo.cases.actions import Question
from desagravo.cases.models import Submission
from desagravo.common import clock
from desagravo.rulebook.calendar import due_after
from tests.cast import CALM, Cast, filed, in_work
from tests.doors.desk.conftest import Desk


def test_a_long_answer_to_a_question_that_was_taken_back_meanwhile(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    question = Question("finance", "Was it paid?", due_after(clock.now(), 3))
    asked = actions.consult(case, questions=[question], actor=cast.rui)[0]
    actions.withdraw_consultation(asked, reason="Found it.", actor=cast.rui)
    said = {"answer": "Paid on the third.\n\nBooked twice.", "way": "answer"}
    response = desk("carla").post(f"/desk/questions/{asked.pk}/", said)
    assert response.status_code == 409
    assert "Booked twice." in response.content.decode()


def test_an_assessment_that_came_too_late(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    actions.withdraw(case, reason="Settled.", actor=cast.rui)
    said = {**CALM, "money": "yes", "money_amount": "1.250,00"}
    html = desk("sofia").post(f"/desk/cases/{case.number}/assessment/", said)
    assert html.status_code == 409
    assert "1.250,00" in html.content.decode()


def test_a_reason_for_overruling_that_came_too_late(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    actions.withdraw(case, reason="Settled.", actor=cast.rui)
    said = {"outcome": "major", "reason": "The cable was hot."}
    response = desk("sofia").post(f"/desk/cases/{case.number}/assessment/overruling/", said)
    assert response.status_code == 409
    assert "The cable was hot." in response.content.decode()


def test_a_complaint_written_down_twice_under_one_key(cast: Cast, desk: Desk) -> None:
    said = {"way": "file", "form_key": "a" * 32, "description": "It broke.", "channel": "phone"}
    ines = desk("ines")
    assert ines.post("/desk/complaints/new/", said).status_code == 303
    response = ines.post("/desk/complaints/new/", {**said, "description": "It broke and it smells."})
    assert response.status_code == 409
    assert "It broke and it smells." in response.content.decode()
    assert Submission.objects.count() == 1


def test_completion_of_a_form_that_is_complete_by_now(cast: Cast, desk: Desk) -> None:
    case = filed()
    said = {"complainant_name": "Inês da Conceição", "postal_address": "Rua B 2"}
    response = desk("ines").post(f"/desk/cases/{case.number}/completion/", said)
    assert response.status_code == 409
    assert "Rua B 2" in response.content.decode()


def test_no_password_comes_back(cast: Cast, desk: Desk) -> None:
    case = filed()
    said = {"password": "a calm and long password", "way": "waive", "reason": "No more to come."}
    html = desk("ines").post(f"/desk/cases/{case.number}/completion/", said).content.decode()
    assert "No more to come." in html
    assert "a calm and long password" not in html
