"""Legal hold: nothing of a case may be erased, because a court or an authority may still ask for it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from desagravo.cases.actions._words import say_why
from desagravo.cases.actions.redact import begin_aside
from desagravo.cases.contents import content
from desagravo.cases.events.erasing import CaseHeld, HoldLifted
from desagravo.cases.models import Case
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow
from desagravo.history import queries as history
from desagravo.history.actions import record


@transaction.atomic
def hold(case: Case, *, reason: str, actor: Actor) -> None:
    """Nothing of this case may be erased, because a court or an authority may still ask for it.

    Raises:
        Missing: no reason.
        NotNow: it is on hold already.
    """
    case = begin_aside(case, actor, verb="erase")
    if on_hold(case.number):
        raise NotNow("on_hold")
    _say_and_record(case, CaseHeld, reason, actor)


@transaction.atomic
def lift_hold(case: Case, *, reason: str, actor: Actor) -> None:
    """The case may be erased again. Raises as :func:`hold`."""
    case = begin_aside(case, actor, verb="erase")
    if not on_hold(case.number):
        raise NotNow("not_on_hold")
    _say_and_record(case, HoldLifted, reason, actor)


def on_hold(number: str) -> bool:
    """Is the case on legal hold? The history knows: there is no other place for it that somebody could forget."""
    said = [kind for kind in history.kinds_of_case(number) if kind in {"case.held", "case.hold_lifted"}]
    return said[-1:] == ["case.held"]


def _say_and_record(case: Case, shape: Callable[[int], Any], reason: str, actor: Actor) -> None:
    why = say_why(case, reason, actor=actor)
    record(
        shape(why.pk),
        actor=actor,
        case=case.number,
        subject=("message", str(why.pk)),
        private={"message": content(why)},
    )
