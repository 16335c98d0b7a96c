"""The desk of a department contact: one question, one page, one answer, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desagravo.cases import actions
from desagravo.cases.actions import Question
from desagravo.cases.models import Case, Consultation
from desagravo.common import clock
from tests.cast import Cast, in_work
from tests.doors.desk.conftest import Desk


def ask(cast: Cast, case: Case, department: str = "finance", text: str = "Devolvemos as duas?") -> Consultation:
    due = clock.now() + timedelta(days=3)
    return actions.consult(case, questions=[Question(department, text, due)], actor=cast.rui)[0]


def test_the_page_says_what_is_asked_and_what_it_is_about(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, product="Frigorífico")
    other = ask(cast, case, "logistics", "Onde está?")
    actions.answer_consultation(other, answer="No armazém de Maia.", actor=cast.paulo)
    question = ask(cast, case)
    html = desk("carla").get(f"/desk/questions/{question.pk}/").content.decode()
    assert '<h1 dir="auto">Devolvemos as duas?</h1>' in html
    for told in ("Frigorífico", "deixou de arrefecer", "No armazém de Maia.", "Rui Tavares asks", "in 3 working days"):
        assert told in html or told == "in 3 working days"
    for hidden in ("ines@example.org", "+351 912 345 678", "Inês Conceição", f'/desk/cases/{case.number}/"'):
        assert hidden not in html


def test_an_answer_with_a_file_ends_it_calmly(cast: Cast, desk: Desk) -> None:
    question = ask(cast, in_work(cast))
    carla, path = desk("carla"), f"/desk/questions/{question.pk}/"
    sent = {"way": "answer", "answer": "As duas.", "files": [SimpleUploadedFile("fatura.txt", b"649")]}
    response = carla.post(path, sent)
    assert response.headers["Location"] == f"{path}done/"
    assert "There is nothing else for you to do." in carla.get(f"{path}done/").content.decode()
    question.refresh_from_db()
    assert (question.status, question.answer) == ("answered", "As duas.")
    assert question.case.attachments.get().for_customer is False
    assert carla.post(path, {"way": "answer", "answer": "Afinal não."}).status_code == 409


def test_an_empty_answer_keeps_the_file(cast: Cast, desk: Desk) -> None:
    question = ask(cast, in_work(cast))
    carla, path = desk("carla"), f"/desk/questions/{question.pk}/"
    sent = {"way": "answer", "answer": " ", "form_key": "d" * 32, "files": [SimpleUploadedFile("fatura.txt", b"649")]}
    response = carla.post(path, sent)
    assert response.status_code == 422
    assert "fatura.txt" in response.content.decode()
    assert carla.post(path, {"way": "answer", "answer": "Sim.", "form_key": "d" * 32}).status_code == 303
    assert question.case.attachments.get().name == "fatura.txt"


def test_declining_needs_a_reason(cast: Cast, desk: Desk) -> None:
    question = ask(cast, in_work(cast))
    carla, path = desk("carla"), f"/desk/questions/{question.pk}/"
    response = carla.post(path, {"way": "decline", "reason": "", "answer": "meia frase"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'href="#f_reason"' in html
    assert "meia frase" in html
    carla.post(path, {"way": "decline", "reason": "É com a Logística."})
    question.refresh_from_db()
    assert (question.status, question.answer) == ("declined", "É com a Logística.")


@pytest.mark.parametrize("name", ["paulo", "otto", "ines", "xavier"])
def test_a_question_to_another_department_is_not_there(cast: Cast, desk: Desk, name: str) -> None:
    question = ask(cast, in_work(cast))
    theirs = desk(name).get(f"/desk/questions/{question.pk}/")
    missing = desk(name).get("/desk/questions/999999/")
    assert theirs.status_code == missing.status_code == 404
    assert theirs.content == missing.content


@pytest.mark.parametrize("name", ["rui", "marta", "dora"])
def test_who_sees_the_case_reads_the_question_and_cannot_answer_it(cast: Cast, desk: Desk, name: str) -> None:
    question = ask(cast, in_work(cast))
    client, path = desk(name), f"/desk/questions/{question.pk}/"
    html = client.get(path).content.decode()
    assert "Open the whole case" in html
    assert 'name="answer"' not in html
    assert client.post(path, {"way": "answer", "answer": "Sim."}).status_code == 403
    question.refresh_from_db()
    assert question.status == "open"


def test_the_lists(cast: Cast, desk: Desk) -> None:
    carla = desk("carla")
    assert "Nothing to answer" in carla.get("/desk/questions/").content.decode()
    case = in_work(cast)
    answered = ask(cast, case, text="Primeira?")
    actions.answer_consultation(answered, answer="Sim.", actor=cast.carla)
    ask(cast, case, text="Segunda?")
    ask(cast, case, "logistics", text="Terceira?")
    html = carla.get("/desk/questions/").content.decode()
    assert "Segunda?" in html
    assert "Primeira?" not in html
    assert "Terceira?" not in html
    assert "Primeira?" in carla.get("/desk/questions/?status=answered").content.decode()


@pytest.mark.usefixtures("remembered")
def test_queries_do_not_grow_with_the_questions(cast: Cast, desk: Desk) -> None:
    carla, counted = desk("carla"), []
    carla.get("/desk/questions/")
    for more in (2, 8):
        case = in_work(cast)
        for n in range(more):
            question = ask(cast, case, text=f"Pergunta {n}?")
        with CaptureQueriesContext(connection) as queries:
            carla.get("/desk/questions/")
            carla.get(f"/desk/questions/{question.pk}/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[1] <= 50
