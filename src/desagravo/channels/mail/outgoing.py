"""The acts on a mail: queue it with its event, send it, let a person decide to send it again."""

import hashlib
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.channels.mail import compose, letters, transport
from desagravo.channels.mail.events import MailAskedAgain
from desagravo.channels.mail.models import (
    FAILED,
    HELD,
    QUEUED,
    SENDING,
    SENT,
    SHOWN,
    UNCERTAIN,
    AcknowledgedAddress,
    OutgoingMail,
)
from desagravo.common import clock, crash, sealed
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.language import in_language
from desagravo.common.refusals import NotAllowed, NotNow
from desagravo.common.text import tidy_line
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.history.actions import record
from desagravo.history.outbox import Failed, back_off
from desagravo.history.queries import EventView

ATTEMPTS, FIRST_WAIT = 53, 60.0
"""After one minute, two, four … then every hour: a mail server may be away for two days."""
_ONE_A_DAY = timedelta(hours=24)
_A_FEW = 5
_SURELY_OVER = timedelta(minutes=2)
"""Longer than a conversation with the mail server can take."""


def queue(event: EventView) -> OutgoingMail | None:
    """The mail that follows this event, made once; None where there is no address or nothing more to say."""
    known = OutgoingMail.objects.filter(event_seq=event.seq).first()
    if known:
        return known
    case = cases.case_for(SYSTEM, event.case)
    if not case.customer.email or not letters.wanted(event, case):
        return None
    written = letters.write(event.kind, case)
    with transaction.atomic():
        if not actions.still_here(case.number):  # erased since the case was read
            return None
        state = SHOWN if settings.DESAGRAVO_DEMO else QUEUED
        if event.actor_kind in letters.UNVERIFIED and not _first_today(case.customer.email, letters.group(event.kind)):
            state = HELD
        return OutgoingMail.objects.create(
            event_seq=event.seq,
            letter=written.letter,
            case_number=case.number,
            to_address=case.customer.email,
            language=case.language,
            subject=written.subject,
            body=written.body,
            automatic=written.letter not in letters.BY_A_PERSON,
            message_id=compose.new_message_id(),
            state=state,
            created_at=event.at if settings.DESAGRAVO_DEMO else clock.now(),
        )


def _first_today(address: str, group: str) -> bool:
    """May this unverified address get a mail of this group now? Asked by two workers at once, one hears yes."""
    digest = hashlib.sha256(f"{group} {address.strip().lower()}".encode()).hexdigest()
    AcknowledgedAddress.objects.get_or_create(digest=digest)
    row = AcknowledgedAddress.objects.select_for_update().get(digest=digest)
    if row.at and clock.now() - row.at < _ONE_A_DAY:
        return False
    row.at = clock.now()
    row.save(update_fields=["at"])
    return True


def send(mail: OutgoingMail, *, last_attempt: bool) -> None:
    """Hand a queued mail to the mail server. Anything but a queued one is left as it is.

    One that is still ``sending`` was interrupted there by a crash, and becomes ``uncertain``.

    Raises:
        Failed: not taken now; the outbox tries again.
    """
    row = OutgoingMail.objects.filter(pk=mail.pk)
    if settings.DESAGRAVO_DEMO:
        row.filter(state=QUEUED).update(state=SHOWN)
        return
    if not row.filter(state=QUEUED).exists():
        row.filter(state=SENDING).update(state=UNCERTAIN, ended_at=clock.now(), note="")
        return
    try:
        message = compose.compose(mail, link=compose.link_of(mail))
    except ValueError as problem:
        _undeliverable(mail, problem)
        return
    taken = row.filter(state=QUEUED).update(state=SENDING, attempts=F("attempts") + 1, attempted_at=clock.now())
    if taken:
        _hand_over(mail, message, last_attempt=last_attempt)


def _hand_over(mail: OutgoingMail, message: EmailMessage, *, last_attempt: bool) -> None:
    row = OutgoingMail.objects.filter(pk=mail.pk, state=SENDING)
    try:
        transport.deliver(message, sender=compose.sender(), recipient=compose.recipient(mail))
    except transport.Perhaps as problem:
        row.update(state=UNCERTAIN, ended_at=clock.now(), note=_short(problem))
    except (transport.Never, ValueError) as problem:
        _undeliverable(mail, problem)
    except transport.NotTaken as problem:
        if last_attempt:
            _undeliverable(mail, problem)
            return
        row.update(state=QUEUED, note=_short(problem))
        raise Failed(str(problem)) from problem
    else:
        crash.point("mail.after_250")
        _delivered(mail)


@transaction.atomic
def _delivered(mail: OutgoingMail) -> None:
    # also when another worker, after our lease ran out, had to call it uncertain: now it is known
    row = OutgoingMail.objects.filter(pk=mail.pk, state__in=(SENDING, UNCERTAIN))
    if row.update(state=SENT, ended_at=clock.now(), note="", secret="") and not mail.to_house:
        actions.letter_delivered(mail.case_number, letter=mail.letter)


@transaction.atomic
def _undeliverable(mail: OutgoingMail, problem: Exception) -> None:
    row = OutgoingMail.objects.filter(pk=mail.pk, state__in=(QUEUED, SENDING, UNCERTAIN))
    if not row.update(state=FAILED, ended_at=clock.now(), note=_short(problem)) or mail.to_house:
        return
    with in_language(departments.organisation().languages[0]):
        because = _("A mail to the customer could not be delivered: “%(subject)s”. The mail server said: %(reply)s")
        because %= {"subject": mail.subject, "reply": _short(problem)}
    actions.letter_undeliverable(mail.case_number, letter=mail.letter, because=because)


@transaction.atomic
def send_again(mail: OutgoingMail, *, actor: Actor) -> None:
    """A person decides that a mail shall go out after all, with the Message-ID that it had.

    Raises:
        NotAllowed: mail is sent again by those who lead and by administrators.
        NotNow: it is not waiting for a decision.
    """
    if not authority.may(actor, "send_mail_again"):
        raise NotAllowed("mail_role")
    waiting = OutgoingMail.objects.filter(pk=mail.pk, state__in=(UNCERTAIN, FAILED, HELD)).exclude(to_address="")
    if not waiting.update(state=QUEUED, ended_at=None):
        raise NotNow("mail_not_waiting")
    facts = MailAskedAgain(mail=mail.pk, letter=mail.letter)
    record(facts, actor=actor, case=mail.case_number, subject=("mail", str(mail.pk)))


def queue_to_house(
    written: letters.Written, *, to: str, language: str, link: str = "", key: str = "", at: datetime | None = None
) -> OutgoingMail:
    """A mail to somebody of the house, sent by :func:`send_due`. With a ``key`` it is queued once.

    ``at``: when what it tells of happened, by which the demo sorts it.
    """
    values = {
        "to_house": True,
        "letter": written.letter,
        "to_address": to,
        "language": language,
        "subject": written.subject,
        "body": written.body,
        "automatic": True,
        "message_id": compose.new_message_id(),
        "state": SHOWN if settings.DESAGRAVO_DEMO else QUEUED,
        "created_at": at if at and settings.DESAGRAVO_DEMO else clock.now(),
        "due_at": None if settings.DESAGRAVO_DEMO else clock.now(),
        "secret": sealed.seal(link),
    }
    if key:
        return OutgoingMail.objects.get_or_create(key=key[:80], defaults=values)[0]
    return OutgoingMail.objects.create(**values)


def send_due(now: datetime) -> int:
    """Send what is due to the house, a few at a time; tells how many were tried. The worker calls this.

    What a crash interrupted becomes ``uncertain``; a server that took nothing is left alone until the next hour or so.
    """
    to_house = OutgoingMail.objects.filter(to_house=True, due_at__lte=now)
    cut_off = to_house.filter(state=SENDING, attempted_at__lt=now - _SURELY_OVER)
    cut_off.update(state=UNCERTAIN, ended_at=now, due_at=None, note="")
    tried = 0
    for mail in to_house.filter(state=QUEUED).order_by("due_at")[:_A_FEW]:
        tried += 1
        row = OutgoingMail.objects.filter(pk=mail.pk)
        try:
            send(mail, last_attempt=mail.attempts + 1 >= ATTEMPTS)
        except Failed:
            row.update(due_at=now + timedelta(seconds=back_off(mail.attempts + 1, FIRST_WAIT)))
            break
        row.exclude(state__in=(QUEUED, SENDING)).update(due_at=None)
    return tried


def _short(problem: Any) -> str:
    return tidy_line(str(problem))[:500]
