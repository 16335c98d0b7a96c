"""The promised day of the answer moves: the customer is told, in person and before the old day has passed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, write_message
from desagravo.cases.contents import content
from desagravo.cases.events import DateMoved
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
        Missing: no reason, or a day that is not later than the one that was promised.
    """
    case = begin("move_answer_date", case, actor=actor)
    before = promised(case)
    if to <= max(before, clock.now()):
        with_day = {"day": before.astimezone(ZoneInfo(departments.organisation().time_zone)).date().isoformat()}
        raise Missing({"answer_by": [Refusal("not_later", **with_day)]})
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
