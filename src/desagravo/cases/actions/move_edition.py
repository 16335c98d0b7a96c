"""Move cases to another edition of the rulebook on purpose: one, or all open ones of an edition, with a reason.

The dates are computed anew under the new rules, with the calendars that the case has. What was decided stays decided:
its class, the approvals that were asked for, the letters that were sent.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases import binding, limits, moving
from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.actions.rulebooks import about, told_of
from desagravo.cases.contents import content
from desagravo.cases.editions import edition_of
from desagravo.cases.events.clocks import RulebookApplied, RulebookEnded
from desagravo.cases.events.moving import CaseEditionMoved
from desagravo.cases.models import AppliedRulebook, Case, CaseMove, EditionMove, TimeLimit
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow, NotYours, Refusal, words
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.history.actions import Entry

words(
    {
        "no_edition_to_move_to": _("Choose an edition that counts already. Drafts and later editions bind no case."),
        "same_edition": _("The case keeps edition %(edition)s already."),
        "nothing_to_move": _("No open case keeps edition %(edition)s."),
        "moving_already": _("Cases of this edition are being moved already. Wait until that is done."),
    }
)
_SECONDS: Final = 2.0
"""How long the worker goes on at a time, before it does something else."""
MOST_DATES = 60
_LOG = structlog.get_logger(__name__)


@transaction.atomic
def move_edition(case: Case, *, to: str, reason: str, actor: Actor) -> Case:
    """The case keeps this edition from now on; its limits are computed anew.

    Raises:
        Missing: ``to`` is no edition that counts already, or there is no reason.
        NotNow: the case keeps it already, or is closed.
    """
    case = begin("move_edition", case, actor=actor)
    _check(to, reason)
    before = edition_of(case)
    if to == before:
        raise NotNow("same_edition", edition=to)
    looked = moving.preview(case, to)
    row = CaseMove.objects.create(
        case=case,
        before=before,
        after=to,
        reason=needed("reason", reason, otherwise="needs_reason"),
        by_id=int(actor.id) if actor.kind == "staff" else None,
        at=clock.now(),
    )
    old = limits.applied_to(case)
    told = _bound_anew(case, old, to, actor)
    facts = CaseEditionMoved(row.pk, before, to, [_dated(each) for each in looked.dates[:MOST_DATES]])
    subject = ("case_move", str(row.pk))
    case = finish(
        case, "move_edition", facts, actor=actor, subject=subject, private={"case_move": content(row)}, besides=told
    )
    _hand_on_what_was_missed(case, old)
    return case


@transaction.atomic
def move_cases(before: str, *, to: str, reason: str, actor: Actor) -> EditionMove:
    """Have the worker move every open case that keeps the edition ``before``. ``reason`` is written into each.

    Raises:
        NotAllowed: neither a manager nor an administrator.
        Missing: ``to`` is no edition that counts already, or there is no reason.
        NotNow: no open case keeps it, or they are being moved already.
    """
    authority.require(actor, "move_edition")
    _check(to, reason)
    if to == before:
        raise Missing({"to": [Refusal("no_edition_to_move_to")]})
    if EditionMove.objects.select_for_update().filter(before=before, state="waiting").exists():
        raise NotNow("moving_already")
    total = moving.keeping(before).count()
    if not total:
        raise NotNow("nothing_to_move", edition=before)
    return EditionMove.objects.create(
        before=before,
        after=to,
        reason=needed("reason", reason, otherwise="needs_reason"),
        total=total,
        asked_by_id=int(actor.id) if actor.kind == "staff" else None,
        asked_at=clock.now(),
    )


def move_waiting_cases(_now: datetime) -> int:
    """Go on with the oldest move that is waiting, for a short while; tells how many cases. The worker calls this."""
    until = time.monotonic() + _SECONDS
    done = 0
    while time.monotonic() < until and _move_next():
        done += 1
    return done


def _check(to: str, reason: str) -> None:
    problems: dict[str, list[Refusal]] = {}
    if to not in {row.code for row in moving.editions_to_move_to("")}:
        problems["to"] = [Refusal("no_edition_to_move_to")]
    if not reason.strip():
        problems["reason"] = [Refusal("needs_reason")]
    if problems:
        raise Missing(problems)


def _bound_anew(case: Case, old: list[AppliedRulebook], to: str, actor: Actor) -> list[Entry]:
    """End the rulebooks of the old edition and apply those of the new one; gives the events of it.

    A rulebook that both have keeps its calendar, and one that a person applied stays applied by that person. What
    counts for every complaint needs no event: it follows from the edition that the case keeps.
    """
    always = binding.always(case)
    for row in old:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
    TimeLimit.objects.filter(applied__in=old).update(warn_next_at=None)
    TimeLimit.objects.filter(applied__in=old).exclude(state="missed").update(state="ended")
    case.edition = to
    by_people = [
        binding.apply_by_hand(case, row.policy, person=row.applied_by_id, reason=row.reason)
        for row in moving.taken_along(old, to)
    ]
    by_rules = binding.bind(case)
    calendars = {row.policy: row.calendar_id for row in old}
    for row in (*by_people, *by_rules):
        if row.policy in calendars and calendars[row.policy] != row.calendar_id:
            row.calendar_id = calendars[row.policy]
            row.save(update_fields=["calendar"])
    told = [
        entry(case, RulebookEnded(row.pk, row.policy, row.policy_version, by_rule=True), actor=actor, **about(row))
        for row in old
        if row.because not in always
    ]
    told += [
        entry(case, RulebookApplied(row.pk, row.policy, row.policy_version), actor=actor, **about(row))
        for row in by_people
    ]
    return [*told, *told_of(case, by_rules, actor=actor)]


def _hand_on_what_was_missed(case: Case, old: list[AppliedRulebook]) -> None:
    """A limit that was missed under both editions is shown once, with its reason."""
    rows = {(row.applied.policy, row.key): row for row in TimeLimit.objects.filter(
        applied__in=old, state="missed").select_related("applied")}  # fmt: skip
    if not rows:
        return
    now = TimeLimit.objects.filter(case=case, applied__ended_at=None, state="missed").select_related("applied")
    for row in now:
        before = rows.get((row.applied.policy, row.key))
        if before is None:
            continue
        if before.missed_reason and not row.missed_reason:
            row.missed_reason = before.missed_reason
            row.save(update_fields=["missed_reason"])
        TimeLimit.objects.filter(pk=before.pk).update(state="ended")


def _dated(each: moving.DateMoved) -> list[str]:
    days = ("" if day is None else day.isoformat() for day in (each.before, each.after))
    return [each.policy, each.key, *days]


def _move_next() -> bool:
    """The next case of the oldest move that is waiting. False when there is none."""
    with transaction.atomic():
        job = EditionMove.objects.select_for_update().filter(state="waiting").order_by("pk").first()
        if job is None:
            return False
        case = moving.keeping(job.before).filter(pk__gt=job.position).order_by("pk").first()
        actor = _still_may(job)
        if case is None or actor is None:
            job.state, job.finished_at = "stopped" if case else "done", clock.now()
            job.save()
            return True
        job.position = case.pk
        try:
            with transaction.atomic():
                move_edition(case, to=job.after, reason=job.reason, actor=actor)
            job.moved += 1
        except (NotNow, NotYours, NotAllowed, Missing) as refusal:
            _LOG.info("edition.case_not_moved", case=case.number, why=refusal.code)
            job.left += 1
        job.save()
    return True


def _still_may(job: EditionMove) -> Actor | None:
    """Who asked for it, if that person still works here and still may."""
    person = job.asked_by
    if person is None or not person.is_active:
        return None
    actor = departments.actor_for(person)
    return actor if authority.may(actor, "move_edition") else None
