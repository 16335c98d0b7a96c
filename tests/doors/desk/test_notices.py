"""Notices in the product: the bell, the page, and that only a POST reads."""

from __future__ import annotations

from desagravo.cases import actions, queries
from desagravo.cases.models.notice import Notice
from desagravo.history.outbox import run_due
from tests.cast import Cast, in_work
from tests.doors.desk.conftest import Desk
from tests.rooms.cases.steps import customer_of

PAGE = "/desk/notices/"


def worked() -> None:
    while run_due():
        pass


def test_the_bell_counts_and_the_page_says_what_happened(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    actions.add_message(case, body="Ainda nada?", actor=customer_of(case))
    worked()
    client = desk("rui")
    assert ", 2 unread" in client.get("/desk/inbox/mine/").content.decode()
    page = client.get(PAGE).content.decode()
    assert f"The customer wrote on {case.number}." in page
    assert f"Sofia Antunes put you in charge of {case.number}." in page
    assert page.index("The customer wrote") < page.index("Sofia Antunes put")
    assert "frigorífico" not in page


def test_looking_reads_nothing(cast: Cast, desk: Desk) -> None:
    in_work(cast)
    worked()
    client = desk("rui")
    row = Notice.objects.get()
    client.get(PAGE)
    assert client.get(f"{PAGE}{row.pk}/").status_code == 405
    assert queries.unread_notices(cast.rui) == 1


def test_opening_one_reads_it_and_leads_to_the_case(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    worked()
    client = desk("rui")
    response = client.post(f"{PAGE}{Notice.objects.get().pk}/")
    assert (response.status_code, response["Location"]) == (303, f"/desk/cases/{case.number}/")
    assert queries.unread_notices(cast.rui) == 0
    assert "unread" not in client.get("/desk/inbox/mine/").content.decode()


def test_somebody_elses_line_is_not_there(cast: Cast, desk: Desk) -> None:
    in_work(cast)
    worked()
    assert desk("bia").post(f"{PAGE}{Notice.objects.get().pk}/").status_code == 404
    assert "in charge" not in desk("bia").get(PAGE).content.decode()
    assert queries.unread_notices(cast.rui) == 1


def test_all_at_once(cast: Cast, desk: Desk) -> None:
    in_work(cast)
    worked()
    client = desk("rui")
    newest = Notice.objects.get().pk
    in_work(cast)
    worked()
    assert client.post(f"{PAGE}read/", {"up_to": str(newest)}).status_code == 303
    assert queries.unread_notices(cast.rui) == 1
    client.post(f"{PAGE}read/", {"up_to": "nonsense"})
    assert queries.unread_notices(cast.rui) == 1


def test_an_empty_page_says_what_will_stand_there(cast: Cast, desk: Desk) -> None:
    page = desk("carla").get(PAGE).content.decode()
    assert "Nothing new" in page
    assert "Mark all as read" not in page


def test_the_writer_of_a_note_hears_whom_it_reached(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    note = {"body": "@Sofia Antunes e @Otto Stranger, vejam."}
    page = desk("rui").post(f"/desk/cases/{case.number}/notes/", note, follow=True).content.decode()
    assert "Told of your note: Sofia Antunes." in page
    assert "not open to them: Otto Stranger." in page


def test_the_picker_is_for_colleagues(cast: Cast, desk: Desk) -> None:
    assert "Marta Faria" in desk("rui").get("/desk/colleagues/").json()["names"]


def test_strange_addresses(cast: Cast, desk: Desk) -> None:
    client = desk("rui")
    assert client.get(f"{PAGE}?before=x").status_code == client.get(f"{PAGE}?before={'9' * 30}").status_code == 200
    assert client.post(f"{PAGE}999999/").status_code == 404
