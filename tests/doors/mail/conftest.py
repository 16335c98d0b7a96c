"""A mail server on this machine that does what a test wants of it."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock
from desagravo.history.models import Delivery
from desagravo.history.outbox import run_due
from tests.cast import Cast, engage


@dataclass
class Mailbox:
    """The server's side: what it took, and what it answers to the next ones."""

    taken: list[bytes] = field(default_factory=list)
    to_mail: str = "250 OK"
    to_rcpt: str = "250 OK"
    to_data: str = "250 OK"
    drop: bool = False

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return self.to_mail

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if not self.to_data.startswith(("4", "5")):
            self.taken.append(envelope.original_content)
        if self.drop:
            server.transport.abort()
        return self.to_data

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(each, policy=SMTP) for each in self.taken]  # type: ignore[misc]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A real SMTP server; the product is set up to send through it."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
    settings.DEFAULT_FROM_EMAIL = "reclamacoes@casa.example"
    yield box
    controller.stop()


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def work() -> None:
    """The worker sends what is due now; the papers, which take long and are tested elsewhere, are left out."""
    papers = Delivery.objects.exclude(subscriber__startswith="mail.").exclude(state__in=("done", "dead"))
    papers.update(state="done", due_at=None, ended_at=clock.now())
    while run_due():
        pass


def work_later(days: float) -> None:
    """The worker, so many days from now."""
    from datetime import timedelta

    with clock.at(clock.now() + timedelta(days=days)):
        work()


def mail(letter: str = "") -> OutgoingMail:
    """The only mail, or the only one of this letter."""
    return OutgoingMail.objects.get(**({"letter": letter} if letter else {}))


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """The server tells every line that it hears."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
