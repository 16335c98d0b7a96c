"""What became of a mail: sent once, tried again, given up, or uncertain, never silently twice."""

from __future__ import annotations

from typing import Any

import pytest

from desagravo.cases.models import Case
from desagravo.channels.mail import outgoing
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common.refusals import NotNow
from desagravo.history.models import Delivery
from desagravo.history.verify import verify
from tests.cast import Cast, filed, kinds
from tests.doors.mail.conftest import Mailbox, mail, work, work_later


def test_an_accepted_mail_is_sent_once_and_noted(cast: Cast, mailbox: Mailbox) -> None:
    case = filed()
    work()
    assert (mail().state, mail().attempts) == ("sent", 1)
    assert kinds(case).count("letter.delivered") == 1
    Delivery.objects.filter(subscriber="mail.customer").update(state="waiting", due_at=mail().created_at, ended_at=None)
    work()
    assert len(mailbox.taken) == 1
    assert verify().ok


@pytest.mark.parametrize("stage", ["to_mail", "to_rcpt", "to_data"])
def test_a_passing_refusal_is_tried_again_with_the_same_id(cast: Cast, mailbox: Mailbox, stage: str) -> None:
    case = filed()
    setattr(mailbox, stage, "451 Greylisted, try later")
    work()
    assert (mail().state, mailbox.taken) == ("queued", [])
    assert "451" in mail().note
    before = mail().message_id
    setattr(mailbox, stage, "250 OK")
    work_later(0.1)
    assert (mail().state, mail().attempts) == ("sent", 2)
    assert mailbox.mails[0]["Message-ID"] == before
    assert kinds(case).count("letter.delivered") == 1


@pytest.mark.parametrize("stage", ["to_rcpt", "to_data"])
def test_a_final_refusal_brings_the_case_to_its_owner(cast: Cast, mailbox: Mailbox, stage: str) -> None:
    case = filed()
    setattr(mailbox, stage, "550 No such mailbox")
    work()
    assert mail().state == "failed"
    assert "550 No such mailbox" in mail().note
    assert "letter.undeliverable" in kinds(case)
    assert "550 No such mailbox" in Case.objects.get(pk=case.pk).follow_ups.get().about
    work_later(3)
    assert mail().attempts == 1


def test_a_refused_sender_is_ours_to_mend_and_costs_no_case(cast: Cast, mailbox: Mailbox) -> None:
    case = filed()
    mailbox.to_mail = "550 Sender not allowed"
    work()
    assert mail().state == "queued"
    assert "letter.undeliverable" not in kinds(case)


def test_taken_and_then_silence_is_uncertain_and_never_sent_again_by_itself(cast: Cast, mailbox: Mailbox) -> None:
    filed()
    mailbox.drop = True
    work()
    assert mail().state == "uncertain"
    mailbox.drop = False
    work_later(3)
    assert len(mailbox.taken) == 1


def test_a_server_that_is_down_is_waited_for_two_days(cast: Cast, mailbox: Mailbox, settings: Any) -> None:
    case = filed()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    work()
    assert (mail().state, mail().attempts) == ("queued", 1)
    settings.EMAIL_PORT = port
    work_later(0.1)
    assert mail().state == "sent"
    assert "letter.undeliverable" not in kinds(case)


def test_after_two_days_a_person_gets_it(cast: Cast, mailbox: Mailbox, settings: Any) -> None:
    case = filed()
    settings.EMAIL_PORT = 1
    work()
    Delivery.objects.filter(subscriber="mail.customer").update(attempts=outgoing.ATTEMPTS - 1)
    work_later(3)
    assert mail().state == "failed"
    assert "letter.undeliverable" in kinds(case)


def test_the_patience_is_two_days() -> None:
    from desagravo.history.outbox import back_off

    hours = sum(back_off(n, outgoing.FIRST_WAIT) for n in range(1, outgoing.ATTEMPTS)) / 3600
    assert 47 <= hours <= 49


def test_no_mail_server_at_all(cast: Cast, settings: Any) -> None:
    filed()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    work()
    assert mail().state == "queued"
    assert "DESAGRAVO_SMTP_URL" in mail().note


def test_a_mail_that_was_interrupted_while_sending_is_uncertain(cast: Cast, mailbox: Mailbox) -> None:
    """What the next worker finds after a crash between handing over and noting it."""
    filed()
    work()
    OutgoingMail.objects.update(state="sending")
    outgoing.send(mail(), last_attempt=False)
    assert mail().state == "uncertain"
    assert len(mailbox.taken) == 1


def test_a_person_may_send_it_again_with_the_same_id(cast: Cast, mailbox: Mailbox) -> None:
    case = filed()
    mailbox.drop = True
    work()
    mailbox.drop = False
    outgoing.send_again(mail(), actor=cast.sofia)
    work()
    assert mail().state == "sent"
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert "mail.asked_again" in kinds(case)
    with pytest.raises(NotNow):
        outgoing.send_again(mail(), actor=cast.sofia)
    assert verify().ok


@pytest.mark.parametrize("address", ['"a b"@example.org', "ines@exämple.org", "i'ñ@example.org"])
def test_unusual_addresses_never_block_the_queue(cast: Cast, mailbox: Mailbox, address: str) -> None:
    from desagravo.customers.models import Customer

    case = filed()
    Customer.objects.filter(pk=case.customer_id).update(email=address)
    filed(key="next", email="next@example.org")
    work()
    states = dict(OutgoingMail.objects.values_list("to_address", "state"))
    assert states.pop("next@example.org") == "sent"
    assert set(states.values()) <= {"sent", "failed"}


def test_the_demo_sends_nothing(cast: Cast, mailbox: Mailbox, settings: Any) -> None:
    settings.DESAGRAVO_DEMO = True
    case = filed()
    work()
    assert (mail().state, mailbox.taken) == ("shown", [])
    assert "letter.delivered" not in kinds(case)
