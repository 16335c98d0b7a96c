"""A confidential case is erased by those who may know of it; to others it is not there, not even in a list."""

from __future__ import annotations

import pytest

from desagravo.cases import actions
from desagravo.cases.models import Case, Erasure
from desagravo.cases.queries import erasing
from desagravo.common.refusals import Missing, NotYours
from tests.cast import PASSWORD, Cast, closed, engage, fresh, kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


@pytest.fixture
def secret(cast: Cast) -> Case:
    return actions.make_confidential(closed(cast), actor=cast.rui)


def test_who_is_not_on_the_list_erases_nothing_and_learns_nothing(cast: Cast, secret: Case) -> None:
    before = kinds(secret)
    for number in (secret.number, "2026-999999"):
        for password in (PASSWORD, "wrong"):
            with pytest.raises(NotYours):
                actions.ask_erasure([number], ground="asked", password=password, actor=cast.marta)
    other = closed(cast)
    with pytest.raises(NotYours):
        actions.ask_erasure([other.number, secret.number], ground="asked", password=PASSWORD, actor=cast.marta)
    assert kinds(secret) == before
    assert not Erasure.objects.exists() and fresh(secret).erased_at is None


def test_who_broke_the_glass_may_erase(cast: Cast, secret: Case) -> None:
    actions.break_glass(secret.number, reason="Pedido da pessoa.", actor=cast.marta)
    with pytest.raises(Missing):
        actions.ask_erasure([secret.number], ground="asked", password="wrong", actor=cast.marta)
    actions.ask_erasure([secret.number], ground="asked", password=PASSWORD, actor=cast.marta)
    assert Erasure.objects.get().cases[0][0] == secret.number


def test_the_list_of_erasures_counts_what_it_may_not_name(cast: Cast, secret: Case) -> None:
    other = closed(cast)
    left = [[secret.number, "case_on_hold"], [other.number, "case_on_hold"]]
    Erasure.objects.create(ground="asked", asked_at=other.received_at, counts={"left": left})
    (row,) = erasing.erasures(cast.marta)
    assert (row.left, row.left_hidden) == ([other.number], 1)
