"""Leaving: what was released waits some seconds before it is the customer's, and can be held back until then.

Everything goes under the lock of the case, so of those who send, hold back and write at once exactly one comes first.
The others find what is no longer leaving. Until the worker has sent something it has not left, however late it is.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from desagravo.cases.actions._content import accepted_at_once
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.contents import content, file_pieces
from desagravo.cases.events import (
    AnswerHeldBack,
    AnswerReleased,
    ApprovalGranted,
    ApprovalHeldBack,
    CaseAnswered,
    MessageHeldBack,
    WroteToCustomer,
)
from desagravo.cases.lifecycle import STEPS
from desagravo.cases.models import Case, FollowUp, Message, Response
from desagravo.cases.working_days import target_after
from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import NotNow, NotYours
from desagravo.departments import queries as departments


def moment_of_leaving() -> datetime | None:
    """When something that is released now leaves; None where the house sends at once."""
    delay = departments.organisation().sending_delay
    return clock.now() + timedelta(seconds=delay) if delay else None


def release_or_send(case: Case, response: Response, *, verb: str, actor: Actor) -> None:
    """The end of ``approve`` and ``respond``: the answer is on its way, or sent at once without a delay."""
    leaves_at = moment_of_leaving()
    if leaves_at is None:
        _send(case, response, verb=verb, actor=actor)
        return
    response.state, response.leaves_at = "leaving", leaves_at
    response.save()
    approved = verb == "approve"
    facts = AnswerReleased(response.pk, leaves_at.isoformat(), approved, approved and _alone(response))
    told = {"subject": ("response", str(response.pk)), "private": {"response": content(response)}}
    finish(case, "release", facts, actor=actor, not_before=leaves_at, **told)  # type: ignore[arg-type]


@transaction.atomic
def send_released(response_id: int, *, actor: Actor) -> bool:
    """Send what was released, in the name of who released it. False where it was sent or held back before.

    The worker calls this at the answer's moment, perhaps twice.
    """
    case = Case.objects.filter(responses=response_id).first()
    if case is None:
        return False
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    response = Response.objects.select_for_update().filter(pk=response_id, state="leaving").first()
    if response is None:
        return False
    case.refresh_from_db(fields=["status"])
    verb = "leave_approved" if case.status == "awaiting_approval" else "leave"
    _send(begin(verb, case, actor=SYSTEM), response, verb=verb, actor=actor)
    return True


@transaction.atomic
def send_released_message(message_id: int, *, actor: Actor) -> bool:
    """Let a message leave; as :func:`send_released`."""
    found = Message.objects.select_related("case").filter(pk=message_id).first()
    if found is None:
        return False
    case = begin("message_leaves", found.case, actor=SYSTEM)
    message = _leaving_messages(case).filter(pk=message_id).first()
    if message is None:
        return False
    message.leaves_at = None
    message.save(update_fields=["leaves_at"])
    attached = list(message.attachments.all())
    finish(
        case,
        "message_leaves",
        WroteToCustomer(message.pk, len(attached)),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message), **file_pieces(attached)},
    )
    return True


@transaction.atomic
def hold_back(case: Case, *, response: int, actor: Actor) -> Response:
    """Take back an answer that has not left yet. Its text is still the draft; an approval of it is void.

    Raises:
        NotNow: it has left, or was held back before.
        NotAllowed: somebody who neither released it nor owns the case nor leads.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    row = Response.objects.select_for_update().filter(case=case, pk=response).first()
    if row is None:
        raise NotYours("not_found")
    if row.state != "leaving":
        raise NotNow("already_left" if row.state == "sent" else "already_held_back")
    verb = _verb_for_holding_back(case)
    case = begin(verb, case, actor=actor, facts=lambda now: _held_by(now, row.decided_by_id or row.requested_by_id))
    _hold_back(case, row, why="undone", actor=actor)
    return row


@transaction.atomic
def hold_back_message(case: Case, *, message: int, actor: Actor) -> Message:
    """Take back a message that has not left yet. It stays on the case as one that the customer never saw.

    Raises:
        As :func:`hold_back`.
    """
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    row = Message.objects.select_for_update().filter(case=case, pk=message, kind="to_customer").first()
    if row is None:
        raise NotYours("not_found")
    if row.held_back_at or not row.leaves_at:
        raise NotNow("already_held_back" if row.held_back_at else "already_left")
    case = begin("hold_back_message", case, actor=actor, facts=lambda now: _held_by(now, row.actor_id))
    _hold_back_message(case, row, why="undone", actor=actor)
    return row


def stop_leaving(case: Case, *, why: str) -> None:
    """Hold back all that is leaving, because something new came in. Runs inside the action that brought it."""
    response = Response.objects.select_for_update().filter(case=case, state="leaving").first()
    if response is not None:
        _hold_back(case, response, why=why, actor=SYSTEM)
    for message in _leaving_messages(case):
        _hold_back_message(case, message, why=why, actor=SYSTEM)


def hold_back_what_was_leaving() -> int:
    """In a restored database: what was leaving at the moment of the backup has perhaps left since. Nothing of it goes
    out by itself; who released it is told, and decides. Tells how many answers and messages."""
    on_their_way = Q(responses__state="leaving") | Q(messages__held_back_at=None, messages__leaves_at__isnull=False)
    count = 0
    for key in Case.objects.filter(on_their_way).values_list("pk", flat=True).distinct().order_by("pk"):
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).get(pk=key)
            count += case.responses.filter(state="leaving").count() + _leaving_messages(case).count()
            stop_leaving(case, why="restored")
    return count


def require_no_message_leaving(case: Case) -> None:
    """A case is not signed while a message is on its way. Raises NotNow."""
    if _leaving_messages(case).exists():
        raise NotNow("message_leaving")


def _leaving_messages(case: Case) -> Any:
    return Message.objects.filter(case=case, held_back_at=None).exclude(leaves_at=None).order_by("pk")


def _held_by(case: Case, released_by: object) -> dict[str, Iterable[str]]:
    """Who may hold it back without leading: who released it, and who owns the case now."""
    return {"held_by": tuple(str(each) for each in (released_by, case.owner_id) if each)}


def _verb_for_holding_back(case: Case) -> str:
    return "hold_back_approved" if case.status == "awaiting_approval" else "hold_back"


def _hold_back(case: Case, response: Response, *, why: str, actor: Actor) -> None:
    response.state = "held_back"
    response.save(update_fields=["state"])
    verb = _verb_for_holding_back(case)
    shape = ApprovalHeldBack if verb == "hold_back_approved" else AnswerHeldBack
    subject, private = ("response", str(response.pk)), {"response": content(response)}
    finish(case, verb, shape(response.pk, why), actor=actor, subject=subject, private=private)


def _hold_back_message(case: Case, message: Message, *, why: str, actor: Actor) -> None:
    message.held_back_at = clock.now()
    message.save(update_fields=["held_back_at"])
    subject = ("message", str(message.pk))
    finish(case, "hold_back_message", MessageHeldBack(message.pk, why), actor=actor, subject=subject)


def _alone(response: Response) -> bool:
    return bool(response.alone_reason)


def _send(case: Case, response: Response, *, verb: str, actor: Actor) -> None:
    """The answer counts as given now; mail and letter leave through the outbox of this transaction."""
    response.state = "sent"
    response.sent_at = case.answered_at = clock.now()
    # the name below the text is that of whoever put it up; the owner may be another by now
    signer = response.requested_by_id or case.owner_id or int(actor.id)
    response.signer_name = departments.names([str(signer)]).get(str(signer), "")
    response.save()
    case.customer_wrote_at = None
    case.customer_position = ""
    besides = accepted_at_once(case, response.template, actor=actor)
    newest_form = case.forms.order_by("-version").first()
    if newest_form and not newest_form.fields.get("email"):
        # the letter does not leave by itself: somebody has to post it or ring up, and it comes back until that is done
        FollowUp.objects.create(
            case=case,
            about="reach_customer",
            due_at=target_after(case, "triage", clock.now()),
            set_at=clock.now(),
            came_back_at=clock.now(),
        )
    approved = STEPS[verb].event == "approval.granted"
    finish(
        case,
        verb,
        ApprovalGranted(response.pk, _alone(response)) if approved else CaseAnswered(response.pk),
        actor=actor,
        subject=("response", str(response.pk)),
        private={"response": content(response)},
        words=response.body,
        besides=besides,
    )
