"""Approvals at the desk: who is asked sees the text, the rule and who gave; everybody else is told why not."""

from __future__ import annotations

from typing import Any

import pytest

from desagravo.cases import actions
from desagravo.cases.models import Case, Response
from desagravo.departments import actions as departments
from tests.cast import CALM, SAFETY, Cast, filed, fresh, in_work
from tests.doors.desk.conftest import Desk

LAW = {**CALM, "law": "yes"}


def page(case: Case, below: str = "") -> str:
    return f"/desk/cases/{case.number}/{below}"


def text_on(cast: Cast, answers: dict[str, str], remedy: str, **form: Any) -> tuple[Case, int]:
    case = in_work(cast, answers=answers, **form)
    point = actions.add_point(case, text="O frigorífico não arrefece.", actor=cast.rui)
    actions.decide_point(point, decision="upheld", reasons="", remedy=remedy, actor=cast.rui)
    return case, actions.save_draft(case, body="Exma. Senhora,\n\nPagamos.", based_on=0, actor=cast.rui).version


@pytest.fixture
def asked(cast: Cast) -> tuple[Case, Response]:
    """A case on which a manager and legal have to approve."""
    cast.people["lia"] = departments.add_person(
        email="lia@casa.example", name="Lia Prado", roles=[("contact", "legal")], actor=cast.xavier
    )
    case, version = text_on(cast, LAW, "compensation")
    return case, actions.request_approval(case, draft_version=version, actor=cast.rui)


def test_the_preview_says_who_has_to_approve_and_why(cast: Cast, desk: Desk) -> None:
    case, _version = text_on(cast, CALM, "refund_full", amount_requested="3000")
    html = desk("rui").get(page(case, "answer/preview/")).content.decode()
    assert "Senior manager" in html
    assert "only senior management decides on" in html
    assert "edition starter-2026.1, rule approval.large_amount" in html
    assert 'value="approval"' in html
    assert 'value="send"' not in html


def test_a_contact_approves_a_text_of_a_case_that_is_not_theirs(
    cast: Cast, desk: Desk, asked: tuple[Case, Response]
) -> None:
    case, response = asked
    lia = desk("lia")
    assert lia.get(page(case)).status_code == 404
    html = lia.get("/desk/approvals/").content.decode()
    assert case.number in html
    assert "touches the contract, liability or the law" in html
    html = lia.get(page(case, "approval/")).content.decode()
    assert "Pagamos." in html
    assert "edition starter-2026.1, rule approval.legal" in html
    assert "It can be given by Marta Faria, Vasco Leitão" in html
    assert f'href="{page(case)}"' not in html
    answer = lia.post(page(case, "approval/"), {"text_sha256": response.body_sha256})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/approvals/")
    assert fresh(case).status == "awaiting_approval"
    assert "Nothing waits for your approval" in lia.get("/desk/approvals/").content.decode()
    assert lia.get(page(case, "approval/")).status_code == 404
    html = desk("marta").get(page(case, "approval/")).content.decode()
    assert "Lia Prado approved on" in html
    desk("marta").post(page(case, "approval/"), {"text_sha256": response.body_sha256})
    assert fresh(case).status == "answered"


def test_the_navigation_shows_what_waits_and_the_case_what_is_missing(
    cast: Cast, desk: Desk, asked: tuple[Case, Response]
) -> None:
    case, _response = asked
    assert "Answers to approve" in desk("lia").get("/desk/questions/").content.decode()
    assert "Answers to approve" not in desk("rui").get("/desk/").content.decode()
    html = desk("rui").get(page(case)).content.decode()
    assert "missing: complaints manager and department contact (Legal and compliance)" in html


def test_a_contact_returns_it_with_a_comment(cast: Cast, desk: Desk, asked: tuple[Case, Response]) -> None:
    case, _response = asked
    lia = desk("lia")
    assert lia.post(page(case, "approval/return/"), {"comment": " "}).status_code == 422
    answer = lia.post(page(case, "approval/return/"), {"comment": "Não assim."})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/approvals/")
    assert fresh(case).status == "in_work"
    for who in ("carla", "otto"):
        assert desk(who).get(page(case, "approval/")).status_code == 404


def test_the_assessment_tells_what_was_weighed_with_the_answers(cast: Cast, desk: Desk) -> None:
    filed()
    case = filed(problem_category=["QUA.unsafe"], amount_requested="150", description="Cheira a fumo.")
    sofia = desk("sofia")
    html = sofia.get(page(case, "assessment/")).content.decode()
    assert "complained once before within 12 months" in html
    assert "Unsafe product" in html
    assert 'value="150.00"' in html
    sofia.post(page(case, "assessment/"), {**CALM, "vulnerable": "yes", "about": cast.marta.id})
    html = sofia.get(page(case, "assessment/")).content.decode()
    assert "14 points, major from 10" in html
    assert "1 earlier complaint" in html
    assert "“Does the customer need particular care?” yes" in html
    assert "edition starter-2026.1, rule triage.together" in html
    assert "Words found in the text: fumo" in html
    assert "Not Marta Faria: the complaint is about this person." in html
    assert sofia.post(page(case, "assessment/"), {**SAFETY, "about": "999"}).status_code == 422


def test_the_proposed_handler_is_one_press_away(cast: Cast, desk: Desk) -> None:
    case = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    sofia = desk("sofia")
    html = sofia.get(page(case, "assessment/")).content.decode()
    assert "Hand it to Marta Faria" in html
    told = {"to": cast.marta.id, "rule": "starter-2026.1#assign.major"}
    assert sofia.post(page(case, "assessment/owner/"), told).status_code == 303
    assert fresh(case).owner == cast.person("marta")
    assert "rule triage.safety" in desk("marta").get(page(case)).content.decode()
