from __future__ import annotations

from time import process_time

import pytest

from desagravo.cases import actions
from desagravo.cases.models import AnswerDraft
from desagravo.common.refusals import Conflict, Missing, NotAllowed, NotNow
from tests.cast import Cast, answered, days_later, filed, in_work
from tests.rooms.cases.steps import adds, customer_of, refused


def test_every_saving_is_a_version_and_no_event(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, status="in_work"):
        first = actions.save_draft(case, body="Um", based_on=0, template="answer_upheld", actor=cast.rui)
        second = actions.save_draft(case, body="Um, dois", based_on=first.version, actor=cast.rui)
        same = actions.save_draft(case, body="Um, dois", based_on=second.version, actor=cast.rui)
    assert (first.version, second.version, same.version) == (1, 2, 2)
    assert str(AnswerDraft.objects.get().saved_by_id) == cast.rui.id


def test_the_second_writer_gets_both_texts(cast: Cast) -> None:
    case = in_work(cast)
    begun = actions.save_draft(case, body="Início", based_on=0, actor=cast.rui).version
    actions.save_draft(case, body="Texto do Rui", based_on=begun, actor=cast.rui)
    with pytest.raises(Conflict) as raised:
        actions.save_draft(case, body="Texto da Bia", based_on=begun, actor=cast.bia)
    assert (raised.value.theirs, raised.value.yours) == ("Texto do Rui", "Texto da Bia")
    assert raised.value.facts["version"] == 2
    assert AnswerDraft.objects.get().body == "Texto do Rui"
    after = actions.save_draft(case, body="Ambos", based_on=2, actor=cast.bia)
    assert (after.version, str(after.saved_by_id)) == (3, cast.bia.id)


def test_the_same_text_from_two_windows_is_no_conflict(cast: Cast) -> None:
    case = in_work(cast)
    actions.save_draft(case, body="Igual", based_on=0, actor=cast.rui)
    again = actions.save_draft(case, body="Igual", based_on=0, actor=cast.bia)
    assert (again.version, str(again.saved_by_id)) == (1, cast.rui.id)


def test_two_who_begin_at_once(cast: Cast) -> None:
    case = in_work(cast)
    actions.save_draft(case, body="A", based_on=0, actor=cast.rui)
    with pytest.raises(Conflict):
        actions.save_draft(case, body="B", based_on=0, actor=cast.bia)


def test_an_empty_draft_may_be_saved(cast: Cast) -> None:
    case = in_work(cast)
    with days_later(1) as later:
        row = actions.save_draft(case, body="", based_on=0, actor=cast.rui)
    assert (row.version, row.saved_at) == (1, later)


def test_differences_line_by_line() -> None:
    assert actions.differences("a\nb\nc", "a\nB\nc") == [
        ("same", "a"),
        ("theirs", "b"),
        ("yours", "B"),
        ("same", "c"),
    ]


@pytest.mark.parametrize(
    ("theirs", "yours"),
    [
        ([f"Linha {n} de um." for n in range(1500)], [f"Linha {n} do outro" for n in range(1500)]),
        (["a", "b"] * 25_000, ["b", "a"] * 25_000),
        ([f"{n % 90}" for n in range(1900)], [f"{n % 91}" for n in range(1900)]),
    ],
)
def test_long_texts_are_compared_within_a_moment(theirs: list[str], yours: list[str]) -> None:
    began = process_time()
    found = actions.differences("\n".join(theirs), "\n".join(yours))
    assert process_time() - began < 3
    assert [line for mark, line in found if mark != "yours"] == theirs
    assert [line for mark, line in found if mark != "theirs"] == yours


def test_refusals(cast: Cast) -> None:
    case = in_work(cast)
    with refused(case, Missing, "body:too_long"):
        actions.save_draft(case, body="x" * 100_001, based_on=0, actor=cast.rui)
    for who in ("ines", "carla", "vasco", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.save_draft(case, body="x", based_on=0, actor=cast.actor(who))
    with refused(case, NotAllowed, "role"):
        actions.save_draft(case, body="x", based_on=0, actor=customer_of(case))
    for other in (filed(), answered(cast)):
        with refused(other, NotNow, "not_on_the_path"):
            actions.save_draft(other, body="x", based_on=0, actor=cast.rui)
