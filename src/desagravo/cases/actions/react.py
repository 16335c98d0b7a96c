"""The customer's word on the answer, or on the whole complaint."""

from django.db import transaction

from desagravo.cases.actions._path import begin, entry, finish
from desagravo.cases.actions._words import SENT_TWICE_WITHIN, needed, say_why, write_message
from desagravo.cases.actions.consult import end_open_questions
from desagravo.cases.actions.leave import stop_leaving
from desagravo.cases.contents import content
from desagravo.cases.events import ApprovalEnded, CaseContested, CaseSettled, CaseWithdrawn
from desagravo.cases.models import Case, Message, Response
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.text import tidy_text
from desagravo.history import queries as history
from desagravo.history.actions import Entry


@transaction.atomic
def react(case: Case, *, settled: bool, actor: Actor, body: str = "", channel: str = "web") -> Case:
    """The customer says whether the answer settles the matter. "No" brings the case back to its owner.

    Said twice, it counts once: a double click or a retry finds the case as the first one left it.

    Raises:
        Missing: "no" without a word on what is still open.
    """
    verb = "settle" if settled else "contest"
    if (known := _said_already(case, settled, body, actor)) is not None:
        return known
    case = begin(verb, case, actor=actor)
    by_staff = actor.kind == "staff"
    case.customer_position = "accepted" if settled else "rejected"
    if settled and not body.strip():
        finish(case, verb, CaseSettled(by_staff), actor=actor)
        stop_leaving(case, why="customer_wrote")
        return case
    message = write_message(case, "from_customer", needed("body", body), actor=actor, channel=channel)
    case.customer_wrote_at = None if settled else clock.now()
    finish(
        case,
        verb,
        CaseSettled(by_staff) if settled else CaseContested(message.pk, by_staff),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message)},
        words=message.body,
    )
    stop_leaving(case, why="customer_wrote")
    return case


def _said_already(case: Case, settled: bool, body: str, actor: Actor) -> Case | None:
    """The case, if the same actor just said the very same about the same answer."""
    now = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    if now is None or now.customer_position != ("accepted" if settled else "rejected"):
        return None
    told = "case.settled" if settled else "case.contested"
    last = next((each for each in reversed(history.of_case(now.number)) if each.kind == told), None)
    if last is None or (last.actor_kind, last.actor_id) != (actor.kind, actor.id):
        return None
    if clock.now() - last.at > SENT_TWICE_WITHIN:
        return None
    kind, key = last.subject
    said = Message.objects.filter(case=now, pk=key).values_list("body", flat=True).first() if kind == "message" else ""
    return now if said == tidy_text(body).strip() else None


@transaction.atomic
def withdraw(case: Case, *, actor: Actor, reason: str = "") -> Case:
    """The customer withdraws the complaint, or a colleague does it at the customer's request and says how it was said.

    What was open ends with it: questions to departments, follow-ups, and a text that waits for approval.

    Raises:
        Missing: a colleague gave no reason.
    """
    case = begin("withdraw", case, actor=actor)
    by_staff = actor.kind == "staff"
    facts = CaseWithdrawn(by_staff)
    case.customer_wrote_at, case.withdrawn_at = None, clock.now()
    besides = [*end_open_questions(case, actor=actor), *_end_approval(case, actor=actor)]
    if not by_staff and not reason.strip():
        finish(case, "withdraw", facts, actor=actor, besides=besides)
        stop_leaving(case, why="withdrawn")
        return case
    if by_staff:
        message = say_why(case, reason, actor=actor)
    else:
        message = write_message(case, "from_customer", needed("reason", reason), actor=actor, channel="web")
    finish(
        case,
        "withdraw",
        facts,
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message)},
        words=message.body,
        besides=besides,
    )
    stop_leaving(case, why="withdrawn")
    return case


def _end_approval(case: Case, *, actor: Actor) -> list[Entry]:
    """A text that waits for approval waits no longer."""
    response = Response.objects.select_for_update().filter(case=case, state="pending").first()
    if response is None:
        return []
    response.state, response.decided_at = "returned", clock.now()
    response.save(update_fields=["state", "decided_at"])
    about = ("response", str(response.pk))
    private = {"response": content(response)}
    return [entry(case, ApprovalEnded(response.pk), actor=actor, subject=about, private=private)]
