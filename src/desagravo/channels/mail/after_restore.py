"""Mails that were on their way when a backup was made: after its restore nobody knows whether they have left."""

from typing import Any

from desagravo.channels.mail import outgoing
from desagravo.channels.mail.models import QUEUED, SENDING, UNCERTAIN, OutgoingMail
from desagravo.common import clock
from desagravo.history import queries
from desagravo.history.restored import open_work, when_restored

NOTE = "restored"
"""Stands where else the words of the mail server do; the page says it in a sentence."""


def hold_what_was_waiting() -> int:
    """Every mail that had still to be sent, to the house too, waits for a person, who sends it again or leaves it."""
    for seq in open_work("mail.customer"):
        event = queries.event(seq)
        if event:
            outgoing.queue(event)
    on_their_way = OutgoingMail.objects.filter(state__in=(QUEUED, SENDING))
    changes: dict[str, Any] = {"state": UNCERTAIN, "ended_at": clock.now(), "note": NOTE, "due_at": None}
    return on_their_way.update(**changes)


when_restored("mail", hold_what_was_waiting)
