"""The promised day of the answer moves, and the customer knows before it has passed."""

from __future__ import annotations

from datetime import timedelta

from desagravo.cases import actions, queries
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.history.verify import verify
from tests.cast import MONDAY, Cast, answered, fresh, in_work
from tests.rooms.cases.steps import adds, refused

WHY = "Estamos à espera do relatório da oficina."


def test_a_later_day_is_promised_with_words_for_the_customer(cast: Cast) -> None:
    case = in_work(cast)
    later = queries.promised(case) + timedelta(days=7)
    with adds(case, "case.date_moved", status="in_work"):
        actions.move_answer_date(case, to=later, reason=WHY, actor=cast.rui)
    now = fresh(case)
    assert queries.promised(now) == now.next_due == later
    said = queries.tracked(now).conversation[-1]
    assert (said.body, said.by_us, said.who) == (WHY, True, "Rui Tavares")
    assert verify().ok


def test_a_day_that_is_not_later_is_refused(cast: Cast) -> None:
    case = in_work(cast)
    promised = queries.promised(case)
    for day in (promised, promised - timedelta(days=1)):
        with refused(case, Missing, "answer_by:not_later"):
            actions.move_answer_date(case, to=day, reason=WHY, actor=cast.rui)
    with clock.at(promised + timedelta(days=30)), refused(case, Missing, "answer_by:not_later"):
        actions.move_answer_date(case, to=promised + timedelta(days=2), reason=WHY, actor=cast.rui)


def test_without_words_it_is_refused(cast: Cast) -> None:
    case = in_work(cast)
    with refused(case, Missing, "reason:needs_reason"):
        actions.move_answer_date(case, to=MONDAY + timedelta(days=90), reason=" ", actor=cast.rui)


def test_who_and_when(cast: Cast) -> None:
    case = in_work(cast)
    later = MONDAY + timedelta(days=90)
    with refused(case, NotAllowed):
        actions.move_answer_date(case, to=later, reason=WHY, actor=cast.dora)
    sent = answered(cast)
    with refused(sent, NotNow):
        actions.move_answer_date(sent, to=later, reason=WHY, actor=cast.rui)
