"""Mail to the people of the house: the same states as mail to customers, bundled, without a word of any case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from desagravo.cases import actions
from desagravo.cases.models.notice import Notice
from desagravo.channels.mail import house, outgoing
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock, post
from desagravo.departments.models import Person
from desagravo.history.outbox import run_due
from tests.cast import FORM, Cast, in_work
from tests.doors.mail.conftest import Mailbox, work
from tests.rooms.cases.steps import customer_of

LINK = "https://desagravo.example/invitation/s3cr3t-t0ken/"


def house_work(minutes: float = 2) -> None:
    """What the worker does for the house, so many minutes from now."""
    while run_due():
        pass
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        house.mail_notices(clock.now())
        outgoing.send_due(clock.now())


def to_house() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(to_house=True).order_by("pk"))


def told(box: Mailbox, name: str) -> list[Any]:
    return [each for each in box.mails if name in str(each["To"])]


def test_several_notices_are_one_mail_without_a_word_of_the_case(cast: Cast, mailbox: Mailbox) -> None:
    case = in_work(cast)
    actions.add_message(case, body="Ainda nada?", actor=customer_of(case))
    house_work()
    (mail,) = told(mailbox, "rui@")
    text = mail.get_content()
    assert mail["Subject"] == "Casa de Ensaio: 2 notices for you"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"]
    assert f"http://localhost:8000/desk/cases/{case.number}/" in text
    for word in ("frigorífico", "Conceição", "Ainda nada", FORM["email"], case.subject):
        assert word not in text + str(mail["Subject"])
    house_work()
    assert len(told(mailbox, "rui@")) == 1
    assert not Notice.objects.filter(to_mail=True).exists()


def test_what_was_read_meanwhile_is_not_mailed(cast: Cast, mailbox: Mailbox) -> None:
    in_work(cast)
    while run_due():
        pass
    actions.read_all_notices(actor=cast.rui, up_to=Notice.objects.get().pk)
    house_work()
    assert told(mailbox, "rui@") == []


def test_off_means_no_mail(cast: Cast, mailbox: Mailbox) -> None:
    Person.objects.filter(pk=cast.person("rui").pk).update(notices="off")
    in_work(cast)
    house_work()
    assert to_house() == []


def test_without_a_server_notices_wait_and_come_in_one_mail(cast: Cast, settings: Any, mailbox: Mailbox) -> None:
    real, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.dummy.EmailBackend"
    in_work(cast)
    house_work()
    in_work(cast)
    house_work()
    assert to_house() == []
    settings.EMAIL_BACKEND = real
    house_work()
    (mail,) = told(mailbox, "rui@")
    assert "2 notices" in mail["Subject"]


def test_the_demo_shows_it_and_sends_nothing(cast: Cast, settings: Any, mailbox: Mailbox) -> None:
    settings.DESAGRAVO_DEMO = True
    in_work(cast)
    house_work()
    assert [mail.state for mail in to_house()] == ["shown"]
    assert mailbox.taken == []


def test_a_passing_refusal_is_tried_again_with_the_same_id(cast: Cast, mailbox: Mailbox) -> None:
    mailbox.to_rcpt = "451 later"
    post.mail("account_changed", to="rui@casa.example", values={"name": "Rui"})
    house_work(0)
    (mail,) = to_house()
    assert (mail.state, mail.attempts) == ("queued", 1)
    assert "451" in mail.note
    mailbox.to_rcpt = "250 OK"
    house_work(0.5)
    assert mailbox.taken == []  # not before its time
    house_work(2)
    assert [each["Message-ID"] for each in mailbox.mails] == [mail.message_id]
    assert to_house()[0].state == "sent"


@pytest.mark.parametrize(("drop", "answer", "state"), [(True, "250 OK", "uncertain"), (False, "550 no", "failed")])
def test_uncertain_and_failed_wait_for_a_person(
    cast: Cast, mailbox: Mailbox, drop: bool, answer: str, state: str
) -> None:
    mailbox.drop, mailbox.to_data = drop, answer
    post.mail("account_changed", to="rui@casa.example", values={"name": "Rui"})
    house_work(0)
    house_work(60)
    (mail,) = to_house()
    assert (mail.state, mail.attempts, mail.due_at) == (state, 1, None)
    mailbox.drop, mailbox.to_data = False, "250 OK"
    outgoing.send_again(mail, actor=cast.xavier)
    work()
    assert to_house()[0].state == "sent"
    assert mailbox.mails[-1]["Message-ID"] == mail.message_id


def test_what_a_crash_interrupted_is_uncertain(cast: Cast, mailbox: Mailbox) -> None:
    post.mail("account_changed", to="rui@casa.example", values={"name": "Rui"})
    OutgoingMail.objects.update(state="sending", attempted_at=clock.now())
    house_work(1)
    assert to_house()[0].state == "sending"
    house_work(3)
    assert to_house()[0].state == "uncertain"
    assert mailbox.taken == []


def test_a_secret_link_is_in_the_mail_and_nowhere_in_the_database(cast: Cast, mailbox: Mailbox) -> None:
    assert post.mail("invitation", to="novo@casa.example", language="en", values={"name": "Novo"}, link=LINK)
    (mail,) = to_house()
    assert "s3cr3t" not in " ".join(str(value) for value in OutgoingMail.objects.filter(pk=mail.pk).values_list().get())
    house_work(0)
    assert LINK in mailbox.mails[0].get_content()
    assert to_house()[0].secret == ""


def test_with_a_key_it_is_queued_once(cast: Cast, mailbox: Mailbox) -> None:
    for _turn in range(2):
        post.mail("checkpoint", to="a@example.org", values={"number": "12", "text": "abc"}, key="checkpoint 12")
    house_work(0)
    assert len(mailbox.taken) == 1


def test_it_stays_only_if_what_it_tells_of_stays(cast: Cast, mailbox: Mailbox) -> None:
    with transaction.atomic():
        post.mail("account_changed", to="rui@casa.example")
        transaction.set_rollback(True)
    assert to_house() == []


def test_a_letter_that_does_not_exist(cast: Cast) -> None:
    with pytest.raises(KeyError):
        post.mail("advertisement", to="rui@casa.example")


def test_a_customer_s_mail_is_untouched_by_the_house(cast: Cast, mailbox: Mailbox) -> None:
    in_work(cast)
    work()
    customer = OutgoingMail.objects.get(to_house=False)
    assert (customer.state, customer.due_at, customer.secret) == ("sent", None, "")


def test_a_forgotten_password_is_mailed_in_our_words_and_strangers_get_nothing(cast: Cast, mailbox: Mailbox) -> None:
    from django.test import Client

    for address in ("rui@casa.example", "stranger@example.org"):
        Client().post("/account/password/reset/", {"email": address})
    house_work(0)
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == ("rui@casa.example", "Casa de Ensaio: a new password")
    link = next(line for line in mail.get_content().splitlines() if "/account/password/reset/key/" in line)
    assert Client().get(link.removeprefix("http://localhost:8000"), follow=True).status_code == 200
