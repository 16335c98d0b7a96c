"""The promised day of the answer moves: the customer is told, in person and before the old day has passed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, write_message
from desagravo.cases.contents import content
from desagravo.cases.events import DateMoved
from desagravo.cases.limits import last_moment
from desagravo.cases.models import Case
from desagravo.cases.next_step import promised
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments


@transaction.atomic
def move_answer_date(case: Case, *, to: datetime, reason: str, actor: Actor) -> Case:
    """Promise the answer for a later day. ``reason`` is what the customer reads about it.

    Raises:
        Missing: no reason, a day that is not later than the one that was promised, or one later than a rulebook wants
            the answer: that takes an extension of its limit (``extend_limit``).
    """
    case = begin("move_answer_date", case, actor=actor)
    before = promised(case)
    if to <= max(before, clock.now()):
        with_day = {"day": before.astimezone(ZoneInfo(departments.organisation().time_zone)).date().isoformat()}
        raise Missing({"answer_by": [Refusal("not_later", **with_day)]})
    if case.answer_due is not None and to > last_moment(case.answer_due):
        latest = last_moment(case.answer_due).astimezone(ZoneInfo(departments.organisation().time_zone)).date()
        raise Missing({"answer_by": [Refusal("beyond_limit", day=latest.isoformat())]})
    message = write_message(case, "to_customer", needed("reason", reason, otherwise="needs_reason"), actor=actor)
    case.answer_by = to
    return finish(
        case,
        "move_answer_date",
        DateMoved(message.pk, before.isoformat(), to.isoformat()),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message)},
        words=message.body,
    )
