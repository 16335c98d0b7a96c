"""Triage at the desk: the rule that decided, departments with their reasons, an owner at once, and overruling."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desagravo.cases import actions
from desagravo.common.refusals import Missing
from tests.cast import CALM, SAFETY, Cast, filed, fresh, kinds
from tests.doors.desk.conftest import Desk


def path(number: str) -> str:
    return f"/desk/cases/{number}/assessment/"


def test_answers_give_the_class_the_rule_and_the_departments(cast: Cast, desk: Desk) -> None:
    case = filed(problem_category=["QUA.damaged"])
    sofia = desk("sofia")
    response = sofia.post(path(case.number), {**SAFETY, "flag": ["own_brand", "nonsense"]})
    assert response.status_code == 303
    assert response.headers["Location"] == path(case.number) + "?flag=own_brand"
    html = sofia.get(response.headers["Location"]).content.decode()
    assert "This is a major complaint" in html
    assert "safety may be at risk" in html
    assert "triage.safety" in html
    assert "Complaints office" in html
    known_fault = "whether it is one of many"
    assert known_fault in html
    assert known_fault not in sofia.get(path(case.number)).content.decode()
    assert fresh(case).severity == "major"


def test_what_is_left_open_counts_as_unknown(cast: Cast, desk: Desk) -> None:
    case = filed()
    desk("sofia").post(path(case.number), {"law": "no"})
    assert fresh(case).rule == "triage.safety_unknown"


def test_a_form_without_any_answer_decides_nothing(cast: Cast, desk: Desk) -> None:
    case = filed()
    response = desk("sofia").post(path(case.number), {"flag": ["own_brand"], "money_amount": "12"})
    assert response.status_code == 422
    assert "Answer at least one question" in response.content.decode()
    assert (fresh(case).status, fresh(case).severity, case.assessments.count()) == ("received", "", 0)
    with pytest.raises(Missing):
        actions.assess(case, answers={}, actor=cast.sofia)


@pytest.mark.parametrize(
    ("told", "kept"),
    [("1.250,50 €", "1250.50"), ("1,250.50", "1250.50"), ("250", "250"), ("249,9", "249.9"), ("1.250", "1250")],
)
def test_amounts_are_read_as_people_write_them(cast: Cast, desk: Desk, told: str, kept: str) -> None:
    case = filed()
    assert desk("sofia").post(path(case.number), {**CALM, "money": "yes", "money_amount": told}).status_code == 303
    assert case.assessments.get().answers["money_amount"] == kept


@pytest.mark.parametrize("told", ["much", "-5", "1e999999", "NaN", "1.2345", "0.500"])
def test_an_amount_that_is_none_is_said_beside_its_field(cast: Cast, desk: Desk, told: str) -> None:
    case = filed()
    response = desk("sofia").post(path(case.number), {**CALM, "money": "yes", "money_amount": told})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'href="#f_money_amount"' in html
    assert f'value="{told}"' in html
    assert case.assessments.count() == 0


def test_an_owner_at_once(cast: Cast, desk: Desk) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    sofia = desk("sofia")
    response = sofia.post(path(case.number) + "owner/", {"to": ""})
    assert response.status_code == 422
    assert "There is no such colleague" in response.content.decode()
    assert sofia.post(path(case.number) + "owner/", {"to": cast.rui.id}).status_code == 303
    assert fresh(case).owner == cast.person("rui")


def test_a_supervisor_finishes_a_minor_one_at_once_and_a_major_one_not(cast: Cast, desk: Desk) -> None:
    minor = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    major = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    sofia = desk("sofia")
    assert 'value="at_once"' in sofia.get(path(minor.number)).content.decode()
    assert 'value="at_once"' not in sofia.get(path(major.number)).content.decode()
    response = sofia.post(path(minor.number) + "owner/", {"way": "at_once"})
    assert response.headers["Location"] == f"/desk/cases/{minor.number}/answer/"
    assert fresh(minor).owner == cast.person("sofia")


def test_overruling_needs_a_reason_that_stays_beside_the_rule(cast: Cast, desk: Desk) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    sofia, address = desk("sofia"), path(case.number) + "overruling/"
    response = sofia.post(address, {"outcome": "major", "reason": ""})
    assert response.status_code == 422
    assert "Say why" in response.content.decode()
    assert fresh(case).severity == "minor"
    sofia.post(address, {"outcome": "major", "reason": "O cabo estava quente."})
    html = sofia.get(path(case.number)).content.decode()
    assert "O cabo estava quente." in html
    assert "Sofia Antunes decided otherwise than the rule" in html
    assert sofia.post(address, {"outcome": "major", "reason": "Outra vez."}).status_code == 409


@pytest.mark.parametrize("name", ["rui", "ines", "dora"])
def test_who_may_not_assess_reads_and_is_refused(cast: Cast, desk: Desk, name: str) -> None:
    case = filed()
    before = kinds(case)
    client = desk(name)
    html = client.get(path(case.number)).content.decode()
    assert "Not assessed yet" in html
    assert 'name="safety"' not in html
    response = client.post(path(case.number), CALM)
    assert response.status_code == 403
    assert "Your role does not allow this step" in response.content.decode()
    assert kinds(case) == before


@pytest.mark.usefixtures("remembered")
def test_queries_of_the_page(cast: Cast, desk: Desk) -> None:
    case = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    sofia = desk("sofia")
    with CaptureQueriesContext(connection) as queries:
        sofia.get(path(case.number))
    assert len(queries) <= 25


def test_the_customer_s_words_stand_before_the_questions(cast: Cast, desk: Desk) -> None:
    case = filed()
    sofia = desk("sofia")
    html = sofia.get(path(case.number)).content.decode()
    assert html.index("O frigorífico deixou de arrefecer") < html.index('name="safety"')
    assert html.count("O frigorífico deixou de arrefecer ao segundo dia.</p>") == 1
    actions.assess(case, answers=CALM, actor=cast.sofia)
    html = sofia.get(path(case.number)).content.decode()
    assert html.index('id="result"') < html.index("O frigorífico deixou de arrefecer ao segundo dia.</p>")
