"""The password of a signature: wrong ones leave a trace, and after five of them nobody signs for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing
from desagravo.history.models import Event
from desagravo.history.queries import of_case
from tests.cast import MONDAY, PASSWORD, Cast, answered, engage, fresh, kinds, section

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    with clock.at(MONDAY):
        return engage()


def refused(case: Case, password: str, actor: Actor) -> tuple[str, object]:
    with pytest.raises(Missing) as caught:
        actions.sign_off(case, section=section(), password=password, actor=actor)
    (problem,) = caught.value.fields["password"]
    assert problem.sentence()
    return problem.code, problem.facts.get("minutes")


def test_a_wrong_password_is_on_record_with_who_gave_it(cast: Cast) -> None:
    case = answered(cast)
    assert refused(case, "guess", cast.sofia) == ("wrong_password", None)
    assert kinds(case)[-1] == "sign_off.refused"
    told = of_case(case.number)[-1]
    assert (told.actor_id, told.facts.tries) == (cast.sofia.id, 1)  # type: ignore[attr-defined]
    assert "guess" not in Event.objects.get(pk=told.seq).payload
    assert fresh(case).status == "answered"


def test_an_empty_password_is_no_try(cast: Cast) -> None:
    case = answered(cast)
    assert refused(case, "", cast.sofia) == ("wrong_password", None)
    assert "sign_off.refused" not in kinds(case)


def test_after_five_wrong_ones_even_the_right_one_waits(cast: Cast) -> None:
    with clock.at(MONDAY):
        case, other = answered(cast), answered(cast)
    for minute in range(5):
        with clock.at(MONDAY + timedelta(minutes=minute)):
            assert refused(case if minute % 2 else other, f"guess {minute}", cast.sofia)[0] == "wrong_password"
    with clock.at(MONDAY + timedelta(minutes=5)):
        before = Event.objects.count()
        assert refused(case, PASSWORD, cast.sofia) == ("too_many_tries", 10)
        assert refused(case, "guess", cast.sofia) == ("too_many_tries", 10)
        assert Event.objects.count() == before
        actions.sign_off(other, section=section(), password=PASSWORD, actor=cast.marta)  # only Sofia has to wait
    with clock.at(MONDAY + timedelta(minutes=15, seconds=1)):
        assert refused(case, "guess", cast.sofia)[0] == "wrong_password"  # the first of the five no longer counts
        assert refused(case, PASSWORD, cast.sofia) == ("too_many_tries", 1)
    with clock.at(MONDAY + timedelta(minutes=35)):
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    assert fresh(case).status == "closed"
