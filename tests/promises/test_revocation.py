"""Whoever is let go loses every right at the next request, in every session, by whatever link; strangers learn nothing.

What somebody had typed when a role was taken away is shown to them once more, and is not lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.core.cache import cache
from django.test import Client

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.tracking import token_of
from desagravo.channels.mail import outgoing
from desagravo.common import clock, one_time_code
from desagravo.departments import actions as departments
from desagravo.departments.models import Invitation
from desagravo.history.outbox import run_due
from tests.cast import PASSWORD, Cast, engage, fresh, in_work

pytestmark = pytest.mark.django_db
TYPED = "O aparelho foi visto pela técnica; falta a fatura."


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cache.clear()
    yield engage()
    cache.clear()


def key(cast: Cast, name: str) -> str:
    return str(cast.person(name).pk)


def at_work(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/account/login/", {"login": cast.person(name).email, "password": PASSWORD})
    return client


def ways_in(cast: Cast, number: str, name: str) -> list[str]:
    """The pages of a case, the way a notice points, and the list."""
    while run_due():
        pass
    told = [row.path for row in cases.notices(cast.actor(name)).rows if row.path]
    assert told, "a case that was assigned is told of"
    return [f"/desk/cases/{number}/", f"/desk/cases/{number}/history/", *told]


def test_a_role_that_was_taken_opens_nothing_in_any_session(cast: Cast) -> None:
    case = in_work(cast)
    sessions = [at_work(cast, "rui") for _ in range(3)]
    ways = ways_in(cast, case.number, "rui")
    for session in sessions:
        assert {session.get(way).status_code for way in ways} == {200}
    departments.change_roles(key(cast, "rui"), roles=[("contact", "legal")], actor=cast.xavier)
    for session in sessions:
        assert {session.get(way).status_code for way in ways} == {404}
        assert case.number not in session.get("/desk/search/?q=frigorífico").content.decode()


def test_a_role_that_was_taken_moves_nothing_and_keeps_what_was_typed(cast: Cast) -> None:
    case = in_work(cast)
    session = at_work(cast, "rui")
    form = f"/desk/cases/{case.number}/withdrawal/"
    assert session.get(form).status_code == 200  # the form is open
    departments.change_roles(key(cast, "rui"), roles=[("auditor", "")], actor=cast.xavier)
    answer = session.post(form, {"reason": TYPED})
    assert answer.status_code in {403, 409, 422}
    assert TYPED in answer.content.decode()
    assert fresh(case).status == "in_work"


@pytest.mark.parametrize("how", ["leaves", "sessions_end"])
def test_who_is_let_go_is_out_of_every_session_at_once(cast: Cast, how: str) -> None:
    case = in_work(cast)
    sessions = [at_work(cast, "rui") for _ in range(3)]
    ways = ways_in(cast, case.number, "rui")
    if how == "leaves":
        actions.person_leaves(key(cast, "rui"), cases_to=key(cast, "bia"), actor=cast.xavier)
    else:
        departments.end_sessions(key(cast, "rui"), actor=cast.xavier)
    for session in sessions:
        for way in ways:
            answer = session.get(way)
            assert answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/")
        answer = session.post(f"/desk/cases/{case.number}/withdrawal/", {"reason": TYPED})
        assert answer.headers["Location"].startswith("/account/login/")
    assert fresh(case).status == "in_work"
    again = at_work(cast, "rui")
    assert again.get("/desk/preferences/").status_code == (302 if how == "leaves" else 200)


def test_a_link_to_a_new_password_is_worth_nothing_after_leaving(
    cast: Cast, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/account/password/reset/", {"email": "rui@casa.example"})
    outgoing.send_due(clock.now())
    (path,) = re.findall(r"http://[^/]+(/account/password/reset/key/\S+)", mailoutbox[-1].body)
    departments.leave(key(cast, "rui"), cases_to="", actor=cast.xavier)
    browser = Client(headers={"accept-language": "en"})
    shown = browser.get(path, follow=True)
    if shown.redirect_chain:
        told = {"password1": "seven green boats", "password2": "seven green boats"}
        browser.post(shown.redirect_chain[-1][0], told)
    browser.post("/account/login/", {"login": "rui@casa.example", "password": "seven green boats"})
    assert browser.get("/desk/preferences/").status_code == 302


def test_every_token_that_invites_nobody_is_answered_alike(cast: Cast) -> None:
    told = {"email": "nova@casa.example", "name": "Nova", "roles": [("handler", "")], "language": "en"}
    used = departments.invite(**told, actor=cast.xavier)  # type: ignore[arg-type]
    departments.accept(used.token, password="seven green boats", again="seven green boats")
    withdrawn = departments.invite(**{**told, "email": "b@casa.example"}, actor=cast.xavier)  # type: ignore[arg-type]
    departments.withdraw_invitation(str(withdrawn.person.pk), actor=cast.xavier)
    tracking = token_of(in_work(cast))
    tokens = ["%20", "%00", "x", "x" * 43, "x" * 3000, used.token, withdrawn.token, tracking, "%F0%9F%8E%88"]
    answers = []
    for token in tokens:
        for method in ("get", "post"):
            answer = getattr(Client(headers={"accept-language": "en"}), method)(f"/account/invitation/{token}/")
            cache.clear()
            answers.append((answer.status_code, plain(answer)))
    assert {status for status, _text in answers} == {404}
    # what could be no address of ours at all gets the page for that; both say the same to everybody
    titles = {re.findall("<title>(.*?)</title>", text)[0] for _status, text in answers}
    assert titles <= {"There is nothing for you at this address", "This link no longer works · Desagravo"}
    assert len({text for _status, text in answers}) == len(titles)
    assert not any("Nova" in text or "casa.example" in text for _status, text in answers)
    assert Invitation.objects.filter(used_at=None, withdrawn_at=None).count() == 0
    assert Client().get("/account/invitation//").status_code == 404


def test_a_one_time_code_opens_nothing_a_second_time(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    settings.DESAGRAVO_DATA = tmp_path
    code = one_time_code.new()
    one_time_code.keep(tmp_path, one_time_code.digest(code))
    assert one_time_code.is_right(tmp_path, code)
    for wrong in ("", " ", "\x00", code[:-1], code + "A", one_time_code.new(), "x" * 10_000):
        assert not one_time_code.is_right(tmp_path, wrong)
    one_time_code.forget(tmp_path)
    assert not one_time_code.is_right(tmp_path, code)


def test_an_unknown_address_costs_as_much_work_as_a_wrong_password(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    departments.leave(key(cast, "rui"), cases_to="", actor=cast.xavier)
    worked: list[str] = []
    kind = type(get_hasher())
    encode = kind.encode

    def counted(self: PBKDF2PasswordHasher, password: str, *args: Any, **words: Any) -> str:
        worked.append(password)
        return str(encode(self, password, *args, **words))

    monkeypatch.setattr(kind, "encode", counted)
    answers = []
    for address in ("bia@casa.example", "rui@casa.example", "nobody@casa.example"):  # here, gone, never was
        worked.clear()
        told = {"login": address, "password": "wrong and long enough"}
        answer = Client(headers={"accept-language": "en"}).post("/account/login/", told)
        answers.append((answer.status_code, plain(answer), len(worked)))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][2] == 1


def plain(answer: Any) -> str:
    """The page without what differs for each request by itself, and without the address that was typed."""
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', "", answer.content.decode())
    text = re.sub(r"[\w%./-]*account/invitation/[^\"&<]*", "", text)
    return re.sub(r"\b(rui|bia|nobody)@casa\.example", "", text)
