"""Who is told of what: which event is whose affair. The worker makes the notices; they hold facts, never words.

Nobody is told of what they did themselves, nor of what they may not see. Of somebody who is away the substitute is
told as well; of somebody who left, nobody.
"""

from collections.abc import Callable
from typing import Final

from django.db import transaction

from desagravo.cases import deciding, knowing
from desagravo.cases.actions.notify import Line, notify, settle
from desagravo.cases.models import Case, Consultation, Message, Response
from desagravo.cases.queries.visible import consultations_for, visible_to
from desagravo.departments import queries as departments
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe

_Whom = Callable[[EventView, Case], set[str]]


def tell(event: EventView, work: Work) -> None:
    """One line for everybody whose affair this event is, exactly once however often this runs."""
    case = Case.objects.get(number=event.case)
    kind, whom = WHOSE[event.kind]
    people = departments.with_substitutes(whom(event, case)) - {_acted(event)}
    seeing = [each for each in departments.told(people).values() if _may_see(each.id, event, case)]
    line = Line(_kind(event, kind), case.number, event.seq, event.at, _subject(event))
    with transaction.atomic():
        notify(seeing, line)
        work.done()


def _acted(event: EventView) -> str:
    return event.actor_id if event.actor_kind == "staff" else ""


def _kind(event: EventView, kind: str) -> str:
    if _nobody_answers(event):
        return "nobody_answers"
    return "declined" if getattr(event.facts, "declined", False) else kind


def _subject(event: EventView) -> tuple[str, str]:
    return event.subject if event.subject[0] in {"consultation", "message"} else ("", "")


def _may_see(person: str, event: EventView, case: Case) -> bool:
    actor = departments.actor_for(departments.person(person))
    if _nobody_answers(event):  # the line names the department, and the case only to those who may see it
        return True
    if event.kind in {"consultation.asked", "consultation.moved"}:
        return consultations_for(actor).filter(pk=_key(event)).exists()
    if event.kind == "approval.requested":  # who is asked reads the text, whatever else of the case they see
        return knowing.knows(actor, case) and person in _approvers(event, case)
    if event.kind == "case.glass_broken":  # keepers of data hear that it happened, and not on which case
        return True
    return visible_to(actor).filter(pk=case.pk).exists()


def _key(event: EventView) -> int:
    return int(event.subject[1])


def _new_owner(event: EventView, _case: Case) -> set[str]:
    return {str(getattr(event.facts, "owner", ""))}


def _owner(_event: EventView, case: Case) -> set[str]:
    """Who answers for the case, or took it in while nobody does."""
    return {str(case.owner_id or case.received_by_id or "")}


def _contacts(event: EventView, _case: Case) -> set[str]:
    """Those of the department; while there are none, those who can name one."""
    if _nobody_answers(event):
        return {each.id for each in departments.people("manager", "administrator")}
    return departments.contacts_of(event.department)


def _nobody_answers(event: EventView) -> bool:
    return event.kind == "consultation.asked" and not departments.contacts_of(event.department)


def _asker(event: EventView, case: Case) -> set[str]:
    asked_by = str(Consultation.objects.values_list("asked_by", flat=True).get(pk=_key(event)) or "")
    return {asked_by} if departments.told([asked_by]) else _owner(event, case)


def _approvers(event: EventView, _case: Case) -> set[str]:
    """Who may give one of the approvals that the text needs: holders of the role, and who stands in for them."""
    response = Response.objects.filter(pk=_key(event)).first()
    return deciding.who_may_give(response) if response else set()


def _author(event: EventView, case: Case) -> set[str]:
    """Who put the answer up; if they left, who answers for the case now."""
    response = getattr(event.facts, "response", 0)
    author = str(Response.objects.filter(pk=response).values_list("requested_by", flat=True).first() or "")
    return {author} if departments.told([author]) else _owner(event, case)


def _releaser(event: EventView, case: Case) -> set[str]:
    """Whose answer was held back: who asked for its approval or released it, and who answers for the case."""
    return _author(event, case) | _owner(event, case)


def _writer(event: EventView, case: Case) -> set[str]:
    """Whose message a restored backup held back; who held it back otherwise knows, or was told of the cause."""
    if getattr(event.facts, "why", "") != "restored":
        return set()
    message = Message.objects.filter(pk=_key(event), actor_kind="staff").values_list("actor_id", flat=True).first()
    return {message or ""} | _owner(event, case)


def _owner_and_keepers(event: EventView, case: Case) -> set[str]:
    """Who answers for a confidential case, and the keepers of data: where there is none, the managers."""
    keepers = departments.people("data_keeper") or departments.people("manager")
    return _owner(event, case) | {each.id for each in keepers}


def _responsible(event: EventView, case: Case) -> set[str]:
    """Who answers for the case; while nobody does, those who give cases to people."""
    return _owner(event, case) if case.owner_id or case.received_by_id else _supervisors()


def _responsible_and_supervisors(event: EventView, case: Case) -> set[str]:
    """A limit that passed is also the affair of those who lead: as far as they may see the case."""
    return _owner(event, case) | _supervisors()


def _supervisors() -> set[str]:
    return {each.id for each in departments.people("supervisor")}


def _mentioned(event: EventView, _case: Case) -> set[str]:
    return set(getattr(event.facts, "mentioned", ()))


WHOSE: Final[dict[str, tuple[str, _Whom]]] = {
    "case.assigned": ("assigned", _new_owner),
    "case.reassigned": ("assigned", _new_owner),
    "case.handed_over": ("assigned", _new_owner),
    "answer.held_back": ("held_back", _releaser),
    "approval.held_back": ("held_back", _releaser),
    "message.held_back": ("message_held_back", _writer),
    "consultation.asked": ("asked", _contacts),
    "consultation.moved": ("moved", _contacts),
    "consultation.answered": ("answered", _asker),
    "approval.requested": ("approval_wanted", _approvers),
    "approval.returned": ("returned", _author),
    "approval.granted": ("approved", _author),
    "follow_up.came_back": ("came_back", _owner),
    "case.customer_wrote": ("customer_wrote", _owner),
    "case.contested": ("contested", _owner),
    "case.withdrawn": ("withdrawn", _owner),
    "case.reopened": ("reopened", _owner),
    "case.reopened_unassessed": ("reopened", _owner),
    "letter.undeliverable": ("undeliverable", _owner),
    "referral.opened": ("went_outside", _owner),
    "referral.ended": ("outside_ended", _owner),
    "case.second_stage": ("second_stage", _new_owner),
    "case.noted": ("mentioned", _mentioned),
    "case.glass_broken": ("glass_broken", _owner_and_keepers),
    "limit.near": ("limit_near", _responsible),
    "limit.missed": ("limit_missed", _responsible_and_supervisors),
}
"""Kind of event → kind of notice, and whose affair it is."""

_ASKS: Final = ("asked", "moved")
_LIMITS: Final = ("limit_near", "limit_missed")
_OF_A_CASE: Final = (
    *_ASKS,
    *_LIMITS,
    "assigned",
    "approval_wanted",
    "answered",
    "declined",
    "returned",
    "came_back",
    "reopened",
)
SETTLES: Final[dict[str, tuple[str, ...]]] = {
    "approval.granted": ("approval_wanted",),
    "approval.returned": ("approval_wanted",),
    "approval.ended": ("approval_wanted",),
    "approval.held_back": ("approval_wanted",),
    "answer.released": ("approval_wanted", "returned"),
    "case.answered": ("approval_wanted", "returned"),
    "consultation.answered": _ASKS,
    "consultation.withdrawn": _ASKS,
    "follow_up.done": ("came_back",),
    "case.closed": _OF_A_CASE,
}
"""Kind of event → kinds of notice that have nothing left to ask of anybody after it."""


def settled(event: EventView, work: Work) -> None:
    """What notices asked for was done, by whomever: they are read for everybody."""
    subject = str(_key(event)) if event.kind.startswith("consultation.") else ""
    with transaction.atomic():
        settle(event.case, SETTLES[event.kind], up_to=event.seq, subject_id=subject)
        work.done()


for _event_kind in WHOSE:
    subscribe(_event_kind, "cases.notices", tell)
for _event_kind in SETTLES:
    subscribe(_event_kind, "cases.notices_settled", settled)
