"""Handing one message to the mail server, and saying exactly how that ended."""

import contextlib
import re
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from smtplib import SMTP, SMTPException
from threading import Timer
from typing import Any

from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from desagravo.channels.mail import server
from desagravo.common import crash, sealed

LONGEST_SECONDS = 45.0
"""The whole conversation about one mail: shorter than the lease of the work, so that no second worker begins it."""
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


class _Backend(EmailBackend):
    """Django's conversation with the mail server, which can be ended from outside.

    ``EMAIL_TIMEOUT`` bounds each single wait; a server that sends a byte now and then would hold the worker for ever.
    """

    _smtp: SMTP | None = None
    hung_up = False

    @property
    def connection_class(self) -> Callable[..., SMTP]:  # type: ignore[override]
        backend, plain = self, super().connection_class

        class Known(plain):  # type: ignore[misc,valid-type]
            def __init__(self, *args: Any, **words: Any) -> None:
                backend._smtp = self  # before it connects, so that its greeting is bounded too
                super().__init__(*args, **words)

        return Known

    def hang_up(self) -> None:
        """End the conversation now; whoever waits in it gets an error."""
        self.hung_up = True
        end = getattr(self._smtp, "sock", None)
        if end is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(end, socket.SHUT_RDWR)  # not TLS's own, which is not for another thread


def deliver(message: EmailMessage, *, sender: str, recipient: str) -> str:
    """On return the mail server has taken the message; what it said last is given back.

    Raises:
        NotTaken: Later, Never or Perhaps.
    """
    if not server.of_environment():
        known = _connected()
        said = _talk(_Backend(**known.arguments()), message, sender, recipient)
        server.worked()
        return said
    if isinstance(get_connection(), EmailBackend):
        return _talk(_Backend(), message, sender, recipient)
    _by_django(message, sender, recipient)
    return ""


def knock() -> str:
    """Go to the connected server as far as before the first mail (greeting, encryption, password); what it said last.

    Raises:
        NotTaken: it did not let us in.
    """
    connection = _Backend(**_connected().arguments())
    with _watched(connection):
        try:
            connection.open()
            smtp = connection.connection
            if smtp is None:
                raise Later("no connection")
            smtp.ehlo_or_helo_if_needed()
            return _reply(*smtp.noop())
        except (OSError, SMTPException) as problem:
            raise Later(_said(problem)) from problem


def _connected() -> server.Server:
    try:
        known = server.connected()
    except sealed.Unreadable as problem:
        raise Later(f"the password of the mail server cannot be read: {problem}") from problem
    if known is None:
        raise Later("no mail server is set up (page “Mail server”, or DESAGRAVO_SMTP_URL)")
    return known


def _talk(connection: _Backend, message: EmailMessage, sender: str, recipient: str) -> str:
    with _watched(connection):
        return _converse(connection, message, sender, recipient)


@contextlib.contextmanager
def _watched(connection: _Backend) -> Iterator[None]:
    """The conversation ends after the longest time, and the connection with it."""
    watch = Timer(LONGEST_SECONDS, connection.hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        with contextlib.suppress(OSError, SMTPException):
            connection.close()


def _converse(connection: _Backend, message: EmailMessage, sender: str, recipient: str) -> str:
    try:
        connection.open()
        smtp = connection.connection
        if smtp is None:
            raise Later("no connection")
        smtp.ehlo_or_helo_if_needed()
        _prepare(smtp, sender, recipient)
    except (OSError, SMTPException) as problem:
        raise Later(_said(problem)) from problem
    return _hand_over(connection, smtp, message.as_bytes())


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


def _hand_over(connection: _Backend, smtp: SMTP, content: bytes) -> str:
    """The text and the server's last word. Without that word nobody knows."""
    try:
        smtp.send(_DOT.sub(b"..", content) + b".\r\n")
        code, reply = smtp.getreply()
    except (OSError, SMTPException) as problem:
        raise Perhaps(_said(problem)) from problem
    if code != 250 and connection.hung_up:  # half a reply looks like a whole one
        raise Perhaps(_reply(code, reply))
    if code != 250:
        _refuse(code, reply)
    return _reply(code, reply)


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
