from __future__ import annotations

import pytest

from desagravo.cases import actions, queries
from desagravo.cases.models import Case
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours
from tests.cast import MONDAY, Cast, days_later, filed, fresh
from tests.rooms.cases.steps import adds, customer_of, refused

TODAY = MONDAY.date()


def bare() -> Case:
    return filed(complainant_name=None, phone=None, signature=None, occurred_on=None)


def additions(**fields: object) -> actions.Complaint:
    return actions.read_complaint({"description": "–", **fields}, today=TODAY)


def test_the_rest_makes_it_complete(cast: Cast) -> None:
    case = bare()
    everything = additions(
        complainant_name="Inês Conceição", occurred_on="2026-01-05", signature={"method": "typed", "name": "Inês C."}
    )
    with adds(case, "case.completed", status="received"), days_later(1) as later:
        actions.complete(case, everything, actor=customer_of(case))
    first, second = case.forms.order_by("version")
    assert (first.version, first.signature_method, first.fields.get("complainant_name")) == (1, "", None)
    assert (second.version, second.missing, second.signed_at) == (2, [], later)
    assert second.description == first.description != "–"
    now = fresh(case)
    assert (now.customer.name, now.next_step) == ("Inês Conceição", "assess")
    assert now.received_at == MONDAY


def test_a_part_of_the_rest_leaves_it_incomplete(cast: Cast) -> None:
    case = bare()
    with adds(case, "case.form_extended", status="incomplete"):
        actions.complete(case, additions(occurred_on="2026-01-05"), actor=cast.ines)
    assert set(case.forms.order_by("-version")[0].missing) == {"complainant_name", "signature"}


def test_what_was_given_first_stays(cast: Cast) -> None:
    case = filed(signature=None)
    other = additions(email="other@example.org", phone="+351 911 111 111", signature={"method": "typed", "name": "I."})
    actions.complete(case, other, actor=customer_of(case))
    form = case.forms.order_by("-version")[0]
    assert (form.fields["email"], form.fields["phone"]) == ("ines@example.org", "+351 912 345 678")


def test_refusals(cast: Cast) -> None:
    case, complete = bare(), filed()
    with refused(case, NotYours, "not_found"):
        actions.complete(case, additions(), actor=customer_of(complete))
    with refused(case, NotAllowed, "role"):
        actions.complete(case, additions(), actor=cast.carla)
    with refused(complete, NotNow, "not_on_the_path"):
        actions.complete(complete, additions(), actor=cast.ines)


def test_it_is_taken_on_as_it_is_with_a_reason(cast: Cast) -> None:
    case = bare()
    with refused(case, Missing, "reason:needs_reason"):
        actions.waive_completion(case, reason=" ", actor=cast.ines)
    with refused(case, NotAllowed, "role"):
        actions.waive_completion(case, reason="Danger.", actor=cast.dora)
    with refused(case, NotAllowed, "role"):
        actions.waive_completion(case, reason="Please.", actor=customer_of(case))
    with adds(case, "case.completion_waived", status="received"):
        actions.waive_completion(case, reason="There may be danger.", actor=cast.ines)
    assert "There may be danger." not in [said.body for said in queries.tracked(fresh(case)).conversation]
    with refused(case, NotNow):
        actions.waive_completion(case, reason="Again.", actor=cast.ines)


@pytest.mark.parametrize("words", ["Inês Conceição", "inês"])
def test_a_completed_name_is_found(cast: Cast, words: str) -> None:
    case = bare()
    actions.complete(case, additions(complainant_name="Inês Conceição"), actor=cast.ines)
    assert [row.number for row in queries.search(cast.marta, words).rows] == [case.number]
