"""The page of outgoing mail: who sees what, and the way on for a mail that did not arrive."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from django.test import Client

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.actions import look as looking
from desagravo.cases.models import Look
from desagravo.channels.mail.models import OutgoingMail
from tests.cast import PEOPLE, Cast, filed, fresh
from tests.doors.mail.conftest import Mailbox, mail, work

PAGES = ["/outgoing-mail/", "/outgoing-mail/{key}/", "/outgoing-mail/{key}/source/"]


def signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.person(who), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def sent(cast: Cast, mailbox: Mailbox) -> OutgoingMail:
    filed()
    work()
    return mail()


@pytest.mark.parametrize("page", PAGES)
def test_strangers_sign_in_first(sent: OutgoingMail, page: str) -> None:
    answer = Client().get(page.format(key=sent.pk))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize("who", PEOPLE)
def test_who_sees_mails_and_their_words(cast: Cast, sent: OutgoingMail, who: str) -> None:
    statuses = [signed_in(cast, who).get(page.format(key=sent.pk)).status_code for page in PAGES]
    expected = {"sofia": [200, 200, 200], "marta": [200, 200, 200], "dora": [200, 200, 200], "xavier": [200, 200, 404]}
    assert statuses == expected.get(who, [403, 403, 403])


def test_who_may_not_see_the_case_sees_neither_address_nor_words(cast: Cast, sent: OutgoingMail) -> None:
    for page in PAGES[:2]:
        content = signed_in(cast, "xavier").get(page.format(key=sent.pk)).content.decode()
        assert "ines@example.org" not in content
        assert "i…@example.org" in content
        assert "Guarde esta ligação" not in content


def test_what_the_mail_server_said_tells_no_address_either(cast: Cast, sent: OutgoingMail) -> None:
    OutgoingMail.objects.update(state="failed", note="550 5.1.1 <INES@example.org>: no such user ines (ines@x.example)")
    path = PAGES[1].format(key=sent.pk)
    content = signed_in(cast, "xavier").get(path).content.decode()
    assert "5.1.1" in content and "ines" not in content.casefold().replace("i…", "")
    assert "INES@example.org" in signed_in(cast, "marta").get(path).content.decode()


def test_who_reads_the_words_of_a_mail_has_looked_at_its_case(cast: Cast, sent: OutgoingMail) -> None:
    for who in ("xavier", "marta", "dora"):
        for page in PAGES:
            signed_in(cast, who).get(page.format(key=sent.pk))
    looks = Look.objects.order_by("pk").values_list("case_number", "what", "about", "actor_id")
    about = f"mail {sent.pk}"
    assert list(looks) == [(sent.case_number, "read", about, cast.actor(who).id) for who in ("marta", "dora")]
    looking.__globals__["_seen"].clear()
    Look.objects.all().delete()
    signed_in(cast, "marta").get(PAGES[2].format(key=sent.pk))
    assert Look.objects.get().about == about


def test_a_supervisor_sees_the_mails_of_the_own_team(cast: Cast, sent: OutgoingMail) -> None:
    case = actions.assess(cases.case_for(cast.marta, sent.case_number), answers={"law": "no"}, actor=cast.marta)
    actions.assign(case, to=cast.otto.id, actor=cast.marta)
    assert signed_in(cast, "sofia").get(f"/outgoing-mail/{sent.pk}/").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_private_link_is_the_customer_s_alone(cast: Cast, sent: OutgoingMail, page: str) -> None:
    link = cases.tracking_url(cases.case_for(cast.marta, sent.case_number))
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in signed_in(cast, "marta").get(page.format(key=sent.pk)).content.decode()


@pytest.mark.parametrize("who", ["carla", "rui", "xavier"])
def test_in_the_demo_everybody_sees_each_mail_as_the_customer_would(
    cast: Cast, mailbox: Mailbox, settings: Any, who: str
) -> None:
    settings.DESAGRAVO_DEMO = True
    case = filed()
    work()
    client = signed_in(cast, who)
    page = client.get(f"/outgoing-mail/{mail().pk}/").content.decode()
    assert cases.tracking_url(case) in page
    assert "Auto-Submitted" in page
    source = client.get(f"/outgoing-mail/{mail().pk}/source/")
    assert source.headers["Content-Disposition"].startswith("attachment")
    message = message_from_bytes(source.content, policy=SMTP)
    assert cases.tracking_url(case) in message.get_content()  # type: ignore[attr-defined]
    assert "Send again" not in page


def test_what_failed_stands_above_and_is_sent_again(cast: Cast, mailbox: Mailbox) -> None:
    filed()
    mailbox.to_rcpt = "550 No such mailbox"
    work()
    client = signed_in(cast, "sofia")
    assert "These need somebody" in client.get("/outgoing-mail/").content.decode()
    page = client.get(f"/outgoing-mail/{mail().pk}/").content.decode()
    assert "550 No such mailbox" in page
    mailbox.to_rcpt = "250 OK"
    answer = client.post(f"/outgoing-mail/{mail().pk}/sending/")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/outgoing-mail/{mail().pk}/")
    work()
    assert mail().state == "sent"
    again = client.post(f"/outgoing-mail/{mail().pk}/sending/")
    assert again.status_code == 409
    assert "not waiting" in again.content.decode()


def test_looking_changes_nothing(cast: Cast, mailbox: Mailbox) -> None:
    filed()
    mailbox.to_rcpt = "550 No such mailbox"
    work()
    assert signed_in(cast, "sofia").get(f"/outgoing-mail/{mail().pk}/sending/").status_code == 405
    assert mail().state == "failed"


@pytest.mark.parametrize(("who", "status"), [("dora", 403), ("rui", 403), ("xavier", 303)])
def test_who_may_send_again(cast: Cast, mailbox: Mailbox, who: str, status: int) -> None:
    filed()
    mailbox.to_rcpt = "550 No such mailbox"
    work()
    assert signed_in(cast, who).post(f"/outgoing-mail/{mail().pk}/sending/").status_code == status


def test_a_long_list_has_pages_and_a_few_questions(
    cast: Cast, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.DESAGRAVO_DEMO = True
    for number in range(52):
        filed(key=f"k{number}", email=f"c{number}@example.org")
    for _ in range(2):
        work()
    client = signed_in(cast, "marta")
    with django_assert_max_num_queries(12):
        first = client.get("/outgoing-mail/").content.decode()
    assert "c51@example.org" in first and "c1@example.org" not in first
    older = client.get(f"/outgoing-mail/?before={OutgoingMail.objects.order_by('pk')[2].pk}").content.decode()
    assert "c1@example.org" in older and "c51@example.org" not in older
    assert client.get("/outgoing-mail/?before=x%00").status_code == 200
    assert client.get("/outgoing-mail/?before=" + "9" * 40).status_code == 200


def test_an_address_that_no_header_carries_is_shown_and_breaks_no_page(cast: Cast, mailbox: Mailbox) -> None:
    from desagravo.customers.models import Customer

    case = filed()
    Customer.objects.filter(pk=fresh(case).customer_id).update(email="a@b@<script>alert(1)</script>")
    work()
    assert mail().state == "failed"
    client = signed_in(cast, "marta")
    for page in PAGES[:2]:
        content = client.get(page.format(key=mail().pk)).content.decode()
        assert "<script>alert" not in content
    assert client.get(PAGES[2].format(key=mail().pk)).status_code == 404
