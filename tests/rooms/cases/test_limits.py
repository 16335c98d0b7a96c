"""Rulebooks on a case: applied, ended, their limits kept with every step, duties promised, closing, warnings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desagravo.cases import actions, limits, queries
from desagravo.cases.models import AppliedRulebook, Case, ClockEvent, Notice, TimeLimit
from desagravo.cases.next_step import promised
from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments import actions as departments
from desagravo.history.outbox import run_due
from tests.cast import (
    MONDAY,
    PASSWORD,
    SAFETY,
    Cast,
    answered,
    days_later,
    decided,
    filed,
    fresh,
    in_work,
    kinds,
    section,
)


def _rows(case: Case) -> dict[tuple[str, str], TimeLimit]:
    return {(row.applied.policy, row.key): row for row in TimeLimit.objects.filter(case=case).select_related("applied")}


def _row(case: Case, key: str, policy: str = "iso-10002-generic") -> TimeLimit:
    return _rows(case)[policy, key]


def _equal_to_a_fresh_computation(case: Case) -> None:
    """The rows of the case say what the clocks say now."""
    case = fresh(case)
    running = limits.compute(case, limits.applied_to(case))
    rows = {(row.applied_id, row.key): row for row in TimeLimit.objects.filter(case=case, applied__ended_at=None)}
    new, changed = limits.differences(running, rows, clock.now())
    assert [row.key for row in new] == []
    assert [(row.key, row.state) for row in changed] == []
    before = case.duty_due, case.answer_due
    limits.set_duties(case, running)
    assert (case.duty_due, case.answer_due) == before


def test_house_rulebook_binds_every_case(cast: Cast) -> None:
    case = filed()
    applied = AppliedRulebook.objects.get(case=case)
    assert (applied.policy, applied.because) == ("iso-10002-generic", "rulebooks.house")
    assert _row(case, "acknowledgement").state == "met"  # the mail leaves by itself
    assert _row(case, "final_response").due_on == date(2026, 3, 30)
    assert "rulebook.applied" not in kinds(case)  # it follows from the edition


def test_customer_without_address_is_not_acknowledged_yet(cast: Cast) -> None:
    assert _row(filed(email=None), "acknowledgement").state == "running"


def test_targets_of_the_house_promise_nothing_new(cast: Cast) -> None:
    case = filed()
    assert case.duty_due is None
    assert case.answer_due is None


def test_earliest_duty_is_promised_and_shown(cast: Cast) -> None:
    case = in_work(cast)
    before = promised(case)
    actions.apply_rulebook(case, policy="br-sac", reason="A regulated service.", actor=cast.sofia)
    case = fresh(case)
    assert case.answer_due == datetime(2026, 3, 10, tzinfo=UTC)
    assert promised(case) == datetime(2026, 3, 9, 23, 59, 59, tzinfo=UTC) < before
    assert case.next_due == promised(case)
    actions.apply_rulebook(case, policy="uk-nhs", reason="Of both.", actor=cast.sofia)
    assert promised(fresh(case)) == promised(case)


def test_answer_meets_the_final_limits(cast: Cast) -> None:
    case = answered(cast)
    assert _row(case, "final_response").state == "met"
    assert fresh(case).answer_due is None
    _equal_to_a_fresh_computation(case)


def test_waiting_pauses_only_where_the_rulebook_says_so(cast: Cast) -> None:
    case = in_work(cast)
    first = _row(case, "final_response").due_on
    actions.record_clock_event(case, name="waiting_customer", actor=cast.rui)
    with days_later(3):
        actions.add_message(case, body="Here is the invoice.", actor=cast.ines, channel="phone")
        assert first is not None
        assert _row(case, "final_response").due_on == date(2026, 4, 1) > first  # Tuesday and Wednesday do not count
        _equal_to_a_fresh_computation(case)
    house = AppliedRulebook.objects.get(case=case, policy="iso-10002-generic")
    actions.apply_rulebook(case, policy="br-sac", reason="It binds.", actor=cast.sofia)
    actions.end_rulebook(case, applied=house.pk, reason="Only the law counts here.", actor=cast.sofia)
    with pytest.raises(NotNow, match="stops its clock"):
        actions.record_clock_event(case, name="waiting_customer", actor=cast.rui)


def test_ended_rulebook_asks_nothing_more(cast: Cast) -> None:
    case = in_work(cast)
    row = actions.apply_rulebook(case, policy="us-cfpb", reason="Through the portal.", actor=cast.sofia)
    assert fresh(case).duty_due is not None
    with pytest.raises(NotNow):
        actions.apply_rulebook(case, policy="us-cfpb", reason="Again.", actor=cast.sofia)
    actions.end_rulebook(case, applied=row.pk, reason="It was not ours.", actor=cast.sofia)
    assert fresh(case).duty_due is None
    assert {each.state for each in TimeLimit.objects.filter(applied=row)} == {"ended"}
    assert kinds(case)[-2:] == ["rulebook.applied", "rulebook.ended"]
    with pytest.raises(NotAllowed):
        actions.apply_rulebook(case, policy="us-cfpb", reason="Again.", actor=cast.rui)


def test_answers_apply_and_end_rulebooks(cast: Cast) -> None:
    departments.establish_organisation("Casa de Ensaio", country="PT", sending_delay=0)
    case = in_work(cast)
    actions.answer_attributes(case, answers={"psd_or_emd": True}, actor=cast.rui)
    assert ("eu-psd2", "final_or_holding_response") in _rows(case)
    assert "rulebook.applied" in kinds(case)
    actions.answer_attributes(case, answers={"psd_or_emd": None}, actor=cast.rui)
    assert not AppliedRulebook.objects.filter(case=case, policy="eu-psd2", ended_at=None).exists()
    assert kinds(case)[-2:] == ["case.attributes_answered", "rulebook.ended"]
    with pytest.raises(Missing):
        actions.answer_attributes(case, answers={"psd_or_emd": "perhaps"}, actor=cast.rui)
    with pytest.raises(Missing):
        actions.answer_attributes(case, answers={"moon": "full"}, actor=cast.rui)


def test_what_a_person_ended_no_rule_applies_again(cast: Cast) -> None:
    departments.establish_organisation("Casa de Ensaio", country="PT", sending_delay=0)
    case = in_work(cast)
    actions.answer_attributes(case, answers={"psd_or_emd": True}, actor=cast.rui)
    row = AppliedRulebook.objects.get(case=case, policy="eu-psd2")
    actions.end_rulebook(case, applied=row.pk, reason="The bank is not ours.", actor=cast.sofia)
    actions.answer_attributes(case, answers={"sector": "financial"}, actor=cast.rui)
    assert not AppliedRulebook.objects.filter(case=case, policy="eu-psd2", ended_at=None).exists()


def test_unknown_attribute_shows_both_and_the_earliest_counts(cast: Cast) -> None:
    case = in_work(cast)
    actions.apply_rulebook(case, policy="uk-fca-disp", reason="It binds.", actor=cast.sofia)
    found = _rows(case)
    assert ("uk-fca-disp", "final_response") in found
    assert ("uk-fca-disp", "psd_final_or_holding") in found
    assert fresh(case).answer_due == found["uk-fca-disp", "psd_final_or_holding"].due_before
    actions.answer_attributes(case, answers={"psd_or_emd": False}, actor=cast.rui)
    assert fresh(case).answer_due == found["uk-fca-disp", "final_response"].due_before
    assert _row(case, "psd_final_or_holding", "uk-fca-disp").state == "ended"
    _equal_to_a_fresh_computation(case)


def test_date_is_not_promised_beyond_a_binding_limit(cast: Cast) -> None:
    case = in_work(cast)
    actions.apply_rulebook(case, policy="eu-psd2", reason="It binds.", actor=cast.sofia)
    with pytest.raises(Missing, match="extension"):
        actions.move_answer_date(case, to=MONDAY + timedelta(days=90), reason="Mais tempo.", actor=cast.rui)


def test_extension_within_the_rulebook(cast: Cast) -> None:
    case = in_work(cast)
    row = _row(case, "final_response")
    told: dict[str, Any] = {"limit": row.pk, "actor": cast.sofia}
    with pytest.raises(Missing) as missing:
        actions.extend_limit(case, **told)
    assert set(missing.value.fields) == {"reason", "notice", "new_date"}
    with pytest.raises(Missing, match="at most"):
        actions.extend_limit(case, reason="Lab.", notice="Mais tempo.", new_date=date(2026, 4, 14), **told)
    with pytest.raises(NotAllowed):
        actions.extend_limit(
            case, limit=row.pk, reason="Lab.", notice="Mais.", new_date=date(2026, 4, 8), actor=cast.rui
        )
    actions.extend_limit(case, reason="Lab.", notice="Mais tempo.", new_date=date(2026, 4, 8), **told)
    assert _row(case, "final_response").due_on == date(2026, 4, 13)
    assert kinds(case)[-2:] == ["limit.extended", "case.date_moved"]
    assert fresh(case).messages.get(kind="to_customer").body == "Mais tempo."
    assert promised(fresh(case)).date() == date(2026, 4, 8)
    with pytest.raises(NotNow, match="extended before"):
        actions.extend_limit(case, reason="Lab.", notice="Mais tempo.", new_date=date(2026, 4, 10), **told)
    other = _row(case, "initial_assessment")
    with pytest.raises(NotNow, match="no extension"):
        actions.extend_limit(
            case, limit=other.pk, reason="Lab.", notice="M.", new_date=date(2026, 4, 8), actor=cast.sofia
        )
    _equal_to_a_fresh_computation(case)


def test_closing_wants_every_rulebook_satisfied(cast: Cast) -> None:
    case = answered(cast)
    actions.apply_rulebook(case, policy="pt-livro-reclamacoes", reason="On paper.", actor=cast.sofia)
    actions.answer_attributes(case, answers={"format": "physical"}, actor=cast.rui)
    with pytest.raises(NotNow, match="still open"):
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    with days_later(40):
        actions.look_at_limits(clock.now())
        with pytest.raises(NotNow, match="Say why"):
            actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
        row = _row(case, "original_sent_to_authority", "pt-livro-reclamacoes")
        assert row.state == "missed"
        actions.explain_missed(case, limit=row.pk, reason="The post was on strike.", actor=cast.rui)
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
        assert fresh(case).status == "closed"
        _equal_to_a_fresh_computation(case)


def test_limit_that_is_met_can_not_be_explained(cast: Cast) -> None:
    case = answered(cast)
    with pytest.raises(NotNow):
        actions.explain_missed(case, limit=_row(case, "final_response").pk, reason="No.", actor=cast.rui)


def test_missed_limit_closes_nothing_and_stays_missed(cast: Cast) -> None:
    case = in_work(cast)
    actions.apply_rulebook(case, policy="es-consumer-base", reason="It binds.", actor=cast.sofia)
    with days_later(21):
        actions.look_at_limits(clock.now())
        row = _row(case, "final", "es-consumer-base")
        assert (row.state, fresh(case).status) == ("missed", "in_work")
        assert "limit.missed" in kinds(case)
        actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
        row.refresh_from_db()
        assert row.state == "missed"
        assert row.met_at == clock.now()
        assert fresh(case).duty_due is None


def _warnings(case: Case) -> list[str]:
    return [kind for kind in kinds(case) if kind.startswith("limit.")]


def test_warnings_come_in_working_hours(cast: Cast) -> None:
    case = in_work(cast)
    actions.end_rulebook(
        case, applied=AppliedRulebook.objects.get(case=case).pk, reason="Only one here.", actor=cast.sofia
    )
    actions.apply_rulebook(case, policy="br-sac", reason="It binds.", actor=cast.sofia)
    for night in (3, 4, 4.9):  # to Saturday morning: 75 per cent are over on Sunday
        with days_later(night):
            assert actions.look_at_limits(clock.now()) == 0
    with days_later(6.6):  # Sunday night
        assert actions.look_at_limits(clock.now()) == 0
    with days_later(7.05):  # Monday morning, shortly after ten
        assert actions.look_at_limits(clock.now()) == 1
        assert actions.look_at_limits(clock.now()) == 0
        assert _warnings(case) == ["limit.near"]
        run_due(limit=50)
        assert Notice.objects.get(kind="limit_near").person == cast.person("rui")
    with days_later(7.8):  # Tuesday 04:00: the limit has passed, and nobody is woken
        actions.look_at_limits(clock.now())
        assert _row(case, "final_response", "br-sac").state == "missed"
        assert _warnings(case) == ["limit.near"]
    with days_later(8.05):
        actions.look_at_limits(clock.now())
        assert _warnings(case) == ["limit.near", "limit.missed"]
        run_due(limit=50)
        told = set(Notice.objects.filter(kind="limit_missed").values_list("person__email", flat=True))
        assert told == {"rui@casa.example", "sofia@casa.example"}
        lines = queries.notices(cast.sofia).rows
        line = next(each for each in lines if each.kind == "limit_missed")
        assert "Answer to the customer" in line.sentence
        assert line.path.endswith(f"/cases/{case.number}/limits/")
        assert actions.look_at_limits(clock.now()) == 0


def test_old_cases_are_taken_over_without_alarm(cast: Cast) -> None:
    case = filed()
    TimeLimit.objects.filter(case=case).delete()
    AppliedRulebook.objects.filter(case=case).delete()
    from desagravo.cases.actions import bind

    with days_later(90):
        bind._after = 0
        assert actions.bind_what_is_left(clock.now()) == 1
        assert actions.bind_what_is_left(clock.now()) == 0
        assert _row(case, "final_response").state == "missed"
        assert actions.look_at_limits(clock.now()) == 0
        assert _warnings(case) == []
        _equal_to_a_fresh_computation(case)


def test_events_are_taken_back(cast: Cast) -> None:
    case = in_work(cast)
    before = _row(case, "final_response").due_on
    with days_later(1):
        event = actions.record_clock_event(case, name="waiting_customer", actor=cast.rui)
    with days_later(5):
        actions.take_back_event(case, event=event.pk, reason="Another case.", actor=cast.rui)
        assert _row(case, "final_response").due_on == before
        with pytest.raises(NotNow):
            actions.take_back_event(case, event=event.pk, reason="Again.", actor=cast.rui)
        _equal_to_a_fresh_computation(case)


def test_withdrawn_complaint_owes_nothing(cast: Cast) -> None:
    case = in_work(cast)
    actions.apply_rulebook(case, policy="br-sac", reason="It binds.", actor=cast.sofia)
    actions.withdraw(case, reason="By telephone.", actor=cast.rui)
    assert fresh(case).duty_due is None
    assert _row(case, "final_response", "br-sac").state == "ended"
    actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)


_STEPS: dict[str, Any] = {
    "note": lambda cast, case: actions.note(case, body="Something.", actor=cast.rui),
    "write": lambda cast, case: actions.write(case, body="We are looking into it.", actor=cast.rui),
    "customer": lambda cast, case: actions.add_message(case, body="And now?", actor=cast.ines, channel="phone"),
    "wait": lambda cast, case: actions.record_clock_event(case, name="waiting_customer", actor=cast.rui),
    "replied": lambda cast, case: actions.record_clock_event(case, name="customer_replied", actor=cast.rui),
    "psd": lambda cast, case: actions.answer_attributes(case, answers={"psd_or_emd": True}, actor=cast.rui),
    "no_psd": lambda cast, case: actions.answer_attributes(case, answers={"psd_or_emd": False}, actor=cast.rui),
    "apply": lambda cast, case: actions.apply_rulebook(case, policy="uk-fca-disp", reason="So.", actor=cast.sofia),
    "es": lambda cast, case: actions.apply_rulebook(case, policy="es-sac-2025", reason="So.", actor=cast.sofia),
    "end": lambda cast, case: actions.end_rulebook(
        case, applied=AppliedRulebook.objects.filter(case=case).latest("pk").pk, reason="No.", actor=cast.sofia
    ),
    "holding": lambda cast, case: actions.record_clock_event(case, name="holding_sent", actor=cast.rui),
    "completion": lambda cast, case: actions.record_clock_event(case, name="completion_requested", actor=cast.rui),
    "completed": lambda cast, case: actions.record_clock_event(case, name="completed_by_customer", actor=cast.rui),
    "back": lambda cast, case: actions.take_back_event(
        case, event=ClockEvent.objects.filter(case=case).latest("pk").pk, reason="Mistake.", actor=cast.rui
    ),
    "extend": lambda cast, case: actions.extend_limit(
        case,
        limit=TimeLimit.objects.get(case=case, key="final_response", applied__policy="iso-10002-generic").pk,
        reason="Lab.",
        notice="Mais.",
        new_date=_row(case, "final_response").due_on + timedelta(days=1),  # type: ignore[operator]
        actor=cast.sofia,
    ),
    "assess": lambda cast, case: actions.assess(case, answers=SAFETY, actor=cast.sofia),
    "assign": lambda cast, case: actions.assign(case, to=str(cast.person("rui").pk), actor=cast.sofia),
    "withdraw": lambda cast, case: actions.withdraw(case, reason="So.", actor=cast.rui),
    "reopen": lambda cast, case: actions.reopen(case, reason="So.", actor=cast.sofia),
    "tick": lambda cast, case: actions.look_at_limits(clock.now()),
}


@pytest.mark.django_db(transaction=False)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(sorted(_STEPS)), st.integers(0, 6 * 24)), max_size=9))
def test_rows_equal_a_fresh_computation_after_any_order_of_verbs(cast: Cast, steps: list[tuple[str, int]]) -> None:
    """Whatever people do, in whatever order, and however long it takes."""
    from django.db import transaction

    from desagravo.common.refusals import Refusal

    now = clock.now()
    with transaction.atomic():
        case = filed()
        for name, hours in steps:
            now += timedelta(hours=hours)
            with clock.at(now):
                try:
                    with transaction.atomic():
                        _STEPS[name](cast, fresh(case))
                except (Refusal, ClockEvent.DoesNotExist):
                    continue
                limits.renew_limits(fresh(case))  # the clock has gone on: what passed meanwhile is marked by the worker
                current = fresh(case)
                limits.renew_limits(current)
                Case.objects.filter(pk=case.pk).update(duty_due=current.duty_due, answer_due=current.answer_due)
                _equal_to_a_fresh_computation(case)
        transaction.set_rollback(True)


def test_rows_are_right_at_once_after_each_verb(cast: Cast) -> None:
    """Without any help: at the moment of a verb nothing but time itself could have changed a limit."""
    for name in sorted(_STEPS):
        case = filed()
        try:
            _STEPS[name](cast, fresh(case))
        except (NotNow, Missing, ClockEvent.DoesNotExist):
            continue
        _equal_to_a_fresh_computation(case)


def test_nobody_is_told_by_the_system_twice(cast: Cast) -> None:
    case = filed()
    actions.note(case, body="One.", actor=cast.sofia)
    rows = TimeLimit.objects.filter(case=case).count()
    actions.write(case, body="Two.", actor=SYSTEM)
    assert TimeLimit.objects.filter(case=case).count() == rows
