"""Give a case an owner: one person who answers for it until it is closed."""

from django.db import transaction

from desagravo.cases import knowing
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions.second_stage import refuse_first_handler
from desagravo.cases.events import CaseAssigned, CaseReassigned
from desagravo.cases.lifecycle import allowed
from desagravo.cases.models import Case
from desagravo.cases.queries.choosing import proposed_handler
from desagravo.cases.queries.parts import assessment_of, form_of
from desagravo.common.actor import Actor
from desagravo.common.dates import day
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments


@transaction.atomic
def assign(case: Case, *, to: str, actor: Actor, although_away: bool = False, rule: str = "") -> Case:
    """Put the person with this id in charge. From ``assessed`` the case goes into work.

    Somebody who is away gets it only where that is meant (``although_away``), or takes it. ``rule`` is the one that
    proposed a colleague; the record names it if it still proposes this one.

    Raises:
        NotAllowed: the actor sees a confidential case through a broken glass only.
        Missing: no active colleague has this id, or not one who works on cases, or one who handled the first stage
            where a rulebook asks for another at the second; a major case goes to a
            handler, supervisor or manager alike, because its answer needs a manager's approval anyway.
    """
    # the page that was clicked may be old: what the path calls this follows from the case as it is now
    now = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    verb = "assign" if now is None or allowed("assign", now.status) else "reassign"
    case = begin(verb, case, actor=actor)
    colleague = next((each for each in departments.people("handler", "supervisor", "manager") if each.id == to), None)
    if colleague is None:
        raise Missing({"to": [Refusal("no_such_person")]})
    if to != actor.id and not although_away and (away := departments.away_now([to]).get(to)):
        raise Missing({"to": [_is_away(colleague.name, away)]})
    refuse_first_handler(case, to=to, name=colleague.name)
    case.owner_id = int(to)
    if case.confidential:
        knowing.require_lasting(actor, case, verb)  # the owner stands on the list
        knowing.let_know(case, int(to), by=actor)
    case.team = colleague.team or case.team
    shape = CaseAssigned if verb == "assign" else CaseReassigned
    named = _proposed_by(case, rule, to) if rule else ""
    return finish(case, verb, shape(owner=to, team=case.team), actor=actor, subject=("person", to), because=named)


def _proposed_by(case: Case, rule: str, to: str) -> str:
    found = proposed_handler(case, assessment=assessment_of(case), form=form_of(case))
    return rule if found is not None and (found.id, found.rule) == (to, rule) else ""


def _is_away(name: str, away: departments.Away) -> Refusal:
    until = day(away.last_day)
    if away.substitute_name:
        return Refusal("person_away_substitute", name=name, until=until, substitute=away.substitute_name)
    return Refusal("person_away", name=name, until=until)
