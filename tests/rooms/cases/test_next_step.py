"""What is next and by when: dates count from what happened, and a customer who writes after the end is read."""

from __future__ import annotations

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Case
from tests.cast import SAFETY, Cast, closed, days_later, decided, filed, fresh, in_work
from tests.rooms.cases.steps import adds, customer_of


def _awaiting(cast: Cast) -> Case:
    case = in_work(cast, answers=SAFETY)
    actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    return case


def _withdrawn(cast: Cast) -> Case:
    case = in_work(cast)
    actions.withdraw(case, actor=customer_of(case))
    return case


@pytest.mark.parametrize("make", [_awaiting, _withdrawn])
def test_a_due_date_does_not_move_when_the_case_is_touched(cast: Cast, make: object) -> None:
    case = make(cast)  # type: ignore[operator]
    before = fresh(case)
    with days_later(3):
        actions.note(case, body="A word.", actor=cast.rui)
    now = fresh(case)
    assert (now.next_step, now.next_due) == (before.next_step, before.next_due)


def lists_with(cast: Cast, case: Case, name: str) -> set[str]:
    actor = cast.actor(name)
    views = [
        view for view in queries.VIEWS if any(row.number == case.number for row in queries.inbox(actor, view).rows)
    ]
    counted = queries.counts(actor, views)
    assert all(counted[view] for view in views)
    assert all(queries.how_many_of(actor, view, [case.number]) == 1 for view in views)
    return set(views)


def test_who_writes_after_the_end_is_read_by_the_owner(cast: Cast) -> None:
    case = closed(cast)
    assert lists_with(cast, case, "rui") == {"closed"}
    with adds(case, "case.customer_wrote", status="closed"), days_later(1):
        actions.add_message(case, body="Avariou outra vez.", actor=customer_of(case))
    now = fresh(case)
    assert now.next_step == "read_customer"
    assert now.next_due
    assert lists_with(cast, case, "rui") == {"mine", "team", "came_back", "all", "closed"}
    assert "team" in lists_with(cast, case, "sofia")
    assert lists_with(cast, case, "otto") == set()
    with days_later(30):
        assert "overdue" in lists_with(cast, case, "rui")
    actions.seen(case, actor=cast.rui)
    assert (fresh(case).next_step, fresh(case).next_due) == ("", None)
    assert lists_with(cast, case, "rui") == {"closed"}


def test_what_nobody_owns_comes_back_to_those_who_lead(cast: Cast) -> None:
    case = filed()
    actions.withdraw(case, actor=customer_of(case))
    actions.add_message(case, body="Afinal não.", actor=customer_of(case))
    assert fresh(case).next_step == "read_customer"
    assert {"came_back", "all"} <= lists_with(cast, case, "sofia")
    assert "came_back" in lists_with(cast, case, "marta")
    actions.seen(case, actor=cast.sofia)
    assert fresh(case).next_step == "sign_off"
    assert "to_sign" in lists_with(cast, case, "sofia")
