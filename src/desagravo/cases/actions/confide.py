"""Confidential cases: only those on the list know of them, and who must look nevertheless says why."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from desagravo.cases import knowing
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, say_why, write_message
from desagravo.cases.actions.look import look
from desagravo.cases.contents import content
from desagravo.cases.events.privacy import (
    ConfidentialityLifted,
    GlassBroken,
    LetKnow,
    MadeConfidential,
    NoLongerLetKnow,
)
from desagravo.cases.models import Case, Message, NeedToKnow
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.departments import queries as departments
from desagravo.history.registry import Facts


@transaction.atomic
def make_confidential(case: Case, *, actor: Actor) -> Case:
    """From now on only the owner, whoever makes it confidential and those whom they name know of the case.

    Raises:
        NotNow: it is confidential already.
    """
    case = _begin("make_confidential", case, actor)
    if case.confidential:
        raise NotNow("already_confidential")
    NeedToKnow.objects.filter(case=case, removed_at=None).update(removed_at=clock.now())
    case.confidential = True
    for person in dict.fromkeys((case.owner_id or int(actor.id), int(actor.id))):
        knowing.let_know(case, person, by=actor)
    return finish(case, "make_confidential", MadeConfidential(), actor=actor)


@transaction.atomic
def lift_confidentiality(case: Case, *, reason: str, actor: Actor) -> Case:
    """Everybody whose role lets them sees the case again.

    Raises:
        NotAllowed: the actor sees the case through a broken glass only.
        NotNow: it is not confidential.
        Missing: no reason is given.
    """
    case = _begin("lift_confidentiality", case, actor, confidential=True)
    why = say_why(case, reason, actor=actor)
    case.confidential = False
    return finish(case, "lift_confidentiality", ConfidentialityLifted(), actor=actor, private={"message": content(why)})


@transaction.atomic
def let_know(case: Case, *, person: str, actor: Actor) -> Case:
    """Put a colleague on the list.

    Raises:
        NotAllowed: the actor sees the case through a broken glass only.
        NotNow: the case is not confidential.
        Missing: nobody who works here has this id.
    """
    case = _begin("let_know", case, actor, confidential=True)
    if person not in {each.id for each in departments.people()}:
        raise Missing({"person": [Refusal("no_such_person")]})
    knowing.let_know(case, int(person), by=actor)
    return finish(case, "let_know", LetKnow(person), actor=actor, subject=("person", person))


@transaction.atomic
def no_longer_let_know(case: Case, *, person: str, actor: Actor) -> Case:
    """Take a colleague off the list. The owner stays on it, and so does the last one.

    Raises:
        NotAllowed: the actor sees the case through a broken glass only.
        NotNow: the case is not confidential, or it would have nobody left.
        Missing: nobody on the list has this id.
    """
    case = _begin("no_longer_let_know", case, actor, confidential=True)
    listed = NeedToKnow.objects.filter(case=case, removed_at=None)
    row = next((each for each in listed if str(each.person_id) == person), None)
    if row is None:
        raise Missing({"person": [Refusal("no_such_person")]})
    lasting = [each for each in listed if each.until is None and each.pk != row.pk]
    if row.person_id == case.owner_id or not lasting:
        raise NotNow("somebody_must_know")
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])
    return finish(case, "no_longer_let_know", NoLongerLetKnow(person), actor=actor, subject=("person", person))


@transaction.atomic
def break_glass(number: str, *, reason: str, actor: Actor) -> Case:
    """Open a confidential case by its number although one is not on its list: with a reason, for 24 hours, on record.

    Whether there is such a case is told only to those whose role lets them, and only after they said why.

    Raises:
        NotAllowed, Missing: the role does not allow it; no reason is given.
        NotYours: there is no confidential case with this number.
    """
    text = needed("reason", reason, otherwise="needs_reason")
    known = Case.objects.filter(number=number, confidential=True).first()
    if known is None:
        raise NotYours("not_found")
    case = begin("break_glass", known, actor=actor)
    if not case.confidential:
        raise NotYours("not_found")
    if knowing.knows(actor, case):
        return case
    row = knowing.break_glass(case, actor=actor, reason=text)
    why = write_message(case, "reason", text, actor=actor)
    told = GlassBroken(actor.id, row.until.isoformat() if row.until else "")
    look(case.number, "broke_glass", actor=actor)
    return _finish_with(why, case, "break_glass", told, actor)


def _begin(verb: str, case: Case, actor: Actor, *, confidential: bool = False) -> Case:
    def facts(now: Case) -> Mapping[str, Any]:
        return {"own": str(now.owner_id) == actor.id}

    case = begin(verb, case, actor=actor, facts=facts)
    if confidential and not case.confidential:
        raise NotNow("not_confidential")
    knowing.require_lasting(actor, case, verb)
    return case


def _finish_with(why: Message, case: Case, verb: str, told: Facts, actor: Actor) -> Case:
    return finish(case, verb, told, actor=actor, subject=("message", str(why.pk)), private={"message": content(why)})
