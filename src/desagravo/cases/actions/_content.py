"""What a text must contain and must not say before it leaves: asked by every verb that sends one."""

from collections.abc import Mapping
from typing import Any

from desagravo.cases import wording
from desagravo.cases.actions._path import entry
from desagravo.cases.actions._words import write_message
from desagravo.cases.contents import content
from desagravo.cases.events import CaseNoted
from desagravo.cases.events.clocks import AttributesAnswered, ClockEventRecorded
from desagravo.cases.limit_names import rulebook_name
from desagravo.cases.models import AnswerDraft, Case, ClockEvent, Message, TimeLimit
from desagravo.cases.wording import Examined
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import Missing, NotNow, Refusal
from desagravo.common.text import tidy_text
from desagravo.history.actions import Entry, record_many


def require_content(case: Case, draft: AnswerDraft) -> Examined:
    """Everything that must be in the answer is there.

    Raises:
        NotNow: ``content_missing`` with the item and who asks for it; ``no_summary_route`` where the rulebooks offer
            none or its time has passed.
    """
    if wording.purpose_of(case, draft.template) == "summary_resolution" and not summary_route(case):
        raise NotNow("no_summary_route")
    told = wording.examined(
        case, draft.body, template=draft.template, confirmed=tuple(draft.confirmed), reader=active()
    )
    if told.lacking:
        first = told.lacking[0]
        raise NotNow("content_missing", item=first.name, rule=asked_by(first.rulebooks), todo=first.todo)
    return told


def asked_by(rulebooks: tuple[str, ...]) -> str:
    """Who asks for an item: the rulebooks by their names, or the house."""
    named = [rulebook_name(each) for each in rulebooks if each]
    return ", ".join(named) or str(_HOUSE)


class _House:
    def __str__(self) -> str:
        return Refusal("the_house").sentence()


_HOUSE = _House()


def summary_route(case: Case) -> bool:
    """Is the route of a summary resolution still open under a rulebook of the case?"""
    rows = TimeLimit.objects.filter(case=case, kind="route_option", state="running", applied__ended_at=None)
    return rows.filter(due_before__gt=clock.now()).exists()


def needs_no_second_person(told: Examined) -> None:
    """An admission leaves only with the approval of a second person. Raises NotNow."""
    if told.admissions:
        raise NotNow("admission_needs_approval", phrase=told.admissions[0].found)


def require_no_admission(case: Case, text: str, *, field: str = "body") -> None:
    """A letter that is not the answer has no second person who could agree.

    Raises:
        Missing: the phrase that admits fault or liability, and a better one.
    """
    found = next((each for each in wording.marks_in(case, text, where="message") if each.stops), None)
    if found:
        raise Missing({field: [Refusal("admission_in_message", phrase=found.found, better=found.better)]})


def kept(told: Examined, draft: AnswerDraft) -> dict[str, Any]:
    """How every item was met, as the response keeps it: codes and ids."""
    return {
        "items": [
            {
                "item": each.code,
                "rulebooks": list(each.rulebooks),
                "how": each.how,
                **({"by": draft.confirmed[each.code]["by"]} if each.how == "person" else {}),
            }
            for each in told.needs
        ],
        "admissions": [each.code for each in told.admissions],
        "phrases": [each.code for each in told.marks if not each.stops],
    }


def say_reasons(case: Case, told: Examined, draft: AnswerDraft, reason: str, *, actor: Actor) -> Message | None:
    """The reason for an admission and what somebody ticked, kept as one internal note; None if there is neither.

    Raises:
        Missing: the text admits something, and nobody says why.
    """
    if told.admissions and not reason.strip():
        phrase = told.admissions[0].found
        raise Missing({"admission_reason": [Refusal("admission_needs_reason", phrase=phrase)]})
    ticked: Mapping[str, Any] = {each.name: draft.confirmed[each.code] for each in told.needs if each.how == "person"}
    parts = [f"{name}: {one['words']}" for name, one in ticked.items()]
    if told.admissions:
        phrases = ", ".join(f"“{each.found}”" for each in told.admissions)
        parts.append(f"{phrases}: {tidy_text(reason).strip()}")
    if not parts:
        return None
    message = write_message(case, "note", "\n".join(parts), actor=actor)
    about = {"subject": ("message", str(message.pk)), "private": {"message": content(message)}}
    record_many([entry(case, CaseNoted(message.pk, ()), actor=actor, **about)])  # type: ignore[arg-type]
    return message


def raised(case: Case, name: str, *, actor: Actor, facts: Mapping[str, Any] | None = None) -> Entry:
    """Something happened now that the clocks of the case ask about: its row, and the event that goes with the step."""
    now = clock.now()
    row = ClockEvent.objects.create(
        case=case,
        name=name,
        at=now,
        facts=dict(facts or {}),
        recorded_at=now,
        recorded_by_id=int(actor.id) if actor.kind == "staff" else None,
    )
    about: dict[str, Any] = {"subject": ("clock_event", str(row.pk)), "private": {"clock_event": content(row)}}
    return entry(case, ClockEventRecorded(row.pk, name, now.isoformat()), actor=actor, **about)


def accepted_at_once(case: Case, template: str, *, actor: Actor) -> list[Entry]:
    """A summary resolution leaves: the customer had accepted, so the case waits for no reaction and the route is taken.

    Does not save the case.
    """
    if wording.purpose_of(case, template) != "summary_resolution":
        return []
    case.customer_position = "accepted"
    taken = {"resolved_by_summary_route": True}
    case.attributes = {**case.attributes, **taken}
    told = AttributesAnswered({"resolved_by_summary_route": ""}, {"resolved_by_summary_route": "true"})
    return [
        raised(case, "summary_resolution_sent", actor=actor),
        raised(case, "known", actor=actor, facts=taken),
        entry(case, told, actor=actor),
    ]
