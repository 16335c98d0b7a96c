"""The inbox: which lists, in which order, in words, and never dearer with more cases."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from desagravo.cases import actions
from desagravo.cases.actions import Question
from desagravo.common import clock
from desagravo.desk.views import inbox as lists
from desagravo.entrance import navigation
from tests.cast import CALM, MONDAY, SAFETY, Cast, closed, filed, in_work
from tests.doors.desk.conftest import Desk


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def asked(cast: Cast, department: str = "finance") -> str:
    case = in_work(cast, answers=SAFETY, description="Aquecedor avariado.")
    due = clock.now() + timedelta(days=5)
    actions.consult(case, questions=[Question(department, "Foi pago?", due)], actor=cast.rui)
    return case.number


def test_a_row_says_who_is_waited_for_since_when_and_why_it_is_major(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        number = asked(cast)
    with clock.at(MONDAY + timedelta(days=2)):
        shown = words(text(desk("rui"), "/desk/"))
    assert number in shown
    assert "Aquecedor" in shown
    assert "Inês Conceição" in shown
    assert "Waiting for Finance since Monday" in shown
    assert "major Somebody&#x27;s safety may be at risk." in shown


def test_an_overruled_case_is_not_said_to_be_decided_by_the_rule(cast: Cast, desk: Desk) -> None:
    case = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    actions.overrule(case, outcome="minor", reason="Era só um autocolante.", actor=cast.sofia)
    shown = words(text(desk("sofia"), "/desk/inbox/to_assign/"))
    assert "minor A person decided otherwise" in shown
    assert "safety may be at risk" not in shown


def test_overdue_stands_first_and_is_marked(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        late = in_work(cast, description="Tarde de mais.")
    with clock.at(MONDAY + timedelta(days=40)):
        in_work(cast, description="Cedo de mais.")
        html = text(desk("rui"), "/desk/inbox/mine/")
    assert html.index("Tarde") < html.index("Cedo")
    assert html.count('class="row" data-tone="late"') == 1
    assert late.number in html


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("rui", "Mine"),
        ("ines", "Incomplete"),
        ("sofia", "To assess"),
        ("marta", "To assess"),
        ("dora", "All open"),
        ("xavier", "Good day, Xavier Brito"),
    ],
)
def test_the_day_begins_with_the_list_of_the_role(cast: Cast, desk: Desk, name: str, heading: str) -> None:
    filed()
    filed(signature=None)
    assert f"<h1>{heading}" in text(desk(name), "/desk/")


def test_a_contact_begins_with_the_questions_and_finds_no_list(cast: Cast, desk: Desk) -> None:
    number = asked(cast)
    carla = desk("carla")
    assert carla.get("/desk/").headers["Location"] == "/desk/questions/"
    for path in ("/desk/inbox/all/", "/desk/inbox/mine/", f"/desk/cases/{number}/assessment/"):
        assert carla.get(path).status_code == 404
    html = text(carla, "/desk/questions/")
    assert "/desk/inbox/" not in html
    assert "/desk/complaints/new/" not in html
    assert 'name="q"' not in html


def test_a_list_of_another_role_is_not_there(cast: Cast, desk: Desk) -> None:
    assert desk("rui").get("/desk/inbox/approvals/").status_code == 404
    assert desk("rui").get("/desk/inbox/nonsense/").status_code == 404
    assert desk("rui").get("/desk/inbox/mine/?after=nonsense").status_code == 404


def test_what_is_not_visible_is_not_in_the_list(cast: Cast, desk: Desk) -> None:
    theirs = in_work(cast, owner="otto", product="Segredo")
    assert theirs.number not in text(desk("rui"), "/desk/inbox/all/")
    assert theirs.number in text(desk("otto"), "/desk/inbox/all/")


def test_pages_follow_one_another_without_a_gap(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists.cases, "inbox", partial(lists.cases.inbox, limit=3))
    numbers = {filed(product=f"Caso {n}").number for n in range(7)}
    sofia, path, seen = desk("sofia"), "/desk/inbox/new/", []
    for _page in range(3):
        html = text(sofia, path)
        seen += re.findall(r'row-number">(2026-\d+)<', html) or re.findall(r'row-number">(\d{4}-\d+)<', html)
        following = re.search(r'href="(/desk/inbox/new/\?after=[^"]+)"', html)
        path = following[1] if following else ""
    assert path == ""
    assert len(seen) == 7
    assert set(seen) == numbers


@pytest.mark.parametrize(
    "view", ["mine", "came_back", "delegated", "new", "to_assign", "approvals", "to_sign", "closed"]
)
def test_an_empty_list_says_so_and_leads_on(cast: Cast, desk: Desk, view: str) -> None:
    html = text(desk("sofia"), f"/desk/inbox/{view}/")
    assert 'class="empty"' in html
    assert "/desk/inbox/all/" in html


def test_counts_are_never_older_than_the_last_step(cast: Cast, desk: Desk) -> None:
    sofia = desk("sofia")
    case = filed()
    assert 'To assess</span><span class="nav-count">1<' in text(sofia, "/desk/inbox/all/")
    actions.assess(case, answers=CALM, actor=cast.sofia)
    html = text(sofia, "/desk/inbox/all/")
    assert "To assess</span></a>" in html
    assert 'Without an owner</span><span class="nav-count">1<' in html


def test_counts_stop_at_a_thousand() -> None:
    assert navigation.how_many(0) == ""
    assert navigation.how_many(1000) == "1,000"
    assert navigation.how_many(1001) == "1,000+"


def test_news_wait_for_a_click_and_cost_nothing_while_nothing_happens(cast: Cast, desk: Desk) -> None:
    sofia = desk("sofia")
    filed()
    html = text(sofia, "/desk/inbox/new/")
    address = re.search(r'hx-get="([^"]+)"', html)
    assert address
    first = sofia.get(address[1])
    assert (first.status_code, first.content) == (200, b"")
    again = sofia.get(address[1], headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304
    filed()
    filed()
    told = sofia.get(address[1], headers={"if-none-match": first.headers["ETag"]})
    assert b"2 new or changed" in told.content
    assert b"data-show-news" in told.content


def test_news_are_not_what_i_did_myself_nor_what_i_may_not_see(cast: Cast, desk: Desk) -> None:
    rui = desk("rui")
    address = re.search(r'hx-get="([^"]+)"', text(rui, "/desk/inbox/all/"))
    assert address
    in_work(cast, owner="otto")
    assert rui.get(address[1]).content == b""
    assert rui.get("/desk/inbox/all/news/?since=x").status_code == 404


@pytest.mark.usefixtures("remembered")
def test_the_cost_of_a_page_does_not_grow_with_its_rows(cast: Cast, desk: Desk) -> None:
    sofia = desk("sofia")
    text(sofia, "/desk/")
    counted = []
    for more in (2, 12):
        for n in range(more):
            asked(cast, ["finance", "logistics"][n % 2])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text(sofia, "/desk/inbox/all/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[1] <= 25


def test_a_closed_case_is_read_in_words(cast: Cast, desk: Desk) -> None:
    case = closed(cast, product="Torradeira")
    shown = words(text(desk("marta"), "/desk/inbox/closed/"))
    assert case.number in shown
    assert "Closed" in shown
