"""How every verb goes: lock the case, check the path, ask authority, change, record. One transaction.

``begin`` and ``finish`` are the only way to move a case from status to status.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from desagravo.cases import knowing, search
from desagravo.cases.lifecycle import OPEN, STEPS, WAITS_WHILE_LEAVING, asked_as
from desagravo.cases.limits import renew_limits
from desagravo.cases.models import Case, Response
from desagravo.cases.next_step import renew_next_step
from desagravo.cases.terms import STATUS, term
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow, NotYours
from desagravo.departments import authority
from desagravo.history.actions import Entry, record_many
from desagravo.history.registry import Facts
from desagravo.rulebook import queries as rulebook

_WITHOUT_KNOWING = frozenset({"answer_consultation", "break_glass", "hand_over"})
"""What people do on a confidential case who are not on its list: answer their question, get onto the list, and have it
change hands when its owner leaves."""


def begin(
    verb: str,
    case: Case,
    *,
    actor: Actor,
    facts: Mapping[str, Any] | Callable[[Case], Mapping[str, Any]] | None = None,
) -> Case:
    """The case, locked and read anew, if the path and authority allow the verb now.

    Must run inside the transaction of the action. ``facts`` that may change meanwhile are given as a function: it is
    called with the locked case.

    Raises:
        NotYours: the case is not visible to the actor.
        NotNow: the path does not have this verb in the case's status, or it waits until an answer has left.
        NotAllowed: authority refuses.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an action needs a transaction around begin() and finish()")
    fresh = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    if fresh is None or (actor.kind == "customer" and actor.id != fresh.number):
        raise NotYours("not_found")
    if verb not in _WITHOUT_KNOWING and not knowing.knows(actor, fresh):
        raise NotYours("not_found")
    if fresh.erased_at is not None:
        raise NotNow("case_erased")
    check_path(verb, fresh)
    if verb in WAITS_WHILE_LEAVING and Response.objects.filter(case=fresh, state="leaving").exists():
        raise NotNow("answer_leaving")
    told = facts(fresh) if callable(facts) else facts or {}
    asked = {"major": fresh.severity == "major", **told}
    authority.require(actor, asked_as(verb), asked)
    return fresh


def check_path(verb: str, case: Case) -> None:
    """Raise NotNow unless the path has this verb in the case's status."""
    if case.status not in STEPS[verb].leaves:
        raise NotNow("not_on_the_path", status=term(STATUS, case.status), verb=verb)


def finish(
    case: Case,
    verb: str,
    facts: Facts,
    *,
    actor: Actor,
    subject: tuple[str, str] | None = None,
    because: str = "",
    department: str = "",
    private: Mapping[str, str | bytes] | None = None,
    words: str = "",
    besides: Sequence[Entry] = (),
    not_before: datetime | None = None,
) -> Case:
    """Set the status from the path, keep limits and next step, save, make the words findable, record the event last.

    ``words`` are added to what search finds; ``besides`` are further events of the same verb;
    ``not_before`` is the earliest moment for the work that follows.
    """
    step = STEPS[verb]
    if step.reaches:
        case.status = step.reaches
    case.open = case.status in OPEN
    case.version += 1
    renew_limits(case, verb)
    renew_next_step(case)
    case.save()
    if words:
        search.add(case.pk, words)
    first = entry(case, facts, actor=actor, subject=subject, because=because, department=department, private=private)
    first = replace(first, not_before=not_before) if not_before else first
    record_many([first, *besides])
    return case


def entry(
    case: Case,
    facts: Facts,
    *,
    actor: Actor,
    subject: tuple[str, str] | None = None,
    because: str = "",
    department: str = "",
    private: Mapping[str, str | bytes] | None = None,
) -> Entry:
    """An event about this case, ready to be recorded."""
    return Entry(
        facts,
        actor=actor,
        case=case.number,
        subject=subject or ("case", case.number),
        because=because,
        department=department,
        private=private,
    )


def because(case: Case, rule: str) -> str:
    """How an event names the rule that decided: ``edition#rule``, of the edition that the case keeps."""
    return f"{case.edition or rulebook.STARTER}#{rule}" if rule else ""
