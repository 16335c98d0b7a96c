"""Handing one message to the mail server, and saying exactly how that ended."""

import contextlib
import re
from email.message import EmailMessage
from smtplib import SMTP, SMTPException

from django.conf import settings
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from desagravo.common import crash

_DOT = re.compile(rb"(?m)^\.")
_SIGN_IN = frozenset({530, 534, 535, 538})


class NotTaken(Exception):
    """The mail server did not take the message. ``args[0]`` is what it said."""


class Later(NotTaken):
    """Certainly not taken; trying again may help."""


class Never(NotTaken):
    """Refused for good."""


class Perhaps(NotTaken):
    """Nobody knows: the text was handed over, the confirmation did not come."""


def deliver(message: EmailMessage, *, sender: str, recipient: str) -> None:
    """On return the mail server has taken the message.

    Raises:
        NotTaken: Later, Never or Perhaps.
    """
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        raise Later("no mail server is set up (DESAGRAVO_SMTP_URL)")
    connection = get_connection()
    if not isinstance(connection, EmailBackend):
        _by_django(message, sender, recipient)
        return
    try:
        _converse(connection, message, sender, recipient)
    finally:
        with contextlib.suppress(OSError, SMTPException):
            connection.close()


def _converse(connection: EmailBackend, message: EmailMessage, sender: str, recipient: str) -> None:
    try:
        connection.open()
        smtp = connection.connection
        if smtp is None:
            raise Later("no connection")
        smtp.ehlo_or_helo_if_needed()
        _prepare(smtp, sender, recipient)
    except (OSError, SMTPException) as problem:
        raise Later(_said(problem)) from problem
    _hand_over(smtp, message.as_bytes())


def _prepare(smtp: SMTP, sender: str, recipient: str) -> None:
    """Everything before the text. Whatever goes wrong here, nothing was taken."""
    code, reply = smtp.mail(sender)
    if code != 250:  # about us rather than about this customer, so somebody may mend it
        raise Later(_reply(code, reply))
    code, reply = smtp.rcpt(recipient)
    if code not in (250, 251):
        _refuse(code, reply)
    crash.point("mail.before_data")
    code, reply = smtp.docmd("DATA")
    if code != 354:
        _refuse(code, reply)


def _hand_over(smtp: SMTP, content: bytes) -> None:
    """The text and the server's last word. Without that word nobody knows."""
    try:
        smtp.send(_DOT.sub(b"..", content) + b".\r\n")
        code, reply = smtp.getreply()
    except (OSError, SMTPException) as problem:
        raise Perhaps(_said(problem)) from problem
    if code != 250:
        _refuse(code, reply)


def _refuse(code: int, reply: bytes) -> None:
    kind = Never if 500 <= code < 600 and code not in _SIGN_IN else Later
    raise kind(_reply(code, reply))


def _reply(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('utf-8', 'replace')}"


def _said(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"


def _by_django(message: EmailMessage, sender: str, recipient: str) -> None:
    """Any other backend of Django (tests, files, a provider's): it says only whether it worked."""
    headers = {name: value for name, value in message.items() if name not in _MADE_BY_DJANGO}
    mail = DjangoMessage(message["Subject"], message.get_content(), sender, [recipient], headers=headers)
    try:
        mail.send()
    except (OSError, SMTPException) as problem:
        raise Perhaps(_said(problem)) from problem


_MADE_BY_DJANGO = frozenset({"From", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
