"""Search: what is found, what is not, and who finds it."""

from __future__ import annotations

import pytest

from desagravo.cases import actions
from tests.cast import Cast, filed, in_work
from tests.doors.desk.conftest import Desk


@pytest.mark.parametrize("words", ["frigorifico", "FRIGORÍFICO", "frig arref", "ines@example.org", "A-1234"])
def test_words_are_found_without_accents_and_by_their_beginnings(cast: Cast, desk: Desk, words: str) -> None:
    case = filed()
    html = desk("sofia").get("/desk/search/", {"q": words}).content.decode()
    assert case.number in html


def test_what_is_not_found_says_how_words_are_matched(cast: Cast, desk: Desk) -> None:
    filed()
    html = desk("sofia").get("/desk/search/", {"q": "zeppelin"}).content.decode()
    assert "Nothing found" in html
    assert "Accents and capitals" in html


def test_an_empty_search_asks_what_for(cast: Cast, desk: Desk) -> None:
    assert "What are you looking for?" in desk("sofia").get("/desk/search/").content.decode()
    assert desk("sofia").get("/desk/search/?q=%00%ff'\"*(").status_code == 200


def test_a_number_leads_straight_to_the_case(cast: Cast, desk: Desk) -> None:
    number = filed().number
    short = f"{number[:5]}{int(number[5:])}"
    for words in (number, short):
        assert desk("sofia").get("/desk/search/", {"q": words}).headers["Location"] == f"/desk/cases/{number}/"


def test_nobody_finds_what_is_not_theirs_to_see(cast: Cast, desk: Desk) -> None:
    theirs = in_work(cast, owner="otto", product="Zeppelin")
    for words in ("zeppelin", theirs.number):
        response = desk("rui").get("/desk/search/", {"q": words})
        assert response.status_code == 200
        assert "Nothing found" in response.content.decode()
    assert "Nothing found" in desk("carla").get("/desk/search/", {"q": "zeppelin"}).content.decode()


def test_words_of_messages_are_found_and_shown_harmless(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    actions.note(case, body="Lote B7 <b>quente</b>", actor=cast.rui)
    html = desk("rui").get("/desk/search/", {"q": "<b>quente"}).content.decode()
    assert case.number in html
    assert "<b>quente" not in html
