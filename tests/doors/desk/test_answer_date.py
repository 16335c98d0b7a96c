"""The page that moves the promised date, and what the customer gets."""

from __future__ import annotations

from desagravo.cases import queries
from tests.cast import Cast, fresh, in_work
from tests.doors.desk.conftest import Desk

WHY = "Falta o relatório da oficina."


def test_moved_on_the_page_and_seen_by_the_customer(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    page = f"/desk/cases/{case.number}/answer-date/"
    client = desk("rui")
    assert page in client.get(f"/desk/cases/{case.number}/").content.decode()
    assert client.post(page, {"answer_by": "2031-05-02", "reason": WHY}).status_code == 303
    assert queries.promised(fresh(case)).date().isoformat() == "2031-05-02"
    link = queries.tracking_url(fresh(case)).partition("/track/")[2]
    seen = client.get(f"/track/{link}?lang=en").content.decode()
    assert WHY in seen
    assert "We aim to answer you by" in seen
    assert "2 May 2031" in seen


def test_what_was_typed_stays(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    answer = desk("rui").post(f"/desk/cases/{case.number}/answer-date/", {"answer_by": "2001-01-01", "reason": WHY})
    assert answer.status_code == 422
    assert WHY in answer.content.decode()
    assert 'id="f_answer_by_error"' in answer.content.decode()
