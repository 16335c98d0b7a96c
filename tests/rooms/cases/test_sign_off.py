"""Nothing closes without a signature: name, role, date, codes on four axes, and the password again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Case, SignOff
from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments.models import Person
from desagravo.history.outbox import run_due
from tests.cast import PASSWORD, SAFETY, Cast, answered, closed, days_later, decided, filed, fresh, in_work, section
from tests.rooms.cases.steps import adds, customer_of, refused

CODES = dict(section().codes)


def sign(case: Case, cast: Cast, who: str = "sofia", *, password: str = PASSWORD, **changes: Any) -> SignOff:
    return actions.sign_off(case, section=replace(section(), **changes), password=password, actor=cast.actor(who))


def test_a_supervisor_signs_a_minor_case(cast: Cast) -> None:
    case = answered(cast)
    with adds(case, "case.closed", status="closed"), days_later(5) as later:
        row = sign(case, cast)
    assert (row.section, row.signer_name, row.signer_role, row.signed_at) == (1, "Sofia Antunes", "supervisor", later)
    assert row.codes == {axis: list(codes) for axis, codes in CODES.items()}
    assert row.response == case.responses.get()
    assert fresh(case).closed_at == later
    assert row.lesson == section().lesson
    assert [found.number for found in queries.search(cast.marta, "compressor").rows] == [case.number]
    with refused(case, NotNow, "not_on_the_path"):
        sign(case, cast)


def test_a_supervisor_may_finish_a_minor_case_of_their_own(cast: Cast) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    version = actions.save_draft(case, body="Minha.", based_on=version, actor=cast.sofia).version
    actions.respond(case, draft_version=version, actor=cast.sofia)
    with adds(case, "case.closed", status="closed"):
        row = sign(case, cast, alone_reason="not needed")
    assert row.alone_reason == ""


def test_a_major_case_needs_a_manager(cast: Cast) -> None:
    case = answered(cast, answers=SAFETY)
    with refused(case, NotAllowed, "major_needs_manager"):
        sign(case, cast)
    with adds(case, "case.closed", status="closed"):
        row = sign(case, cast, "vasco")
    assert row.signer_role == "senior_manager"


def test_nobody_signs_a_major_case_whose_answer_they_wrote(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    version = decided(cast, case)
    version = actions.save_draft(case, body="Do gestor.", based_on=version, actor=cast.marta).version
    response = actions.request_approval(case, draft_version=version, actor=cast.rui)
    actions.approve(case, response_sha256=response.body_sha256, actor=cast.vasco)
    with refused(case, NotAllowed, "four_eyes"):
        sign(case, cast, "marta", alone_reason="In a hurry.")
    with adds(case, "case.closed", status="closed"):
        sign(case, cast, "vasco")


def test_whoever_is_alone_signs_with_a_reason_on_record(cast: Cast) -> None:
    Person.objects.exclude(email__in=["marta@casa.example", "rui@casa.example", "sofia@casa.example"]).update(
        is_active=False
    )
    case = in_work(cast, answers=SAFETY)
    version = decided(cast, case)
    version = actions.save_draft(case, body="Minha.", based_on=version, actor=cast.marta).version
    response = actions.request_approval(case, draft_version=version, actor=cast.marta)
    actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta, alone_reason="Só eu.")
    with refused(case, NotAllowed, "alone_needs_reason"):
        sign(case, cast, "marta")
    with adds(case, "case.closed", status="closed"):
        row = sign(case, cast, "marta", alone_reason="Sou a única gestora.")
    assert row.alone_reason == "Sou a única gestora."


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " "])
def test_the_password_is_asked_again(cast: Cast, password: str) -> None:
    case = answered(cast)
    with refused(case, Missing, "password:wrong_password"):
        sign(case, cast, password=password)
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("axis", ["outcome", "relief", "customer_position", "cause"])
def test_every_axis_needs_a_code_of_its_own(cast: Cast, axis: str) -> None:
    case = answered(cast)
    rest = {name: codes for name, codes in CODES.items() if name != axis}
    with refused(case, Missing, f"{axis}:axis_missing"):
        sign(case, cast, codes=rest)
    with refused(case, Missing, f"{axis}:axis_missing"):
        sign(case, cast, codes={**rest, axis: []})
    with refused(case, Missing, f"{axis}:unknown_code"):
        sign(case, cast, codes={**rest, axis: ["a_pony"]})


def test_only_causes_may_be_several(cast: Cast) -> None:
    case = answered(cast)
    with refused(case, Missing, "outcome:axis_single"):
        sign(case, cast, codes={**CODES, "outcome": ["upheld", "not_upheld"]})
    with refused(case, Missing, "mood:unknown_field"):
        sign(case, cast, codes={**CODES, "mood": ["good"]})
    with adds(case, "case.closed", status="closed"):
        sign(case, cast, codes={**CODES, "cause": ["product_fault", "communication"]})


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(None, "EUR"), (Decimal(0), "EUR"), (Decimal(-5), "EUR"), (Decimal(5), ""), (Decimal(5), "XXX")],
)
def test_monetary_relief_needs_an_amount(cast: Cast, amount: Decimal | None, currency: str) -> None:
    case = answered(cast)
    codes = {**CODES, "relief": ["monetary"]}
    with refused(case, Missing, "amount:needs_amount"):
        sign(case, cast, codes=codes, amount=amount, currency=currency)


def test_an_amount_is_kept_to_the_cent(cast: Cast) -> None:
    case = answered(cast)
    sign(case, cast, codes={**CODES, "relief": ["monetary"]}, amount=Decimal("64.50"), currency="EUR")
    row = SignOff.objects.get()
    assert (row.amount, row.currency) == (Decimal("64.50"), "EUR")


def test_a_major_case_leaves_a_lesson(cast: Cast) -> None:
    case = answered(cast, answers=SAFETY)
    with refused(case, Missing, "lesson:lesson_missing"):
        sign(case, cast, "marta", lesson=" ")
    minor = answered(cast)
    with adds(minor, "case.closed", status="closed"):
        sign(minor, cast, lesson="")


def test_an_old_page_does_not_decide_what_a_major_case_needs(cast: Cast) -> None:
    old = in_work(cast)
    actions.overrule(old, outcome="major", reason="The press.", actor=cast.marta)
    assert old.severity == "minor"
    response = actions.request_approval(old, draft_version=decided(cast, old), actor=cast.rui)
    actions.approve(old, response_sha256=response.body_sha256, actor=cast.marta)
    with refused(old, Missing, "lesson:lesson_missing"):
        sign(old, cast, "marta", lesson="")


def test_all_problems_are_told_at_once(cast: Cast) -> None:
    case = answered(cast, answers=SAFETY)
    wanted = {f"{axis}:axis_missing" for axis in CODES} | {"lesson:lesson_missing", "password:wrong_password"}
    with refused(case, Missing, *wanted, "remedy_delivered:unknown_code"):
        sign(case, cast, "marta", codes={}, lesson="", password="x", remedy_delivered="perhaps")


def test_a_withdrawn_case_is_signed_too(cast: Cast) -> None:
    case = filed()
    actions.withdraw(case, actor=customer_of(case))
    with adds(case, "case.closed", status="closed"):
        row = sign(case, cast, codes={**CODES, "outcome": ["withdrawn"]})
    assert row.response is None


@pytest.mark.parametrize("who", ["ines", "rui", "carla", "dora", "xavier"])
def test_who_may_not_sign(cast: Cast, who: str) -> None:
    case = answered(cast)
    with refused(case, NotAllowed, "role"):
        sign(case, cast, who)


def test_neither_the_customer_nor_the_product_signs(cast: Cast) -> None:
    case = answered(cast)
    for actor in (customer_of(case), SYSTEM):
        with refused(case, Missing, "password:wrong_password"):
            actions.sign_off(case, section=section(), password=PASSWORD, actor=actor)


def test_not_before_it_is_answered(cast: Cast) -> None:
    for case in (filed(), in_work(cast), filed(signature=None)):
        with refused(case, NotNow, "not_on_the_path"):
            sign(case, cast)


def test_reopened_it_keeps_number_and_dates_and_gets_a_second_section(cast: Cast) -> None:
    case = closed(cast)
    first = case.sign_offs.get()
    with refused(case, Missing, "reason:needs_reason"):
        actions.reopen(case, reason="", actor=cast.sofia)
    for who in ("ines", "rui", "carla", "dora", "xavier"):
        with refused(case, NotAllowed, "role"):
            actions.reopen(case, reason="Broken again.", actor=cast.actor(who))
    with refused(case, NotAllowed, "role"):
        actions.reopen(case, reason="Broken again.", actor=customer_of(case))
    with adds(case, "case.reopened", status="in_work"), days_later(40):
        actions.reopen(case, reason="Avariou outra vez.", actor=cast.sofia)
    now = fresh(case)
    assert (now.number, now.received_at, now.closed_at) == (case.number, case.received_at, None)
    assert str(now.owner_id) == cast.rui.id
    version = actions.save_draft(now, body="Devolvemos o preço.", based_on=1, actor=cast.rui).version
    actions.respond(now, draft_version=version, actor=cast.rui)
    with adds(case, "case.closed", status="closed"):
        second = sign(now, cast)
    assert [row.section for row in case.sign_offs.order_by("pk")] == [1, 2]
    assert (second.response, first.response) == (case.responses.order_by("-pk")[0], case.responses.order_by("pk")[0])
    while run_due():
        pass
    assert case.documents.filter(kind="sign_off").count() == 2


def test_only_what_is_over_is_reopened(cast: Cast) -> None:
    for case in (filed(), in_work(cast), answered(cast)):
        with refused(case, NotNow, "not_on_the_path"):
            actions.reopen(case, reason="x", actor=cast.sofia)


def test_a_case_withdrawn_before_anybody_owned_it_gets_its_reopener_as_owner(cast: Cast) -> None:
    case = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    actions.withdraw(case, actor=customer_of(case))
    with adds(case, "case.reopened", status="in_work"):
        actions.reopen(case, reason="Changed her mind.", actor=cast.sofia)
    assert str(fresh(case).owner_id) == cast.sofia.id


@pytest.mark.parametrize("signature", [None, {"method": "typed", "name": "Inês"}])
def test_a_case_that_was_never_assessed_is_new_again(cast: Cast, signature: dict[str, str] | None) -> None:
    """Otherwise a major complaint could be answered as if somebody had found it minor."""
    case = filed(signature=signature)
    actions.withdraw(case, actor=customer_of(case))
    sign(case, cast)
    with adds(case, "case.reopened_unassessed", status="received"):
        actions.reopen(case, reason="Changed her mind.", actor=cast.sofia)
    now = fresh(case)
    assert (now.owner_id, now.next_step, now.severity) == (None, "assess", "")
    with adds(case, "case.assessed", status="assessed"):
        actions.assess(now, answers=SAFETY, actor=cast.sofia)


def test_an_optional_question_ends_with_the_case_and_a_required_one_holds_it_open(cast: Cast) -> None:
    case = in_work(cast)
    due = clock.now() + timedelta(days=2)
    actions.consult(case, questions=[actions.Question("finance", "Paid?", due, required=False)], actor=cast.rui)
    actions.respond(case, draft_version=decided(cast, case), actor=cast.rui)
    (required,) = actions.consult(case, questions=[actions.Question("logistics", "Sent?", due)], actor=cast.rui)
    with refused(case, NotNow, "question_open", department="Logistics and operations"):
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    actions.answer_consultation(required, answer="Sent.", actor=cast.paulo)
    with adds(case, "case.closed", "consultation.withdrawn", status="closed"):
        actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.sofia)
    assert not queries.questions(cast.carla)
