"""Rulebooks and limits for many cases at once: those that an import brings, and those from before there were any.

Cases that a release without rulebooks left behind get theirs from the worker, a piece at a time: an upgrade with a
hundred thousand open cases waits for nothing, and every rule and calendar is at hand, which a migration has not.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from desagravo.cases import binding, happened, limits
from desagravo.cases.limits import Running
from desagravo.cases.models import AppliedRulebook, Case, ComplaintForm, TimeLimit
from desagravo.cases.next_step import renew_next_step
from desagravo.common import clock

AT_ONCE: Final = 500
_SECONDS: Final = 2.0
_after = 0
"""The last case that this process has looked at; what is opened later gets its rulebooks when it is opened."""


def keep_many(cases: Sequence[Case]) -> None:
    """Apply the rulebooks of these new cases and keep their limits. Open cases only; saves what changes on them.

    What passed before today warns nobody: it was over before anybody here could do anything about it.
    """
    cases = [case for case in cases if case.open and case.erased_at is None]
    if not cases:
        return
    applied: dict[int, list[AppliedRulebook]] = defaultdict(list)
    for row in binding.bind_many(cases):
        applied[row.case_id].append(row)
    found = count_many(cases, applied)
    new, _changed = limits.differences([each for rows in found.values() for each in rows], {}, clock.now())
    TimeLimit.objects.bulk_create(new)
    due = []
    for case in cases:
        limits.set_duties(case, found[case.pk])
        if case.duty_due is not None:
            renew_next_step(case)
            due.append(case)
    Case.objects.bulk_update(due, ["duty_due", "answer_due", "next_step", "next_due"], batch_size=200)


def count_many(cases: Sequence[Case], applied: dict[int, list[AppliedRulebook]]) -> dict[int, list[Running]]:
    """Case → its rulebooks with their limits, in a constant number of queries."""
    told = happened.gather(cases)
    asking = [case.pk for case in cases if any(limits.asks(each) for each in applied.get(case.pk, ()))]
    categories = categories_of(asking)
    now = clock.now()
    found: dict[int, list[Running]] = {}
    for case in cases:
        known = limits.attributes_of(case, categories[case.pk]) if case.pk in categories else {}
        found[case.pk] = [limits.running(each, told[case.pk], known, now) for each in applied.get(case.pk, ())]
    return found


def categories_of(keys: Sequence[int]) -> dict[int, Sequence[str]]:
    """Case → the problem categories of its newest form."""
    if not keys:
        return {}
    told = ComplaintForm.objects.filter(case_id__in=keys).order_by("version")
    found = dict(told.values_list("case_id", "fields__problem_category"))
    return {key: each if isinstance(each, list) else () for key, each in found.items()}


def bind_what_is_left(_now: datetime) -> int:
    """Give open cases without any rulebook theirs, for a short while; tells how many. The worker calls this."""
    global _after
    until = time.monotonic() + _SECONDS
    count = 0
    while time.monotonic() < until:
        with transaction.atomic():
            without = ~Exists(AppliedRulebook.objects.filter(case=OuterRef("pk")))
            found = Case.objects.filter(without, open=True, erased_at=None, pk__gt=_after).order_by("pk")
            cases = list(found.select_for_update(of=("self",))[:AT_ONCE])
            keep_many(cases)
        if not cases:
            break
        _after = cases[-1].pk
        count += len(cases)
    return count
