"""Give a case an owner: one person who answers for it until it is closed."""

from django.db import transaction

from desagravo.cases import knowing
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.events import CaseAssigned, CaseReassigned
from desagravo.cases.lifecycle import allowed
from desagravo.cases.models import Case
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments


@transaction.atomic
def assign(case: Case, *, to: str, actor: Actor) -> Case:
    """Put the person with this id in charge. From ``assessed`` the case goes into work.

    Raises:
        Missing: no active colleague has this id, or not one who works on cases; a major case goes to a
            handler, supervisor or manager alike, because its answer needs a manager's approval anyway.
    """
    # the page that was clicked may be old: what the path calls this follows from the case as it is now
    now = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    verb = "assign" if now is None or allowed("assign", now.status) else "reassign"
    case = begin(verb, case, actor=actor)
    colleague = next((each for each in departments.people("handler", "supervisor", "manager") if each.id == to), None)
    if colleague is None:
        raise Missing({"to": [Refusal("no_such_person")]})
    case.owner_id = int(to)
    if case.confidential:
        knowing.let_know(case, int(to), by=actor)
    case.team = colleague.team or case.team
    shape = CaseAssigned if verb == "assign" else CaseReassigned
    return finish(case, verb, shape(owner=to, team=case.team), actor=actor, subject=("person", to))
