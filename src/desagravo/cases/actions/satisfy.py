"""Before a case is signed: every rulebook on it is satisfied. What was missed is no obstacle once somebody said why."""

from collections.abc import Iterator
from datetime import datetime

from desagravo.cases import limits
from desagravo.cases.limit_names import limit_name
from desagravo.cases.limits import Running
from desagravo.cases.models import Case, TimeLimit
from desagravo.common.dates import day
from desagravo.common.refusals import NotNow
from desagravo.rulebook.clocks import Limit


def require_satisfied(case: Case) -> None:
    """Nothing that a rulebook asks of the company is open, and of every missed duty it was said why.

    Of what ``closure.requires`` may name, a decision that the customer was told is asked for here; codes and signature
    are what signing consists of.

    Raises:
        NotNow: ``not_communicated``, ``duty_open``, ``missed_without_reason``.
    """
    for refusal in unsatisfied(case):
        raise refusal


def unsatisfied(case: Case) -> Iterator[NotNow]:
    """Everything that the rulebooks still want before this case is signed, as refusals."""
    if _told(case) and not _may_be_open(case):
        return
    applied = limits.applied_to(case)
    rows = TimeLimit.objects.filter(case=case).exclude(missed_reason="")
    explained = set(rows.values_list("applied_id", "key"))
    for each in limits.compute(case, applied):
        if "decision_communicated" in each.policy.closure.get("requires", ()) and not _told(case):
            yield NotNow("not_communicated")
        for limit in each.limits:
            refusal = _refusal(each, limit, explained=(each.applied.pk, limit.key) in explained)
            if refusal is not None:
                yield refusal


def _may_be_open(case: Case) -> bool:
    """Whether the rows know of a duty that is running or was missed; if not, nothing has to be computed."""
    duties = TimeLimit.objects.filter(case=case, kind="firm_obligation", state__in=("running", "missed"))
    return duties.filter(bearer="firm", applied__ended_at=None).exists()


def _told(case: Case) -> bool:
    return case.status == "withdrawn" or case.answered_at is not None


def _refusal(each: Running, limit: Limit, *, explained: bool) -> NotNow | None:
    if limit.kind != "firm_obligation" or limit.bearer != "firm" or not limit.binding or limit.bound is None:
        return None
    name = limit_name(each.policy.id, limit.key, each.applied.edition)
    if limit.state == "running":
        return NotNow("duty_open", limit=name, day=day(limits.last_moment(limit.bound)))
    if limit.state == "missed" and not explained and _since_applied(limit.bound, each):
        return NotNow("missed_without_reason", limit=name)
    return None


def _since_applied(bound: datetime, each: Running) -> bool:
    """What had passed before the rulebook was applied here (old cases that were taken over) needs no reason from us."""
    return bound > each.applied.applied_at
