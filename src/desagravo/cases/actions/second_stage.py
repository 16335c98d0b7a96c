"""The second look: the customer does not accept the answer, and somebody else examines the complaint anew.

Where a rulebook of the case asks for it (``[closure] different_handler_at_stage2``), nobody who handled the first stage
takes the second, neither now nor by a later assignment.
"""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases import knowing, limits
from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import needed, say_why, write_message
from desagravo.cases.actions.leave import moment_of_leaving
from desagravo.cases.actions.outside import _clock_event
from desagravo.cases.contents import content
from desagravo.cases.events import MessageReleased, WroteToCustomer
from desagravo.cases.events.outside import SecondStageBegun
from desagravo.cases.models import Case, Response
from desagravo.cases.working_days import target_after
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, Refusal, words
from desagravo.departments import queries as departments
from desagravo.history import queries as history
from desagravo.history.actions import Entry
from desagravo.rulebook import edition

words(
    {
        "no_first_answer": _("The customer has no answer yet of which a second look could be taken."),
        "second_stage_already": _("This case is in its second stage already."),
        "handled_first_stage": _(
            "%(name)s handled the first stage. A rulebook of this case asks for somebody else now: choose another."
        ),
    }
)


@transaction.atomic
def begin_second_stage(case: Case, *, to: str, reason: str, actor: Actor, body: str = "") -> Case:
    """Give the case to somebody for a second look. ``body`` tells the customer that it began.

    Raises:
        NotNow: nobody has answered yet, or the second stage has begun.
        Missing: no reason, no such colleague, or one who handled the first stage where a rulebook forbids that.
    """
    case = begin("second_stage", case, actor=actor)
    if case.answered_at is None:
        raise NotNow("no_first_answer")
    if case.stage > 1:
        raise NotNow("second_stage_already")
    colleague = next((each for each in departments.people("handler", "supervisor", "manager") if each.id == to), None)
    if colleague is None:
        raise Missing({"to": [Refusal("no_such_person")]})
    first = sorted(who_handled_first(case))
    if to in first and asks_for_another(case):
        raise Missing({"to": [Refusal("handled_first_stage", name=colleague.name)]})
    why = say_why(case, reason, actor=actor)
    case.stage, case.owner_id, case.team = 2, int(to), colleague.team or case.team
    case.customer_position, case.customer_wrote_at = "", None
    case.answer_by = target_after(case, "answer", clock.now())
    if case.confidential:
        knowing.require_lasting(actor, case, "assign")
        knowing.let_know(case, int(to), by=actor)
    besides = [_clock_event(case, "escalated", clock.now(), actor)]
    if body.strip():
        besides.append(_tell(case, body, actor))
    return finish(
        case,
        "second_stage",
        SecondStageBegun(owner=to, team=case.team, first=first, message=why.pk),
        actor=actor,
        subject=("message", str(why.pk)),
        private={"message": content(why)},
        words=why.body,
        besides=besides,
    )


def _tell(case: Case, body: str, actor: Actor) -> Entry:
    leaves_at = moment_of_leaving()
    letter = write_message(case, "to_customer", needed("body", body), actor=actor, leaves_at=leaves_at)
    told = MessageReleased(letter.pk, leaves_at.isoformat()) if leaves_at else WroteToCustomer(letter.pk)
    found = entry(case, told, actor=actor, subject=("message", str(letter.pk)), private={"message": content(letter)})
    return replace(found, not_before=leaves_at) if leaves_at else found


def asks_for_another(case: Case) -> bool:
    """Does a rulebook that binds the case ask that another person takes the second stage?"""
    tables = (edition.policies(row.edition or edition.STARTER).get(row.policy, {}) for row in limits.applied_to(case))
    return any(table.get("closure", {}).get("different_handler_at_stage2") for table in tables)


def who_handled_first(case: Case) -> set[str]:
    """Who wrote the answers so far, and who answers for the case."""
    found = {str(case.owner_id)} if case.owner_id else set()
    for authors in Response.objects.filter(case=case, state="sent").values_list("authors", flat=True):
        found.update(str(each) for each in authors)
    return found


def refuse_first_handler(case: Case, *, to: str, name: str) -> None:
    """An assignment in the second stage. Raises Missing where a rulebook asks for somebody else than ``to``."""
    if case.stage < 2 or not asks_for_another(case):
        return
    begun = [view.facts for view in history.of_case(case.number) if isinstance(view.facts, SecondStageBegun)]
    if begun and to in begun[-1].first:
        raise Missing({"to": [Refusal("handled_first_stage", name=name)]})
