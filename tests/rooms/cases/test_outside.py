"""The case outside the house, sent on, looked at a second time, coded anew."""

from __future__ import annotations

from typing import Any

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.actions import Outside
from desagravo.cases.models import Case, ClockEvent, FollowUp, Message, Notice, Recoding, Referral
from desagravo.common import clock
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments import actions as people
from desagravo.history.outbox import run_due
from desagravo.history.verify import verify
from tests.cast import PASSWORD, SAFETY, Cast, answered, closed, days_later, fresh, in_work, section
from tests.rooms.cases.steps import adds, customer_of, refused

BODY = Outside(body="Centro de Arbitragem", reference="CA 118/26", opened_on="2026-03-02", answer_due_on="2026-03-20")


@pytest.fixture(autouse=True)
def _monday() -> Any:
    with days_later(0):
        yield


def test_a_case_goes_outside_and_comes_back_on_its_day_also_after_the_signature(cast: Cast) -> None:
    case = answered(cast)
    with adds(case, "referral.opened", "clock.recorded", "follow_up.set", status="answered"):
        row = actions.refer(case, outside=BODY, actor=cast.rui)
    assert (row.kind, row.body, row.reference) == ("external", "Centro de Arbitragem", "CA 118/26")
    assert fresh(case).customer_position == "escalated_external"
    assert ClockEvent.objects.filter(case=case, name="referred").exists()
    codes = {**section().codes, "customer_position": ["escalated_external"]}
    told = {**section().details, "body": row.body}
    actions.sign_off(
        case,
        section=section(codes=codes, details=told, options_exhausted=True),
        password=PASSWORD,
        actor=cast.sofia,
    )
    with days_later(19):
        assert actions.come_back(clock.now()) == 1
        assert fresh(case).next_step == "look_after"
        actions.give_file(row, on="2026-03-19", actor=cast.rui)
        with adds(case, "referral.ended", status="closed"):
            actions.end_referral(row, outcome="for_us", effect="none", words="Improcedente.", actor=cast.rui)
        assert fresh(case).next_step == ""
    assert not FollowUp.objects.filter(case=case, done_at=None).exists()
    assert verify().ok
    assert [found.number for found in queries.search(cast.marta, "arbitragem").rows] == [case.number]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"body": "  "}, "body:body_missing"),
        ({"body": "x" * 161}, "body:too_long"),
        ({"reference": "x" * 81}, "reference:too_long"),
        ({"opened_on": "yesterday"}, "opened_on:bad_date"),
        ({"opened_on": "2026-03-09"}, "opened_on:future_date"),
        ({"opened_on": "2026-02-27"}, "opened_on:before_receipt"),
        ({"answer_due_on": "2026-03-01"}, "answer_due_on:due_before_opened"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(cast: Cast, changes: dict[str, str], problem: str) -> None:
    case = answered(cast)
    with refused(case, Missing, problem):
        actions.refer(case, outside=Outside(**{**BODY.__dict__, **changes}), actor=cast.rui)
    assert not Referral.objects.exists()


def test_what_the_body_said_opens_the_case_again(cast: Cast) -> None:
    waiting, ended = answered(cast), closed(cast)
    for case, kinds in ((waiting, ["referral.answer_reopened"]), (ended, ["case.reopened"])):
        row = actions.refer(case, outside=BODY, actor=cast.rui)
        with refused(case, Missing, "words:needs_reason"):
            actions.end_referral(row, outcome="for_customer", effect="change_answer", actor=cast.marta)
        with adds(case, "referral.ended", *kinds, status="in_work"):
            actions.end_referral(
                row, outcome="for_customer", effect="change_answer", words="Pagar 40 euros.", actor=cast.marta
            )
        with pytest.raises(NotNow, match="ended already"):
            actions.end_referral(row, outcome="for_us", effect="none", actor=cast.marta)


def test_who_may_not_reopen_does_not_do_it_by_way_of_the_body(cast: Cast) -> None:
    case = closed(cast)
    row = actions.refer(case, outside=BODY, actor=cast.rui)
    with pytest.raises(NotAllowed):
        actions.end_referral(row, outcome="partly", effect="reopen", words="Examinar.", actor=cast.rui)
    row.refresh_from_db()
    assert row.ended_on is None
    assert fresh(case).status == "closed"


def test_a_complaint_is_sent_on_with_notice_and_closed_as_such(cast: Cast) -> None:
    case = in_work(cast)
    to = Outside(body="Transportes Rápidos, Lda.", reason="A entrega é deles.")
    with refused(case, Missing, "letter:empty"):
        actions.forward(case, to=to, body=" ", actor=cast.rui)
    with refused(case, Missing, "body:entity_missing", "reason:needs_reason"):
        actions.forward(case, to=Outside(body=""), body="Exma. Senhora", actor=cast.rui)
    people.establish_organisation("Casa de Ensaio", sending_delay=60)
    with adds(case, "case.forwarded", "message.released", status="answered"):
        actions.forward(case, to=to, body="Exma. Senhora, encaminhámos.", actor=cast.rui)
    codes = {
        "outcome": ["wrong_entity_forwarded"],
        "relief": ["none"],
        "customer_position": ["silent"],
        "cause": ["unknown"],
    }
    with refused(case, Missing, "outcome:customer_not_told"):
        actions.sign_off(case, section=section(codes=codes), password=PASSWORD, actor=cast.sofia)
    with days_later(1):
        run_due()
        row = actions.sign_off(case, section=section(codes=codes), password=PASSWORD, actor=cast.sofia)
    assert row.settled_by == "elsewhere"
    assert verify().ok


def test_a_major_complaint_is_sent_on_by_a_manager_and_none_twice(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    to = Outside(body="Outra", reason="Deles.")
    with refused(case, NotAllowed, "major_needs_manager"):
        actions.forward(case, to=to, body="Exma. Senhora", actor=cast.rui)
    actions.forward(case, to=to, body="Exma. Senhora", actor=cast.marta)
    actions.react(case, settled=False, body="Não é deles.", actor=customer_of(case))
    with refused(case, NotNow, "already_sent_on"):
        actions.forward(case, to=to, body="Exma. Senhora", actor=cast.marta)


def _asking(case: Case) -> None:
    from desagravo.cases import binding  # noqa: PLC0415

    binding.apply_by_hand(case, "uk-housing-ombudsman", person=None, reason="Test.")


def test_the_second_look_is_taken_by_another(cast: Cast) -> None:
    case = answered(cast)
    _asking(case)
    rui, bia = (str(cast.person(name).pk) for name in ("rui", "bia"))
    with refused(case, Missing, "to:handled_first_stage"):
        actions.begin_second_stage(case, to=rui, reason="Not content.", actor=cast.sofia)
    with refused(case, NotAllowed, "role"):
        actions.begin_second_stage(case, to=bia, reason="Not content.", actor=cast.rui)
    with refused(case, Missing, "reason:needs_reason"):
        actions.begin_second_stage(case, to=bia, reason="", actor=cast.sofia)
    with adds(case, "case.second_stage", "clock.recorded", "case.wrote_to_customer", status="in_work"):
        actions.begin_second_stage(
            case, to=bia, reason="Not content.", body="Outra pessoa examina agora.", actor=cast.sofia
        )
    case = fresh(case)
    assert (case.stage, case.owner_id, case.customer_position) == (2, cast.person("bia").pk, "")
    with refused(case, Missing, "to:handled_first_stage"):
        actions.assign(case, to=rui, actor=cast.sofia)
    actions.assign(case, to=str(cast.person("sofia").pk), actor=cast.sofia)
    run_due()
    assert Notice.objects.filter(person=cast.person("bia"), kind="second_stage").exists()
    with refused(case, NotNow, "second_stage_already"):
        actions.begin_second_stage(case, to=bia, reason="Again.", actor=cast.sofia)
    limits = {row.key: row for row in case.time_limits.filter(applied__policy="uk-housing-ombudsman")}
    assert limits["stage2_ack"].state == "met"
    assert limits["stage2"].state == "running"
    assert verify().ok


def test_without_such_a_rulebook_the_first_handler_may_take_it_again(cast: Cast) -> None:
    case = answered(cast)
    actions.begin_second_stage(case, to=str(cast.person("rui").pk), reason="Not content.", actor=cast.sofia)
    assert fresh(case).stage == 2


def test_no_second_look_before_the_first(cast: Cast) -> None:
    case = in_work(cast)
    with refused(case, NotNow, "no_first_answer"):
        actions.begin_second_stage(case, to=str(cast.person("bia").pk), reason="x", actor=cast.sofia)


def test_a_closed_case_is_coded_anew_and_both_are_kept(cast: Cast) -> None:
    case = closed(cast)
    signed = case.sign_offs.get()
    codes = {**signed.codes, "outcome": ["partly_upheld"]}
    with refused(case, NotAllowed, "role"):
        actions.recode(case, codes=codes, reason="List of 2026.", actor=cast.sofia)
    with refused(case, Missing, "reason:needs_reason"):
        actions.recode(case, codes=codes, reason=" ", actor=cast.marta)
    with refused(case, Missing, "outcome:code_not_after"):
        actions.recode(case, codes={**codes, "outcome": ["out_of_scope"]}, reason="x", actor=cast.marta)
    with refused(case, Missing, "relief:no_amount_signed"):
        actions.recode(case, codes={**codes, "relief": ["monetary"]}, reason="x", actor=cast.marta)
    with refused(case, NotNow, "coded_so_already"):
        actions.recode(case, codes=signed.codes, reason="x", actor=cast.marta)
    with adds(case, "case.recoded", status="closed"):
        row = actions.recode(case, codes=codes, reason="List of 2026.", actor=cast.marta)
    signed.refresh_from_db()
    assert (signed.codes["outcome"], row.codes["outcome"]) == (["upheld"], ["partly_upheld"])
    assert verify().ok
    Recoding.objects.filter(pk=row.pk).update(codes={})
    assert verify().problem == "changed_content"


def test_the_customer_reads_nothing_internal_of_it(cast: Cast) -> None:
    case = answered(cast)
    actions.refer(case, outside=Outside(**{**BODY.__dict__, "reason": "secret thought"}), actor=cast.rui)
    told = queries.tracked(fresh(case))
    assert [(each.kind, each.body) for each in told.outside] == [("external", "Centro de Arbitragem")]
    assert "secret thought" not in repr(told.outside)
    assert told.may_react
    assert not Message.objects.filter(case=case, kind="to_customer").exists()
