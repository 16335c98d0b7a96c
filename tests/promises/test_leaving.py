"""Several hands at one case at the same moment: one comes first, nobody's words are lost, nothing leaves twice.

Real threads on real transactions, on both databases (faults F14 and F15).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from desagravo.cases import actions, queries
from desagravo.cases.models import AnswerDraft, Case, Message, Response
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Conflict, NotAllowed, NotNow, Refusal
from desagravo.departments import actions as departments
from desagravo.history import outbox
from desagravo.history.models import Delivery
from desagravo.history.verify import verify
from tests.cast import CALM, MONDAY, PASSWORD, SAFETY, Cast, answered, decided, engage, fresh, in_work, kinds, section
from tests.promises.test_idempotent import at_once
from tests.promises.test_properties import SHARED
from tests.rooms.history.kinds import emptying

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 5


@pytest.fixture(autouse=True, scope="module")
def _emptying() -> Iterator[None]:
    with emptying():
        yield


@pytest.fixture
def cast() -> Cast:
    return engage()


def delay(seconds: int) -> None:
    departments.establish_organisation("Casa de Ensaio", sending_delay=seconds)


def put_up(cast: Cast) -> tuple[Case, Response]:
    case = in_work(cast, answers=SAFETY)
    return case, actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)


def make_due(case: Case) -> None:
    """The moment of what is leaving has come."""
    Delivery.objects.filter(event__case_number=case.number, state="waiting").update(due_at=clock.now())


def done(ended: list[object]) -> list[object]:
    """Those who came through; everybody else heard a refusal with a sentence, and nothing else went wrong."""
    assert all(isinstance(each, Refusal) or not isinstance(each, Exception) for each in ended), ended
    assert all(each.sentence() for each in ended if isinstance(each, Refusal))
    return [each for each in ended if not isinstance(each, Exception)]


def sent_or_held(case: Case) -> tuple[int, int]:
    told = kinds(case)
    sent = told.count("case.answered") + told.count("approval.granted")
    return sent, told.count("answer.held_back") + told.count("approval.held_back")


@pytest.mark.parametrize("approved", [False, True])
def test_the_worker_and_who_holds_back_at_once(cast: Cast, approved: bool) -> None:
    delay(60)
    if approved:
        case, response = put_up(cast)
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    else:
        case = in_work(cast)
        response = actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
    make_due(case)
    work = [lambda: outbox.run_due()] * 2
    ended = at_once(*work, lambda: actions.hold_back(case, response=response.pk, actor=cast.marta))
    done(ended)
    while outbox.run_due():
        pass
    sent, held = sent_or_held(case)
    assert sent + held == 1
    assert isinstance(ended[2], NotNow) == (sent == 1)
    assert OutgoingMail.objects.filter(letter="answer_ready").count() == sent
    assert verify().ok


def test_the_worker_and_the_customer_at_once(cast: Cast) -> None:
    delay(60)
    case = in_work(cast)
    actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
    make_due(case)
    customer = Actor("customer", case.number)
    ended = at_once(
        lambda: outbox.run_due(),
        lambda: actions.add_message(case, body="Espere.", actor=customer),
        lambda: outbox.run_due(),
    )
    assert not [each for each in ended if isinstance(each, Exception)], ended
    assert sum(sent_or_held(case)) == 1
    assert fresh(case).customer_wrote_at
    assert verify().ok


def test_five_who_hold_back_at_once_hold_back_once(cast: Cast) -> None:
    delay(60)
    case = in_work(cast)
    response = actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
    ended = at_once(*[lambda: actions.hold_back(case, response=response.pk, actor=cast.rui)] * HANDS)
    assert len(done(ended)) == 1
    assert sent_or_held(case) == (0, 1)


@pytest.mark.parametrize("seconds", [0, 60])
def test_two_managers_approve_at_once(cast: Cast, seconds: int) -> None:
    delay(seconds)
    case, response = put_up(cast)
    ended = at_once(
        *[
            lambda who=who: actions.approve(case, response_sha256=response.body_sha256, actor=who)
            for who in (cast.marta, cast.vasco, cast.marta)
        ]
    )
    assert len(done(ended)) == 1
    assert kinds(case).count("answer.released" if seconds else "approval.granted") == 1
    assert verify().ok


@pytest.mark.parametrize("seconds", [0, 60])
def test_approved_and_returned_at_once(cast: Cast, seconds: int) -> None:
    delay(seconds)
    case, response = put_up(cast)
    ended = at_once(
        lambda: actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta),
        lambda: actions.return_answer(case, comment="Falta o preço.", actor=cast.vasco),
    )
    assert len(done(ended)) == 1
    assert verify().ok


def test_an_author_does_not_approve_under_a_race(cast: Cast) -> None:
    """While the text goes up, who wrote in it tries to approve it, and so does who may."""
    case = in_work(cast, answers=SAFETY)
    version = decided(cast, case)
    version = actions.save_draft(case, body="Da Marta também.", based_on=version, actor=cast.marta).version
    response = actions.request_approval(case, draft_version=version, actor=cast.rui)
    ended = at_once(
        *[lambda: actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)] * 3,
        lambda: actions.approve(case, response_sha256=response.body_sha256, actor=cast.vasco),
    )
    assert all(isinstance(each, NotAllowed | NotNow) for each in ended[:3]), ended
    assert len(done(ended)) == 1
    response.refresh_from_db()
    assert response.decided_by_id == cast.person("vasco").pk


def test_two_edit_the_same_answer_and_both_texts_are_kept(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    texts = ["Texto do Rui.", "Texto da Beatriz."]
    ended = at_once(
        *[
            lambda who=who, body=body: actions.save_draft(case, body=body, based_on=version, actor=who)
            for who, body in zip((cast.rui, cast.bia), texts, strict=True)
        ]
    )
    assert len(done(ended)) == 1
    (conflict,) = [each for each in ended if isinstance(each, Conflict)]
    assert {conflict.theirs, conflict.yours} == set(texts)
    assert AnswerDraft.objects.get(case=case).body == conflict.theirs


def test_the_page_of_the_loser_shows_both_texts(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    path, told = f"/desk/cases/{case.number}/answer/", {"version": version, "do": "save"}

    def save(who: str, text: str) -> Any:
        client = Client(headers={"accept-language": "en"})
        client.force_login(cast.person(who))
        return client.post(path, {**told, "text": text})

    ended = at_once(lambda: save("rui", "Texto do Rui."), lambda: save("sofia", "Texto da Sofia."))
    assert sorted(each.status_code for each in ended) == [303, 409], ended  # type: ignore[attr-defined]
    page = next(each for each in ended if each.status_code == 409).content.decode()  # type: ignore[attr-defined]
    assert "Texto do Rui." in page
    assert "Texto da Sofia." in page


def test_one_closes_while_another_writes(cast: Cast) -> None:
    delay(0)
    case = answered(cast)
    ended = at_once(
        lambda: actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia),
        lambda: actions.write(case, body="Mais uma palavra.", actor=cast.rui),
        lambda: actions.add_message(case, body="E isto.", actor=Actor("customer", case.number)),
    )
    done(ended)
    assert not isinstance(ended[0], Exception)
    assert not isinstance(ended[2], Exception)  # what the customer says is kept, whatever the case is
    told = kinds(case)
    written = Message.objects.filter(case=case, kind="to_customer").count()
    assert written == told.count("case.wrote_to_customer") == (not isinstance(ended[1], Exception))
    assert fresh(case).status == "closed"
    assert verify().ok


def test_two_sign_at_once(cast: Cast) -> None:
    case = answered(cast)
    ended = at_once(
        *[
            lambda who=who: actions.sign_off(case, section=section(), password=PASSWORD, actor=who)
            for who in (cast.sofia, cast.marta)
        ]
    )
    assert len(done(ended)) == 1
    assert case.sign_offs.count() == kinds(case).count("case.closed") == 1


@pytest.mark.parametrize("seconds", [0, 60])
def test_the_same_form_from_five_hands_is_one_message(cast: Cast, seconds: int) -> None:
    delay(seconds)
    case = in_work(cast)
    path = f"/desk/cases/{case.number}/messages/"

    def send() -> int:
        client = Client()
        client.force_login(cast.person("rui"))
        return client.post(path, {"body": "Boa tarde.", "unknown": "x"}).status_code

    ended = at_once(*[send] * HANDS)
    assert ended == [303] * HANDS
    assert Message.objects.filter(case=case, kind="to_customer").count() == 1


def test_a_delivery_done_twice_sends_once(cast: Cast) -> None:
    delay(60)
    case = in_work(cast)
    actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
    make_due(case)
    work = outbox.claim(1)[0]
    at_once(lambda: outbox.perform(work), lambda: outbox.perform(work))
    while outbox.run_due():
        pass
    assert sent_or_held(case) == (1, 0)
    assert OutgoingMail.objects.filter(letter="answer_ready").count() == 1
    assert verify().ok


deeds = st.lists(
    st.sampled_from(["worker", "worker", "hold back", "customer", "file", "withdraw", "later", "release", "write"]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, **SHARED)
@given(deeds=deeds, approved=st.booleans())
def test_in_any_order_each_answer_leaves_once_or_is_held_back_once(
    cast: Cast, deeds: list[str], approved: bool
) -> None:
    with clock.at(MONDAY):
        delay(20)
        case = in_work(cast, answers=SAFETY if approved else CALM)
        version = decided(cast, case)
    now = MONDAY
    for place, deed in enumerate(["release", *deeds, "later", "worker"]):
        now += timedelta(seconds=25 if deed == "later" else 1)
        with clock.at(now):
            with suppress(Refusal):
                do(cast, fresh(case), deed, f"palavra {place}", version, approved=approved)
            agrees(case)
    assert not Response.objects.filter(case=case, state="leaving").exists()
    assert not Message.objects.filter(case=case, held_back_at=None).exclude(leaves_at=None).exists()
    assert verify().ok


def do(cast: Cast, case: Case, deed: str, words: str, version: int, *, approved: bool) -> None:
    customer = Actor("customer", case.number)
    leaving = Response.objects.filter(case=case).order_by("-pk").first()
    if deed == "worker":
        while outbox.run_due():
            pass
    elif deed == "hold back" and leaving:
        actions.hold_back(case, response=leaving.pk, actor=cast.marta)
    elif deed == "customer":
        actions.add_message(case, body=words, actor=customer)
    elif deed == "file":
        actions.add_files(case, kept=[actions.keep_bytes("a.txt", words.encode())], actor=cast.ines)
    elif deed == "withdraw":
        actions.withdraw(case, actor=customer)
    elif deed == "write":
        actions.write(case, body=words, actor=cast.rui)
    elif deed == "release" and approved:
        response = actions.request_approval(case, draft_version=version, actor=cast.rui)
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    elif deed == "release":
        actions.respond(case, draft_version=version, actor=cast.rui)


def agrees(case: Case) -> None:
    """Every release was sent once, held back once, or is still leaving; the customer has what was sent, and no more."""
    told = kinds(case)
    sent, held = sent_or_held(case)
    leaving = Response.objects.filter(case=case, state="leaving").count()
    assert told.count("answer.released") == sent + held + leaving
    assert OutgoingMail.objects.filter(case_number=case.number, letter="answer_ready").count() <= sent
    shown = queries.tracked(fresh(case)).conversation
    assert sum(said.answer for said in shown) == sent
    by_us = sum(said.by_us and not said.answer for said in shown)
    waits = Message.objects.filter(case=case, held_back_at=None).exclude(leaves_at=None).count()
    assert by_us == told.count("case.wrote_to_customer")
    assert told.count("message.released") == by_us + told.count("message.held_back") + waits
