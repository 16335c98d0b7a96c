"""After which events a mail leaves. The worker calls these; a handler that runs twice sends once."""

from desagravo.channels.mail import forget, outgoing  # noqa: F401  (forget: registration by import)
from desagravo.channels.mail.events import MailAskedAgain
from desagravo.channels.mail.letters import FOLLOWING
from desagravo.channels.mail.models import OutgoingMail
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe


def write_to_customer(event: EventView, work: Work) -> None:
    """The mail that follows this event."""
    mail = outgoing.queue(event)
    if mail:
        outgoing.send(mail, last_attempt=work.attempt >= outgoing.ATTEMPTS)


def send_again(event: EventView, work: Work) -> None:
    """The mail that a person wants to be sent again."""
    assert isinstance(event.facts, MailAskedAgain)
    mail = OutgoingMail.objects.get(pk=event.facts.mail)
    outgoing.send(mail, last_attempt=work.attempt >= outgoing.ATTEMPTS)


for kind in FOLLOWING:
    subscribe(kind, "mail.customer", write_to_customer, attempts=outgoing.ATTEMPTS, first_wait=outgoing.FIRST_WAIT)
subscribe("mail.asked_again", "mail.again", send_again, attempts=outgoing.ATTEMPTS, first_wait=outgoing.FIRST_WAIT)
