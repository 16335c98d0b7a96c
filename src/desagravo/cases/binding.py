"""Which rulebooks bind a case: by the rules of its edition when it comes in and when something new is known of it.

A person may apply one besides, or end one, with a reason (``actions.rulebooks``). What a person applied or ended no
rule changes any more.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from desagravo.cases import limits
from desagravo.cases.limit_names import policy_of
from desagravo.cases.models import AppliedRulebook, Case, ComplaintForm
from desagravo.common import clock
from desagravo.rulebook import applying, places
from desagravo.rulebook import edition as editions
from desagravo.rulebook.applying import Binding, Situation
from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.policies import Policy


def bind(case: Case) -> list[AppliedRulebook]:
    """Apply the rulebooks that bind this case by now and were not applied before; gives the new ones."""
    before = list(AppliedRulebook.objects.filter(case=case))
    known = {each.policy for each in before if each.ended_at is None or each.ended_by_id is not None}
    new = [_row(case, each.policy, because=each.rule) for each in bindings(case) if each.policy not in known]
    return AppliedRulebook.objects.bulk_create(new)


def unbind(case: Case) -> list[AppliedRulebook]:
    """End what a rule had applied and would not apply any more, because something else is known now; gives those."""
    still = {each.policy for each in bindings(case)}
    ended = [
        each
        for each in AppliedRulebook.objects.filter(case=case, ended_at=None).exclude(because="")
        if each.policy not in still
    ]
    for each in ended:
        each.ended_at = clock.now()
        each.save(update_fields=["ended_at"])
    return ended


def bind_many(cases: Sequence[Case]) -> list[AppliedRulebook]:
    """The same for many cases that have no rulebook yet: an import, or cases from before there were any."""
    forms: dict[int, Mapping[str, Any]] = {}
    told = ComplaintForm.objects.filter(case_id__in=[case.pk for case in cases]).order_by("version")
    for key, categories, amount in told.values_list("case_id", "fields__problem_category", "fields__amount_requested"):
        forms[key] = {"problem_category": categories, "amount_requested": amount}
    rows = [
        _row(case, each.policy, because=each.rule) for case in cases for each in bindings(case, forms.get(case.pk, {}))
    ]
    return AppliedRulebook.objects.bulk_create(rows)


def bindings(case: Case, fields: Mapping[str, Any] | None = None) -> tuple[Binding, ...]:
    """The rulebooks that bind the case by the rules of its edition, from what is known of it now."""
    edition = case.edition or editions.STARTER
    book = editions.book("rulebooks", edition)
    found = situation(case, fields)
    known = applying.derived(found, book)
    return applying.bindings(_with(found, known), book, editions.policies(edition))


def always(case: Case) -> frozenset[str]:
    """The rules that apply their rulebook to every complaint, because they ask for nothing."""
    book = editions.book("rulebooks", case.edition or editions.STARTER)
    return frozenset(row["code"] for row in book.get("applies", ()) if {} in row["when"])


def situation(case: Case, fields: Mapping[str, Any] | None = None) -> Situation:
    """What the rules look at. ``fields`` are those of the newest form."""
    if fields is None:
        fields = case.forms.order_by("-version").values_list("fields", flat=True).first() or {}
    categories = fields.get("problem_category")
    return Situation(
        country=country_of(case),
        channel=case.channel,
        categories=tuple(categories) if isinstance(categories, list) else (),
        attributes=case.attributes,
        amount=_amount(fields.get("amount_requested")),
        day=day_of(case),
    )


def _with(found: Situation, known: Mapping[str, Any]) -> Situation:
    return Situation(found.country, found.channel, found.categories, known, found.amount, found.day)


def _amount(told: object) -> Decimal | None:
    try:
        return Decimal(str(told)) if told not in (None, "") else None
    except InvalidOperation:
        return None


def day_of(case: Case) -> date:
    """The day on which the case came in, where its place is."""
    return case.received_at.astimezone(ZoneInfo(places.calendar_of(case.establishment).zone)).date()


def country_of(case: Case) -> str:
    """The country of the establishment to which the case belongs."""
    return places.country_of(case.establishment)


def _row(case: Case, policy: str, *, because: str, person: int | None = None, reason: str = "") -> AppliedRulebook:
    edition = case.edition or editions.STARTER
    found = policy_of(edition, policy)
    assert found is not None
    return AppliedRulebook(
        case=case,
        policy=policy,
        policy_version=found.version,
        edition=edition,
        because=because,
        calendar=limits.snapshot(calendar_for(case, found)),
        applied_by_id=person,
        applied_at=clock.now(),
        reason=reason,
    )


def apply_by_hand(case: Case, policy: str, *, person: int | None, reason: str) -> AppliedRulebook:
    """Apply a rulebook of the case's edition because a person says so."""
    row = _row(case, policy, because="", person=person, reason=reason)
    row.save()
    return row


def calendar_for(case: Case, _policy: Policy) -> Calendar:
    """The calendar that counts for this rulebook on this case, as it is today: that of the place of the case."""
    return places.calendar_of(case.establishment)
