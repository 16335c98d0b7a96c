"""Who approves what: the edition asks, the product sees to it, and nobody passes by four eyes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desagravo.cases import actions, queries
from desagravo.cases.models import Case, Response
from desagravo.common.refusals import NotAllowed, NotYours
from desagravo.common.refusals import Refusal as Refused
from desagravo.departments import actions as departments
from desagravo.departments.queries import today_here
from desagravo.history.queries import of_case
from tests.cast import CALM, SAFETY, Cast, filed, fresh, in_work, kinds
from tests.rooms.cases.steps import adds, refused

LAW = {**CALM, "law": "yes"}


def lawyer(cast: Cast) -> None:
    """Somebody answers for the legal department."""
    cast.people["lia"] = departments.add_person(
        email="lia@casa.example", name="Lia Prado", roles=[("contact", "legal")], actor=cast.xavier
    )


def away(cast: Cast, who: str, substitute: str) -> None:
    day = today_here()
    departments.set_absence(
        cast.actor(who).id,
        first_day=day,
        last_day=day + timedelta(days=3),
        substitute=cast.actor(substitute).id,
        actor=cast.xavier,
    )


def text_on(cast: Cast, *, answers: dict[str, str], remedy: str = "compensation", **form: Any) -> tuple[Case, int]:
    """A case with a decided point and a draft; gives its version."""
    case = in_work(cast, answers=answers, **form)
    point = actions.add_point(case, text="O frigorífico não arrefece.", actor=cast.rui)
    actions.decide_point(point, decision="upheld", reasons="", remedy=remedy, actor=cast.rui)
    draft = actions.save_draft(case, body="Exma. Senhora,\n\nPagamos.", based_on=0, actor=cast.rui)
    return case, draft.version


def put_up(cast: Cast, **told: Any) -> tuple[Case, Response]:
    case, version = text_on(cast, **told)
    return case, actions.request_approval(case, draft_version=version, actor=cast.rui)


def roles(response: Response) -> list[str]:
    return list(response.required_approvals.order_by("pk").values_list("role", flat=True))


def approve(cast: Cast, who: str, case: Case, response: Response, **more: Any) -> Response:
    return actions.approve(case, response_sha256=response.body_sha256, actor=cast.actor(who), **more)


def test_a_large_sum_needs_senior_management_also_in_a_minor_case(cast: Cast) -> None:
    case, version = text_on(cast, answers=CALM, amount_requested="2500", remedy="refund_full")
    with refused(case, NotAllowed, "approval_needed"):
        actions.respond(case, draft_version=version, actor=cast.rui)
    response = actions.request_approval(case, draft_version=version, actor=cast.rui)
    assert roles(response) == ["senior_manager"]
    for who in ("marta", "sofia"):
        with refused(case, NotAllowed, "not_asked_to_approve"):
            approve(cast, who, case, response)
    with adds(case, "approval.granted", status="answered"):
        approve(cast, "vasco", case, response)
    asked = next(event for event in of_case(case.number) if event.kind == "approval.requested")
    assert asked.because == "starter-2026.1#approval.large_amount"


def test_a_smaller_sum_leaves_with_one_pair_of_eyes(cast: Cast) -> None:
    case, version = text_on(cast, answers=CALM, amount_requested="2499.99", remedy="refund_full")
    with adds(case, "case.answered", status="answered"):
        actions.respond(case, draft_version=version, actor=cast.rui)


def test_legal_approves_besides_the_manager_and_the_last_approval_sends(cast: Cast) -> None:
    lawyer(cast)
    case, response = put_up(cast, answers=LAW)
    assert roles(response) == ["manager", "contact:legal"]
    with adds(case, "approval.given", status="awaiting_approval"):
        approve(cast, "marta", case, response)
    with refused(case, NotAllowed, "approved_already"):
        approve(cast, "marta", case, response)
    with refused(case, NotAllowed, "not_asked_to_approve"):
        approve(cast, "vasco", case, response)
    with adds(case, "approval.given", "approval.granted", status="answered"):
        sent = approve(cast, "lia", case, response)
    assert (sent.state, str(sent.decided_by_id)) == ("sent", cast.lia.id)
    givers = [str(row.given_by_id) for row in sent.required_approvals.order_by("pk")]
    assert givers == [cast.marta.id, cast.lia.id]


def test_without_anybody_for_legal_a_manager_decides_and_not_the_same_one(cast: Cast) -> None:
    case, response = put_up(cast, answers=LAW)
    approve(cast, "vasco", case, response)
    with adds(case, "approval.given", "approval.granted", status="answered"):
        approve(cast, "marta", case, response)


def test_who_is_asked_reads_the_text_and_not_the_case(cast: Cast) -> None:
    lawyer(cast)
    case, _text = put_up(cast, answers=LAW)
    with pytest.raises(NotYours):
        queries.case_for(cast.lia, case.number)
    found, outside = queries.case_to_approve(cast.lia, case.number)
    assert (found.pk, outside) == (case.pk, True)
    [waiting] = queries.waiting_for_me(cast.lia)
    assert (waiting.number, [row.role for row in waiting.rows]) == (case.number, ["contact:legal"])
    assert waiting.rows[0].rules == ("starter-2026.1#approval.legal",)
    for who in ("carla", "paulo", "otto"):
        assert queries.waiting_for_me(cast.actor(who)) == []
        with pytest.raises(NotYours):
            queries.case_to_approve(cast.actor(who), case.number)
    actions.make_confidential(case, actor=cast.marta)
    with pytest.raises(NotYours):
        queries.case_to_approve(cast.lia, case.number)
    assert queries.waiting_for_me(cast.lia) == []


def test_whoever_stands_in_approves_in_the_place_of_who_is_away(cast: Cast) -> None:
    case, response = put_up(cast, answers=SAFETY, remedy="replace")
    with refused(case, NotAllowed, "major_needs_manager"):
        approve(cast, "sofia", case, response)
    away(cast, "marta", "sofia")
    with adds(case, "approval.given", "approval.granted", status="answered"):
        approve(cast, "sofia", case, response)
    row = response.required_approvals.get()
    assert (str(row.given_by_id), str(row.instead_of_id)) == (cast.sofia.id, cast.marta.id)


def test_a_handler_does_not_decide_for_a_manager_by_standing_in(cast: Cast) -> None:
    case, response = put_up(cast, answers=SAFETY, remedy="replace")
    away(cast, "marta", "bia")
    with refused(case, NotAllowed, "role"):
        approve(cast, "bia", case, response)


def test_absence_makes_nobody_the_only_one(cast: Cast) -> None:
    case, version = text_on(cast, answers=SAFETY, remedy="replace")
    response = actions.request_approval(case, draft_version=version, actor=cast.marta)
    away(cast, "vasco", "marta")
    with refused(case, NotAllowed, "four_eyes"):
        approve(cast, "marta", case, response, alone_reason="He is away.")


def test_a_returned_text_takes_its_approvals_with_it(cast: Cast) -> None:
    lawyer(cast)
    case, response = put_up(cast, answers=LAW)
    approve(cast, "marta", case, response)
    for who in ("rui", "carla"):
        with refused(case, NotAllowed, "role"):
            actions.return_answer(case, comment="No.", actor=cast.actor(who))
    with adds(case, "approval.returned", status="in_work"):
        actions.return_answer(case, comment="Não assim.", actor=cast.lia)
    again = actions.request_approval(case, draft_version=1, actor=cast.rui)
    assert again.required_approvals.filter(given_at=None).count() == 2
    with adds(case, "approval.given", status="awaiting_approval"):
        approve(cast, "marta", case, again)


def test_what_weighs_more_since_it_was_put_up_needs_more(cast: Cast) -> None:
    """The row in hand is not believed: the rules are asked anew under the lock."""
    case, version = text_on(cast, answers=CALM, remedy="replace")
    response = actions.request_approval(case, draft_version=version, actor=cast.rui)
    assert roles(response) == ["supervisor"]
    Case.objects.filter(pk=case.pk).update(severity="major")
    with refused(case, NotAllowed, "major_needs_manager"):
        approve(cast, "sofia", case, response)
    with adds(case, "approval.granted", status="answered"):
        approve(cast, "marta", case, response)


def test_the_handler_is_proposed_by_rule_and_the_record_names_it(cast: Cast) -> None:
    case = actions.assess(filed(), answers=SAFETY, actor=cast.sofia)
    found = queries.proposed_handler(case, assessment=queries.assessment_of(case), form=queries.form_of(case))
    assert found is not None
    assert (found.id, found.rule) == (cast.marta.id, "starter-2026.1#assign.major")
    actions.assign(case, to=found.id, actor=cast.sofia, rule=found.rule)
    assert of_case(case.number)[-1].because == "starter-2026.1#assign.major"
    other = actions.assess(filed(), answers=SAFETY, actor=cast.sofia, about=cast.marta.id)
    found = queries.proposed_handler(other, assessment=queries.assessment_of(other), form=queries.form_of(other))
    assert found is not None
    assert found.rule == "starter-2026.1#assign.anybody"
    assert found.id != cast.marta.id
    actions.assign(other, to=cast.bia.id, actor=cast.sofia, rule="starter-2026.1#assign.major")
    assert of_case(other.number)[-1].because == ""


def test_what_the_product_knows_is_weighed_with_the_answers(cast: Cast) -> None:
    for _ in range(3):
        filed()
    case = filed(problem_category=["QUA.unsafe"])
    case = actions.assess(case, answers={**CALM, "earlier_complaints": "99"}, actor=cast.sofia)
    told = case.assessments.get().answers
    assert (told["earlier_complaints"], told["categories"]) == ("3", "QUA.unsafe")
    assert (case.severity, case.rule) == ("major", "triage.together")


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["approve", "approve", "approve", "return", "ask", "away"]),
        st.sampled_from(["rui", "sofia", "marta", "vasco", "lia", "bia"]),
        st.sampled_from(["sofia", "marta", "vasco", "bia"]),
    ),
    min_size=3,
    max_size=12,
)


@pytest.mark.django_db
@given(deeds=DEEDS, writer=st.sampled_from(["rui", "marta", "sofia"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_four_eyes_are_never_passed_by(deeds: list[tuple[str, str, str]], writer: str, cast: Cast) -> None:
    with transaction.atomic():
        lawyer(cast)
        case, version = text_on(cast, answers=LAW)
        version = actions.save_draft(case, body="Outro texto.", based_on=version, actor=cast.actor(writer)).version
        for deed, who, other in deeds:
            try:
                _do(cast, deed, who, other, case, version)
            except Refused:
                continue
        for sent in Response.objects.filter(case=case, state="sent"):
            rows = list(sent.required_approvals.all())
            assert {row.role for row in rows} == {"manager", "contact:legal"}
            givers = [str(row.given_by_id) for row in rows]
            assert not set(givers) & set(sent.authors)
            assert len(set(givers)) == len(rows)
            assert kinds(case).count("approval.granted") == 1
        transaction.set_rollback(True)


def _do(cast: Cast, deed: str, who: str, other: str, case: Case, version: int) -> None:
    if deed == "away":
        away(cast, who, other)
    elif deed == "ask":
        actions.request_approval(fresh(case), draft_version=version, actor=cast.actor(who))
    elif deed == "return":
        actions.return_answer(fresh(case), comment="Não.", actor=cast.actor(who))
    else:
        if fresh(case).status == "in_work":
            actions.request_approval(fresh(case), draft_version=version, actor=cast.rui)
        waiting = Response.objects.filter(case=case, state="pending").first()
        sha256 = waiting.body_sha256 if waiting else ""
        actions.approve(fresh(case), response_sha256=sha256, actor=cast.actor(who), alone_reason="Só eu.")
