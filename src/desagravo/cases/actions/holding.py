"""The holding letter: it takes longer, why, until when, and where the customer may turn meanwhile."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.db import transaction

from desagravo.cases import limits, wording
from desagravo.cases.actions._content import asked_by, raised, require_no_admission
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, write_message
from desagravo.cases.contents import content
from desagravo.cases.events import DateMoved
from desagravo.cases.models import Case, Message
from desagravo.cases.next_step import promised
from desagravo.cases.wording import Examined
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.language import active, babel_locale
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments
from desagravo.rulebook.letters import PLACEHOLDERS, names_in


@transaction.atomic
def send_holding_letter(case: Case, *, body: str, to: datetime, reason: str, actor: Actor) -> Message:
    """Send the letter and promise the answer for a later day. ``holding_sent`` is raised on the clocks of the case, and
    the letter that stands in for an answer where a rulebook has one (after eight weeks, for instance).

    ``reason`` stands in ``body`` as the customer reads it.

    Raises:
        Missing: no words, a gap, an admission, something that a rulebook wants in such a letter; or a day that is not
            later than the one promised, or later than a limit allows even with this letter.
    """
    case = begin("move_answer_date", case, actor=actor)
    before = promised(case)
    problems = _problems(case, body, to, reason, before)
    if problems:
        raise Missing(problems)
    message = write_message(case, "to_customer", needed("body", body), actor=actor)
    besides = [raised(case, name, actor=actor) for name in ("holding_sent", *_stands_in(case, to))]
    case.answer_by = to
    limits.renew_limits(case, "record_clock_event")
    if case.answer_due is not None and to > limits.last_moment(case.answer_due):
        raise Missing({"answer_by": [Refusal("beyond_limit", day=_local(case.answer_due, last=True))]})
    finish(
        case,
        "move_answer_date",
        DateMoved(message.pk, before.isoformat(), to.isoformat()),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message)},
        words=message.body,
        besides=besides,
    )
    return message


def holding_values(case: Case, *, to: datetime | None, reason: str) -> dict[str, str]:
    """What stands for the new day and the reason in the letter, in the customer's language; unknown ones left out."""
    told = {"reason_for_delay": reason.strip()}
    if to is not None:
        day = to.astimezone(ZoneInfo(departments.organisation().time_zone)).date()
        told["new_date"] = format_date(day, format="long", locale=babel_locale(case.language))
    return {name: words for name, words in told.items() if words}


def examined_holding(case: Case, body: str, *, to: datetime | None, reason: str) -> Examined:
    """What is to be said of the letter before it leaves."""
    return wording.examined(
        case,
        body,
        purpose="holding",
        reader=active(),
        past_limit=to is None or bool(_stands_in(case, to)),
        values=holding_values(case, to=to, reason=reason),
    )


def _problems(case: Case, body: str, to: datetime, reason: str, before: datetime) -> Mapping[str, Any]:
    found: dict[str, list[Refusal]] = {}
    if to <= max(before, clock.now()):
        found["answer_by"] = [Refusal("not_later", day=_local(before))]
    if not reason.strip():
        found["reason"] = [Refusal("needs_reason")]
    left = sorted(names_in(body) & set(PLACEHOLDERS))
    if left:
        found["body"] = [Refusal("placeholder_left", name="{" + left[0] + "}")]
    elif body.strip() and not found:
        require_no_admission(case, body)
        lacking = examined_holding(case, body, to=to, reason=reason).lacking
        words = [
            Refusal("content_missing", item=each.name, rule=asked_by(each.rulebooks), todo=each.todo)
            for each in lacking
        ]
        found.update({"body": words} if words else {})
    return found


def _stands_in(case: Case, to: datetime) -> list[str]:
    """Letters of this kind that fulfil a limit which the new day goes beyond: ``eight_week_letter_sent``."""
    names = []
    for each in limits.compute(case, limits.applied_to(case)):
        for limit in each.limits:
            milestone = each.policy.milestone(limit.key)
            if milestone.alternative and limit.open and limit.due_before and to >= limit.due_before:
                names.append(f"{milestone.alternative}_sent")
    return names


def _local(moment: datetime, *, last: bool = False) -> str:
    day = limits.last_moment(moment) if last else moment
    return day.astimezone(ZoneInfo(departments.organisation().time_zone)).date().isoformat()
