"""What was released waits, leaves once, or is held back once; until it left, the customer sees nothing of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.actions.leave import send_released, send_released_message
from desagravo.cases.models import AnswerDraft, Case, Document, Message, Response
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock
from desagravo.common.refusals import NotAllowed, NotNow, NotYours
from desagravo.departments import actions as departments
from desagravo.history import outbox, restored
from desagravo.history.verify import verify
from tests.cast import MONDAY, PASSWORD, SAFETY, Cast, decided, fresh, in_work, kinds, section
from tests.rooms.cases.steps import adds, customer_of, refused

CANARY = "canário amarelo"
DELAY = timedelta(seconds=20)


@pytest.fixture(autouse=True)
def _delay(cast: Cast) -> None:
    departments.establish_organisation("Casa de Ensaio", sending_delay=20)


def released(cast: Cast, **case: Any) -> tuple[Case, Response]:
    """A minor case whose answer is on its way."""
    found = in_work(cast, **case)
    response = actions.respond(found, draft_version=decided(cast, found, body=CANARY), actor=cast.rui)
    return fresh(found), response


def approved(cast: Cast) -> tuple[Case, Response]:
    """A major case whose approved answer is on its way."""
    case = in_work(cast, answers=SAFETY)
    response = actions.request_approval(case, draft_version=decided(cast, case, body=CANARY), actor=cast.rui)
    response = actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    return fresh(case), response


def work(seconds: float = 20) -> None:
    """The worker, so many seconds after Monday nine o'clock, until nothing is due any more."""
    with clock.at(MONDAY + timedelta(seconds=seconds)):
        while outbox.run_due(limit=100):
            pass


def customer_sees(case: Case) -> str:
    shown = queries.tracked(fresh(case))
    return repr([(said.body, [file.name for file in said.files]) for said in shown.conversation])


def test_a_released_answer_leaves_at_its_moment_and_not_before(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case, body=CANARY)
    with adds(case, "answer.released", status="in_work"):
        response = actions.respond(case, draft_version=version, actor=cast.rui)
    assert (response.state, response.leaves_at) == ("leaving", MONDAY + DELAY)
    assert fresh(case).next_step == "leave"
    work(19.9)
    assert fresh(case).status == "in_work"
    assert CANARY not in customer_sees(case)
    work()
    response.refresh_from_db()
    assert (fresh(case).status, response.state, response.sent_at) == ("answered", "sent", MONDAY + DELAY)
    assert kinds(case).count("case.answered") == 1
    assert CANARY in customer_sees(case)
    assert OutgoingMail.objects.filter(letter="answer_ready").count() == 1
    assert verify().ok


def test_an_approval_is_told_at_release_and_the_answer_leaves_in_the_name_of_who_approved(cast: Cast) -> None:
    case, response = approved(cast)
    assert case.status == "awaiting_approval"
    assert kinds(case)[-1] == "answer.released"
    work()
    granted = next(view for view, _, _ in queries.history_of(case) if view.kind == "approval.granted")
    assert granted.actor_id == cast.marta.id
    assert fresh(case).status == "answered"
    assert Document.objects.filter(case=case, kind="letter", subject=response.pk).count() == 1
    assert verify().ok


def test_without_a_delay_everything_happens_at_once(cast: Cast) -> None:
    departments.establish_organisation("Casa de Ensaio", sending_delay=0)
    case, response = released(cast)
    assert (case.status, response.state) == ("answered", "sent")
    message = actions.write(case, body="Boa tarde.", actor=cast.rui)
    assert message.leaves_at is None
    assert "answer.released" not in kinds(case)


def test_a_worker_that_was_away_sends_when_it_is_back(cast: Cast) -> None:
    case, _ = released(cast)
    with clock.at(MONDAY + timedelta(hours=3)):
        assert CANARY not in customer_sees(case)
    work(3 * 3600)
    assert fresh(case).answered_at == MONDAY + timedelta(hours=3)


def test_sent_twice_by_the_worker_it_leaves_once(cast: Cast) -> None:
    case, response = released(cast)
    assert send_released(response.pk, actor=cast.rui)
    assert not send_released(response.pk, actor=cast.rui)
    assert kinds(case).count("case.answered") == 1


def test_held_back_it_is_the_draft_again_untouched(cast: Cast) -> None:
    case, response = released(cast)
    before = AnswerDraft.objects.filter(case=case).values().get()
    with adds(case, "answer.held_back", status="in_work"):
        actions.hold_back(case, response=response.pk, actor=cast.rui)
    work()
    assert AnswerDraft.objects.filter(case=case).values().get() == before
    assert "case.answered" not in kinds(case)
    assert CANARY not in customer_sees(case)
    assert not OutgoingMail.objects.filter(letter="answer_ready").exists()
    assert not Document.objects.filter(case=case, kind="letter").exists()
    version = actions.save_draft(case, body="Outro texto.", based_on=before["version"], actor=cast.rui).version
    actions.respond(case, draft_version=version, actor=cast.rui)
    work(60)
    assert fresh(case).status == "answered"
    assert verify().ok


def test_an_approval_that_is_held_back_is_void(cast: Cast) -> None:
    case, response = approved(cast)
    with adds(case, "approval.held_back", status="in_work"):
        actions.hold_back(case, response=response.pk, actor=cast.marta)
    with refused(case, NotNow, "not_on_the_path"):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    work()
    assert "approval.granted" not in kinds(case)
    assert verify().ok


def test_too_late_is_said(cast: Cast) -> None:
    case, response = released(cast)
    work()
    with refused(case, NotNow, "already_left"):
        actions.hold_back(case, response=response.pk, actor=cast.rui)
    other, text = released(cast)
    actions.hold_back(other, response=text.pk, actor=cast.rui)
    with refused(other, NotNow, "already_held_back"):
        actions.hold_back(other, response=text.pk, actor=cast.rui)
    with refused(other, NotYours, "not_found"):
        actions.hold_back(other, response=response.pk, actor=cast.rui)


@pytest.mark.parametrize(("who", "may"), [
    ("rui", True), ("bia", False), ("sofia", True), ("marta", True), ("vasco", True), ("ines", False),
    ("carla", False), ("dora", False), ("xavier", False),
])  # fmt: skip
def test_who_may_hold_back(cast: Cast, who: str, may: bool) -> None:
    case, response = released(cast)
    assert ("hold_back" in queries.steps_open_to(cast.actor(who), case)) == may
    if may:
        actions.hold_back(case, response=response.pk, actor=cast.actor(who))
    else:
        with refused(case, NotAllowed):
            actions.hold_back(case, response=response.pk, actor=cast.actor(who))
        with refused(case, NotAllowed):
            actions.hold_back(case, response=response.pk, actor=customer_of(case))


def test_the_owner_may_hold_back_what_another_released(cast: Cast) -> None:
    case = in_work(cast, owner="bia")
    response = actions.respond(case, draft_version=decided(cast, case), actor=cast.sofia)
    actions.hold_back(case, response=response.pk, actor=cast.bia)


def test_nothing_changes_under_an_answer_that_leaves(cast: Cast) -> None:
    case, _ = released(cast)
    draft = AnswerDraft.objects.get(case=case)
    with refused(case, NotNow, "answer_leaving"):
        actions.save_draft(case, body="x", based_on=draft.version, actor=cast.rui)
    with refused(case, NotNow, "answer_leaving"):
        actions.respond(case, draft_version=draft.version, actor=cast.rui)
    with refused(case, NotNow, "answer_leaving"):
        actions.add_point(case, text="Mais um.", actor=cast.rui)
    with refused(case, NotNow, "not_on_the_path"):
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    other, response = approved(cast)
    with refused(other, NotNow, "answer_leaving"):
        actions.approve(other, response_sha256=response.body_sha256, actor=cast.vasco)
    with refused(other, NotNow, "answer_leaving"):
        actions.return_answer(other, comment="Não.", actor=cast.vasco)
    assert {"draft", "respond", "point"}.isdisjoint(queries.steps_open_to(cast.rui, case))


@pytest.mark.parametrize("make", [released, approved])
def test_a_message_of_the_customer_stops_it(cast: Cast, make: Any) -> None:
    case, response = make(cast)
    held = "answer.held_back" if make is released else "approval.held_back"
    with clock.at(MONDAY + timedelta(seconds=5)), adds(case, "case.customer_wrote", held, status="in_work"):
        actions.add_message(case, body="Ainda uma coisa.", actor=customer_of(case))
    work()
    response.refresh_from_db()
    now = fresh(case)
    assert response.state == "held_back"
    assert (now.next_step, now.came_back_at) == ("read_customer", MONDAY + timedelta(seconds=5))
    assert CANARY not in customer_sees(case)
    assert queries.case_file(cast.rui, now).held_back_because == "customer_wrote"
    assert verify().ok


def test_a_retry_of_an_old_message_stops_nothing(cast: Cast) -> None:
    case = in_work(cast)
    actions.add_message(case, body="Olá.", actor=customer_of(case))
    response = actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
    actions.add_message(case, body="Olá.", actor=customer_of(case))
    response.refresh_from_db()
    assert response.state == "leaving"


@pytest.mark.parametrize("make", [released, approved])
def test_a_withdrawal_stops_it(cast: Cast, make: Any) -> None:
    case, response = make(cast)
    with adds(case, "case.withdrawn", "answer.held_back", status="withdrawn"):
        actions.withdraw(case, actor=customer_of(case))
    work()
    response.refresh_from_db()
    assert response.state == "held_back"
    assert fresh(case).status == "withdrawn"
    assert verify().ok


def test_an_added_file_stops_it(cast: Cast) -> None:
    case, response = released(cast)
    with adds(case, "case.files_added", "answer.held_back", status="in_work"):
        actions.add_files(case, kept=[actions.keep_bytes("a.txt", b"a")], actor=cast.ines)
    response.refresh_from_db()
    assert response.state == "held_back"


def message(cast: Cast) -> tuple[Case, Message]:
    case = in_work(cast)
    kept = [actions.keep_bytes(f"{CANARY}.txt", b"x")]
    return case, actions.write(case, body=CANARY, actor=cast.rui, kept=kept)


def test_a_message_leaves_at_its_moment(cast: Cast) -> None:
    case, row = message(cast)
    file = row.attachments.get()
    assert kinds(case)[-1] == "message.released"
    assert CANARY not in customer_sees(case)
    with pytest.raises(NotYours):
        queries.attachment_for(customer_of(case), file.pk)
    assert not OutgoingMail.objects.filter(letter="message_waiting").exists()
    work()
    assert kinds(case).count("case.wrote_to_customer") == 1
    assert CANARY in customer_sees(case)
    assert queries.attachment_for(customer_of(case), file.pk) == file
    assert OutgoingMail.objects.filter(letter="message_waiting").count() == 1
    assert not send_released_message(row.pk, actor=cast.rui)
    with refused(case, NotNow, "already_left"):
        actions.hold_back_message(case, message=row.pk, actor=cast.rui)
    assert verify().ok


def test_a_message_that_is_held_back_stays_inside(cast: Cast) -> None:
    case, row = message(cast)
    with refused(case, NotAllowed, "not_released_by_you"):
        actions.hold_back_message(case, message=row.pk, actor=cast.bia)
    actions.hold_back_message(case, message=row.pk, actor=cast.rui)
    work()
    assert CANARY not in customer_sees(case)
    with pytest.raises(NotYours):
        queries.attachment_for(customer_of(case), row.attachments.get().pk)
    assert "case.wrote_to_customer" not in kinds(case)
    assert "held_back" in [entry.surface for entry in queries.case_file(cast.rui, case).timeline]
    with refused(case, NotNow, "already_held_back"):
        actions.hold_back_message(case, message=row.pk, actor=cast.rui)
    again = actions.write(case, body=CANARY, actor=cast.rui, kept=[actions.keep_bytes(f"{CANARY}.txt", b"x")])
    assert again.pk != row.pk  # what was held back is no first half of a double click
    assert verify().ok


def test_verify_finds_a_message_that_was_let_out_behind_the_products_back(cast: Cast) -> None:
    case, row = message(cast)
    actions.hold_back_message(case, message=row.pk, actor=cast.rui)
    assert verify().ok
    Message.objects.filter(pk=row.pk).update(leaves_at=None, held_back_at=None)
    assert not verify().ok


def test_the_customers_word_stops_a_message(cast: Cast) -> None:
    departments.establish_organisation("Casa de Ensaio", sending_delay=0)
    case, _ = released(cast)
    departments.establish_organisation("Casa de Ensaio", sending_delay=20)
    row = actions.write(case, body=CANARY, actor=cast.rui)
    with refused(case, NotNow, "message_leaving"):
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    actions.react(case, settled=False, body="Não chega.", actor=customer_of(case))
    row.refresh_from_db()
    assert row.held_back_at
    work()
    assert "case.wrote_to_customer" not in kinds(case)
    assert verify().ok


def restore_acts() -> dict[str, int]:
    return {name: act() for name, act in restored.acts().items()}


def test_what_was_leaving_in_a_restored_backup_does_not_leave_by_itself(cast: Cast) -> None:
    case, response = released(cast)
    major, approved_response = approved(cast)
    with_message = in_work(cast)
    message = actions.write(with_message, body="canário verde", actor=cast.rui)
    assert restore_acts()["answers and messages"] == 3
    assert restore_acts()["answers and messages"] == 0, "it may be called twice"
    work(3600)
    for each, row in ((case, response), (major, approved_response)):
        row.refresh_from_db()
        assert (row.state, fresh(each).status) == ("held_back", "in_work")
    assert "answer.held_back" in kinds(case)
    assert "approval.held_back" in kinds(major)
    message.refresh_from_db()
    assert message.held_back_at
    assert CANARY not in customer_sees(case)
    assert "verde" not in customer_sees(with_message)
    assert not OutgoingMail.objects.filter(letter__in=("answer_ready", "message_waiting")).exists()
    told = {row.sentence for row in queries.notices(cast.rui).rows}
    assert f"The answer to {case.number} was held back." in told
    assert f"A message on {with_message.number} was held back: a backup was restored." in told
    assert verify().ok
