"""Which mail server this product sends through: that of the environment, or the one that an administrator connected.

The environment wins, so that an operator can always say the last word. There is no silent way back: a server that was
set up with encryption gets nothing without it, and Django verifies its certificate.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from desagravo.channels.mail.events import MailServerSet
from desagravo.channels.mail.models import QUEUED, SECURITY, MailServer, OutgoingMail
from desagravo.common import clock, sealed
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, Refusal
from desagravo.common.text import tidy_line, whole_number
from desagravo.departments import authority
from desagravo.history.actions import record

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")
_LATE = timedelta(minutes=15)
PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class Server:
    """How to reach a mail server. ``security``: starttls, tls or none."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""
    sender: str = ""

    def __repr__(self) -> str:
        return f"<mail server {self.host}:{self.port}>"  # never the password, not even in a trace

    def arguments(self) -> dict[str, Any]:
        """What Django's conversation with a mail server takes."""
        return {
            "host": self.host,
            "port": self.port,
            "username": self.user,
            "password": self.password,
            "use_tls": self.security == "starttls",
            "use_ssl": self.security == "tls",
            "timeout": settings.EMAIL_TIMEOUT,
        }


def of_environment() -> bool:
    """Does DESAGRAVO_SMTP_URL name the server?"""
    return not settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend")


def connected() -> Server | None:
    """The server that an administrator connected.

    Raises:
        sealed.Unreadable: its password cannot be read any more.
    """
    row = MailServer.objects.filter(pk=1).first()
    if row is None:
        return None
    return Server(row.host, row.port, row.security, row.user, sealed.unseal(row.password), row.sender)


def is_set_up() -> bool:
    """Does anything leave this product?"""
    if settings.DESAGRAVO_DEMO:
        return False
    return of_environment() or MailServer.objects.filter(pk=1).exists()


def sender() -> str:
    """The sender that belongs to the connected server; empty where the environment names the server."""
    if of_environment():
        return ""
    return MailServer.objects.filter(pk=1).values_list("sender", flat=True).first() or ""


def shown() -> MailServer | None:
    """The connection as its page shows it: everything but the password."""
    row = MailServer.objects.filter(pk=1).first()
    if row:
        row.password = "set" if row.password else ""
    return row


@transaction.atomic
def connect(
    *, host: str, port: str, security: str, user: str, password: str, sender: str, actor: Actor, keep_password: bool
) -> None:
    """Send through this server from now on. With ``keep_password`` an empty password leaves the stored one.

    The password of one server is never sent to another: a changed host or user wants it again.

    Raises:
        NotAllowed: the actor is no administrator.
        Missing: each field's problem.
    """
    _administrator(actor)
    host, user, sender = tidy_line(host), tidy_line(user), tidy_line(sender)
    known = MailServer.objects.select_for_update().filter(pk=1).first()
    stays = keep_password and not password and known is not None
    if stays and known and known.password and (known.host, known.user) != (host, user):
        raise Missing({"password": [Refusal("mail_password_again")]})
    _only(_problems(host, port, security, sender))
    values = {"host": host, "port": int(port), "security": security, "user": user, "sender": sender}
    if not stays or not user:
        values["password"] = sealed.seal(password) if user else ""
    MailServer.objects.update_or_create(pk=1, defaults={**values, "set_at": clock.now(), "worked_at": None, "said": ""})
    _due_now()
    record(MailServerSet(host, int(port), security), actor=actor, subject=("mail_server", "1"))


@transaction.atomic
def disconnect(*, actor: Actor) -> None:
    """Send through no server any more; what waits stays waiting."""
    _administrator(actor)
    if MailServer.objects.filter(pk=1).delete()[0]:
        record(MailServerSet(""), actor=actor, subject=("mail_server", "1"))


def worked() -> None:
    """The connected server let us in, or took a mail."""
    MailServer.objects.filter(pk=1, worked_at=None).update(worked_at=clock.now(), said="")


def did_not_work(said: str) -> None:
    """The connected server did not let us in; what it said stays on its page until it does."""
    MailServer.objects.filter(pk=1).update(worked_at=None, said=tidy_line(said)[:1000])


def _administrator(actor: Actor) -> None:
    if not authority.may(actor, "connect_mail_server"):
        raise NotAllowed("mail_server_role")


def _problems(host: str, port: str, security: str, sender: str) -> dict[str, list[Refusal]]:
    problems: dict[str, list[Refusal]] = {}
    if not _HOST.fullmatch(host):
        problems["host"] = [Refusal("mail_host")]
    if not 1 <= (whole_number(port) or 0) <= 65535:
        problems["port"] = [Refusal("mail_port")]
    if security not in SECURITY:
        problems["security"] = [Refusal("unknown_code", value=security[:20])]
    try:
        if sender:
            validate_email(sender)
    except ValidationError:
        problems["sender"] = [Refusal("bad_email")]
    return problems


def _only(problems: dict[str, list[Refusal]]) -> None:
    if problems:
        raise Missing(problems)


def _due_now() -> None:
    """What waits for the house is tried at once; mails to customers follow the outbox."""
    OutgoingMail.objects.filter(to_house=True, state=QUEUED).update(due_at=clock.now())


@dataclass(frozen=True)
class Trouble:
    """Mail does not leave: there is no server (``missing``), or the oldest mail has waited since ``since``."""

    missing: bool
    since: datetime | None
    waiting: int
    said: str


def trouble() -> Trouble | None:
    """What administrators and managers should know about mail; None while it leaves."""
    if settings.DESAGRAVO_DEMO:
        return None
    waiting = OutgoingMail.objects.filter(state=QUEUED)
    oldest = waiting.order_by("created_at").values_list("created_at", "note").first()
    missing = not is_set_up()
    late = oldest is not None and clock.now() - oldest[0] > _LATE
    if not missing and not late:
        return None
    count = len(waiting.order_by("created_at").values_list("pk")[:1000]) if oldest else 0
    return Trouble(missing, oldest[0] if oldest else None, count, oldest[1] if oldest else "")
