from __future__ import annotations

import pytest

from desagravo.cases import actions
from desagravo.cases.models import Case
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments.models import Person
from tests.cast import CALM, Cast, answered, closed, filed, fresh, in_work
from tests.rooms.cases.steps import adds, refused


def test_an_owner_takes_it_into_work(cast: Cast) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    with adds(case, "case.assigned", status="in_work"):
        actions.assign(case, to=cast.otto.id, actor=cast.rui)
    now = fresh(case)
    assert (str(now.owner_id), now.team, now.next_step) == (cast.otto.id, "other", "write_answer")


def test_someone_else_takes_over(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "case.assigned", status="in_work"):
        actions.assign(case, to=cast.bia.id, actor=cast.rui)
    done = answered(cast)
    with adds(done, "case.reassigned", status="answered"):
        actions.assign(done, to=cast.bia.id, actor=cast.rui)
    assert str(fresh(done).owner_id) == cast.bia.id


def test_a_new_case_gets_an_owner_and_stays_new(cast: Cast) -> None:
    case = filed()
    with adds(case, "case.reassigned", status="received"):
        actions.assign(case, to=cast.rui.id, actor=cast.sofia)


def test_an_old_page_does_not_decide_what_the_path_calls_it(cast: Cast) -> None:
    old: Case = filed()
    actions.assess(old, answers=CALM, actor=cast.sofia)
    assert old.status == "received"
    with adds(old, "case.assigned", status="in_work"):
        actions.assign(old, to=cast.rui.id, actor=cast.sofia)


@pytest.mark.parametrize("who", ["carla", "dora", "xavier", "ines", "vasco"])
def test_whom_it_cannot_be_given_to(cast: Cast, who: str) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    with refused(case, Missing, "to:no_such_person"):
        actions.assign(case, to=cast.actor(who).id, actor=cast.sofia)


@pytest.mark.parametrize("key", ["", "999999", "Rui", "-1"])
def test_nobody(cast: Cast, key: str) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    with refused(case, Missing, "to:no_such_person"):
        actions.assign(case, to=key, actor=cast.sofia)


def test_not_to_somebody_who_left(cast: Cast) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    Person.objects.filter(pk=cast.rui.id).update(is_active=False)
    with refused(case, Missing, "to:no_such_person"):
        actions.assign(case, to=cast.rui.id, actor=cast.sofia)


def test_refusals(cast: Cast) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    for who in ("ines", "carla", "vasco", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.assign(case, to=cast.rui.id, actor=cast.actor(who))
    done = closed(cast)
    with refused(done, NotNow, "not_on_the_path"):
        actions.assign(done, to=cast.bia.id, actor=cast.sofia)
