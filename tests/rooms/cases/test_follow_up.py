from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions, queries
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from tests.cast import CALM, FORM, MONDAY, PASSWORD, Cast, answered, closed, days_later, decided, filed, fresh, in_work
from tests.cast import section as closing
from tests.rooms.cases.steps import adds, customer_of, refused

WEDNESDAY = MONDAY + timedelta(days=2)


def test_it_comes_back_by_itself_once(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "follow_up.set", status="in_work"):
        row = actions.follow_up(case, about="Ligar ao cliente", due_at=WEDNESDAY, actor=cast.rui)
    assert fresh(case).next_due == WEDNESDAY
    with adds(case, status="in_work"), days_later(1.9):
        assert actions.come_back(clock.now()) == 0
    with adds(case, "follow_up.came_back", status="in_work"), days_later(2) as later:
        assert actions.come_back(later) == 1
        assert actions.come_back(later) == 0
    row.refresh_from_db()
    assert (row.came_back_at, row.done_at) == (WEDNESDAY, None)
    now = fresh(case)
    assert (now.next_step, now.came_back_at) == ("look_after", WEDNESDAY)
    assert [each.number for each in queries.inbox(cast.rui, "came_back").rows] == [case.number]
    with adds(case, "follow_up.done", status="in_work"):
        actions.finish_follow_up(row, actor=cast.rui)
    assert fresh(case).came_back_at is None
    with refused(case, NotNow, "not_asked_now"):
        actions.finish_follow_up(row, actor=cast.rui)


def test_what_was_done_before_does_not_come_back(cast: Cast) -> None:
    case = in_work(cast)
    row = actions.follow_up(case, about="Ligar", due_at=WEDNESDAY, actor=cast.rui)
    actions.finish_follow_up(row, actor=cast.bia)
    with adds(case, status="in_work"), days_later(3) as later:
        assert actions.come_back(later) == 0


def test_closing_ends_it(cast: Cast) -> None:
    case = answered(cast)
    row = actions.follow_up(case, about="Ligar", due_at=WEDNESDAY, actor=cast.rui)
    actions.sign_off(case, section=closing(), password=PASSWORD, actor=cast.sofia)
    row.refresh_from_db()
    assert row.done_at
    with adds(case, status="closed"), days_later(3) as later:
        assert actions.come_back(later) == 0


def test_a_promise_that_is_not_kept_comes_back_after_the_signature(cast: Cast) -> None:
    case = answered(cast)
    other = actions.follow_up(case, about="Ligar", due_at=WEDNESDAY, actor=cast.rui)
    signed = closing(remedy_delivered="no")
    with adds(case, "case.closed", "follow_up.set", status="closed"):
        actions.sign_off(case, section=signed, password=PASSWORD, actor=cast.sofia)
    other.refresh_from_db()
    assert other.done_at
    row = case.follow_ups.get(done_at=None)
    assert "received by now what was promised" in row.words
    assert (fresh(case).next_step, fresh(case).next_due) == ("", None)
    assert [each.number for each in queries.inbox(cast.rui, "came_back").rows] == []
    with adds(case, "follow_up.came_back", status="closed"), days_later(7) as later:
        assert actions.come_back(later) == 1
        assert actions.come_back(later) == 0
        now = fresh(case)
        assert (now.next_step, now.next_due, now.came_back_at) == ("look_after", row.due_at, later)
    for view in ("mine", "team", "overdue", "came_back", "all", "closed"):
        with days_later(7):
            assert [each.number for each in queries.inbox(cast.rui, view).rows] == [case.number], view
            assert queries.counts(cast.rui, [view]) == {view: 1}, view
    actions.add_message(case, body="Ainda nada.", actor=customer_of(case))
    now = fresh(case)
    assert (now.next_step, now.came_back_at) == ("read_customer", None)  # in one list of those that ended, not in two
    assert [each.number for each in queries.inbox(cast.rui, "came_back").rows] == [case.number]
    actions.seen(now, actor=cast.rui)
    assert fresh(case).next_step == "look_after"
    with adds(case, "follow_up.done", status="closed"):
        actions.finish_follow_up(row, actor=cast.rui)
    assert (fresh(case).next_step, fresh(case).came_back_at) == ("", None)


@pytest.mark.parametrize("told", ["yes", "none_due", ""])
def test_what_arrived_or_was_never_promised_does_not_come_back(cast: Cast, told: str) -> None:
    case = answered(cast)
    codes = {**closing().codes, **({} if told == "yes" else {"relief": ["explanation_only"]})}
    actions.sign_off(case, section=closing(remedy_delivered=told, codes=codes), password=PASSWORD, actor=cast.sofia)
    assert not case.follow_ups.filter(done_at=None).exists()


def test_a_promise_goes_along_when_its_owner_leaves(cast: Cast) -> None:
    case = answered(cast)
    actions.sign_off(case, section=closing(remedy_delivered="no"), password=PASSWORD, actor=cast.sofia)
    assert queries.holdings(cast.rui.id).cases == 1
    actions.person_leaves(cast.rui.id, cases_to=cast.bia.id, actor=cast.xavier)
    with days_later(7) as later:
        actions.come_back(later)
    assert [each.number for each in queries.inbox(cast.bia, "came_back").rows] == [case.number]


def test_a_withdrawn_case_does_not_come_back(cast: Cast) -> None:
    case = in_work(cast)
    actions.follow_up(case, about="Ligar", due_at=WEDNESDAY, actor=cast.rui)
    actions.withdraw(case, actor=customer_of(case))
    with adds(case, status="withdrawn"), days_later(3) as later:
        assert actions.come_back(later) == 0


@pytest.mark.parametrize("ago", [timedelta(), timedelta(days=1)])
def test_not_on_a_date_that_has_passed(cast: Cast, ago: timedelta) -> None:
    case = in_work(cast)
    with refused(case, Missing, "due_at:past_date"):
        actions.follow_up(case, about="Ligar", due_at=MONDAY - ago, actor=cast.rui)


def test_refusals(cast: Cast) -> None:
    case, done = in_work(cast), closed(cast)
    with refused(case, Missing, "about:empty"):
        actions.follow_up(case, about="", due_at=WEDNESDAY, actor=cast.rui)
    for who in ("ines", "carla", "vasco", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.follow_up(case, about="x", due_at=WEDNESDAY, actor=cast.actor(who))
    with refused(case, NotAllowed, "role"):
        actions.follow_up(case, about="x", due_at=WEDNESDAY, actor=customer_of(case))
    with refused(done, NotNow, "not_on_the_path"):
        actions.follow_up(done, about="x", due_at=WEDNESDAY, actor=cast.rui)
    row = actions.follow_up(case, about="x", due_at=WEDNESDAY, actor=cast.rui)
    with refused(case, NotAllowed, "role"):
        actions.finish_follow_up(row, actor=cast.dora)


@pytest.mark.parametrize("status", ["received", "incomplete", "assessed", "awaiting_approval", "answered"])
def test_it_comes_back_in_every_status(cast: Cast, status: str) -> None:
    if status == "assessed":
        case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    elif status == "awaiting_approval":
        case = in_work(cast)
        actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    elif status == "answered":
        case = answered(cast)
    else:
        case = filed(signature=None if status == "incomplete" else FORM["signature"])
    assert fresh(case).status == status
    row = actions.follow_up(case, about="Call.", due_at=clock.now() + timedelta(hours=1), actor=cast.rui)
    with days_later(1) as later:
        assert actions.come_back(later) == 1
        now = fresh(case)
        assert (now.next_step, now.next_due, now.came_back_at) == ("look_after", row.due_at, later)
        if now.owner_id:
            assert [found.number for found in queries.inbox(cast.rui, "came_back").rows] == [case.number]
        actions.finish_follow_up(row, actor=cast.rui)
    assert fresh(case).came_back_at is None


def test_an_answer_that_cannot_be_delivered_comes_back_to_the_owner(cast: Cast) -> None:
    case = answered(cast)
    actions.letter_undeliverable(case.number, letter="answer_ready", because="550 no such user")
    assert fresh(case).next_step == "look_after"
    assert [found.number for found in queries.inbox(cast.rui, "came_back").rows] == [case.number]
