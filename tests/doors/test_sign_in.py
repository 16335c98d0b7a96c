"""Signing in: second factors, how long sessions last, what ends them, and that strangers learn nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client

from desagravo.channels.mail import outgoing
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock
from desagravo.departments import actions
from desagravo.departments.models import SignIn
from tests.cast import PASSWORD, Cast, engage, in_work

pytestmark = pytest.mark.django_db
NEW = "seven green boats at anchor"


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cache.clear()
    yield engage()
    cache.clear()


def nobody() -> Client:
    return Client(headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140"})


def signed_in(cast: Cast, name: str, password: str = PASSWORD) -> Client:
    client = nobody()
    client.post("/account/login/", {"login": cast.person(name).email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/desk/preferences/").status_code == 200


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(client: Client) -> str:
    """Set up an app; gives its secret."""
    shown = client.get("/account/second-factor/totp/activate/").content.decode()
    (secret,) = re.findall(r'id="secret">([A-Z2-7]+)<', shown)
    assert 'src="data:image/svg+xml;base64,' in shown
    done = client.post("/account/second-factor/totp/activate/", {"code": code_of(secret)})
    assert done.headers["Location"] == "/account/second-factor/recovery-codes/"
    return secret


def test_an_app_is_set_up_and_asked_for_from_then_on(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    first = signed_in(cast, "rui")
    other = signed_in(cast, "rui")
    with django_capture_on_commit_callbacks(execute=True):
        secret = with_app(first)
    assert OutgoingMail.objects.filter(letter="account_changed").count() == 1  # one change, one mail
    assert is_in(first) and not is_in(other)  # a changed factor ends the other sessions
    client = signed_in(cast, "rui")
    assert not is_in(client)
    assert client.post("/account/second-factor/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    client.post("/account/second-factor/authenticate/", {"code": code_of(secret, 1)})
    assert is_in(client)
    assert list(SignIn.objects.filter(person=cast.person("rui")).order_by("-pk").values_list("outcome", flat=True))[
        :2
    ] == ["signed_in", "refused"]


def test_the_secret_is_not_readable_in_the_database(cast: Cast) -> None:
    secret = with_app(signed_in(cast, "rui"))
    assert all(secret not in str(each.data) for each in Authenticator.objects.all())


def test_a_code_works_once(cast: Cast) -> None:
    secret = with_app(signed_in(cast, "rui"))
    code = code_of(secret, 1)
    for expected in (True, False):
        client = signed_in(cast, "rui")
        client.post("/account/second-factor/authenticate/", {"code": code})
        assert is_in(client) is expected


def test_recovery_codes_are_shown_once_and_work_once(cast: Cast) -> None:
    first = signed_in(cast, "rui")
    with_app(first)
    shown = first.get("/account/second-factor/recovery-codes/").content.decode()
    codes = re.findall(r"^(?:<pre[^>]*>)?(\d{10})$", shown[shown.index("<pre") :], re.MULTILINE)
    assert len(codes) == 10 and "download=" in shown
    assert codes[1] not in first.get("/account/second-factor/recovery-codes/").content.decode()
    for expected in (True, False):
        client = signed_in(cast, "rui")
        client.post("/account/second-factor/authenticate/", {"code": codes[1]})
        assert is_in(client) is expected


def test_whose_role_asks_for_a_second_factor_gets_nowhere_without(cast: Cast, settings: Any) -> None:
    settings.DESAGRAVO_SECOND_FACTOR = ["supervisor", "administrator"]
    case = in_work(cast)
    boss = signed_in(cast, "sofia")
    for address in (
        "/desk/",
        "/desk/inbox/all/",
        f"/desk/cases/{case.number}/",
        "/desk/preferences/",
        "/outgoing-mail/",
    ):
        for response in (boss.get(address), boss.post(address)):
            assert response.headers["Location"] == "/account/second-factor/", address
    assert is_in(signed_in(cast, "rui"))  # a handler's role asks for none
    with_app(boss)
    assert is_in(boss)


def test_a_role_that_asks_for_it_is_given_to_somebody_at_work(cast: Cast, settings: Any) -> None:
    settings.DESAGRAVO_SECOND_FACTOR = ["supervisor"]
    client = signed_in(cast, "rui")
    assert is_in(client)
    actions.change_roles(str(cast.person("rui").pk), roles=[("supervisor", "")], actor=cast.xavier)
    assert client.get("/desk/preferences/").headers["Location"] == "/account/second-factor/"


def test_an_administrator_removes_a_lost_second_factor(cast: Cast) -> None:
    lost = signed_in(cast, "rui")
    with_app(lost)
    boss = signed_in(cast, "xavier")
    done = boss.post(f"/administration/people/{cast.person('rui').pk}/second-factor/")
    assert done.status_code == 303
    assert not is_in(lost)
    outgoing.send_due(clock.now())
    assert mail.outbox[-1].to == ["rui@casa.example"]
    assert is_in(signed_in(cast, "rui"))
    own = boss.post(f"/administration/people/{cast.person('xavier').pk}/second-factor/")
    assert own.status_code == 403


def reset(client: Client, email: str, password: str) -> None:
    client.post("/account/password/reset/", {"email": email})
    outgoing.send_due(clock.now())
    (path,) = re.findall(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[-1].body)
    shown = client.get(path, follow=True)
    client.post(shown.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_a_reset_password_keeps_the_second_factor_and_ends_all_sessions(cast: Cast) -> None:
    before = signed_in(cast, "rui")
    with_app(before)
    reset(nobody(), "rui@casa.example", NEW)
    assert not is_in(before)
    client = signed_in(cast, "rui", NEW)
    assert not is_in(client) and Authenticator.objects.filter(user=cast.person("rui")).exists()


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(cast: Cast) -> None:
    this, other = signed_in(cast, "rui"), signed_in(cast, "rui")
    told = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    this.post("/account/password/change/", told)
    assert is_in(this) and not is_in(other)
    assert SignIn.objects.filter(person=cast.person("rui"), ended_at=None, outcome="signed_in").count() == 1
    shown = this.get("/desk/preferences/").content.decode()
    assert "this session" in shown


def test_a_session_ends_after_an_hour_without_anybody(cast: Cast) -> None:
    client = signed_in(cast, "rui")
    now = clock.now()
    for minutes in (50, 100, 150):
        with clock.at(now + timedelta(minutes=minutes)):
            assert is_in(client), minutes
    with clock.at(now + timedelta(minutes=211)):
        assert not is_in(client)


def test_a_page_that_asks_for_news_by_itself_keeps_nobody_in(cast: Cast) -> None:
    client = signed_in(cast, "rui")
    now = clock.now()
    for minutes in range(10, 60, 10):
        with clock.at(now + timedelta(minutes=minutes)):
            client.get("/desk/inbox/mine/news/", headers={"HX-Request": "true"})
    with clock.at(now + timedelta(minutes=61)):
        assert not is_in(client)


def test_a_session_ends_after_twelve_hours_in_any_case(cast: Cast) -> None:
    client = signed_in(cast, "rui")
    now = clock.now()
    for half_hours in range(1, 24):
        with clock.at(now + timedelta(minutes=30 * half_hours)):
            assert is_in(client), half_hours
    with clock.at(now + timedelta(hours=12, minutes=1)):
        assert not is_in(client)


def test_a_request_writes_nothing_but_once_in_five_minutes(cast: Cast, django_assert_max_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(cast, "rui")
    assert is_in(client)
    with CaptureQueriesContext(connection) as asked:
        assert is_in(client)
    assert not [each["sql"] for each in asked if not each["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert is_in(client)
    assert SignIn.objects.get(outcome="signed_in").seen_at > SignIn.objects.get(outcome="signed_in").at


def test_signing_out_ends_the_session_and_has_the_browser_forget(cast: Cast) -> None:
    client = signed_in(cast, "rui")
    key = client.cookies["session"].value
    response = client.post("/account/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    row = SignIn.objects.get()
    assert row.outcome == "signed_out" and row.ended_at and not row.session_hash


def test_a_session_from_before_signing_in_is_worth_nothing_after(cast: Cast) -> None:
    client = nobody()
    client.get("/account/login/")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    client.cookies["session"] = before
    client.post("/account/login/", {"login": "rui@casa.example", "password": PASSWORD})
    assert client.cookies["session"].value != before
    stranger = nobody()
    stranger.cookies["session"] = before
    assert not is_in(stranger)


def without_token(response: Any) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', "", response.content.decode())
    return re.sub(r"(rui|nobody)@casa\.example", "", text)


def test_known_and_unknown_addresses_are_answered_alike(cast: Cast) -> None:
    answers = []
    for address in ("rui@casa.example", "nobody@casa.example"):
        client = nobody()
        wrong = client.post("/account/login/", {"login": address, "password": "wrong and long enough"})
        forgotten = client.post("/account/password/reset/", {"email": address}, follow=True)
        answers.append((wrong.status_code, without_token(wrong), forgotten.status_code, without_token(forgotten)))
    assert answers[0] == answers[1]


def test_one_ends_ones_own_sessions_and_nobody_elses(cast: Cast) -> None:
    here, there, stranger = signed_in(cast, "rui"), signed_in(cast, "rui"), signed_in(cast, "bia")
    shown = here.get("/desk/preferences/").content.decode()
    assert "Chrome on Windows" in shown
    theirs = SignIn.objects.get(person=cast.person("bia")).pk
    assert here.post(f"/desk/preferences/sessions/{theirs}/end/").status_code == 404
    (other,) = re.findall(r"/desk/preferences/sessions/(\d+)/end/", shown)
    assert here.post(f"/desk/preferences/sessions/{other}/end/").status_code == 303
    assert is_in(here) and not is_in(there) and is_in(stranger)
