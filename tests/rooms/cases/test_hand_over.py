"""Somebody leaves: the cases go to who is named, in one step, and a broken-off hand-over goes on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question, hand_over
from desagravo.cases.models import Case, NeedToKnow
from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments import actions as departments
from desagravo.history.outbox import run_due
from desagravo.history.verify import verify
from tests.cast import CALM, SAFETY, Cast, closed, decided, engage, filed, fresh, in_work, kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def key(cast: Cast, name: str) -> str:
    return str(cast.person(name).pk)


def test_the_cases_of_a_leaver_go_to_who_is_named(cast: Cast) -> None:
    case, other, done = in_work(cast), in_work(cast, owner="bia"), closed(cast)
    actions.consult(case, questions=[Question("finance", "Pago?", clock.now() + timedelta(days=2))], actor=cast.rui)
    assert queries.holdings(key(cast, "rui")).cases == 1 and queries.holdings(key(cast, "rui")).questions == 1
    left = actions.person_leaves(key(cast, "rui"), cases_to=key(cast, "bia"), actor=cast.xavier)
    assert left == 0
    assert fresh(case).owner_id == cast.person("bia").pk and fresh(case).status == "in_work"
    assert kinds(case)[-1] == "case.handed_over"
    assert kinds(other)[-1] == "case.assigned"
    assert fresh(done).owner_id == cast.person("rui").pk  # what is closed stays whose it was
    assert queries.holdings(key(cast, "rui")).nothing
    assert verify().ok


def test_nobody_leaves_with_cases_that_nobody_takes(cast: Cast) -> None:
    case = in_work(cast)
    for heir in ("", key(cast, "rui"), key(cast, "carla"), "999999"):
        with pytest.raises(Missing) as refused:
            actions.person_leaves(key(cast, "rui"), cases_to=heir, actor=cast.xavier)
        assert "cases_to" in refused.value.fields
    assert fresh(case).owner_id == cast.person("rui").pk
    assert cast.person("rui").__class__.objects.get(pk=cast.person("rui").pk).is_active


def test_questions_that_only_the_leaver_answers_get_another_contact(cast: Cast) -> None:
    case = in_work(cast)
    actions.consult(case, questions=[Question("finance", "Pago?", clock.now() + timedelta(days=2))], actor=cast.rui)
    with pytest.raises(Missing) as refused:
        actions.person_leaves(key(cast, "carla"), actor=cast.xavier)
    assert "contact_finance" in refused.value.fields
    with pytest.raises(NotAllowed):  # nobody names themselves
        actions.person_leaves(key(cast, "carla"), contacts={"finance": key(cast, "xavier")}, actor=cast.xavier)
    actions.person_leaves(key(cast, "carla"), contacts={"finance": key(cast, "paulo")}, actor=cast.xavier)
    assert cast.paulo.departments == {"finance", "logistics"}


def test_an_approval_that_nobody_else_could_give_goes_to_somebody_named(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    actions.person_leaves(key(cast, "vasco"), actor=cast.xavier)  # marta still approves
    for nobody in ("", key(cast, "marta"), key(cast, "rui"), "999999"):  # rui wrote the answer
        with pytest.raises(Missing) as refused:
            actions.person_leaves(key(cast, "marta"), approvals_to=nobody, actor=cast.xavier)
        assert set(refused.value.fields) == {"approvals_to"}
    with pytest.raises(NotAllowed):
        actions.person_leaves(key(cast, "marta"), approvals_to=key(cast, "xavier"), actor=cast.xavier)
    actions.person_leaves(key(cast, "marta"), approvals_to=key(cast, "sofia"), actor=cast.xavier)
    assert cast.sofia.roles == {"supervisor", "manager"}
    actions.approve(case, response_sha256=response.body_sha256, actor=cast.sofia)
    assert fresh(case).status == "answered"


def test_cases_questions_and_approvals_of_one_leaver_go_over_in_one_step(cast: Cast) -> None:
    departments.change_roles(
        key(cast, "marta"), roles=[("manager", ""), ("handler", ""), ("contact", "legal")], actor=cast.xavier
    )
    departments.leave(key(cast, "vasco"), cases_to="", actor=cast.xavier)
    mine, theirs = in_work(cast, owner="marta"), in_work(cast, answers=SAFETY)
    question = Question("legal", "E a lei?", clock.now() + timedelta(days=2))
    actions.consult(mine, questions=[question], actor=cast.marta)
    actions.request_approval(theirs, draft_version=decided(cast, theirs), actor=cast.rui)
    there = queries.holdings(key(cast, "marta"))
    assert (there.cases, dict(there.departments), there.approvals) == (1, {"legal": 1}, 1)
    with pytest.raises(Missing) as refused:
        actions.person_leaves(key(cast, "marta"), actor=cast.xavier)
    assert set(refused.value.fields) == {"cases_to", "contact_legal", "approvals_to"}
    actions.person_leaves(
        key(cast, "marta"),
        cases_to=key(cast, "bia"),
        contacts={"legal": key(cast, "paulo")},
        approvals_to=key(cast, "sofia"),
        actor=cast.xavier,
    )
    assert fresh(mine).owner_id == cast.person("bia").pk
    assert cast.paulo.departments == {"legal", "logistics"} and "manager" in cast.sofia.roles
    assert queries.holdings(key(cast, "marta")).nothing and verify().ok


def test_who_does_not_look_after_people_sends_nobody_away(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.person_leaves(key(cast, "otto"), actor=cast.marta)


def test_a_hand_over_that_broke_off_goes_on(cast: Cast) -> None:
    cases = [in_work(cast) for _ in range(3)]
    departments.leave(key(cast, "rui"), cases_to=key(cast, "bia"), actor=cast.xavier)
    assert hand_over(key(cast, "rui"), to=key(cast, "bia"), actor=cast.xavier, most=1) == 1
    assert queries.holdings(key(cast, "rui")).cases == 2
    from desagravo.history.queries import since

    event = next(each for each in since(0) if each.kind == "person.left")
    actions.hand_over_the_rest(event, None)  # type: ignore[arg-type]
    actions.hand_over_the_rest(event, None)  # type: ignore[arg-type]  # twice does no harm
    assert {fresh(each).owner_id for each in cases} == {cast.person("bia").pk}
    assert [kinds(each).count("case.handed_over") for each in cases] == [1, 1, 1]


def test_a_case_that_waits_for_the_signature_changes_hands_too(cast: Cast) -> None:
    case = in_work(cast)
    actions.withdraw(case, reason="x", actor=cast.rui)
    received = filed()
    actions.person_leaves(key(cast, "rui"), cases_to=key(cast, "bia"), actor=cast.xavier)
    assert fresh(case).owner_id == cast.person("bia").pk
    assert fresh(received).owner_id is None


def test_a_case_is_not_given_to_somebody_who_is_away_unless_it_is_meant(cast: Cast) -> None:
    departments.set_absence(
        key(cast, "rui"),
        first_day=date(2020, 1, 1),
        last_day=date(2099, 1, 1),
        substitute=key(cast, "bia"),
        actor=cast.rui,
    )
    case = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    with pytest.raises(Missing) as refused:
        actions.assign(case, to=key(cast, "rui"), actor=cast.sofia)
    assert "Beatriz Lopes" in refused.value.sentence()
    assert fresh(case).owner_id is None
    actions.assign(case, to=key(cast, "rui"), although_away=True, actor=cast.sofia)
    assert fresh(case).owner_id == cast.person("rui").pk
    other = actions.assess(filed(), answers=CALM, actor=cast.sofia)
    actions.assign(other, to=key(cast, "rui"), actor=cast.rui)  # who is back early takes it


def test_a_confidential_case_is_known_to_who_takes_it_over(cast: Cast) -> None:
    case = in_work(cast)
    actions.make_confidential(case, actor=cast.rui)
    actions.person_leaves(key(cast, "rui"), cases_to=key(cast, "bia"), actor=cast.xavier)
    assert fresh(case).owner_id == cast.person("bia").pk
    assert queries.visible_to(cast.bia).filter(pk=case.pk).exists()


def test_a_substitute_finds_what_waits_for_who_is_away_as_far_as_they_may_see(cast: Cast) -> None:
    mine, secret, theirs = in_work(cast), in_work(cast), in_work(cast, owner="otto")
    actions.make_confidential(secret, actor=cast.rui)
    always = {"first_day": date(2020, 1, 1), "last_day": date(2099, 1, 1)}
    for name in ("rui", "otto"):
        departments.set_absence(key(cast, name), substitute=key(cast, "bia"), actor=cast.actor(name), **always)
    found = [row.number for row in queries.inbox(cast.bia, "standing_in").rows]
    assert found == [mine.number]  # neither the confidential one nor that of another team
    assert theirs.number and not queries.inbox(cast.sofia, "standing_in").rows


def test_an_erased_case_keeps_nobody_from_leaving(cast: Cast) -> None:
    gone = in_work(cast)
    actions.withdraw(gone, reason="Desistiu.", actor=cast.rui)
    Case.objects.filter(pk=gone.pk).update(erased_at=clock.now())
    other = in_work(cast)
    assert queries.holdings(key(cast, "rui")).cases == 1
    assert actions.person_leaves(key(cast, "rui"), cases_to=key(cast, "bia"), actor=cast.xavier) == 0
    assert fresh(other).owner_id == cast.person("bia").pk
    assert fresh(gone).owner_id == cast.person("rui").pk


def test_a_case_that_cannot_change_hands_stands_in_no_others_way(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, *others = [in_work(cast) for _ in range(3)]
    begin = hand_over.__globals__["begin"]

    def refusing(verb: str, case: Case, **more: Any) -> Case:
        if case.pk == stuck.pk:
            raise NotNow("answer_leaving")
        told: Case = begin(verb, case, **more)
        return told

    monkeypatch.setitem(hand_over.__globals__, "begin", refusing)
    assert actions.person_leaves(key(cast, "rui"), cases_to=key(cast, "bia"), actor=cast.xavier) == 1
    assert {fresh(each).owner_id for each in others} == {cast.person("bia").pk}
    monkeypatch.undo()
    assert actions.hand_over_again(key(cast, "rui"), to=key(cast, "bia"), actor=cast.xavier) == 0


def test_nobody_gets_onto_confidential_cases_by_naming_themselves(cast: Cast) -> None:
    departments.grant_role(key(cast, "xavier"), role="handler", department="", actor=SYSTEM)
    secret, other = in_work(cast), in_work(cast)
    actions.make_confidential(secret, actor=cast.rui)
    rui, xavier = key(cast, "rui"), key(cast, "xavier")
    with pytest.raises(Missing) as refused:
        actions.person_leaves(rui, cases_to=xavier, actor=cast.xavier)
    assert refused.value.fields["cases_to"][0].code == "not_own_heir"
    departments.leave(rui, cases_to=xavier, actor=cast.xavier)
    with pytest.raises(NotNow) as again:
        actions.hand_over_again(rui, to=xavier, actor=cast.xavier)
    assert again.value.code == "not_own_heir"
    from desagravo.history.queries import since

    event = next(each for each in since(0) if each.kind == "person.left")
    actions.hand_over_the_rest(event, None)  # type: ignore[arg-type]
    assert fresh(other).owner_id == cast.person("xavier").pk
    assert fresh(secret).owner_id == cast.person("rui").pk
    assert not queries.visible_to(cast.xavier).filter(pk=secret.pk).exists()
    assert actions.hand_over_again(rui, to=key(cast, "bia"), actor=cast.xavier) == 0
    assert queries.visible_to(cast.bia).filter(pk=secret.pk).exists()


def test_who_left_stands_on_no_list_and_nobody_is_said_to_have_named_who_was_put_on_by_rule(cast: Cast) -> None:
    case = in_work(cast, owner="bia")
    actions.make_confidential(case, actor=cast.bia)
    actions.let_know(case, person=key(cast, "rui"), actor=cast.bia)
    actions.let_know(case, person=key(cast, "sofia"), actor=cast.bia)
    actions.person_leaves(key(cast, "rui"), actor=cast.xavier)
    while run_due():
        pass
    assert not NeedToKnow.objects.filter(person=cast.person("rui"), removed_at=None).exists()
    assert kinds(case)[-1] == "case.no_longer_let_know"
    actions.assign(case, to=key(cast, "sofia"), although_away=True, actor=cast.sofia)
    known = {each.person: each for each in queries.who_knows(fresh(case))}
    assert set(known) == {key(cast, "bia"), key(cast, "sofia")}
    assert known[key(cast, "bia")].by_rule and not known[key(cast, "sofia")].by_rule
    assert verify().ok
