"""Words that are written on a case: checked, tidied, kept as a message."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from desagravo.cases.files import KeptFile, discard_copies
from desagravo.cases.models import Case, Consultation, Message
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal
from desagravo.common.text import tidy_text
from desagravo.rulebook import queries as rulebook


def needed(field: str, text: str, *, otherwise: str = "empty") -> str:
    """The text, tidy.

    Raises:
        Missing: it is empty or longer than the house's limit; ``field`` is where to say so.
    """
    tidy = tidy_text(text).strip()
    limit = rulebook.form_limits().text_characters
    if not tidy:
        raise Missing({field: [Refusal(otherwise)]})
    if len(tidy) > limit:
        raise Missing({field: [Refusal("too_long", limit=limit)]})
    return tidy


def write_message(
    case: Case,
    kind: str,
    body: str,
    *,
    actor: Actor,
    channel: str = "",
    consultation: Consultation | None = None,
    leaves_at: datetime | None = None,
) -> Message:
    """A message on the case; the calling action records the event."""
    return Message.objects.create(
        case=case,
        kind=kind,
        body=body,
        actor_kind=actor.kind,
        actor_id=actor.id,
        at=clock.now(),
        channel=channel,
        consultation=consultation,
        leaves_at=leaves_at,
    )


SENT_TWICE_WITHIN = timedelta(minutes=10)


def sent_already(case: Case, kind: str, body: str, kept: Sequence[KeptFile], *, actor: Actor) -> Message | None:
    """The newest message of this kind, if the same actor just sent the very same: a double click or a retry.

    Called under the lock of the case, so of two at once the second finds the first.
    """
    newest = Message.objects.filter(case=case, kind=kind).order_by("-pk").first()
    if (
        newest is None
        or newest.held_back_at
        or newest.body != body
        or (newest.actor_kind, newest.actor_id) != (actor.kind, actor.id)
    ):
        return None
    if clock.now() - newest.at > SENT_TWICE_WITHIN:
        return None
    same_files = sorted(newest.attachments.values_list("sha256", flat=True)) == sorted(each.sha256 for each in kept)
    if not same_files:
        return None
    discard_copies(kept)  # a second sending may bring copies of its own, or the very files that are on the case now
    return newest


def say_why(case: Case, reason: str, *, actor: Actor) -> Message:
    """The reason of a step, kept as an internal message, because events hold no words of people."""
    return write_message(case, "reason", needed("reason", reason, otherwise="needs_reason"), actor=actor)
