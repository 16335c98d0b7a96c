"""The page of the mail server: connected once, its password never shown or stored in clear, tested for real."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from django.test import Client

from desagravo.channels.mail import server
from desagravo.channels.mail.models import MailServer, OutgoingMail
from desagravo.common import clock, sealed
from desagravo.history import queries as history
from tests.cast import Cast, filed
from tests.doors.mail.conftest import Mailbox, work

PAGE = "/outgoing-mail/server/"
PASSWORD = "corre&t h0rse"


@pytest.fixture
def no_environment(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.EMAIL_TIMEOUT = 5


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person("xavier"))
    return client


def _certificate(folder: Path) -> tuple[Path, Path]:
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, secret


class _Strict(Controller):
    """Takes mail only after STARTTLS and with the right password."""

    def factory(self) -> SMTP:
        def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
            right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"casa", PASSWORD.encode())
            return AuthResult(success=right, handled=right)

        return SMTP(
            self.handler,
            tls_context=self.tls,
            require_starttls=True,
            authenticator=check,
            auth_required=True,
            hostname="127.0.0.1",
        )

    tls: ssl.SSLContext


@pytest.fixture
def strict(tmp_path: Path, no_environment: None) -> Iterator[tuple[Mailbox, int, Path]]:
    import socket

    cert, key = _certificate(tmp_path)
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = _Strict(box, hostname="127.0.0.1", port=port)
    controller.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    controller.tls.load_cert_chain(cert, key)
    controller.start()
    yield box, port, cert
    controller.stop()


def typed(at: int, **changes: str) -> dict[str, str]:
    told = {"host": "127.0.0.1", "port": str(at), "security": "starttls", "user": "casa", "password": PASSWORD}
    return {**told, "sender": "reclamacoes@casa.example", **changes}


def test_connected_tested_and_used(
    admin: Client, strict: tuple[Mailbox, int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port, cert = strict
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    assert admin.post(PAGE, typed(port)).status_code == 303
    answer = admin.post(f"{PAGE}test/").content.decode()
    assert "250 OK" in answer
    assert box.mails[0]["To"] == "xavier@casa.example"
    assert box.mails[0]["From"].endswith("<reclamacoes@casa.example>")
    filed()
    work()
    assert OutgoingMail.objects.get().state == "sent"
    assert len(box.taken) == 2


def test_a_certificate_that_nobody_vouches_for_is_refused(admin: Client, strict: tuple[Mailbox, int, Path]) -> None:
    box, port, _cert = strict
    admin.post(PAGE, typed(port))
    answer = admin.post(f"{PAGE}test/").content.decode()
    assert "CERTIFICATE_VERIFY_FAILED" in answer
    assert box.taken == []


def test_a_wrong_password_is_said_as_the_server_says_it(
    admin: Client, strict: tuple[Mailbox, int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _box, port, cert = strict
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    admin.post(PAGE, typed(port, password="wrong one"))
    answer = admin.post(f"{PAGE}test/").content.decode()
    assert "535" in answer
    assert "wrong one" not in answer


def test_no_fall_back_to_plain(admin: Client, mailbox: Mailbox, settings: Any) -> None:
    """This server offers no STARTTLS: with encryption asked for, it gets nothing."""
    port = settings.EMAIL_PORT
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    admin.post(PAGE, typed(port, user="", password=""))
    answer = admin.post(f"{PAGE}test/").content.decode()
    assert "STARTTLS" in answer
    assert mailbox.taken == []
    admin.post(PAGE, typed(port, user="", password="", security="none"))
    assert "250 OK" in admin.post(f"{PAGE}test/").content.decode()


def test_the_password_is_nowhere_to_be_seen(admin: Client, no_environment: None, caplog: Any) -> None:
    admin.post(PAGE, typed(587))
    row = MailServer.objects.get()
    assert PASSWORD not in row.password
    assert sealed.unseal(row.password) == PASSWORD
    page = admin.get(PAGE).content.decode()
    assert PASSWORD not in page
    assert "corre&amp;t" not in page
    assert PASSWORD not in repr(server.connected()) + caplog.text
    assert PASSWORD not in str(history.since(0))


def test_an_empty_password_keeps_the_stored_one_but_not_for_another_server(admin: Client, no_environment: None) -> None:
    admin.post(PAGE, typed(587))
    assert admin.post(PAGE, typed(465, password="", security="tls")).status_code == 303
    known = server.connected()
    assert known is not None
    assert (known.port, known.password) == (465, PASSWORD)
    refused = admin.post(PAGE, typed(465, password="", host="evil.example"))
    assert refused.status_code == 422
    assert "Type the password again" in refused.content.decode()
    assert MailServer.objects.get().host == "127.0.0.1"


def test_a_lost_key_is_said_and_nothing_leaves(admin: Client, no_environment: None) -> None:
    admin.post(PAGE, typed(587))
    MailServer.objects.update(password="9:abc")
    assert "cannot be read" in admin.post(f"{PAGE}test/").content.decode()
    filed()
    work()
    assert OutgoingMail.objects.get().state == "queued"


@pytest.mark.parametrize(
    ("field", "value"),
    [("host", ""), ("host", "smtp://x"), ("port", "0"), ("port", "99999"), ("security", "x"), ("sender", "nobody")],
)
def test_each_error_stands_beside_its_field(admin: Client, no_environment: None, field: str, value: str) -> None:
    answer = admin.post(PAGE, typed(587, **{field: value}))
    assert answer.status_code == 422
    assert f'id="f_{field}_error"' in answer.content.decode()
    assert not MailServer.objects.exists()


def test_the_environment_wins_and_the_page_says_so(admin: Client, mailbox: Mailbox) -> None:
    page = admin.get(PAGE).content.decode()
    assert "DESAGRAVO_SMTP_URL" in page
    assert 'name="host"' not in page
    assert admin.post(PAGE, typed(1)).status_code == 409
    assert not MailServer.objects.exists()


def test_the_demo_connects_nothing(admin: Client, settings: Any, no_environment: None) -> None:
    settings.DESAGRAVO_DEMO = True
    assert "nothing leaves it" in admin.get(PAGE).content.decode()
    assert admin.post(PAGE, typed(587)).status_code == 409
    assert admin.post(f"{PAGE}test/").status_code == 409


def test_administrators_only(cast: Cast, no_environment: None) -> None:
    client = Client()
    client.force_login(cast.person("marta"))
    assert client.get(PAGE).status_code == client.post(PAGE, typed(587)).status_code == 404
    assert not MailServer.objects.exists()


def test_the_banner_is_for_those_who_can_help(cast: Cast, admin: Client, no_environment: None) -> None:
    from datetime import timedelta

    words = "No mail server is connected"
    assert words in admin.get("/desk/notices/").content.decode()
    handler = Client(headers={"accept-language": "en"})
    handler.force_login(cast.person("rui"))
    assert words not in handler.get("/desk/notices/").content.decode()
    admin.post(PAGE, typed(587))
    assert words not in admin.get("/desk/notices/").content.decode()
    filed()
    work()
    with clock.at(clock.now() + timedelta(hours=1)):
        found = server.trouble()
    assert found is not None
    assert (found.missing, found.waiting) == (False, 1)


def test_taken_away_again(admin: Client, no_environment: None) -> None:
    admin.post(PAGE, typed(587))
    assert admin.post(PAGE, {"remove": "1"}).status_code == 303
    assert not server.is_set_up()
    assert [view.kind for view in history.since(0)][-2:] == ["mail.server_set", "mail.server_set"]


def test_a_port_where_nobody_listens_is_said_when_it_is_saved_and_until_it_works(
    admin: Client, strict: tuple[Mailbox, int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _box, port, cert = strict
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    wrong = typed(1)
    saved = admin.post(PAGE, wrong, follow=True).content.decode()
    assert "does not work yet" in saved and "ConnectionRefusedError" in saved and "is connected" not in saved
    assert 'id="not-working"' in admin.get(PAGE).content.decode()  # also when one comes back later
    assert "it does not work yet" in admin.get("/administration/health/").content.decode()
    right = admin.post(PAGE, typed(port), follow=True).content.decode()
    assert "is connected and answers" in right and 'id="not-working"' not in right


def test_a_wrong_password_is_said_when_it_is_saved(
    admin: Client, strict: tuple[Mailbox, int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _box, port, cert = strict
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    assert "535" in admin.post(PAGE, typed(port, password="wrong"), follow=True).content.decode()
    assert MailServer.objects.get().worked_at is None
