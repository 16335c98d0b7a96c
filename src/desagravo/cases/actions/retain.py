"""Retention: first a look that touches nothing, then the going itself, with the own password, case by case.

The look is made by the worker and kept. What goes is asked for from such a look; every case is judged again when it is
asked for, and once more when its turn comes, so that a hold of the last minute wins.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases import retention
from desagravo.cases.actions._password import problem_with
from desagravo.cases.actions.erase import _NOT_ERASED, _order, _unopened_of
from desagravo.cases.actions.notify import Line, notify
from desagravo.cases.actions.redact import redact_file
from desagravo.cases.events.erasing import ErasureRefused
from desagravo.cases.events.retaining import RetentionLooked, RetentionOrdered, RetentionReminded
from desagravo.cases.models import Case, RetentionRun
from desagravo.cases.queries.visible import visible_to
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal, words
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.history import queries as history
from desagravo.history.actions import record
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe
from desagravo.rulebook import edition as editions

GROUND: Final = "retention"
FRESH_FOR: Final = timedelta(days=7)
"""After so long nobody acts on what a look found; one makes a new one."""
TOGETHER: Final = 200
"""Cases in one erasure, at most."""
MOST_AT_ONCE: Final = 2000
"""Cases that one order lets go; the next look finds the others."""
_PROGRESS_EVERY: Final = 10

words(
    {
        "looking_still": _("This look is not finished yet. Wait until its list is there."),
        "look_too_old": _("This look is older than a week. Have the cases looked through again first."),
        "nothing_may_go": _("Nothing of this list may go any more: it was held, opened again, or has gone already."),
        "kept_longer": _("Case %(case_number)s must be kept longer, or is held."),
    }
)


def today() -> date:
    """The day at the organisation's place."""
    return clock.now().astimezone(ZoneInfo(departments.organisation().time_zone)).date()


@transaction.atomic
def look_through(*, actor: Actor) -> RetentionRun:
    """Have all cases that the actor may see looked through. The worker does it; nothing goes.

    Raises:
        NotAllowed: only keepers of data and managers.
    """
    authority.require(actor, "erase")
    row = RetentionRun.objects.create(dry=True, asked_by_id=int(actor.id), asked_at=clock.now())
    told = record(RetentionLooked(row.pk), actor=actor, subject=("retention", str(row.pk)))
    row.result = {"event": told.seq}
    row.save(update_fields=["result"])
    return row


def make_look(event: EventView, work: Work) -> None:
    """Judge every case and keep what was found. The worker calls this."""
    row = RetentionRun.objects.get(pk=event.subject[1])
    if row.state == "done":
        return
    actor = departments.actor_for(departments.person(event.actor_id))
    found = _look(actor, work)
    with transaction.atomic():
        row.result = {**row.result, **found}
        row.state, row.finished_at = "done", clock.now()
        row.save()
        work.done()


def _look(actor: Actor, work: Work) -> dict[str, Any]:
    """Numbers, days and rules; no names."""
    on = today()
    cases = visible_to(actor).filter(erased_at=None)
    ended = cases.filter(status__in=retention.ENDED)
    total, done = ended.count(), 0
    kept: dict[str, int] = {}
    rules: dict[str, int] = {}
    goes: list[list[str]] = []
    recordings: list[list[Any]] = []
    soonest = ""
    for place, batch in enumerate(retention.in_batches(ended)):
        for each in retention.judge(batch, on):
            if each.why == "may_go":
                goes.append([each.number, each.until.isoformat() if each.until else "", each.rule])
                continue
            kept[each.why] = kept.get(each.why, 0) + 1
            if each.why == "kept" and each.until:
                rules[each.rule] = rules.get(each.rule, 0) + 1
                soonest = min(soonest or each.until.isoformat(), each.until.isoformat())
        done += len(batch)
        if place % _PROGRESS_EVERY == 0:
            work.progress(min(99, 100 * done // max(1, total)))
    for batch in retention.in_batches(cases.filter(attachments__media_type__startswith="audio/").distinct()):
        recordings += [
            [each.number, each.file, each.until.isoformat() if each.until else "", each.rule]
            for each in retention.judge_recordings(batch, on)
            if each.why == "may_go"
        ]
    return {
        "day": on.isoformat(),
        "looked_at": total,
        "open": cases.exclude(status__in=retention.ENDED).count(),
        "goes": goes,
        "kept": kept,
        "rules": rules,
        "soonest": soonest,
        "recordings": recordings,
        "hidden": _hidden(actor),
    }


def _hidden(actor: Actor) -> int:
    """Ended confidential cases that the actor may not know of: they stay until somebody who may looks at them."""
    ended = Case.objects.filter(confidential=True, erased_at=None, status__in=retention.ENDED)
    return ended.exclude(pk__in=visible_to(actor).filter(confidential=True).values("pk")).count()


def let_go(run: RetentionRun, *, password: str, actor: Actor, confirmed: bool = True) -> RetentionRun:
    """Let go what this look found, as far as it may still go. The worker does it case by case.

    Raises:
        NotAllowed: only keepers of data and managers.
        NotYours: somebody else's look, or none.
        NotNow: the look is not finished or too old, or nothing of it may go any more.
        Missing: a wrong password, not confirmed.
    """
    authority.require(actor, "erase")
    row = RetentionRun.objects.filter(pk=run.pk, dry=True, asked_by_id=int(actor.id)).first()
    if row is None:
        raise NotYours("not_found")
    if row.state != "done" or row.finished_at is None:
        raise NotNow("looking_still")
    if clock.now() - row.finished_at > FRESH_FOR:
        raise NotNow("look_too_old")
    cases, recordings = _still(row, actor)
    if not cases and not recordings:
        raise NotNow("nothing_may_go")
    problems: dict[str, list[Refusal]] = {}
    if not confirmed:
        problems["confirmed"] = [Refusal("not_confirmed")]
    witness = cases[0] if cases else Case.objects.get(number=recordings[0][0])
    if wrong := problem_with(password, witness, actor=actor, refused=ErasureRefused):
        problems["password"] = [Refusal(_NOT_ERASED.get(wrong.code, wrong.code), **wrong.facts)]
    if problems:
        raise Missing(problems)
    return _ordered(row, cases, recordings, actor)


@transaction.atomic
def _ordered(look: RetentionRun, cases: list[Case], recordings: list[list[Any]], actor: Actor) -> RetentionRun:
    erasures = [_order(cases[start : start + TOGETHER], GROUND, actor).pk for start in range(0, len(cases), TOGETHER)]
    result = {"look": look.pk, "erasures": erasures, "cases": len(cases), "recordings": recordings}
    run = RetentionRun.objects.create(dry=False, asked_by_id=int(actor.id), asked_at=clock.now(), result=result)
    record(RetentionOrdered(run.pk, len(cases), len(recordings)), actor=actor, subject=("retention", str(run.pk)))
    return run


def _still(look: RetentionRun, actor: Actor) -> tuple[list[Case], list[list[Any]]]:
    """What of the list may go at this moment, as far as the actor may know of it."""
    numbers = [each[0] for each in look.result["goes"][:MOST_AT_ONCE]]
    seen = visible_to(actor).filter(number__in=numbers, erased_at=None, status__in=retention.ENDED)
    cases = []
    for batch in retention.in_batches(seen):
        may_go = {each.number for each in retention.judge(batch, today()) if each.why == "may_go"}
        cases += [case for case in batch if case.number in may_go and not _unopened_of(case)]
    wanted = {each[1]: each for each in look.result["recordings"]}
    recordings = []
    for batch in retention.in_batches(visible_to(actor).filter(number__in={each[0] for each in wanted.values()})):
        judged = retention.judge_recordings(batch, today())
        recordings += [wanted[each.file] for each in judged if each.why == "may_go" and each.file in wanted]
    return cases, recordings


def purge_recordings(event: EventView, work: Work) -> None:
    """Take the recordings out of their cases; the erasures have work of their own. The worker calls this."""
    run = RetentionRun.objects.get(pk=event.subject[1])
    actor = departments.actor_for(departments.person(event.actor_id))
    for number, file, *_rest in run.result["recordings"]:
        case = Case.objects.filter(number=number, erased_at=None).first()
        judged = {each.file: each for each in retention.judge_recordings([case], today())} if case else {}
        if case and file in judged and judged[file].why == "may_go":
            redact_file(case, file, ground=GROUND, actor=actor)
    with transaction.atomic():
        RetentionRun.objects.filter(pk=run.pk).update(state="done", finished_at=clock.now())
        work.done()


def require_may_go(case: Case) -> None:
    """Asked again when a case's turn comes. Raises NotNow."""
    if retention.judge([case], today())[0].why != "may_go":
        raise NotNow("kept_longer", case_number=case.number)


def remind_of_retention(now: datetime) -> int:
    """Once a year, in the month of the book: keepers of data, or managers where there is none, are told to look.

    The worker calls this; who looked this year already is not reminded.
    """
    here = today()
    month = editions.book("retention").get("reminder", {}).get("month", 1)
    begin = datetime(here.year, 1, 1, tzinfo=now.tzinfo)
    if here.month != month or RetentionRun.objects.filter(asked_at__gte=begin).exists():
        return 0
    if history.moments_of("privacy.retention_reminded", SYSTEM.id, since=begin):
        return 0
    people = departments.people("data_keeper") or departments.people("manager")
    with transaction.atomic():
        told = record(RetentionReminded(here.year), actor=SYSTEM)
        line = Line("retention_due", "", told.seq, now)
        notify(list(departments.told(each.id for each in people).values()), line)
    return 1


subscribe("privacy.retention_looked", "cases.retention_look", make_look, lease_seconds=600)
subscribe("privacy.retention_ordered", "cases.retention_recordings", purge_recordings, lease_seconds=300)
