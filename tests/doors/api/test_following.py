"""What a customer does behind the link, through the API."""

from __future__ import annotations

from typing import Any

import pytest

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.common.actor import SYSTEM
from tests.cast import CALM, Cast, decided, kinds
from tests.doors.api.conftest import Caller, codes


def answer(company: Cast, filed: Any) -> None:
    """The house answers the complaint."""
    case = actions.assess(cases.case_for(SYSTEM, filed.json()["case_number"]), answers=CALM, actor=company.sofia)
    case = actions.assign(case, to=company.rui.id, actor=company.sofia)
    actions.note(case, body="INTERNAL-CANARY", actor=company.rui)
    actions.respond(case, draft_version=decided(company, case), actor=company.rui)


def test_from_filing_to_the_word_on_the_answer(caller: Caller, company: Cast) -> None:
    filed = caller.file()
    seen = caller.follow(filed)
    assert seen.status_code == 200
    assert seen.json()["status"] == "received"
    assert seen.json()["possible"] == ["messages", "withdrawal"]
    written = caller.post(caller.behind(filed, "/messages"), {"body": "Ainda não arrefece."})
    assert written.status_code == 201
    assert [(each["by"], each["body"]) for each in written.json()["messages"]] == [("customer", "Ainda não arrefece.")]
    answer(company, filed)
    seen = caller.follow(filed)
    assert "INTERNAL-CANARY" not in seen.content.decode()
    assert [each["by"] for each in seen.json()["messages"] if each["answer"]] == ["organisation"]
    assert "reaction" in seen.json()["possible"]
    settled = caller.post(caller.behind(filed, "/reaction"), {"settled": True})
    assert settled.status_code == 200
    assert "case.settled" in kinds(cases.case_for(SYSTEM, filed.json()["case_number"]))


def test_what_is_missing_is_added(caller: Caller) -> None:
    filed = caller.file(occurred_on=None, signature=None)
    assert filed.json()["missing"] == ["occurred_on", "signature"]
    one = caller.post(caller.behind(filed, "/completion"), {"occurred_on": "2026-01-05"})
    assert [each["code"] for each in one.json()["missing"]] == ["signature"]
    both = caller.post(caller.behind(filed, "/completion"), {"signature": {"method": "typed", "name": "Inês"}})
    assert (both.json()["status"], both.json()["missing"]) == ("received", [])
    again = caller.post(caller.behind(filed, "/completion"), {"occurred_on": "2026-01-06"})
    assert again.status_code == 409
    assert codes(again) == [("", "not_on_the_path")]


def test_the_first_words_stay(caller: Caller) -> None:
    filed = caller.file(occurred_on=None)
    refused = caller.post(caller.behind(filed, "/completion"), {"description": "Never mind."})
    assert codes(refused) == [("description", "unknown_field")]
    caller.post(caller.behind(filed, "/completion"), {"occurred_on": "2026-01-05"})
    case = cases.case_for(SYSTEM, filed.json()["case_number"])
    assert [form.description for form in case.forms.order_by("version")] == [
        "O frigorífico deixou de arrefecer ao segundo dia."
    ] * 2


@pytest.mark.parametrize(("path", "body"), [("/reaction", {"settled": True}), ("/completion", {})])
def test_a_step_that_the_path_does_not_have_now(caller: Caller, path: str, body: Any) -> None:
    filed = caller.file()
    refused = caller.post(caller.behind(filed, path), body)
    assert refused.status_code == 409
    assert codes(refused) == [("", "not_on_the_path")]


def test_a_complaint_is_withdrawn_once(caller: Caller) -> None:
    filed = caller.file()
    assert caller.post(caller.behind(filed, "/withdrawal"), {}).json()["status"] == "withdrawn"
    assert caller.post(caller.behind(filed, "/withdrawal"), {}).status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/messages", {"body": ""}, "body"),
        ("/messages", {"body": 7}, "body"),
        ("/messages", {"body": "x" * 100_001}, "body"),
        ("/messages", {"body": "x", "kind": "note"}, "kind"),
        ("/reaction", {"settled": "yes"}, "settled"),
        ("/withdrawal", {"reason": ["x"]}, "reason"),
        ("/completion", {"status": "closed"}, "status"),
    ],
)
def test_bad_bodies_are_refused_with_their_field(caller: Caller, path: str, body: Any, field: str) -> None:
    filed = caller.file(occurred_on=None)
    refused = caller.post(caller.behind(filed, path), body)
    assert refused.status_code == 422
    assert [each for each, _code in codes(refused)] == [field]


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "%20", "..", "null", "None", "\u202e", "a" * 5000])
def test_links_that_do_not_work_are_all_the_same(caller: Caller, token: str) -> None:
    caller.file()
    answers = [caller.client.get(f"/api/v1/complaints/{token}")]
    answers += [caller.post(f"complaints/{token}/{verb}", {}) for verb in ("messages", "withdrawal", "completion")]
    assert {each.status_code for each in answers} == {404}


def test_an_altered_or_replaced_link_opens_nothing(caller: Caller, company: Cast) -> None:
    filed = caller.file()
    path = caller.behind(filed)
    altered = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert caller.client.get(f"/api/v1/{altered}").status_code == 404
    case = cases.case_for(SYSTEM, filed.json()["case_number"])
    actions.renew_tracking(case, actor=company.rui)
    assert caller.follow(filed).status_code == 404


def test_one_customer_never_reaches_the_other(caller: Caller) -> None:
    mine, theirs = caller.file(), caller.file(description="Somebody else's words.")
    assert "Somebody else" not in caller.follow(mine).content.decode()
    assert caller.follow(mine).json()["case_number"] != theirs.json()["case_number"]


def test_it_speaks_the_customer_s_language_unless_asked_otherwise(caller: Caller) -> None:
    filed = caller.file()
    assert caller.follow(filed).headers["Content-Language"] == "pt-pt"
    assert caller.follow(filed, **{"Accept-Language": "en"}).json()["stage"]["name"] == "Received"


@pytest.mark.usefixtures("remembered")
def test_following_costs_a_few_questions(caller: Caller, django_assert_max_num_queries: Any) -> None:
    filed = caller.file()
    for number in range(12):
        caller.post(caller.behind(filed, "/messages"), {"body": f"Message {number}"})
    with django_assert_max_num_queries(12):
        assert len(caller.follow(filed).json()["messages"]) == 12
