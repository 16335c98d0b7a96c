"""What closing codes require is asked for at the signature, kept, and bound into the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from desagravo.cases import actions
from desagravo.cases.models import Case, SignOff
from desagravo.common.refusals import Missing
from desagravo.history.verify import verify
from tests.cast import PASSWORD, Cast, answered, closed, days_later, filed, fresh, in_work, section
from tests.rooms.cases.steps import refused

CODES = dict(section().codes)


def sign(case: Case, cast: Cast, who: str = "sofia", **changes: Any) -> SignOff:
    return actions.sign_off(case, section=replace(section(), **changes), password=PASSWORD, actor=cast.actor(who))


@pytest.mark.parametrize(
    ("axis", "codes", "needs"),
    [
        ("outcome", ["upheld"], {"detail_reason"}),
        ("outcome", ["settled_without_finding"], set()),
        ("outcome", ["no_reply_to_completion_request"], {"detail_evidence"}),
        ("outcome", ["duplicate_merged"], {"detail_related_case"}),
        ("outcome", ["before_court_or_adr"], {"detail_body"}),
        ("customer_position", ["rejected"], {"detail_next_option"}),
        ("customer_position", ["escalated_external"], {"detail_body"}),
        ("cause", ["fraud", "communication"], {"detail_evidence"}),
    ],
)
def test_what_a_code_requires_is_asked_for_beside_its_field(
    cast: Cast, axis: str, codes: list[str], needs: set[str]
) -> None:
    case = answered(cast)
    plain = {**CODES, "outcome": ["settled_without_finding"], "cause": ["communication"], axis: codes}
    told = {"codes": plain, "details": {}, "options_exhausted": True}
    if needs:
        with refused(case, Missing, *(f"{need}:code_asks_for" for need in needs)):
            sign(case, cast, **told)
    else:
        sign(case, cast, **told)


def test_relief_says_what_was_done_and_whether_it_arrived(cast: Cast) -> None:
    case = answered(cast)
    with refused(case, Missing, "remedies:remedy_missing"):
        sign(case, cast, remedies=[])
    with refused(case, Missing, "remedies:unknown_code"):
        sign(case, cast, remedies=["a_pony"])
    for delivered in ("", "none_due"):
        with refused(case, Missing, "remedy_delivered:delivery_missing"):
            sign(case, cast, remedy_delivered=delivered)
    with days_later(20):
        for day, code in (("2026-03-40", "bad_date"), ("2027-01-01", "delivered_in_future")):
            with refused(case, Missing, f"delivered_on:{code}"):
                sign(case, cast, delivered_on=day)
        with refused(case, Missing, "delivered_on:not_delivered_yet"):
            sign(case, cast, remedy_delivered="no", delivered_on="2026-03-10")
        row = sign(case, cast, delivered_on="2026-03-10")
    assert (row.remedies, row.delivered_on) == (["replace"], date(2026, 3, 10))


def test_what_was_given_is_kept_searchable_and_bound_in(cast: Cast) -> None:
    case = answered(cast)
    row = sign(case, cast, details={**section().details, "next_option": "  ", "pony": "x"})
    row.refresh_from_db()
    assert row.details == section().details
    assert row.settled_by == "accepted"
    assert verify().ok
    SignOff.objects.filter(pk=row.pk).update(details={**row.details, "reason": "Another."})
    assert verify().problem == "changed_content"
    SignOff.objects.filter(pk=row.pk).update(details={})
    assert verify().problem == "changed_content"


def test_a_section_signed_before_the_columns_came_is_still_proved(cast: Cast) -> None:
    """What later columns would hold is left out while they hold nothing, so the old commitment agrees."""
    from desagravo.cases.contents import content  # noqa: PLC0415

    row = sign(answered(cast), cast)
    row.details, row.remedies, row.settled_by, row.edition, row.delivered_on = {}, [], "", "", None
    assert not {"details", "remedies", "settled_by", "edition", "delivered_on"} & set(_keys(content(row)))


def _keys(text: str) -> list[str]:
    import json  # noqa: PLC0415

    return list(json.loads(text))


def test_the_other_case_exists_and_is_another(cast: Cast) -> None:
    case, other = answered(cast), filed()
    codes = {**CODES, "outcome": ["duplicate_merged"], "relief": ["none"], "cause": ["unknown"]}
    hidden = actions.make_confidential(in_work(cast), actor=cast.rui)
    for number in ("2020-000001", case.number, hidden.number):
        with refused(case, Missing, "detail_related_case:no_other_case"):
            sign(case, cast, codes=codes, details={"related_case": number})
    row = sign(case, cast, codes=codes, details={"related_case": other.number})
    assert (row.settled_by, row.details) == ("elsewhere", {"related_case": other.number})


def test_nobody_ends_a_case_that_the_customer_has_not_accepted_without_saying_why(cast: Cast) -> None:
    case = answered(cast)
    codes = {**CODES, "customer_position": ["silent"]}
    with refused(case, Missing, "options_exhausted:options_open"):
        sign(case, cast, codes=codes)
    assert sign(case, cast, codes=codes, options_exhausted=True).settled_by == "options_exhausted"


def test_resolved_early_means_that_the_customer_accepted(cast: Cast) -> None:
    case = answered(cast)
    codes = {**CODES, "outcome": ["resolved_early"], "customer_position": ["silent"]}
    with refused(case, Missing, "customer_position:code_needs_acceptance"):
        sign(case, cast, codes=codes, options_exhausted=True)


def test_only_what_the_customer_withdrew_is_closed_as_withdrawn(cast: Cast) -> None:
    codes = {**CODES, "outcome": ["withdrawn"], "relief": ["none"], "customer_position": ["silent"]}
    case = answered(cast)
    with refused(case, Missing, "outcome:code_not_in_this_status"):
        sign(case, cast, codes=codes, options_exhausted=True)
    actions.withdraw(case, reason="By telephone.", actor=cast.rui)
    assert sign(case, cast, codes=codes).settled_by == "withdrawn"


def test_what_was_sent_on_was_recorded_before(cast: Cast) -> None:
    case = answered(cast)
    with refused(case, Missing, "outcome:not_sent_on"):
        sign(case, cast, codes={**CODES, "outcome": ["wrong_entity_forwarded"]})


def test_a_decided_case_is_not_closed_as_never_decided_afterwards(cast: Cast) -> None:
    case = closed(cast)
    actions.reopen(case, reason="New facts.", actor=cast.marta)
    version = actions.save_draft(fresh(case), body="Outra vez.", based_on=fresh(case).draft.version, actor=cast.rui)
    actions.respond(case, draft_version=version.version, actor=cast.rui)
    case = fresh(case)
    codes = {**CODES, "outcome": ["out_of_scope"]}
    with refused(case, Missing, "outcome:code_not_after"):
        sign(case, cast, codes=codes)
    assert sign(case, cast, codes={**CODES, "outcome": ["not_upheld"]}).section == 2


def test_money_paid_does_not_uphold_a_complaint(cast: Cast) -> None:
    codes = {**CODES, "outcome": ["settled_without_finding"], "relief": ["monetary"]}
    row = sign(answered(cast), cast, codes=codes, amount=Decimal(40), currency="EUR")
    assert row.codes["outcome"] == ["settled_without_finding"]
