"""Which rulebooks bind a case, said by a person; what rulebooks ask about it; why a limit was missed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from desagravo.cases import binding
from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.contents import content
from desagravo.cases.events.clocks import (
    AttributesAnswered,
    ClockEventRecorded,
    LimitExplained,
    RulebookApplied,
    RulebookEnded,
)
from desagravo.cases.models import AppliedRulebook, Case, ClockEvent, TimeLimit
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.history.actions import Entry
from desagravo.rulebook import edition as editions


@transaction.atomic
def apply_rulebook(case: Case, *, policy: str, reason: str, actor: Actor) -> AppliedRulebook:
    """A rulebook of the case's edition binds the case, although no rule said so.

    Raises:
        Missing: no reason, or no rulebook of this edition.
        NotNow: it is applied already.
    """
    case = begin("apply_rulebook", case, actor=actor)
    if policy not in editions.policies(case.edition or editions.STARTER):
        raise Missing({"policy": [Refusal("unknown_code", value=policy[:60])]})
    why = needed("reason", reason, otherwise="needs_reason")
    if AppliedRulebook.objects.filter(case=case, policy=policy, ended_at=None).exists():
        raise NotNow("rulebook_applied_already")
    row = binding.apply_by_hand(case, policy, person=_person(actor), reason=why)
    told = about(row)
    finish(case, "apply_rulebook", RulebookApplied(row.pk, policy, row.policy_version), actor=actor, **told)
    return row


@transaction.atomic
def end_rulebook(case: Case, *, applied: int, reason: str, actor: Actor) -> AppliedRulebook:
    """A rulebook does not bind this case after all, or no longer. Its limits stay readable.

    Raises:
        NotYours: it is none of this case.
        Missing: no reason.
        NotNow: it ended before.
    """
    case = begin("end_rulebook", case, actor=actor)
    row = AppliedRulebook.objects.select_for_update().filter(case=case, pk=applied).first()
    if row is None:
        raise NotYours("not_found")
    if row.ended_at:
        raise NotNow("rulebook_ended_already")
    why = needed("reason", reason, otherwise="needs_reason")
    row.reason = f"{row.reason}\n\n{why}".strip()
    row.ended_at, row.ended_by_id = clock.now(), _person(actor)
    row.save()
    end_limits([row])
    finish(case, "end_rulebook", RulebookEnded(row.pk, row.policy, row.policy_version), actor=actor, **about(row))
    return row


def end_limits(applied: list[AppliedRulebook]) -> None:
    """The limits of a rulebook that binds no longer are over; what was missed while it bound stays missed."""
    rows = TimeLimit.objects.filter(applied__in=applied)
    rows.update(warn_next_at=None)
    rows.exclude(state="missed").update(state="ended")


@transaction.atomic
def answer_attributes(case: Case, *, answers: Mapping[str, Any], actor: Actor) -> Case:
    """Answer what rulebooks ask about the case (code → True, False or the code of a choice; None: not known).

    Rulebooks that bind because of it are applied, those that a rule had applied and that do not bind after all end.

    Raises:
        Missing: nothing is asked under this code, or this is no answer to it.
    """
    case = begin("answer_attributes", case, actor=actor)
    known = {each["code"]: each for each in _asked(case)}
    problems = {
        code: [Refusal("unknown_code", value=str(value)[:60])]
        for code, value in answers.items()
        if code not in known or not _is_answer(value, known[code])
    }
    if problems:
        raise Missing(problems)
    before = {code: case.attributes.get(code) for code in answers}
    changed = {code: value for code, value in answers.items() if before[code] != value}
    if not changed:
        return case
    events = [_cameabout(case, code, changed[code], actor) for code in changed if known[code].get("arises")]
    kept = {**case.attributes, **changed}
    case.attributes = {code: value for code, value in kept.items() if value is not None}
    facts = AttributesAnswered(
        {code: _told(before[code]) for code in changed}, {code: _told(value) for code, value in changed.items()}
    )
    return finish(case, "answer_attributes", facts, actor=actor, besides=[*events, *bound_anew(case, actor=actor)])


def _cameabout(case: Case, code: str, value: Any, actor: Actor) -> Entry:
    """What comes about while the case is worked on counts from now on: a limit that was missed before stays missed."""
    row = ClockEvent.objects.create(
        case=case, name="known", at=clock.now(), facts={code: value}, recorded_at=clock.now(),
        recorded_by_id=_person(actor),
    )  # fmt: skip
    facts = ClockEventRecorded(row.pk, "known", row.at.isoformat())
    about: dict[str, Any] = {"subject": ("clock_event", str(row.pk)), "private": {"clock_event": content(row)}}
    return entry(case, facts, actor=actor, **about)


def bound_anew(case: Case, *, actor: Actor) -> list[Entry]:
    """Apply and end rulebooks by the rules, after something new is known of the case; the events of it."""
    ended = binding.unbind(case)
    end_limits(ended)
    told = [
        entry(case, RulebookEnded(row.pk, row.policy, row.policy_version, by_rule=True), actor=actor, **about(row))
        for row in ended
    ]
    return [*told, *told_of(case, binding.bind(case), actor=actor)]


def told_of(case: Case, applied: Iterable[AppliedRulebook], *, actor: Actor) -> list[Entry]:
    """The events of rulebooks that rules applied. What counts for every complaint needs none: it follows from the
    edition that the case keeps."""
    always = binding.always(case)
    return [
        entry(
            case,
            RulebookApplied(row.pk, row.policy, row.policy_version, row.because),
            actor=actor,
            because=f"{row.edition}#{row.because}",
            **about(row),
        )
        for row in applied
        if row.because not in always
    ]


@transaction.atomic
def explain_missed(case: Case, *, limit: int, reason: str, actor: Actor) -> TimeLimit:
    """Say why a limit was missed. Said again, the newer reason counts; the earlier one is in the history.

    Raises:
        NotYours: it is no limit of this case.
        NotNow: it was not missed.
        Missing: no reason.
    """
    case = begin("explain_missed", case, actor=actor)
    row = TimeLimit.objects.select_for_update().select_related("applied").filter(case=case, pk=limit).first()
    if row is None:
        raise NotYours("not_found")
    if row.state != "missed":
        raise NotNow("not_missed")
    row.missed_reason = needed("reason", reason, otherwise="needs_reason")
    row.save(update_fields=["missed_reason"])
    facts = LimitExplained(row.pk, row.applied.policy, row.key)
    told: dict[str, Any] = {"subject": ("time_limit", str(row.pk)), "private": {"time_limit": content(row)}}
    finish(case, "explain_missed", facts, actor=actor, **told)
    return row


def _asked(case: Case) -> list[Mapping[str, Any]]:
    return list(editions.book("rulebooks", case.edition or editions.STARTER).get("attribute", ()))


def _is_answer(value: Any, asked: Mapping[str, Any]) -> bool:
    if value is None:
        return True
    if asked["kind"] == "yes_no":
        return isinstance(value, bool)
    return value in {each["code"] for each in asked["option"]}


def _told(value: Any) -> str:
    return "" if value is None else "yes" if value is True else "no" if value is False else str(value)


def about(row: AppliedRulebook) -> dict[str, Any]:
    """What the events of a rulebook on a case are about, and commit to."""
    return {"subject": ("applied_rulebook", str(row.pk)), "private": {"applied_rulebook": content(row)}}


def _person(actor: Actor) -> int | None:
    return int(actor.id) if actor.kind == "staff" else None
