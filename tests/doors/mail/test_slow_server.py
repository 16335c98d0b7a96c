"""A mail server that answers a byte at a time does not hold the worker: the whole conversation has an end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from desagravo.channels.mail import transport
from desagravo.history.outbox import LEASE_SECONDS

GREETING = b"220 slow\r\n"
FIRST = b"250 ok\r\n"


@pytest.fixture(params=["at once", "after DATA"])
def dribbling(request: pytest.FixtureRequest) -> Iterator[tuple[int, str]]:
    """A server whose reply never ends, from its greeting on or only after the text of the mail."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        talk, _address = listening.accept()
        with talk:
            if request.param == "after DATA":
                _polite(talk)
            while not over.wait(0.05):
                try:
                    talk.send(b"2")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], request.param
    over.set()
    thread.join(5)
    listening.close()


def _polite(talk: socket.socket) -> None:
    talk.sendall(GREETING)
    lines = talk.makefile("rb")
    for line in lines:
        talk.sendall(b"354 go on\r\n" if line.startswith(b"DATA") else FIRST)
        if line.startswith(b"DATA"):
            break
    for line in lines:
        if line == b".\r\n":
            return


def test_the_conversation_ends(dribbling: tuple[int, str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    port, when = dribbling
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    monkeypatch.setattr(transport, "LONGEST_SECONDS", 0.7)
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("x")
    began = time.monotonic()
    expected = transport.Later if when == "at once" else transport.Perhaps
    with pytest.raises(expected):
        transport.deliver(message, sender="a@casa.example", recipient="b@casa.example")
    assert time.monotonic() - began < 4


def test_it_ends_before_another_worker_may_begin_it() -> None:
    assert transport.LONGEST_SECONDS < LEASE_SECONDS
