from __future__ import annotations

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Point
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from tests.cast import Cast, answered, filed, fresh, in_work
from tests.rooms.cases.steps import adds, customer_of, refused

STRANGERS = ("ines", "carla", "vasco", "dora", "xavier")


def test_a_finding_with_its_source(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "finding.recorded", status="in_work"):
        row = actions.find(case, text="O terminal falhou às 17h58.", source="Registo do\nterminal", actor=cast.rui)
    assert (row.text, row.source) == ("O terminal falhou às 17h58.", "Registo do terminal")
    assert queries.search(cast.rui, "terminal falhou").rows
    with refused(case, Missing, "text:empty"):
        actions.find(case, text="", source="x", actor=cast.rui)
    for who in STRANGERS:
        with refused(case, NotAllowed, "role"):
            actions.find(case, text="x", source="", actor=cast.actor(who))


def test_points_are_numbered_and_decided(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "point.added", "point.added", status="in_work"):
        points = [actions.add_point(case, text=text, actor=cast.rui) for text in ("Não arrefece.", "Comida perdida.")]
    assert [row.position for row in points] == [1, 2]
    assert fresh(case).next_step == "decide_points"
    with adds(case, "point.decided", "point.decided", status="in_work"):
        actions.decide_point(points[0], decision="upheld", reasons="", remedy="replace", actor=cast.rui)
        actions.decide_point(points[1], decision="not_upheld", reasons="Sem talões.", actor=cast.rui)
    assert fresh(case).next_step == "write_answer"
    with adds(case, "point.decided", status="in_work"):
        row = actions.decide_point(
            points[1], decision="partly_upheld", reasons="Há um talão.", text="Comida.", actor=cast.bia
        )
    assert (row.decision, row.reasons, row.text, row.remedy) == ("partly_upheld", "Há um talão.", "Comida.", "")


@pytest.mark.parametrize(
    ("told", "problems"),
    [
        ({"decision": "", "reasons": "x"}, ["decision:unknown_code"]),
        ({"decision": "perhaps", "reasons": "x"}, ["decision:unknown_code"]),
        ({"decision": "not_upheld", "reasons": " "}, ["reasons:needs_reason"]),
        ({"decision": "partly_upheld", "reasons": ""}, ["reasons:needs_reason"]),
        ({"decision": "upheld", "reasons": "", "remedy": "a_pony"}, ["remedy:unknown_code"]),
        ({"decision": "upheld", "reasons": "", "text": ""}, ["text:empty"]),
        (
            {"decision": "no", "reasons": "", "remedy": "x"},
            ["decision:unknown_code", "reasons:needs_reason", "remedy:unknown_code"],
        ),
    ],
)
def test_decisions_that_are_none(cast: Cast, told: dict[str, str], problems: list[str]) -> None:
    case = in_work(cast)
    point = actions.add_point(case, text="x", actor=cast.rui)
    with refused(case, Missing, *problems):
        actions.decide_point(point, actor=cast.rui, **told)  # type: ignore[arg-type]


def test_a_point_named_by_mistake_is_dropped_with_a_reason(cast: Cast) -> None:
    case = in_work(cast)
    first, second = (actions.add_point(case, text=text, actor=cast.rui) for text in ("a", "b"))
    with refused(case, Missing, "reason:needs_reason"):
        actions.drop_point(first, reason="", actor=cast.rui)
    with adds(case, "point.dropped", status="in_work"):
        actions.drop_point(first, reason="Twice the same.", actor=cast.rui)
    assert list(Point.objects.values_list("pk", flat=True)) == [second.pk]
    with pytest.raises(NotYours):
        actions.drop_point(first, reason="Again.", actor=cast.rui)
    with pytest.raises(NotYours):
        actions.decide_point(first, decision="upheld", reasons="", actor=cast.rui)
    third = actions.add_point(case, text="c", actor=cast.rui)
    assert third.position == 3


def test_who_and_when(cast: Cast) -> None:
    case, new, done = in_work(cast), filed(), answered(cast)
    point = actions.add_point(case, text="x", actor=cast.rui)
    for who in STRANGERS:
        actor = cast.actor(who)
        with refused(case, NotAllowed, "role"):
            actions.add_point(case, text="x", actor=actor)
        with refused(case, NotAllowed, "role"):
            actions.decide_point(point, decision="upheld", reasons="", actor=actor)
        with refused(case, NotAllowed, "role"):
            actions.drop_point(point, reason="x", actor=actor)
    with refused(case, NotAllowed, "role"):
        actions.add_point(case, text="x", actor=customer_of(case))
    for case in (new, done):
        with refused(case, NotNow, "not_on_the_path"):
            actions.add_point(case, text="x", actor=cast.rui)
    with refused(done, NotNow, "not_on_the_path"):
        actions.decide_point(done.points.get(), decision="not_upheld", reasons="x", actor=cast.rui)


def test_points_and_findings_sent_twice_are_one(cast: Cast) -> None:
    case = in_work(cast)
    point = actions.add_point(case, text="Late.", actor=cast.rui)
    finding = actions.find(case, text="Sent on Monday.", source="Logistics", actor=cast.rui)
    with adds(case, status="in_work"):
        assert actions.add_point(case, text="Late. ", actor=cast.rui) == point
        assert actions.find(case, text="Sent on Monday.", source="Logistics", actor=cast.rui) == finding
    with adds(case, "finding.recorded", status="in_work"):
        actions.find(case, text="Sent on Monday.", source="The customer", actor=cast.rui)
