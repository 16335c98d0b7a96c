"""The case page: one next step, surfaces that cannot be confused, and what is said from it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.history.outbox import run_due
from desagravo.rulebook.calendar import due_after
from tests.cast import CALM, MONDAY, SAFETY, Cast, answered, closed, decided, filed, fresh, in_work, kinds
from tests.doors.desk.conftest import Desk


def page(number: str, below: str = "") -> str:
    return f"/desk/cases/{number}/{below}"


def entries(html: str) -> dict[str, str]:
    """Id → surface of each entry on the timeline."""
    found = re.findall(r'<li class="entry entry-(\w+)" id="(\w+)"', html)
    return {key: surface for surface, key in found}


def test_the_head_says_status_class_owner_and_the_one_next_step(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY)
    html = desk("rui").get(page(case.number)).content.decode()
    assert case.number in html
    assert "Rui Tavares is working on it" in html
    assert "Somebody&#x27;s safety may be at risk." in html
    assert html.count("button-primary") == 1
    assert re.search(r'button-primary" href="[^"]*/answer/"', html)


@pytest.mark.parametrize(
    ("name", "way"), [("sofia", "assessment/"), ("rui", None), ("dora", None)], ids=["leads", "handler", "auditor"]
)
def test_the_next_step_is_offered_to_those_who_may_take_it(cast: Cast, desk: Desk, name: str, way: str | None) -> None:
    case = filed()
    html = desk(name).get(page(case.number)).content.decode()
    primary = re.search(r'button-primary" href="([^"]*)"', html)
    assert (primary.group(1) if primary else None) == (page(case.number, way) if way else None)


def test_a_case_of_another_team_is_like_one_that_does_not_exist(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    otto = desk("otto")
    for below in ("", "answer/", "closure/", "history/", "points/", "consultations/new/", "owner/"):
        hidden = otto.get(page(case.number, below))
        none = otto.get(page("2099-00001", below))
        assert hidden.status_code == none.status_code == 404
    assert otto.post(page(case.number, "notes/"), {"body": "hello"}).status_code == 404
    assert not case.messages.exists()


def test_every_surface_says_who_reads_it(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    customer = Actor("customer", case.number)
    note = actions.note(case, body="Between us.", actor=cast.rui)
    sent = actions.write(case, body="Please send a picture.", actor=cast.rui)
    came = actions.add_message(case, body="Here it is.", actor=customer)
    asked = actions.consult(case, questions=[Question("finance", "Paid?", due_after(clock.now(), 2))], actor=cast.rui)[
        0
    ]
    actions.answer_consultation(asked, answer="Yes.", actor=cast.carla)
    html = desk("rui").get(page(case.number)).content.decode()
    assert entries(html) == {
        "complaint": "paper",
        f"m{note.pk}": "note",
        f"m{sent.pk}": "paper",
        f"m{came.pk}": "paper",
        f"q{asked.pk}": "department",
        f"r{asked.pk}": "department",
    }
    assert html.count("The customer sees this") == 2
    assert "Carla Nunes answers" in html


def test_long_words_are_folded_and_not_lost(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    words = " ".join(f"word{n}" for n in range(600))
    actions.note(case, body=words, actor=cast.rui)
    html = desk("rui").get(page(case.number)).content.decode()
    assert "Show the rest" in html
    assert all(f"word{n}" in html for n in range(600))


def test_people_s_words_are_never_markup(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, description="<script>alert(1)</script>", complainant_name="<b>Bold</b>")
    actions.note(case, body="<img src=x onerror=alert(1)>", actor=cast.rui)
    html = desk("rui").get(page(case.number)).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<b>Bold" not in html


def test_a_note_is_kept_inside_and_never_reaches_the_customer(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    response = desk("rui").post(page(case.number, "notes/"), {"body": "Nobody outside reads this."})
    assert response.status_code == 303
    note = case.messages.get(kind="note")
    assert response.headers["Location"] == f"{page(case.number)}#m{note.pk}"
    told = queries.tracked(fresh(case))
    assert "Nobody outside" not in str(told)
    link = "/" + queries.tracking_url(fresh(case)).split("/", 3)[3]
    assert "Nobody outside" not in desk("rui").get(link).content.decode()


def test_note_and_message_are_two_forms_and_nothing_defaults_to_the_customer(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    rui.post(page(case.number, "notes/"), {"body": "First a note."})
    html = rui.get(page(case.number)).content.decode()
    note = html[html.index('id="note"') : html.index('id="reply"')]
    reply = html[html.index('id="reply"') :]
    assert 'action="/desk/cases/' in note
    assert "notes/" in note
    assert "messages/" not in note
    assert "Keep as internal note" in note
    assert "Send to the customer" in reply[:3000]
    assert not re.match(r'id="reply"[^>]*\bopen\b', reply)


def test_a_message_can_be_looked_at_changed_and_sent_with_its_file(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    file = SimpleUploadedFile("form.txt", b"please fill in")
    look = rui.post(page(case.number, "messages/"), {"body": "Please fill this in.", "preview": "1", "files": [file]})
    html = look.content.decode()
    assert "form.txt" in html
    assert not case.messages.exists()
    brought = re.search(r'name="brought" value="([^"]+)"', html)
    assert brought
    again = {"body": "Please fill this in.", "brought": brought.group(1)}
    change = rui.post(page(case.number, "messages/"), {**again, "change": "1"}).content.decode()
    assert "Please fill this in.</textarea>" in change
    assert "form.txt" in change
    assert rui.post(page(case.number, "messages/"), {**again, "send": "1"}).status_code == 303
    message = case.messages.get(kind="to_customer")
    assert [each.name for each in message.attachments.all()] == ["form.txt"]


def test_nobody_brings_along_a_file_that_is_not_theirs(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    forged = {"body": "Hello", "brought": '[{"name":"x","stored":"' + "0" * 40 + '"}]:1abc:xyz'}
    assert desk("rui").post(page(case.number, "messages/"), forged).status_code == 303
    assert not case.attachments.exists()


def test_a_refused_note_comes_back_with_its_words_and_files(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    files = [SimpleUploadedFile("good.txt", b"good"), SimpleUploadedFile("empty.txt", b"")]
    response = rui.post(page(case.number, "notes/"), {"body": "My long note.", "files": files})
    html = response.content.decode()
    assert response.status_code == 422
    assert "My long note.</textarea>" in html
    assert "good.txt" in html
    assert "“empty.txt” is empty" in html
    assert 'href="#note-files"' in html
    empty = rui.post(page(case.number, "notes/"), {"body": "  "})
    assert empty.status_code == 422
    assert 'aria-describedby="note-text_error note-text_hint"' in empty.content.decode()


def test_reading_a_customer_s_message_is_one_press(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    actions.add_message(case, body="Are you there?", actor=Actor("customer", case.number))
    rui = desk("rui")
    assert "I have read it" in rui.get(page(case.number)).content.decode()
    assert rui.get(page(case.number, "seen/")).status_code == 405
    assert rui.post(page(case.number, "seen/")).status_code == 303
    assert fresh(case).customer_wrote_at is None


def test_what_was_said_on_the_telephone_is_taken_down_as_the_customer_s_words(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    path = page(case.number, "customer-messages/")
    assert desk("ines").get(path).status_code == 404, "intake no longer sees a case that is in work"
    assert desk("rui").post(path, {"channel": "phone", "body": "It is getting worse."}).status_code == 303
    message = case.messages.get(kind="from_customer")
    assert (message.channel, message.actor_id) == ("phone", cast.rui.id)
    assert "taken down by Rui Tavares" in desk("rui").get(page(case.number)).content.decode()
    assert desk("rui").post(path, {"body": ""}).status_code == 422


def test_files_of_the_desk_stay_inside(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    path = page(case.number, "attachments/")
    assert desk("rui").post(path, {}).status_code == 422
    assert desk("rui").post(path, {"files": [SimpleUploadedFile("x.txt", b"inside")]}).status_code == 303
    assert not case.attachments.get().for_customer


def test_keys_and_a_way_to_every_part_without_a_mouse(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    html = desk("rui").get(page(case.number)).content.decode()
    for key in "rnadu":
        assert f'data-key="{key}"' in html, key
    assert "onclick" not in html
    assert "style=" not in html


def test_the_printed_page_has_its_head(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    html = desk("rui").get(page(case.number)).content.decode()
    assert "print-head print-only" in html
    assert "Casa de Ensaio" in html


def full(cast: Cast, messages: int) -> Case:
    """A case on which everything happened, with so many messages."""
    case = in_work(cast, answers=SAFETY)
    for number in range(messages):
        kept = [actions.keep_bytes(f"{number}.txt", b"x")]
        actions.add_message(case, body="Words", actor=Actor("customer", case.number), kept=kept)
        actions.note(case, body="Words", actor=cast.rui)
        actions.find(case, text="Fact", source="Paper", actor=cast.rui)
        actions.follow_up(case, about="Call", due_at=clock.now() + timedelta(days=3), actor=cast.rui)
        actions.add_point(case, text="Point", actor=cast.rui)
        question = Question("finance", "Paid?", due_after(clock.now(), 2), required=False)
        asked = actions.consult(case, questions=[question], actor=cast.rui)[0]
        actions.answer_consultation(asked, answer="Yes.", actor=cast.carla)
    actions.save_draft(case, body="Draft", based_on=0, actor=cast.rui)
    actions.overrule(case, outcome="minor", reason="It is small.", actor=cast.marta)
    return fresh(case)


def queries_of(client: Any, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.usefixtures("remembered")
def test_the_number_of_queries_does_not_grow(cast: Cast, desk: Desk) -> None:
    few, many = full(cast, 2), full(cast, 20)
    marta = desk("marta")
    for below in ("", "answer/", "answer/preview/", "points/", "findings/", "consultations/new/", "history/"):
        count = queries_of(marta, page(many.number, below))
        assert count == queries_of(marta, page(few.number, below)), below
        # the preview asks the rules who has to approve
        assert count <= (27 if below == "answer/preview/" else 25), below


@pytest.mark.usefixtures("remembered")
def test_the_first_look_of_a_busy_day_stays_within_the_budget(
    cast: Cast, desk: Desk, django_assert_max_num_queries: Any
) -> None:
    case = closed(cast)
    actions.reopen(case, reason="New facts.", actor=cast.marta)
    while run_due():
        pass
    actions.note(case, body="The counts of the navigation are stale now.", actor=cast.rui)
    marta = desk("marta")
    with django_assert_max_num_queries(25):
        assert marta.get(page(case.number)).status_code == 200


@pytest.mark.usefixtures("remembered")
def test_the_pages_of_the_end_stay_within_the_budget(
    cast: Cast, desk: Desk, django_assert_max_num_queries: Any
) -> None:
    waiting = in_work(cast, answers=SAFETY)
    actions.request_approval(waiting, draft_version=decided(cast, waiting), actor=cast.rui)
    marta = desk("marta")
    for path, most in (
        (page(waiting.number, "approval/"), 32),  # who is asked, who stands in, and what else waits for this person
        (page(answered(cast, answers=CALM).number, "closure/"), 25),
        (page(closed(cast).number, "closure/"), 25),
    ):
        with django_assert_max_num_queries(most):
            assert marta.get(path).status_code == 200


def test_reading_changes_nothing(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    before, marta = kinds(case), desk("marta")
    for below in ("", "notes/", "messages/", "owner/", "follow-ups/", "findings/", "answer/", "answer/preview/"):
        assert marta.get(page(case.number, below)).status_code in {200, 303}
    assert kinds(case) == before
    assert getattr(fresh(case), "draft", None) is None


def test_a_message_that_arrives_while_the_page_is_read_stays_unread(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    actions.add_message(case, body="One.", actor=Actor("customer", case.number))
    shown = rui.get(page(case.number)).content.decode()
    read_to = set(re.findall(r'name="read_to" value="(\d+)"', shown))
    assert len(read_to) == 1
    actions.add_message(case, body="Two.", actor=Actor("customer", case.number))
    rui.post(page(case.number, "seen/"), {"read_to": read_to.pop()})
    assert fresh(case).customer_wrote_at
    (read_to,) = set(re.findall(r'name="read_to" value="(\d+)"', rui.get(page(case.number)).content.decode()))
    looked = rui.post(page(case.number, "messages/"), {"body": "Hello.", "preview": "1", "read_to": read_to})
    assert f'name="read_to" value="{read_to}"' in looked.content.decode()
    actions.add_message(case, body="Three.", actor=Actor("customer", case.number))
    rui.post(page(case.number, "messages/"), {"body": "Hello.", "read_to": read_to})
    assert fresh(case).customer_wrote_at


def test_a_letter_that_is_no_answer_fills_the_message_and_its_gaps_do_not_go_out(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui, path = desk("rui"), page(case.number, "messages/")
    html = rui.get(page(case.number)).content.decode()
    assert 'value="holding"' in html
    assert 'value="answer_upheld"' not in html
    said = {"body": "Boa tarde.", "template": "holding", "use": "1"}
    html = rui.post(path, said).content.decode()
    filled = html[html.index('id="reply-text"') :]
    assert filled[filled.index(">") + 1 :].startswith("Boa tarde.\n\nExm")
    assert "{new_date}" in filled
    assert not case.messages.exists()
    refused = rui.post(path, {"body": "Resposta até {new_date}.", "send": "1"})
    assert refused.status_code == 422
    assert "The letter still has the gap {new_date}." in refused.content.decode()
    assert not case.messages.exists()


def test_the_customer_s_own_questions_become_points_with_one_press(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, points_to_answer=["Em que dia chega?", "Quem paga a  visita?"])
    actions.add_point(case, text="Quem paga a visita?", actor=cast.rui)
    rui = desk("rui")
    for path in (page(case.number), page(case.number, "points/")):
        html = rui.get(path).content.decode()
        assert 'name="text" value="Em que dia chega?"' in html
        assert 'name="text" value="Quem paga' not in html, "it is a point already"
        assert "Make it a point" not in desk("dora").get(page(case.number)).content.decode()
    assert rui.post(page(case.number, "points/"), {"text": "Em que dia chega?"}).status_code == 303
    assert "Make it a point" not in rui.get(page(case.number)).content.decode()


def test_who_may_not_approve_waits_for_the_approval(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY)
    actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    for name, waits in (("rui", True), ("sofia", True), ("marta", False)):
        header = desk(name).get(page(case.number)).content.decode()
        row = desk(name).get("/desk/inbox/all/" if name == "marta" else "/desk/inbox/team/").content.decode()
        assert ("wait for the approval" in header) == waits, name
        assert ("Waiting for the approval" in row) == waits, name
        assert ("Approve the answer" in row) != waits, name


def test_documents_of_one_kind_are_told_apart_by_their_day(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        case = in_work(cast)
        while run_due():
            pass
    html = desk("rui").get(page(case.number)).content.decode()
    assert re.search(r">Receipt, [^<]*2 March[^<]* \(PDF\)</a>", html)


def test_the_private_link_is_named_in_words_where_colleagues_read(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    actions.write(case, body=f"See {queries.PRIVATE_PAGE}", actor=cast.rui)
    page = desk("rui").get(f"/desk/cases/{case.number}/").text
    assert queries.PRIVATE_PAGE not in page
    assert "[the customer&#x27;s private link]" in page
