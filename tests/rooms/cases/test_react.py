from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions, queries
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.history.verify import verify
from tests.cast import PASSWORD, SAFETY, Cast, answered, closed, days_later, decided, filed, fresh, in_work, section
from tests.rooms.cases.steps import adds, customer_of, refused


@pytest.mark.parametrize("body", ["", "Obrigada."])
def test_the_answer_settles_it(cast: Cast, body: str) -> None:
    case = answered(cast)
    with adds(case, "case.settled", status="answered"):
        actions.react(case, settled=True, body=body, actor=customer_of(case))
    now = fresh(case)
    assert (now.customer_position, now.next_step, now.customer_wrote_at) == ("accepted", "sign_off", None)
    assert not queries.tracked(now).may_react
    assert [row.number for row in queries.inbox(cast.sofia, "to_sign").rows] == [case.number]


def test_the_answer_does_not_settle_it(cast: Cast) -> None:
    case = answered(cast)
    with refused(case, Missing, "body:empty"):
        actions.react(case, settled=False, actor=customer_of(case))
    with adds(case, "case.contested", status="in_work"), days_later(3) as later:
        actions.react(case, settled=False, body="Não chega.", actor=customer_of(case))
    now = fresh(case)
    assert (now.customer_position, now.customer_wrote_at, now.next_step) == ("rejected", later, "read_customer")
    assert str(now.owner_id) == cast.rui.id
    version = actions.save_draft(now, body="Então devolvemos o preço.", based_on=1, actor=cast.rui).version
    with adds(case, "case.answered", status="answered"):
        actions.respond(now, draft_version=version, actor=cast.rui)
    assert fresh(case).customer_position == ""


def test_intake_writes_the_reaction_down(cast: Cast) -> None:
    case = answered(cast)
    with adds(case, "case.settled", status="answered"):
        actions.react(case, settled=True, body="Disse-o ao telefone.", actor=cast.ines, channel="phone")


def test_reacting_refused(cast: Cast) -> None:
    case, other = answered(cast), filed()
    with refused(case, NotYours, "not_found"):
        actions.react(case, settled=True, actor=customer_of(other))
    for who in ("carla", "vasco", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.react(case, settled=True, actor=cast.actor(who))
    for early in (other, in_work(cast), closed(cast)):
        with refused(early, NotNow, "not_on_the_path"):
            actions.react(early, settled=True, actor=customer_of(early))


def test_the_customer_withdraws(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "case.withdrawn", status="withdrawn"):
        actions.withdraw(case, actor=customer_of(case))
    now = fresh(case)
    assert (now.open, now.next_step) == (False, "sign_off")
    assert [row.number for row in queries.inbox(cast.marta, "to_sign").rows] == [case.number]


def test_with_or_without_a_word(cast: Cast) -> None:
    case = filed()
    with adds(case, "case.withdrawn", status="withdrawn"):
        actions.withdraw(case, reason="Estava na vizinha.", actor=customer_of(case))
    assert [said.body for said in queries.tracked(fresh(case)).conversation] == ["Estava na vizinha."]


def test_a_colleague_withdraws_only_with_a_reason_that_stays_inside(cast: Cast) -> None:
    case = in_work(cast)
    with refused(case, Missing, "reason:needs_reason"):
        actions.withdraw(case, actor=cast.rui)
    with adds(case, "case.withdrawn", status="withdrawn"):
        actions.withdraw(case, reason="Disse-o ao telefone a 2 de março.", actor=cast.rui)
    assert not queries.tracked(fresh(case)).conversation


def test_withdrawing_refused(cast: Cast) -> None:
    case, other, done = in_work(cast), filed(), closed(cast)
    with refused(case, NotYours, "not_found"):
        actions.withdraw(case, actor=customer_of(other))
    for who in ("carla", "vasco", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.withdraw(case, reason="x", actor=cast.actor(who))
    with refused(done, NotNow, "not_on_the_path"):
        actions.withdraw(done, actor=customer_of(done))
    actions.withdraw(other, actor=customer_of(other))
    with refused(other, NotNow, "not_on_the_path"):
        actions.withdraw(other, actor=customer_of(other))


def test_an_answer_that_waits_for_approval_is_not_sent_after_withdrawal(cast: Cast) -> None:
    case = in_work(cast)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    actions.withdraw(case, actor=customer_of(case))
    with refused(case, NotNow, "not_on_the_path"):
        actions.approve(case, response_sha256=response.body_sha256, actor=cast.sofia)


def test_what_waited_for_approval_ends_with_the_complaint(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    version = decided(cast, case)
    response = actions.request_approval(case, draft_version=version, actor=cast.rui)
    with adds(case, "case.withdrawn", "approval.ended", status="withdrawn"):
        actions.withdraw(case, actor=customer_of(case))
    response.refresh_from_db()
    assert (response.state, response.decided_by, response.decided_at) == ("returned", None, clock.now())
    now = actions.reopen(case, reason="The customer came back.", actor=cast.marta)
    assert (now.next_step, now.came_back_at) == ("write_answer", None)
    assert queries.case_file(cast.rui, queries.case_for(cast.rui, now.number)).returned is None
    with adds(case, "approval.requested", status="awaiting_approval"):
        actions.request_approval(case, draft_version=version, actor=cast.rui)


def test_open_questions_end_with_the_complaint(cast: Cast) -> None:
    case = in_work(cast)
    due = clock.now() + timedelta(days=2)
    asked = [actions.Question("finance", "Paid?", due), actions.Question("logistics", "Sent?", due, required=False)]
    actions.consult(case, questions=asked, actor=cast.rui)
    actions.follow_up(case, about="Call.", due_at=due, actor=cast.rui)
    with adds(case, "case.withdrawn", "consultation.withdrawn", "consultation.withdrawn", status="withdrawn"):
        actions.withdraw(case, actor=customer_of(case))
    assert not queries.questions(cast.carla)
    assert not case.follow_ups.filter(done_at=None).exists()
    withdrawn = section(codes={**section().codes, "outcome": ["withdrawn"]})
    with adds(case, "case.closed", status="closed"):
        actions.sign_off(case, section=withdrawn, password=PASSWORD, actor=cast.sofia)
    assert verify().ok


@pytest.mark.parametrize(("settled", "body"), [(True, ""), (True, "Obrigada."), (False, "Não chega.")])
def test_the_same_word_on_the_answer_said_twice_is_one(cast: Cast, settled: bool, body: str) -> None:
    case = answered(cast)
    first = actions.react(case, settled=settled, body=body, actor=customer_of(case))
    with adds(case, status=first.status):
        again = actions.react(case, settled=settled, body=body, actor=customer_of(case))
    assert (again.status, again.version) == (first.status, first.version)
    assert case.messages.filter(kind="from_customer").count() == bool(body)
    if not settled:
        with refused(case, NotNow, "not_on_the_path"):
            actions.react(case, settled=False, body="Another word.", actor=customer_of(case))
        with clock.at(clock.now() + timedelta(minutes=11)), refused(case, NotNow, "not_on_the_path"):
            actions.react(case, settled=False, body=body, actor=customer_of(case))
