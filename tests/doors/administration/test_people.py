"""The pages about people: inviting, roles, leaving, absence, sign-ins; and that nobody else reaches them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from desagravo.channels.mail import outgoing
from desagravo.common import clock
from desagravo.departments import actions as departments
from desagravo.departments.models import Absence, Person, SignIn
from desagravo.history.queries import since
from tests.cast import PASSWORD, Cast, engage, fresh, in_work, kinds

pytestmark = pytest.mark.django_db
CHOSEN = "quiet lantern over the harbour"


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def signed_in(cast: Cast, name: str) -> Client:
    """Somebody who has just given the password."""
    client = Client(headers={"accept-language": "en", "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    told = {"login": cast.person(name).email, "password": PASSWORD}
    assert client.post("/account/login/", told).status_code == 302
    return client


def page(cast: Cast, name: str, tail: str = "") -> str:
    return f"/administration/people/{cast.person(name).pk}/{tail}"


NEW = {"email": "nova@casa.example", "name": "Nova Pessoa", "language": "pt-pt", "team": "desk", "roles": ["handler"]}


def test_somebody_is_invited_by_mail_accepts_and_signs_in(cast: Cast) -> None:
    boss = signed_in(cast, "xavier")
    response = boss.post("/administration/people/new/", {**NEW, "by": "mail"}, follow=True)
    assert "nova@casa.example" in response.content.decode()
    outgoing.send_due(clock.now())
    (letter,) = mail.outbox
    assert letter.to == ["nova@casa.example"]
    (path,) = re.findall(r"http://[^/]+(/account/invitation/\S+)", letter.body)
    guest = Client(headers={"accept-language": "en"})
    for _ in range(2):  # a mail program that opens links uses nothing up
        assert "Nova Pessoa" in guest.get(path).content.decode()
    weak = guest.post(path, {"password": "short", "again": "short"})
    assert weak.status_code == 422 and b"at least 12 characters" in weak.content.lower()
    assert guest.post(path, {"password": CHOSEN, "again": CHOSEN}).status_code == 302
    assert guest.post(path, {"password": "x" * 20, "again": "x" * 20}).status_code == 404
    told = {"login": "nova@casa.example", "password": CHOSEN}
    assert guest.post("/account/login/", told).headers["Location"] == "/desk/"


def test_without_mail_the_link_is_shown_once(cast: Cast) -> None:
    boss = signed_in(cast, "xavier")
    told = boss.post("/administration/people/new/", {**NEW, "by": "hand"}).content.decode()
    assert "/account/invitation/" in told and not mail.outbox
    person = Person.objects.get(email="nova@casa.example")
    assert "/account/invitation/" not in boss.get(f"/administration/people/{person.pk}/").content.decode()


def test_what_was_typed_stays_and_each_field_says_what_is_wrong(cast: Cast) -> None:
    boss = signed_in(cast, "xavier")
    response = boss.post("/administration/people/new/", {**NEW, "email": "rui@casa.example", "roles": ["contact"]})
    told = response.content.decode()
    assert response.status_code == 422
    assert "Somebody has this e-mail address already" in told and "Choose the department" in told
    assert "Nova Pessoa" in told


def test_a_role_that_is_taken_is_gone_at_the_next_request(cast: Cast) -> None:
    case = in_work(cast)
    at_work = signed_in(cast, "rui")
    assert at_work.get(f"/desk/cases/{case.number}/").status_code == 200
    boss = signed_in(cast, "xavier")
    told = {"roles": ["contact"], "departments_contact": ["finance"]}
    assert boss.post(page(cast, "rui", "roles/"), told).status_code == 303
    assert at_work.get(f"/desk/cases/{case.number}/").status_code == 404
    assert at_work.post(f"/desk/cases/{case.number}/notes/", {"text": "still here"}).status_code in {404, 403}


def test_nobody_raises_themselves(cast: Cast) -> None:
    boss = signed_in(cast, "xavier")
    response = boss.post(page(cast, "xavier", "roles/"), {"roles": ["administrator", "manager"]})
    assert response.status_code == 403
    assert since(0)[-1].kind == "person.roles_refused"
    assert cast.xavier.roles == {"administrator"}


def test_who_leaves_is_out_with_the_next_request_and_the_cases_are_somebody_elses(cast: Cast) -> None:
    case = in_work(cast)
    at_work, boss = signed_in(cast, "rui"), signed_in(cast, "xavier")
    shown = boss.get(page(cast, "rui", "leaving/")).content.decode()
    assert "Who takes over 1 case?" in shown
    refused = boss.post(page(cast, "rui", "leaving/"))
    assert refused.status_code == 422 and at_work.get("/desk/preferences/").status_code == 200
    done = boss.post(page(cast, "rui", "leaving/"), {"cases_to": str(cast.person("bia").pk)})
    assert done.status_code == 303
    assert at_work.get("/desk/preferences/").headers["Location"].startswith("/account/login/")
    assert fresh(case).owner_id == cast.person("bia").pk and kinds(case)[-1] == "case.handed_over"
    told = {"login": "rui@casa.example", "password": PASSWORD}
    at_work.post("/account/login/", told)
    assert at_work.get("/desk/preferences/").status_code == 302
    assert "can no longer sign in" in boss.get(page(cast, "rui")).content.decode()


def test_the_last_administrator_is_told_so(cast: Cast) -> None:
    boss = signed_in(cast, "xavier")
    boss.post(page(cast, "marta", "roles/"), {"roles": ["manager", "administrator"]})
    other = signed_in(cast, "marta")
    assert other.post(page(cast, "xavier", "roles/"), {"roles": ["auditor"]}).status_code == 303
    assert boss.get("/administration/people/").status_code == 404
    assert other.post(page(cast, "marta", "leaving/")).status_code == 403


def test_an_absence_is_noted_shown_and_taken_back(cast: Cast) -> None:
    boss = signed_in(cast, "xavier")
    days = {"first_day": "2020-01-01", "last_day": "2099-12-31", "substitute": str(cast.person("bia").pk)}
    assert boss.post(page(cast, "rui", "absence/"), {**days, "last_day": "2019-12-31"}).status_code == 422
    assert boss.post(page(cast, "rui", "absence/"), days).status_code == 303
    told = boss.get("/administration/people/?state=away").content.decode()
    assert "Rui Tavares" in told and "Beatriz Lopes" in told and "Inês Moreira" not in told
    row = Absence.objects.get()
    assert boss.post(f"/administration/people/absences/{row.pk}/removal/").status_code == 303
    assert not Absence.objects.exists()


def test_who_signed_in_and_who_failed_is_listed_with_where_from(cast: Cast) -> None:
    stranger = Client(headers={"accept-language": "en"})
    stranger.post("/account/login/", {"login": "rui@casa.example", "password": "wrong"})
    stranger.post("/account/login/", {"login": "nobody@casa.example", "password": "wrong"})
    boss = signed_in(cast, "xavier")
    refusals = set(SignIn.objects.filter(outcome="refused").values_list("person", flat=True))
    assert refusals == {cast.person("rui").pk, None}
    told = boss.get("/administration/people/sign-ins/").content.decode()
    assert "127.0.0.1" in told and "Firefox on Linux" in told
    refused = boss.get("/administration/people/sign-ins/?only=refused").content.decode()
    assert "Rui Tavares" in refused and "an address that nobody here has" in refused and "Xavier" not in _table(refused)


def _table(page_: str) -> str:
    return page_[page_.index("<table") : page_.index("</table>")]


def test_all_sessions_of_a_person_end(cast: Cast) -> None:
    first, second, boss = signed_in(cast, "rui"), signed_in(cast, "rui"), signed_in(cast, "xavier")
    assert boss.post(page(cast, "rui", "sessions/")).status_code == 303
    for each in (first, second):
        assert each.get("/desk/preferences/").status_code == 302
    assert boss.get("/desk/preferences/").status_code == 200
    assert since(0)[-1].kind == "person.sessions_ended"


@pytest.mark.parametrize("name", ["rui", "marta", "dora", "amelia"])
def test_nobody_else_learns_that_these_pages_exist(cast: Cast, name: str) -> None:
    client = signed_in(cast, name)
    for tail in ("", "new/", "sign-ins/", f"{cast.person('rui').pk}/", f"{cast.person('rui').pk}/leaving/"):
        assert client.get(f"/administration/people/{tail}").status_code == 404
        assert client.post(f"/administration/people/{tail}").status_code == 404
    assert cast.rui.roles == {"handler"}


def test_others_rights_change_only_with_the_password_given_lately(cast: Cast) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person("xavier"))  # a session of which nobody knows when the password was given
    response = client.post(page(cast, "rui", "roles/"), {"roles": ["manager"]})
    assert response.status_code == 302 and response.headers["Location"].startswith("/account/reauthenticate/")
    assert cast.rui.roles == {"handler"}
    client.post(response.headers["Location"], {"password": PASSWORD})
    assert cast.rui.roles == {"manager"}  # what was asked for goes on by itself


def test_what_is_missing_is_said_before_the_password_and_the_choice_survives_it(cast: Cast) -> None:
    case = in_work(cast)
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person("xavier"))  # the password was not given lately
    refused = client.post(page(cast, "rui", "leaving/"))
    assert refused.status_code == 422 and "f_cases_to_error" in refused.content.decode()
    assert f'action="{page(cast, "rui", "leaving/")}"' in refused.content.decode()
    asked = client.post(page(cast, "rui", "leaving/"), {"cases_to": str(cast.person("bia").pk)})
    assert asked.status_code == 302 and asked.headers["Location"].startswith("/account/reauthenticate/")
    assert client.post(asked.headers["Location"], {"password": PASSWORD}).status_code == 303
    assert fresh(case).owner_id == cast.person("bia").pk


def test_a_lost_second_factor_is_removed_only_after_it_was_asked_and_says_what_follows(cast: Cast) -> None:
    boss, where = signed_in(cast, "xavier"), page(cast, "rui", "second-factor/")
    factor = Authenticator.objects.create(user=cast.person("rui"), type=Authenticator.Type.TOTP, data={})
    assert f'href="{where}"' in boss.get(page(cast, "rui")).content.decode()
    asked = boss.get(where).content.decode()
    assert "The roles ask for none" in asked and Authenticator.objects.filter(pk=factor.pk).exists()
    done = boss.post(where, follow=True).content.decode()
    assert "The password alone is enough" in done and "A new one is set up" not in done
    assert not Authenticator.objects.filter(pk=factor.pk).exists()


def test_the_link_of_an_invitation_can_be_copied_in_the_desk(cast: Cast) -> None:
    shown = signed_in(cast, "xavier").post("/administration/people/new/", {**NEW, "by": "hand"}).content.decode()
    assert 'data-copy="link"' in shown and "To the page of this person" in shown
    assert "copyTexts" in (Path(__file__).parents[3] / "assets/js/desk.js").read_text()


def test_who_gets_another_address_is_told_at_the_old_one_and_keeps_the_second_factor(cast: Cast) -> None:
    boss, hers = signed_in(cast, "xavier"), signed_in(cast, "marta")
    marta = cast.person("marta")
    factor = Authenticator.objects.create(user=marta, type=Authenticator.Type.TOTP, data={"secret": "x"})
    entry = {"name": marta.name, "email": "hers@elsewhere.example", "team": "desk", "language": "en"}
    assert boss.post(page(cast, "marta"), entry).status_code in {302, 303}
    outgoing.send_due(clock.now())
    (letter,) = mail.outbox
    assert letter.to == [marta.email] and "hers@elsewhere.example" not in letter.body
    assert hers.get("/desk/preferences/").status_code == 302
    shown = boss.get(page(cast, "marta")).content.decode()
    assert f"The e-mail address of {marta.name} was changed." in shown
    refused = boss.post(page(cast, "marta", "second-factor/"), follow=True)
    assert "recovery code" in refused.content.decode()
    assert Authenticator.objects.filter(pk=factor.pk).exists()
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        departments.remove_second_factor(str(marta.pk), actor=cast.xavier)
    assert not Authenticator.objects.filter(pk=factor.pk).exists()


def test_a_mistyped_address_of_somebody_invited_is_put_right_and_told_to_nobody(cast: Cast) -> None:
    boss = signed_in(cast, "xavier")
    boss.post("/administration/people/new/", {**NEW, "by": "hand"})
    nova = Person.objects.get(email="nova@casa.example")
    entry = {"name": nova.name, "email": "nova.p@casa.example", "team": "desk", "language": "en"}
    boss.post(f"/administration/people/{nova.pk}/", entry)
    outgoing.send_due(clock.now())
    assert mail.outbox == []
    assert Person.objects.get(pk=nova.pk).email == "nova.p@casa.example"


def test_an_administrator_puts_the_own_address_right_and_stays(cast: Cast) -> None:
    boss, xavier = signed_in(cast, "xavier"), cast.person("xavier")
    entry = {"name": xavier.name, "email": "x@casa.example", "team": "", "language": "en"}
    boss.post(page(cast, "xavier"), entry)
    assert boss.get("/desk/preferences/").status_code == 200


def test_who_counted_on_a_leaver_is_named_and_gets_another_substitute(cast: Cast) -> None:
    boss, where = signed_in(cast, "xavier"), page(cast, "rui", "leaving/")
    days = {"first_day": "2020-01-01", "last_day": "2099-12-31"}
    away = Absence.objects.create(person=cast.person("bia"), substitute=cast.person("rui"), **days)
    shown = boss.get(where).content.decode()
    assert "Who stands in for Beatriz Lopes instead?" in shown and "There is nothing to hand over" not in shown
    assert boss.post(where).status_code == 422
    assert boss.post(where, {f"substitute_{away.pk}": str(cast.person("bia").pk)}).status_code == 422
    assert boss.post(where, {f"substitute_{away.pk}": str(cast.person("sofia").pk)}).status_code == 303
    away.refresh_from_db()
    assert away.substitute == cast.person("sofia")
    assert [each.kind for each in since(0)][-2:] == ["person.absence_set", "person.left"]
