from __future__ import annotations

import pytest

from desagravo.cases import actions
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from desagravo.history.queries import of_case
from tests.cast import CALM, SAFETY, Cast, filed, fresh, in_work
from tests.rooms.cases.steps import adds, customer_of, refused


@pytest.mark.parametrize(
    ("answers", "severity", "rule"),
    [
        (CALM, "minor", "triage.none"),
        (SAFETY, "major", "triage.safety"),
        ({**CALM, "law": "yes"}, "major", "triage.law"),
    ],
)
def test_a_rule_decides_and_is_named(cast: Cast, answers: dict[str, str], severity: str, rule: str) -> None:
    case = filed()
    with adds(case, "case.assessed", status="assessed"):
        case = actions.assess(case, answers=answers, actor=cast.sofia)
    assert case.severity == severity
    assert case.rule.startswith("triage.")
    if severity == "major":
        assert case.rule == rule
    event = of_case(case.number)[-1]
    assert event.because == f"starter-2026.1#{case.rule}"
    assert case.assessments.get().answers == answers
    assert case.next_step == "assign"


def test_it_may_be_answered_again_until_somebody_owns_it(cast: Cast) -> None:
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    with adds(case, "case.assessed", status="assessed"):
        case = actions.assess(case, answers=SAFETY, actor=cast.sofia)
    assert case.severity == "major"
    owned = in_work(cast)
    with refused(owned, NotNow, "not_on_the_path"):
        actions.assess(owned, answers=SAFETY, actor=cast.sofia)


@pytest.mark.parametrize("answers", [{"safety": "perhaps"}, {"colour": "yes"}, {"money_amount": "a lot"}])
def test_answers_that_are_no_choices(cast: Cast, answers: dict[str, str]) -> None:
    case = filed()
    with refused(case, Missing, "answers:unknown_code"):
        actions.assess(case, answers=answers, actor=cast.sofia)
    assert not case.assessments.exists()


@pytest.mark.parametrize("who", ["ines", "rui", "carla", "vasco", "dora", "xavier"])
def test_who_may_not(cast: Cast, who: str) -> None:
    case = filed()
    with refused(case, NotAllowed, "role"):
        actions.assess(case, answers=CALM, actor=cast.actor(who))


def test_not_while_incomplete(cast: Cast) -> None:
    case = filed(signature=None)
    with refused(case, NotNow, "not_on_the_path"):
        actions.assess(case, answers=CALM, actor=cast.sofia)


def test_a_case_that_is_gone_is_not_found(cast: Cast) -> None:
    case = filed()
    case.pk = 999_999
    with pytest.raises(NotYours):
        actions.assess(case, answers=CALM, actor=cast.sofia)


def test_overruled_with_a_reason(cast: Cast) -> None:
    case = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    with refused(case, Missing, "reason:needs_reason"):
        actions.overrule(case, outcome="minor", reason="", actor=cast.sofia)
    with refused(case, Missing, "outcome:unknown_code"):
        actions.overrule(case, outcome="medium", reason="Hm.", actor=cast.sofia)
    with refused(case, NotNow, "same_class"):
        actions.overrule(case, outcome="major", reason="Hm.", actor=cast.sofia)
    with refused(case, NotAllowed, "role"):
        actions.overrule(case, outcome="minor", reason="Hm.", actor=cast.rui)
    with refused(case, NotAllowed, "role"):
        actions.overrule(case, outcome="minor", reason="Hm.", actor=customer_of(case))
    with adds(case, "case.overruled", status="assessed"):
        actions.overrule(case, outcome="minor", reason="A toy oven.", actor=cast.sofia)
    row = case.assessments.get()
    assert (row.outcome, row.overruled_to, row.overrule_reason) == ("major", "minor", "A toy oven.")
    assert fresh(case).severity == "minor"
    assert str(row.overruled_by_id) == cast.sofia.id


def test_overruled_while_in_work(cast: Cast) -> None:
    case = in_work(cast)
    with adds(case, "case.overruled", status="in_work"):
        actions.overrule(case, outcome="major", reason="The press called.", actor=cast.marta)
    new = filed()
    with refused(new, NotNow, "not_on_the_path"):
        actions.overrule(new, outcome="major", reason="x", actor=cast.marta)


def test_answers_given_again_make_nothing_less_without_a_reason(cast: Cast) -> None:
    case = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    with refused(case, Missing, "answers:class_needs_reason"):
        actions.assess(case, answers=CALM, actor=cast.sofia)
    assert case.assessments.count() == 1


def test_answers_given_again_do_not_undo_what_a_person_decided(cast: Cast) -> None:
    for answers, outcome in ((CALM, "major"), (SAFETY, "minor")):
        case = actions.assess(filed(), answers=answers, actor=cast.sofia)
        case = actions.overrule(case, outcome=outcome, reason="I know more.", actor=cast.marta)
        with refused(case, Missing, "answers:class_needs_reason"):
            actions.assess(case, answers=answers, actor=cast.sofia)
        assert fresh(case).severity == outcome
