"""The page of the time limits, and what can be done from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from desagravo.cases import actions
from desagravo.cases.models import AppliedRulebook, ClockEvent, TimeLimit
from desagravo.common import clock
from tests.cast import MONDAY, Cast, engage, filed, fresh, in_work


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with clock.at(MONDAY):
        yield engage()


@pytest.fixture
def sofia(client: Client, cast: Cast) -> Client:
    client.force_login(cast.person("sofia"))
    return client


def _page(client: Client, case: Any, path: str = "") -> str:
    response = client.get(f"/desk/cases/{case.number}/limits/{path}")
    assert response.status_code == 200
    return response.content.decode()


def test_page_explains_each_limit(sofia: Client, cast: Cast) -> None:
    case = in_work(cast)
    actions.apply_rulebook(case, policy="pt-livro-reclamacoes", reason="A sheet was filled in.", actor=cast.sofia)
    page = _page(sofia, case)
    assert "Still to be done, the earliest first" in page
    assert "Final answer" in page
    assert "15 working days" in page
    assert "Good Friday" not in page  # fifteen days after 2 March end before Easter
    assert "weekend" in page
    assert "DL 156/2005" in page
    assert "A sheet was filled in." in page
    assert page.index("15 working days") < page.index("20 working days")  # what is due first stands first


def test_case_page_leads_to_the_limits(sofia: Client, cast: Cast) -> None:
    case = in_work(cast)
    page = sofia.get(f"/desk/cases/{case.number}/").content.decode()
    assert f"/desk/cases/{case.number}/limits/" in page
    assert "Final answer" in page


def test_event_is_recorded_and_taken_back(sofia: Client, cast: Cast) -> None:
    case = in_work(cast)
    sent = {"name": "waiting_customer", "day": "2026-03-02", "hour": "08:30", "note": "Asked for the invoice."}
    response = sofia.post(f"/desk/cases/{case.number}/limits/events/new/", sent)
    assert response.status_code == 303
    row = ClockEvent.objects.get(case=case)
    assert "Asked for the invoice." in _page(sofia, case)
    assert TimeLimit.objects.get(case=case, key="final_response").state == "running"
    address = f"/desk/cases/{case.number}/limits/events/{row.pk}/removal/"
    assert sofia.post(address, {"reason": ""}).status_code == 422
    assert sofia.post(address, {"reason": "It was another case."}).status_code == 303
    assert "taken back" in _page(sofia, case)


def test_what_no_rulebook_asks_about_is_refused_beside_the_field(sofia: Client, cast: Cast) -> None:
    case = in_work(cast)
    address = f"/desk/cases/{case.number}/limits/events/new/"
    refused = sofia.post(address, {"name": "history_requested", "day": "2026-03-02", "hour": "", "note": "As typed"})
    assert refused.status_code == 422
    assert "As typed" in refused.content.decode()
    assert "f_name_error" in refused.content.decode()
    later = sofia.post(address, {"name": "waiting_customer", "day": "2026-03-09", "hour": "10:00"})
    assert later.status_code == 422
    assert "f_day_error" in later.content.decode()


def test_questions_apply_a_rulebook(sofia: Client, cast: Cast) -> None:
    from desagravo.departments import actions as departments

    departments.establish_organisation("Casa de Ensaio", country="PT", sending_delay=0)
    case = in_work(cast)
    asked = _page(sofia, case, "questions/")
    assert "Where was the complaint written down?" in asked
    address = f"/desk/cases/{case.number}/limits/questions/"
    assert sofia.post(address, {"source": "moon"}).status_code == 422
    assert sofia.post(address, {"source": "pt_complaint_book"}).status_code == 303
    applied = AppliedRulebook.objects.get(case=case, policy="pt-livro-reclamacoes", ended_at=None)
    assert applied.because == "rulebooks.pt_complaint_book"
    assert fresh(case).answer_due is not None
    assert sofia.post(address, {"source": "house"}).status_code == 303
    applied.refresh_from_db()
    assert applied.ended_at is not None
    assert fresh(case).answer_due is None
    assert "No longer applied" in _page(sofia, case)


def test_extension_needs_everything(sofia: Client, cast: Cast) -> None:
    case = in_work(cast)
    row = TimeLimit.objects.get(case=case, key="final_response")
    address = f"/desk/cases/{case.number}/limits/{row.pk}/extension/"
    assert "You are recorded as the one who approved it." in _page(sofia, case, f"{row.pk}/extension/")
    refused = sofia.post(address, {"new_date": "", "reason": "", "notice": "Precisamos de mais tempo."})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "f_new_date_error" in page
    assert "f_reason_error" in page
    assert "Precisamos de mais tempo." in page
    assert row.due_on is not None
    beyond = sofia.post(address, {"new_date": "2026-12-01", "reason": "More time.", "notice": "Mais tempo."})
    assert "at most" in beyond.content.decode()
    day = (row.due_on + timedelta(days=7)).isoformat()
    sent = sofia.post(address, {"new_date": day, "reason": "The laboratory.", "notice": "Mais tempo."})
    assert sent.status_code == 303
    row.refresh_from_db()
    assert row.due_on > date.fromisoformat(day)  # the rulebook gives ten working days, the customer was told a day
    assert "extended once" in _page(sofia, case)
    again = sofia.get(address)
    assert again.status_code == 409


def test_missed_limit_asks_for_its_reason(sofia: Client, cast: Cast) -> None:
    case = filed()
    actions.apply_rulebook(case, policy="es-consumer-base", reason="It binds.", actor=cast.sofia)
    with clock.at(MONDAY + timedelta(days=40)):
        actions.note(case, body="Still nothing.", actor=cast.sofia)
        actions.look_at_limits(clock.now())
        sofia.force_login(cast.person("sofia"))
        assert "This limit was missed. Why?" in _page(sofia, case)
        row = TimeLimit.objects.get(case=case, key="final")
        address = f"/desk/cases/{case.number}/limits/{row.pk}/reason/"
        assert sofia.post(address, {"reason": " "}).status_code == 422
        assert sofia.post(address, {"reason": "The file lay in the wrong tray."}).status_code == 303
        assert "The file lay in the wrong tray." in _page(sofia, case)


def test_rulebook_is_ended_with_a_reason(sofia: Client, cast: Cast) -> None:
    case = in_work(cast)
    row = actions.apply_rulebook(case, policy="uk-nhs", reason="By mistake.", actor=cast.sofia)
    address = f"/desk/cases/{case.number}/limits/rulebooks/{row.pk}/end/"
    assert sofia.post(address, {"reason": ""}).status_code == 422
    assert sofia.post(address, {"reason": "No health care here."}).status_code == 303
    page = _page(sofia, case)
    assert "No health care here." in page
    assert fresh(case).duty_due is None


def test_handlers_of_other_teams_see_nothing(client: Client, cast: Cast) -> None:
    case = in_work(cast)
    client.force_login(cast.person("otto"))
    assert client.get(f"/desk/cases/{case.number}/limits/").status_code == 404
