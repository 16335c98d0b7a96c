"""Somebody leaves: cases, questions and approvals go to people who are named, in one step.

What belongs to a case goes along with it: an answer of a department and a follow-up come back to the owner, whoever
asked or set them; who did so stays on record. Questions to a department need somebody who answers for it, and an
answer that waits for approval somebody who may approve.
"""

from collections.abc import Mapping

import structlog
from django.db import transaction

from desagravo.cases import knowing
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.events import CaseHandedOver
from desagravo.cases.events.privacy import NoLongerLetKnow
from desagravo.cases.models import Case, NeedToKnow
from desagravo.cases.queries.holdings import WORKS_ON_CASES, held_cases, holdings, waiting_answers
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.departments import actions
from desagravo.departments import queries as departments
from desagravo.departments.people_events import PersonLeft
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView

_log = structlog.get_logger(__name__)
MOST_AGAIN = 500
NOBODY = "nobody"
"""Said knowingly: nobody stands in for who is away."""
AT_ONCE = 50
"""So many cases change hands before the page answers; the worker does the rest."""


def problems_of_leaving(
    person_id: str,
    *,
    cases_to: str = "",
    contacts: Mapping[str, str] | None = None,
    approvals_to: str = "",
    substitutes: Mapping[str, str] | None = None,
    actor: Actor,
) -> dict[str, list[Refusal]]:
    """What :func:`person_leaves` would refuse about the people named, without doing anything."""
    named, there = contacts or {}, holdings(person_id)
    problems = _problem_of_heir(person_id, cases_to, actor, needed=bool(there.cases))
    for code in there.departments:
        problems.update(_problem_of_contact(person_id, code, named.get(code, "")))
    if there.approvals:
        problems.update(_problem_of_approver(person_id, approvals_to, there.approved_by))
    if substitutes is not None:
        for away in departments.absences_covered_by(person_id):
            problems.update(_problem_of_substitute(person_id, away, substitutes.get(str(away.key), "")))
    return problems


def _problem_of_substitute(person_id: str, away: departments.Away, to: str) -> dict[str, list[Refusal]]:
    """Somebody who is away had counted on the leaver: another one stands in, or knowingly nobody."""
    if not to:
        return {f"substitute_{away.key}": [Refusal("needs_substitute")]}
    if to != NOBODY and (to in {person_id, away.person} or to not in {each.id for each in departments.people()}):
        return {f"substitute_{away.key}": [Refusal("no_such_substitute")]}
    return {}


def person_leaves(
    person_id: str,
    *,
    cases_to: str = "",
    contacts: Mapping[str, str] | None = None,
    approvals_to: str = "",
    substitutes: Mapping[str, str] | None = None,
    actor: Actor,
) -> int:
    """Somebody can no longer sign in, and what they held is somebody else's. Tells how many cases are still on their
    way; the worker hands those over, also after a crash.

    ``contacts``: code of a department → the id of who answers its questions from now on, and gets the role for it.
    ``approvals_to``: the id of who approves what nobody else could approve, and gets the role for that.
    ``substitutes``: number of an absence in which the leaver stands in → the id of who does instead, or ``NOBODY``;
    None leaves them without.

    Raises:
        Missing: nobody is named for what there is, or somebody who may not hold it (``cases_to``,
            ``contact_<department>``, ``approvals_to``).
        NotAllowed: the actor does not look after people, or means themselves.
        NotNow: nobody would be left to administer.
    """
    named = contacts or {}
    for each in (person_id, *named.values(), approvals_to):
        # before the transaction: that somebody tried stays on record
        actions.may_manage(actor, each, verb="leave")
    with transaction.atomic():
        there = holdings(person_id)
        if problems := problems_of_leaving(
            person_id,
            cases_to=cases_to,
            contacts=named,
            approvals_to=approvals_to,
            substitutes=substitutes,
            actor=actor,
        ):
            raise Missing(problems)
        if there.approvals:
            actions.grant_role(approvals_to, role=there.approved_by, department="", actor=actor)
        for code in there.departments:
            actions.grant_role(named[code], role="contact", department=code, actor=actor)
        for away in departments.absences_covered_by(person_id):
            to = (substitutes or {}).get(str(away.key), NOBODY)
            actions.change_substitute(away.key, substitute="" if to == NOBODY else to, actor=actor)
        actions.leave(person_id, cases_to=cases_to, actor=actor)
    hand_over(person_id, to=cases_to, actor=actor, most=AT_ONCE)
    return held_cases(person_id).count()


def hand_over_again(person_id: str, *, to: str, actor: Actor) -> int:
    """Go on with what a hand-over left lying, perhaps to somebody else. Tells how many cases are still left.

    Raises:
        NotNow: nobody who works on cases has this id, or the actor would get onto confidential cases by it.
    """
    if _colleague(to) is None:
        raise NotNow("heir_is_gone")
    if _would_let_in(person_id, to, actor.id):
        raise NotNow("not_own_heir")
    hand_over(person_id, to=to, actor=actor, most=MOST_AGAIN)
    return held_cases(person_id).count()


def hand_over(person_id: str, *, to: str, actor: Actor, most: int, asked_by: str = "") -> int:
    """Give the cases of somebody who left to a colleague, one after another, each in a transaction of its own. What
    was done stays done if it is broken off; done again, it goes on with the rest. Tells how many changed hands.

    A case that cannot change hands now stands in nobody's way: it stays, and the page of who left counts it.
    ``asked_by`` is who named the colleague, where that is not the actor.
    """
    if not to:
        return 0
    done = 0
    for key in list(held_cases(person_id).order_by("next_due", "pk").values_list("pk", flat=True)):
        try:
            done += _hand_over(key, person_id, to, actor, asked_by or actor.id)
        except (NotNow, NotYours) as refusal:
            _log.warning("case not handed over", case=key, why=refusal.code)
        if done == most:
            break
    return done


@transaction.atomic
def _hand_over(key: int, left: str, to: str, actor: Actor, asked_by: str) -> int:
    case = begin("hand_over", Case.objects.get(pk=key), actor=actor)
    if str(case.owner_id) != left:  # somebody took it meanwhile
        return 0
    colleague = _colleague(to)
    if colleague is None:
        raise NotNow("heir_is_gone")
    case.owner_id, case.team = int(to), colleague.team or case.team
    if case.confidential:
        if to == asked_by and not knowing.knows_for_good(to, case):
            raise NotNow("not_own_heir")
        knowing.let_know(case, int(to), by=actor)
    facts = CaseHandedOver(owner=to, left=left, team=case.team)
    finish(case, "hand_over", facts, actor=actor, subject=("person", to))
    return 1


def hand_over_the_rest(event: EventView, work: Work) -> None:
    """What was more than a page could wait for, or was left lying by a crash."""
    assert isinstance(event.facts, PersonLeft)
    left, to = event.facts.person, event.facts.cases_to
    if to and _colleague(to) is not None:  # an heir who left too is asked for on the leaver's page
        while hand_over(left, to=to, actor=SYSTEM, most=AT_ONCE, asked_by=event.actor_id):
            pass
    _take_off_lists(left)


def _take_off_lists(left: str) -> None:
    """Who left stands on no list of a confidential case any more, except where the case is still theirs."""
    listed = NeedToKnow.objects.filter(person_id=int(left), removed_at=None, case__erased_at=None)
    listed = listed.exclude(case__owner_id=int(left)).exclude(case__confidential=False)
    for key in listed.order_by("case_id").values_list("case_id", flat=True).distinct():
        with transaction.atomic():
            case = begin("no_longer_let_know", Case.objects.get(pk=key), actor=SYSTEM)
            if listed.filter(case=case).update(removed_at=clock.now()):
                finish(case, "no_longer_let_know", NoLongerLetKnow(left), actor=SYSTEM, subject=("person", left))


def _colleague(to: str) -> departments.PersonView | None:
    return next((each for each in departments.people(*WORKS_ON_CASES) if each.id == to), None)


def _would_let_in(person_id: str, to: str, asked_by: str) -> bool:
    """Would somebody who names themselves get to know of a confidential case?"""
    if to != asked_by:
        return False
    return any(not knowing.knows_for_good(to, case) for case in held_cases(person_id).filter(confidential=True))


def _problem_of_heir(person_id: str, to: str, actor: Actor, *, needed: bool) -> dict[str, list[Refusal]]:
    if not to:
        return {"cases_to": [Refusal("needs_heir")]} if needed else {}
    if to == person_id or _colleague(to) is None:
        return {"cases_to": [Refusal("no_such_heir")]}
    if _would_let_in(person_id, to, actor.id):
        return {"cases_to": [Refusal("not_own_heir")]}
    return {}


def _problem_of_contact(person_id: str, code: str, to: str) -> dict[str, list[Refusal]]:
    if not to:
        return {f"contact_{code}": [Refusal("needs_contact")]}
    if to == person_id or to not in {each.id for each in departments.people()}:
        return {f"contact_{code}": [Refusal("no_such_person")]}
    return {}


def _problem_of_approver(person_id: str, to: str, role: str) -> dict[str, list[Refusal]]:
    """Whoever is named must be able to approve what waits: nobody approves a text of their own."""
    if not to:
        return {"approvals_to": [Refusal("needs_approver")]}
    if to == person_id or to not in {each.id for each in departments.people()}:
        return {"approvals_to": [Refusal("no_such_person")]}
    wrote = {author for each in waiting_answers(role) for author in each.authors}
    return {"approvals_to": [Refusal("approver_wrote_it")]} if to in wrote else {}
