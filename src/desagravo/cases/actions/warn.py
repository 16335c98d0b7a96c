"""The worker looks at time limits whose moment has come: marks what passed, warns in working hours, closes nothing."""

from datetime import datetime
from typing import Any

from django.db import transaction

from desagravo.cases import limits, warning
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.events.clocks import LimitMissed, LimitNear
from desagravo.cases.models import Case, TimeLimit
from desagravo.common import clock
from desagravo.common.actor import SYSTEM
from desagravo.common.refusals import Refusal

AT_ONCE = 200


def look_at_limits(now: datetime) -> int:
    """Every limit that is due to be looked at, case by case; tells how many cases. The worker calls this."""
    due = TimeLimit.objects.filter(warn_next_at__lte=now).order_by("warn_next_at")
    keys = list(dict.fromkeys(due.values_list("case_id", flat=True)[:AT_ONCE]))
    return sum(_look(key) for key in keys)


@transaction.atomic
def _look(key: int) -> int:
    """One case, under its lock: two workers may have seen it due."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=key)
    due = TimeLimit.objects.filter(case=case, warn_next_at__lte=clock.now())
    if not due.exists():
        return 0
    if case.erased_at is not None:
        due.update(warn_next_at=None)
        return 0
    before = case.duty_due, case.answer_due
    running = limits.compute(case, limits.applied_to(case))
    limits.keep(running, clock.now())
    limits.set_duties(case, running)
    if before != (case.duty_due, case.answer_due):
        case.save(update_fields=["duty_due", "answer_due"])
    rows = {(row.applied_id, row.key): row for row in TimeLimit.objects.filter(case=case)}
    for each in running:
        for limit in each.limits:
            row = rows.get((each.applied.pk, limit.key))
            if row is not None and warning.warned_of(limit) and warning.at_work(clock.now(), each.calendar):
                _warn(case, each, limit, row)
    left = TimeLimit.objects.filter(case=case, warn_next_at__lte=clock.now())
    left.exclude(warned__lt=100, applied__ended_at=None, state__in=("running", "missed")).update(warn_next_at=None)
    return 1


def _warn(case: Case, running: limits.Running, limit: Any, row: TimeLimit) -> None:
    step = warning.passed(limit, clock.now())
    if step <= row.warned:
        return
    row.warned = step
    row.warn_next_at = warning.next_moment(limit, step, running.calendar, clock.now())
    row.save(update_fields=["warned", "warn_next_at"])
    policy, due = running.applied.policy, limit.bound.isoformat()
    verb, facts = (
        ("limit_passes", LimitMissed(row.pk, policy, limit.key, due))
        if step == warning.STEPS[-1]
        else ("limit_comes_near", LimitNear(row.pk, policy, limit.key, step, due))
    )
    try:
        fresh = begin(verb, case, actor=SYSTEM)
    except Refusal:  # a case on which nothing happens any more
        return
    finish(fresh, verb, facts, actor=SYSTEM, subject=("time_limit", str(row.pk)))
