"""A limit is made longer, as far as its rulebook allows it: with everything that it requires, or not."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from desagravo.cases import happened, limits
from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import needed, write_message
from desagravo.cases.contents import content
from desagravo.cases.events import DateMoved
from desagravo.cases.events.clocks import LimitExtended
from desagravo.cases.limits import Running
from desagravo.cases.models import AppliedRulebook, Case, ClockEvent, TimeLimit
from desagravo.cases.next_step import promised
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.rulebook import clocks
from desagravo.rulebook.clocks import Happened, Limit
from desagravo.rulebook.policies import Extension


@dataclass(frozen=True)
class Extendable:
    """What an extension of this limit may be: at most until ``longest``, and what it requires (codes)."""

    running: Running
    limit: Limit
    extension: Extension
    longest: date
    times_left: int


@transaction.atomic
def extend_limit(
    case: Case,
    *,
    limit: int,
    reason: str = "",
    notice: str = "",
    new_date: date | None = None,
    actor: Actor,
) -> ClockEvent:
    """Make a limit longer. Who does it is the approver; ``notice`` is what the customer reads about it.

    Raises:
        NotYours: it is no limit of this case.
        NotNow: ``no_extension`` (the rulebook has none for it), ``extended_already`` (as often as allowed),
            ``limit_not_running`` (it was met, or it has passed: a later date does not heal that).
        Missing: everything that the rulebook requires and is not there, or a day beyond the most it allows.
    """
    case = begin("extend_limit", case, actor=actor)
    row = TimeLimit.objects.select_related("applied__calendar").filter(case=case, pk=limit).first()
    if row is None:
        raise NotYours("not_found")
    found = extendable(case, row)
    why, words = _required(found, reason, notice, new_date)
    day = new_date or found.longest
    event = ClockEvent.objects.create(
        case=case, name="extension", at=clock.now(), milestone=row.key, note=why, recorded_at=clock.now(),
        facts=_facts(found, day, actor), recorded_by_id=int(actor.id) if actor.kind == "staff" else None,
    )  # fmt: skip
    assert found.limit.due_on is not None
    facts = LimitExtended(
        event.pk, row.applied.policy, row.key, found.limit.due_on.isoformat(), day.isoformat(), actor.id
    )
    besides = []
    if words:
        message = write_message(case, "to_customer", words, actor=actor)
        before, case.answer_by = promised(case), _end_of(day, found.running)
        moved = DateMoved(message.pk, before.isoformat(), case.answer_by.isoformat())
        about: dict[str, Any] = {"subject": ("message", str(message.pk)), "private": {"message": content(message)}}
        besides.append(entry(case, moved, actor=actor, **about))
    told: dict[str, Any] = {"subject": ("clock_event", str(event.pk)), "private": {"clock_event": content(event)}}
    finish(case, "extend_limit", facts, actor=actor, besides=besides, words=words, **told)
    return event


def extendable(case: Case, row: TimeLimit) -> Extendable:
    """How far this limit may be extended now. Raises NotNow, as :func:`extend_limit`."""
    running = limits.compute(case, [row.applied])[0]
    extension = next((each for each in running.policy.extensions if each.of == row.key), None)
    if extension is None:
        raise NotNow("no_extension")
    limit = next((each for each in running.limits if each.key == row.key), None)
    if limit is None or limit.state != "running" or limit.due_on is None:
        raise NotNow("limit_not_running")
    if limit.extended >= extension.max_times:
        raise NotNow("extended_already", times=extension.max_times)
    longest = _with(case, row.applied, running, extension, extension.add)
    return Extendable(running, limit, extension, longest or limit.due_on, extension.max_times - limit.extended)


def _with(case: Case, applied: AppliedRulebook, running: Running, extension: Extension, add: float) -> date | None:
    """The last day of the limit if it were extended by so many units."""
    recorded = dict.fromkeys(extension.requires, True)
    event = Happened("extension", clock.now(), extension.of, {**recorded, "add": add})
    known = limits.attributes_of(case) if limits.asks(applied) else {}
    told = (*happened.happened(case), event)
    found = clocks.limits(running.policy, told, running.calendar, known, clock.now())
    return next((each.due_on for each in found if each.key == extension.of), None)


def _required(found: Extendable, reason: str, notice: str, new_date: date | None) -> tuple[str, str]:
    """The reason and the words to the customer; every problem at once."""
    problems: dict[str, list[Refusal]] = {}
    requires = found.extension.requires
    texts = {"reason": reason, "notice": notice}
    for field, item in (("reason", "reason"), ("notice", "notice_to_customer")):
        if not texts[field].strip() and item not in requires:
            continue
        try:
            texts[field] = needed(field, texts[field], otherwise="needs_reason" if field == "reason" else "empty")
        except Missing as missing:
            problems.update(missing.fields)
    if new_date is None and "new_date" in requires:
        problems["new_date"] = [Refusal("bad_date")]
    elif new_date is not None and (wrong := _wrong_day(found, new_date)) is not None:
        problems["new_date"] = [wrong]
    if problems:
        raise Missing(problems)
    return texts["reason"].strip(), texts["notice"].strip()


def _wrong_day(found: Extendable, day: date) -> Refusal | None:
    assert found.limit.due_on is not None
    if day <= found.limit.due_on:
        return Refusal("not_later", day=found.limit.due_on.isoformat())
    return Refusal("beyond_extension", day=found.longest.isoformat()) if day > found.longest else None


def _facts(found: Extendable, day: date, actor: Actor) -> dict[str, Any]:
    """What was recorded with it, item by item as the rulebook requires, and by how many units."""
    told: dict[str, Any] = dict.fromkeys(found.extension.requires, True)
    told |= {"new_date": day.isoformat(), "approver": actor.id, "add": found.extension.add}
    return told


def _end_of(day: date, running: Running) -> datetime:
    """The last moment of a local day."""
    zone = ZoneInfo(running.calendar.zone)
    return datetime.combine(day + timedelta(days=1), time.min, zone) - timedelta(seconds=1)
