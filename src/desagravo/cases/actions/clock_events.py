"""What starts, stops and fulfils time limits and stands in no other row: recorded with its moment, or taken back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from desagravo.cases import limits
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.clock_words import TOLD_BY_ROWS
from desagravo.cases.contents import content
from desagravo.cases.events.clocks import ClockEventRecorded, ClockEventTakenBack
from desagravo.cases.models import Case, ClockEvent
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.common.text import tidy_text
from desagravo.rulebook.policies import Policy

WAITING = ("waiting_customer", "customer_replied")
_LONGEST_NOTE = 2000


@transaction.atomic
def record_clock_event(
    case: Case, *, name: str, at: datetime | None = None, note: str = "", milestone: str = "", actor: Actor
) -> ClockEvent:
    """Record that something happened which a rulebook on this case asks about; by default it happened now.

    ``milestone``: the limit that was met, for ``met``.

    Raises:
        Missing: no event that a rulebook on the case asks about, or a moment that is still to come.
        NotNow: ``no_pause``: we wait for the customer, and no rulebook on the case stops its clock for that.
    """
    case = begin("record_clock_event", case, actor=actor)
    asked = asked_about(each.policy for each in limits.compute(case, limits.applied_to(case)))
    if name in WAITING and name not in asked:
        raise NotNow("no_pause")
    if name not in asked:
        raise Missing({"name": [Refusal("unknown_code", value=name[:60])]})
    at = at or clock.now()
    if at > clock.now():
        raise Missing({"at": [Refusal("future_date")]})
    words = tidy_text(note).strip()
    if len(words) > _LONGEST_NOTE:
        raise Missing({"note": [Refusal("too_long", limit=_LONGEST_NOTE)]})
    row = ClockEvent.objects.create(
        case=case, name=name, at=at, milestone=milestone, note=words, recorded_at=clock.now(),
        recorded_by_id=int(actor.id) if actor.kind == "staff" else None,
    )  # fmt: skip
    facts = ClockEventRecorded(row.pk, name, at.isoformat())
    told = {"subject": ("clock_event", str(row.pk)), "private": {"clock_event": content(row)}}
    finish(case, "record_clock_event", facts, actor=actor, **told)  # type: ignore[arg-type]
    return row


@transaction.atomic
def take_back_event(case: Case, *, event: int, reason: str, actor: Actor) -> ClockEvent:
    """What was recorded was a mistake: the limits are computed as if it had never been said. It stays readable.

    Raises:
        NotYours: there is no such event on this case.
        NotNow: it was taken back before.
        Missing: no reason.
    """
    case = begin("take_back_event", case, actor=actor)
    row = ClockEvent.objects.select_for_update().filter(case=case, pk=event).first()
    if row is None:
        raise NotYours("not_found")
    if row.taken_back_at:
        raise NotNow("taken_back_already")
    why = needed("reason", reason, otherwise="needs_reason")
    row.note = f"{row.note}\n\n{why}".strip()
    row.taken_back_at = clock.now()
    row.save()
    facts = ClockEventTakenBack(row.pk, row.name)
    told = {"subject": ("clock_event", str(row.pk)), "private": {"clock_event": content(row)}}
    finish(case, "take_back_event", facts, actor=actor, **told)  # type: ignore[arg-type]
    return row


def asked_about(found: Iterable[Policy]) -> list[str]:
    """The events that these rulebooks ask about and that the case does not tell by itself, in their order."""
    names: dict[str, None] = {}
    for policy in found:
        if policy.pause != "none":
            names.update(dict.fromkeys(WAITING))
        if policy.on_incomplete != "none":
            names.update(dict.fromkeys(("completion_requested", "completed_by_customer")))
        for each in policy.milestones:
            names.update(dict.fromkeys(_begins(each.start)))
            names.update(dict.fromkeys((*each.met_by, *each.ended_by, *(each.hold or ()))))
            if each.alternative:
                names[f"{each.alternative}_sent"] = None
            if each.on and "holding_sent" in each.on.attributes:
                names["holding_sent"] = None
    return [name for name in names if name not in TOLD_BY_ROWS]


def _begins(start: str) -> tuple[str, ...]:
    if start == "filed_or_completed":
        return ("filed", "completion_requested", "completed_by_customer")
    return (start,)
