"""The page on which a case goes on under another edition, and the one that moves all of an edition."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desagravo.cases import actions
from desagravo.cases.models import EditionMove
from desagravo.common import clock
from desagravo.rulebook import queries as rulebook
from tests.cast import MONDAY, Cast, fresh, in_work
from tests.doors.desk.conftest import Desk
from tests.doors.desk.test_case import page
from tests.rooms.cases.test_editions import edition

MOVE = f"/administration/rulebook/{rulebook.STARTER}/move/"


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def test_the_step_is_offered_once_there_is_another_edition(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    marta = desk("marta")
    assert 'href="edition/' not in marta.get(page(case.number)).content.decode()
    assert "No other edition counts yet." in marta.get(page(case.number, "edition/")).content.decode()
    edition(cast, MONDAY.date())
    assert "Go on under another edition" in marta.get(page(case.number)).content.decode()
    assert "Go on under another edition" not in desk("sofia").get(page(case.number)).content.decode()
    assert desk("sofia").get(page(case.number, "edition/")).status_code == 403


def test_a_case_is_moved_after_a_look_at_its_dates(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    code = edition(cast, MONDAY.date())
    marta, path = desk("marta"), page(case.number, "edition/")
    looked = marta.get(path, {"to": code}).content.decode()
    assert "After the move" in looked and "Answer" in looked
    refused = marta.post(path, {"to": code, "reason": " "})
    assert refused.status_code == 422
    assert 'id="f_reason_error"' in refused.content.decode()
    assert marta.post(path, {"to": "2001.1", "reason": "Because it is old."}).status_code == 422
    assert marta.post(path, {"to": code, "reason": "Agreed with the customer."}).status_code == 303
    assert fresh(case).edition == code
    assert "Agreed with the customer." in marta.get(path).content.decode()


def test_all_cases_of_an_edition_are_moved_with_progress(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    code = edition(cast, MONDAY.date())
    marta = desk("marta")
    looked = marta.get(MOVE, {"to": code}).content.decode()
    assert "1 open case keeps this edition" in looked and case.number in looked
    refused = marta.post(MOVE, {"to": code, "reason": ""})
    assert refused.status_code == 422 and 'id="f_reason_error"' in refused.content.decode()
    assert marta.post(MOVE, {"to": code, "reason": "New rules for all."}).status_code == 303
    assert "<progress" in marta.get(MOVE).content.decode()
    assert marta.post(MOVE, {"to": code, "reason": "Again."}).status_code == 409
    while actions.move_waiting_cases(clock.now()):
        pass
    assert EditionMove.objects.get().state == "done"
    assert "1 of 1 moved." in marta.get(MOVE).content.decode()
    assert fresh(case).edition == code


def test_administrators_move_cases_that_they_do_not_read(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    code = edition(cast, MONDAY.date())
    looked = desk("xavier").get(MOVE, {"to": code}).content.decode()
    assert case.number not in looked and "Administrators do not read cases" in looked
    assert desk("dora").get(MOVE).status_code == 404 or desk("dora").get(MOVE).status_code == 403
    assert desk("rui").get(MOVE).status_code in (403, 404)
