"""Who looked at what is kept apart from the chain, one line for a quarter of an hour, and deleted after its time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.actions import look as looking
from desagravo.cases.models import Case
from desagravo.cases.models.privacy import Look
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import NotAllowed
from desagravo.history.queries import head
from tests.cast import MONDAY, Cast, engage, in_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    looking.__globals__["_seen"].clear()
    return engage()


@pytest.fixture
def case(cast: Cast) -> Case:
    return in_work(cast)


def browser(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(name))
    return client


def kept() -> list[tuple[str, str, str]]:
    return list(Look.objects.order_by("pk").values_list("case_number", "what", "about"))


def test_pages_files_and_papers_leave_a_line_and_the_chain_stays_as_it_was(cast: Cast, case: Case) -> None:
    actions.add_files(case, kept=[actions.keep_bytes("nota.txt", b"nota")], actor=cast.rui)
    file, before = case.attachments.get(), head()
    rui = browser(cast, "rui")
    for path in ("", "", "history/", f"files/{file.pk}/"):
        assert rui.get(f"/desk/cases/{case.number}/{path}").status_code == 200
    assert kept() == [(case.number, "read", ""), (case.number, "file", str(file.pk))]
    assert head() == before


def test_what_was_not_shown_leaves_no_line(cast: Cast, case: Case) -> None:
    assert browser(cast, "otto").get(f"/desk/cases/{case.number}/").status_code == 404
    assert browser(cast, "dora").get(f"/desk/cases/{case.number}/break-glass/").status_code == 200
    actions.look(case.number, "read", actor=SYSTEM)
    actions.look(case.number, "read", actor=Actor("customer", case.number))
    assert kept() == []


def test_one_line_for_a_quarter_of_an_hour_whichever_process_saw_it(cast: Cast, case: Case) -> None:
    for minutes in (0, 5, 14, 16, 20):
        looking.__globals__["_seen"].clear()  # as another process would
        with clock.at(MONDAY + timedelta(minutes=minutes)):
            actions.look(case.number, "read", actor=cast.rui)
    assert [at - MONDAY for at in Look.objects.order_by("pk").values_list("at", flat=True)] == [
        timedelta(0),
        timedelta(minutes=16),
    ]


def test_lines_are_deleted_after_thirteen_months(cast: Cast, case: Case) -> None:
    with clock.at(MONDAY):
        actions.look(case.number, "read", actor=cast.rui)
    with clock.at(MONDAY + timedelta(days=390)):
        actions.look(case.number, "read", actor=cast.rui)
        assert actions.forget_looks(clock.now()) == 0
    assert actions.forget_looks(MONDAY + timedelta(days=397)) == 1
    assert actions.forget_looks(MONDAY + timedelta(days=397)) == 0
    assert Look.objects.count() == 1


def test_managers_auditors_and_keepers_of_data_read_the_log(cast: Cast, case: Case) -> None:
    actions.look(case.number, "read", actor=cast.rui)
    for name in ("marta", "dora", "amelia"):
        assert [row.who for row in cases.looks_at(cast.actor(name), case)] == ["Rui Tavares"]
        page = browser(cast, name).get(f"/desk/cases/{case.number}/looks/")
        assert b"Rui Tavares" in page.content
        told = browser(cast, name).get(f"/desk/looks/?person={cast.rui.id}").content.decode()
        assert case.number in told
    for name in ("rui", "sofia"):
        with pytest.raises(NotAllowed):
            cases.looks_at(cast.actor(name), case)
        assert browser(cast, name).get("/desk/looks/").status_code == 403


def test_broken_glass_comes_first_and_a_confidential_case_has_no_number_for_others(cast: Cast, case: Case) -> None:
    other = in_work(cast)
    actions.make_confidential(case, actor=cast.rui)
    actions.break_glass(case.number, reason="Revisão.", actor=cast.marta)
    with clock.at(clock.now() + timedelta(minutes=1)):
        actions.look(other.number, "read", actor=cast.marta)
    since = clock.now() - timedelta(days=1)
    assert [(row.number, row.what) for row in cases.looks_of(cast.dora, cast.marta.id, since=since)] == [
        ("", "broke_glass"),
        (other.number, "read"),
    ]
    assert cases.looks_of(cast.marta, cast.marta.id, since=since)[0].number == case.number


def test_a_full_disk_keeps_nobody_from_reading_and_the_look_is_noted_later(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    rui = browser(cast, "rui")

    def full(*_args: object, **_words: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as away:
        away.setattr(Look, "save", full)
        assert rui.get(f"/desk/cases/{case.number}/").status_code == 200
    assert not Look.objects.filter(case_number=case.number).exists()
    other = in_work(cast)
    assert rui.get(f"/desk/cases/{other.number}/").status_code == 200
    assert Look.objects.filter(case_number=case.number, what="read").count() == 1


def test_a_page_that_comes_back_shows_the_case_as_well(cast: Cast, case: Case) -> None:
    for path, data, status in (
        ("messages/", {"change": "1", "body": "x"}, 200),
        ("messages/", {"preview": "1", "body": "x"}, 200),
        ("notes/", {"body": ""}, 422),
        ("findings/", {"body": ""}, 422),
    ):
        looking.__globals__["_seen"].clear()
        Look.objects.all().delete()
        answer = browser(cast, "rui").post(f"/desk/cases/{case.number}/{path}", data)
        assert answer.status_code == status, path
        assert kept() == [(case.number, "read", "")], path


def test_a_contact_reads_a_question_on_a_full_disk_and_every_answer_that_comes_back_is_a_look(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = clock.now() + timedelta(days=2)
    (asked,) = actions.consult(case, questions=[actions.Question("finance", "Pago?", due)], actor=cast.rui)
    carla, path = browser(cast, "carla"), f"/desk/questions/{asked.pk}/"

    def full(*_args: object, **_words: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as away:
        away.setattr(Look, "save", full)
        assert carla.get(path).status_code == 200
    looking.__globals__["_seen"].clear()
    looking.__globals__["_owed"].clear()
    assert carla.post(path, {"answer": ""}).status_code == 422
    assert kept() == [(case.number, "read", f"question {asked.pk}")]


def test_two_threads_that_write_what_is_owed_take_nothing_from_each_other(cast: Cast, case: Case) -> None:
    owed = looking.__globals__["_owed"]

    class Emptied(type(owed)):  # type: ignore[misc]
        def __bool__(self) -> bool:
            return True  # as it was when the other thread had not taken the last one

    looking.__globals__["_owed"] = Emptied()
    try:
        actions.look(case.number, "read", actor=cast.rui)
    finally:
        looking.__globals__["_owed"] = owed
    assert kept() == [(case.number, "read", "")]
