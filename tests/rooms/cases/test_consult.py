from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question
from desagravo.cases.models import Case, Consultation
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.history.queries import of_case
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.calendar import due_after
from tests.cast import MONDAY, PASSWORD, SAFETY, Cast, answered, closed, days_later, decided, filed, fresh, in_work
from tests.cast import section as closing
from tests.rooms.cases.steps import adds, customer_of, refused

DUE = due_after(MONDAY, 2)
NAMES = {each.code: each.name for each in rulebook.departments("en")}


def ask(case: Case, cast: Cast, department: str = "finance", *, required: bool = True) -> Consultation:
    return actions.consult(case, questions=[Question(department, "Foi pago?", DUE, required)], actor=cast.rui)[0]


def test_several_departments_in_one_step(cast: Cast) -> None:
    case = in_work(cast)
    questions = [Question("finance", "Foi pago?", DUE), Question("logistics", "Onde está?", DUE, required=False)]
    with adds(case, "consultation.asked", "consultation.asked", status="in_work"):
        asked = actions.consult(case, questions=questions, actor=cast.rui)
    assert [(row.department, row.required, row.status) for row in asked] == [
        ("finance", True, "open"),
        ("logistics", False, "open"),
    ]
    assert [event.department for event in of_case(case.number)[-2:]] == ["finance", "logistics"]
    assert case.follow_ups.filter(due_at=DUE, done_at=None).count() == 2
    now = fresh(case)
    assert (now.next_step, now.next_due) == ("await_department", DUE)
    assert [row.case_number for row in queries.questions(cast.carla)] == [case.number]
    assert [row.number for row in queries.search(cast.marta, "onde esta").rows] == [case.number]


def test_what_cannot_be_asked(cast: Cast) -> None:
    case = in_work(cast)
    with refused(case, Missing, "department:no_such_department"):
        actions.consult(case, questions=[], actor=cast.rui)
    with refused(case, Missing, "department:no_such_department"):
        actions.consult(case, questions=[Question("astrology", "When?", DUE)], actor=cast.rui)
    with refused(case, Missing, "question:empty"):
        actions.consult(case, questions=[Question("finance", " \n", DUE)], actor=cast.rui)
    with refused(case, Missing, "due_at:past_date"):
        actions.consult(case, questions=[Question("finance", "When?", clock.now())], actor=cast.rui)
    with refused(case, Missing, "question:empty"):  # the second is wrong: the first is not asked either
        actions.consult(case, questions=[Question("legal", "Why?", DUE), Question("finance", "", DUE)], actor=cast.rui)
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("who", ["ines", "carla", "vasco", "dora", "xavier"])
def test_who_may_not_ask(cast: Cast, who: str) -> None:
    case = in_work(cast)
    with refused(case, NotAllowed, "role"):
        actions.consult(case, questions=[Question("finance", "Why?", DUE)], actor=cast.actor(who))


def test_not_before_it_is_assessed_nor_after_it_is_closed(cast: Cast) -> None:
    for case in (filed(), closed(cast)):
        with refused(case, NotNow, "not_on_the_path"):
            ask(case, cast)


def test_the_department_answers(cast: Cast) -> None:
    case = in_work(cast)
    asked = ask(case, cast)
    with adds(case, "consultation.answered", status="in_work"), days_later(1) as later:
        row = actions.answer_consultation(asked, answer="Sim, a 3 de janeiro.", actor=cast.carla)
    assert (row.status, row.answer, str(row.answered_by_id), row.answered_at) == (
        "answered",
        "Sim, a 3 de janeiro.",
        cast.carla.id,
        later,
    )
    assert not case.follow_ups.filter(done_at=None).exists()
    assert fresh(case).next_step == "write_answer"
    assert not queries.questions(cast.carla)


def test_it_may_decline_with_a_reason_and_send_files(cast: Cast) -> None:
    case = in_work(cast)
    asked = ask(case, cast)
    with adds(case, "consultation.answered", status="in_work"):
        row = actions.answer_consultation(
            asked,
            answer="Isto é dos armazéns.",
            declined=True,
            actor=cast.carla,
            kept=[actions.keep_bytes("mapa.txt", b"1 2 3")],
        )
    assert row.status == "declined"
    file = case.attachments.get()
    assert not file.for_customer
    assert file.message is not None
    assert file.message.kind == "reply"


def test_who_may_not_answer(cast: Cast) -> None:
    case = in_work(cast)
    asked = ask(case, cast)
    with refused(case, NotAllowed, "another_department"):
        actions.answer_consultation(asked, answer="Yes", actor=cast.paulo)
    for who in ("rui", "sofia", "marta", "dora"):
        with refused(case, NotAllowed, "role"):
            actions.answer_consultation(asked, answer="Yes", actor=cast.actor(who))
    with refused(case, NotAllowed, "role"):
        actions.answer_consultation(asked, answer="Yes", actor=customer_of(case))
    with refused(case, Missing, "answer:empty"):
        actions.answer_consultation(asked, answer="  ", actor=cast.carla)
    actions.answer_consultation(asked, answer="Yes", actor=cast.carla)
    with refused(case, NotNow, "not_asked_now"):
        actions.answer_consultation(asked, answer="No", actor=cast.carla)
    asked.pk = 999_999
    with pytest.raises(NotYours):
        actions.answer_consultation(asked, answer="No", actor=cast.carla)


def test_senior_management_answers_for_itself(cast: Cast) -> None:
    case = in_work(cast)
    asked = ask(case, cast, "senior")
    with adds(case, "consultation.answered", status="in_work"):
        actions.answer_consultation(asked, answer="Autorizo.", actor=cast.vasco)


def test_an_open_question_stands_in_the_way_of_answering_and_is_named(cast: Cast) -> None:
    minor, major = in_work(cast), in_work(cast, answers=SAFETY)
    for case, verb in ((minor, actions.respond), (major, actions.request_approval)):
        version = decided(cast, case)
        asked = ask(case, cast, "legal")
        with refused(case, NotNow, "question_open", department=NAMES["legal"]):
            verb(case, draft_version=version, actor=cast.rui)
        actions.withdraw_consultation(asked, reason="Settled by telephone.", actor=cast.rui)
        verb(case, draft_version=version, actor=cast.rui)


def test_an_open_question_stands_in_the_way_of_approval(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    asked = ask(case, cast)
    with refused(case, NotNow, "question_open", department=NAMES["finance"]):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    actions.answer_consultation(asked, answer="Sim.", actor=cast.carla)
    actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)


def test_an_open_question_stands_in_the_way_of_closing(cast: Cast) -> None:
    case = answered(cast)
    asked = ask(case, cast, "logistics")
    with refused(case, NotNow, "question_open", department=NAMES["logistics"]):
        actions.sign_off(case, section=closing(), password=PASSWORD, actor=cast.sofia)
    actions.answer_consultation(asked, answer="Entregue.", actor=cast.paulo)
    with adds(case, "case.closed", status="closed"):
        actions.sign_off(case, section=closing(), password=PASSWORD, actor=cast.sofia)


def test_a_question_that_is_only_for_information_stands_in_nobodys_way(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    ask(case, cast, required=False)
    with adds(case, "case.answered", status="answered"):
        actions.respond(case, draft_version=version, actor=cast.rui)


def test_taking_a_question_back_needs_a_reason(cast: Cast) -> None:
    case = in_work(cast)
    asked = ask(case, cast)
    with refused(case, Missing, "reason:needs_reason"):
        actions.withdraw_consultation(asked, reason="", actor=cast.rui)
    with refused(case, NotAllowed, "role"):
        actions.withdraw_consultation(asked, reason="No.", actor=cast.carla)
    with adds(case, "consultation.withdrawn", status="in_work"):
        row = actions.withdraw_consultation(asked, reason="Settled by telephone.", actor=cast.rui)
    assert row.status == "withdrawn"
    assert not case.follow_ups.filter(done_at=None).exists()
    for verb in (
        lambda: actions.withdraw_consultation(asked, reason="Again.", actor=cast.rui),
        lambda: actions.answer_consultation(asked, answer="Late.", actor=cast.carla),
    ):
        with refused(case, NotNow, "not_asked_now"):
            verb()


def test_silence_brings_the_question_back_to_the_owner(cast: Cast) -> None:
    case = in_work(cast)
    ask(case, cast)
    assert actions.come_back(DUE - timedelta(seconds=1)) == 0
    with adds(case, "follow_up.came_back", status="in_work"), clock.at(DUE + timedelta(minutes=1)):
        assert actions.come_back(clock.now()) == 1
    assert of_case(case.number)[-1].department == "finance"
    assert fresh(case).next_step == "look_after"
    assert [row.number for row in queries.inbox(cast.rui, "came_back").rows] == [case.number]
    with adds(case, "consultation.answered", status="in_work"):
        actions.answer_consultation(Consultation.objects.get(), answer="Sorry, late.", actor=cast.carla)
    assert fresh(case).came_back_at is None


def test_the_same_question_asked_twice_is_one(cast: Cast) -> None:
    case = in_work(cast)
    due = clock.now() + timedelta(days=2)
    questions = [actions.Question("finance", "Paid?", due)]
    first = actions.consult(case, questions=questions, actor=cast.rui)
    with adds(case, status="in_work"):
        assert actions.consult(case, questions=questions, actor=cast.rui) == first
    with adds(case, "consultation.asked", status="in_work"):
        both = actions.consult(case, questions=[*questions, actions.Question("legal", "Paid?", due)], actor=cast.rui)
    assert both[0] == first[0]
    assert case.follow_ups.count() == 2
    with clock.at(clock.now() + timedelta(minutes=11)), adds(case, "consultation.asked", status="in_work"):
        actions.consult(case, questions=questions, actor=cast.rui)
