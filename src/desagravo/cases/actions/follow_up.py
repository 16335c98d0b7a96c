"""Follow-ups: what somebody wants to see again on a date comes back by itself."""

from datetime import datetime

from django.db import transaction

from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.contents import content
from desagravo.cases.events import FollowUpCameBack, FollowUpDone, FollowUpSet
from desagravo.cases.models import Case, FollowUp
from desagravo.cases.terms import KEEP_PROMISE, OUTSIDE_DUE
from desagravo.cases.working_days import target_after
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import Missing, NotNow, Refusal
from desagravo.history.actions import Entry


@transaction.atomic
def follow_up(case: Case, *, about: str, due_at: datetime, actor: Actor) -> FollowUp:
    """Have the case come back on a date, saying what for.

    Raises:
        Missing: nothing is said, or the date has passed.
    """
    case = begin("follow_up", case, actor=actor)
    text = needed("about", about)
    if due_at <= clock.now():
        raise Missing({"due_at": [Refusal("past_date")]})
    row = FollowUp.objects.create(
        case=case,
        about=text,
        due_at=due_at,
        set_by_id=int(actor.id) if actor.kind == "staff" else None,
        set_at=clock.now(),
    )
    facts = FollowUpSet(row.pk, due_at.isoformat())
    finish(
        case, "follow_up", facts, actor=actor, subject=("follow_up", str(row.pk)), private={"follow_up": content(row)}
    )
    return row


@transaction.atomic
def finish_follow_up(row: FollowUp, *, actor: Actor) -> FollowUp:
    """It was looked after.

    Raises:
        NotNow: it was done before.
    """
    case = begin("finish_follow_up", row.case, actor=actor)
    row = FollowUp.objects.select_for_update().get(pk=row.pk)
    if row.done_at:
        raise NotNow("not_asked_now")
    row.done_at = clock.now()
    row.save(update_fields=["done_at"])
    finish(case, "finish_follow_up", FollowUpDone(row.pk), actor=actor, subject=("follow_up", str(row.pk)))
    return row


def see_that_it_is_kept(case: Case, *, actor: Actor) -> Entry:
    """What was promised and has not arrived when a case closes comes back all the same, until somebody says that
    it was looked after; gives the event for ``besides``."""
    row = FollowUp.objects.create(
        case=case,
        about=KEEP_PROMISE,
        due_at=target_after(case, "follow_up", clock.now()),
        set_by_id=int(actor.id),
        set_at=clock.now(),
    )
    facts = FollowUpSet(row.pk, row.due_at.isoformat())
    return entry(case, facts, actor=actor, subject=("follow_up", str(row.pk)), private={"follow_up": content(row)})


def come_back(now: datetime) -> int:
    """Bring every follow-up whose date has come back to its owner's list. The worker calls this; tells how many."""
    due = FollowUp.objects.filter(done_at=None, came_back_at=None, due_at__lte=now).order_by("due_at")
    count = 0
    for key in list(due.values_list("pk", flat=True)[:200]):
        count += _bring_back(key)
    return count


@transaction.atomic
def _bring_back(key: int) -> int:
    row = FollowUp.objects.select_related("case", "consultation").get(pk=key)
    if not _survives(row):
        FollowUp.objects.filter(pk=key).update(done_at=clock.now())
        return 0
    case = begin("come_back", row.case, actor=SYSTEM)
    # the status of the row is read again under the lock of the case: two workers may have seen it due
    if FollowUp.objects.filter(pk=key, done_at=None, came_back_at=None).update(came_back_at=clock.now()) == 0:
        return 0
    department = row.consultation.department if row.consultation else ""
    finish(
        case,
        "come_back",
        FollowUpCameBack(row.pk, department),
        actor=SYSTEM,
        subject=("follow_up", str(row.pk)),
        department=department,
    )
    return 1


def _survives(row: FollowUp) -> bool:
    """Closing ends every follow-up but that of a promise and that of a body outside; a complaint that was withdrawn, or
    erased, has none."""
    case = row.case
    return case.open or (
        row.about in (KEEP_PROMISE, OUTSIDE_DUE) and case.status == "closed" and case.erased_at is None
    )
