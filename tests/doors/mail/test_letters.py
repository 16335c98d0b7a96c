"""Which mails customers get, and whether a company would send them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.channels.mail.letters import FOLLOWING, LINK, without_gaps
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.history import registry
from desagravo.rulebook import queries as rulebook
from tests.cast import PASSWORD, Cast, answered, closed, filed, fresh, in_work, section
from tests.doors.mail.conftest import Mailbox, mail, work

HOSTILE_NAME = "Visit http://evil.example NOW\r\nBcc: victim@example.org"


def letters() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("letter", flat=True))


def test_every_letter_exists_and_every_event_too() -> None:
    codes = {letter.code for letter in rulebook.letter_templates("en")}
    assert set(FOLLOWING.values()) | {"closing_resolved"} <= codes
    assert set(FOLLOWING) <= set(registry.kinds())


def test_the_acknowledgement_carries_nothing_that_the_sender_wrote(cast: Cast, mailbox: Mailbox) -> None:
    case = filed(complainant_name=HOSTILE_NAME, description="CANARY " * 50, product="CANARY", order_number="CANARY")
    work()
    [message] = mailbox.mails
    text = message.get_content()
    assert "CANARY" not in text and "evil" not in text and "Inês" not in text
    assert message["To"] == "ines@example.org" and message["Bcc"] is None
    assert message["Subject"] == f"Recebemos a sua reclamação {case.number}"
    assert cases.tracking_url(case) in text.splitlines()
    assert "{" not in text
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("pt-PT", "auto-generated")
    assert message["From"] == "Casa de Ensaio <reclamacoes@casa.example>"


def test_an_incomplete_form_is_acknowledged_with_what_is_missing(cast: Cast, mailbox: Mailbox) -> None:
    filed(language="en", occurred_on=None, signature=None, complainant_name=HOSTILE_NAME)
    work()
    [message] = mailbox.mails
    text = message.get_content()
    assert "– the date on which it happened" in text and "– your signature" in text
    assert "evil" not in text
    assert message["Subject"].startswith("We have received your complaint")


def test_the_source_is_fit_for_any_mail_server(cast: Cast, mailbox: Mailbox) -> None:
    filed(key="a")
    work()
    [source] = mailbox.taken
    assert source.isascii()
    assert all(len(line) <= 78 for line in source.split(b"\r\n"))
    assert b"\n" not in source.replace(b"\r\n", b"") and b"\r" not in source.replace(b"\r\n", b"")
    assert b"Content-Transfer-Encoding: quoted-printable" in source
    assert b"multipart" not in source


def test_the_way_of_a_minor_case_by_mail(cast: Cast, mailbox: Mailbox) -> None:
    case = in_work(cast)
    actions.write(case, body="INTERNAL? No, but it stays behind the link.", actor=cast.rui)
    case = fresh(case)
    actions.note(case, body="INTERNAL-CANARY", actor=cast.rui)
    work()
    assert letters() == ["acknowledgement", "message_waiting"]
    assert not any("INTERNAL" in each.get_content() for each in mailbox.mails)


def test_the_answer_is_announced_and_its_text_stays_behind_the_link(cast: Cast, mailbox: Mailbox) -> None:
    case = answered(cast)
    work()
    ready = mailbox.mails[-1]
    assert letters() == ["acknowledgement", "answer_ready"]
    assert "Substituímos" not in ready.get_content()
    assert cases.tracking_url(case) in ready.get_content()


def test_the_thanks_at_the_end_are_personal(cast: Cast, mailbox: Mailbox) -> None:
    closed(cast)
    work()
    thanks = mailbox.mails[-1]
    assert letters()[-1] == "closing_thanks"
    assert thanks.get_content().startswith("Exmo.(a) Senhor(a) Inês Conceição,")
    assert "Rui Tavares" in thanks.get_content()
    assert thanks["Auto-Submitted"] is None


def test_only_what_the_customer_calls_resolved_is_called_resolved(cast: Cast, mailbox: Mailbox) -> None:
    case = answered(cast)
    actions.react(case, settled=True, actor=Actor("customer", case.number))
    actions.sign_off(fresh(case), section=section(), password=PASSWORD, actor=cast.sofia)
    work()
    assert letters()[-1] == "closing_resolved"


def test_while_something_promised_is_awaited_nothing_is_called_resolved(cast: Cast, mailbox: Mailbox) -> None:
    case = answered(cast)
    actions.react(case, settled=True, actor=Actor("customer", case.number))
    actions.sign_off(fresh(case), section=section(remedy_delivered="no"), password=PASSWORD, actor=cast.sofia)
    work()
    assert letters()[-1] == "closing_thanks"


@pytest.mark.parametrize("name", ["http://evil.example", "a@b.example", "x" * 90, "www.evil.example"])
def test_a_name_that_is_none_is_not_repeated(cast: Cast, mailbox: Mailbox, name: str) -> None:
    closed(cast, complainant_name=name, language="en")
    work()
    assert mailbox.mails[-1].get_content().splitlines()[0] == "Dear Sir or Madam,"


def test_a_withdrawal_is_confirmed_and_its_closure_sends_no_second_thanks(cast: Cast, mailbox: Mailbox) -> None:
    case = in_work(cast)
    actions.withdraw(case, actor=Actor("customer", case.number))
    codes = {"outcome": ["withdrawn"], "relief": ["none"], "customer_position": ["unknown"], "cause": ["unknown"]}
    axes = {axis.code: {code.code for code in axis.codes} for axis in rulebook.closing_codes("en")}
    codes = {axis: [c for c in codes[axis] if c in axes[axis]] or [min(axes[axis])] for axis in axes}
    try:
        actions.sign_off(fresh(case), section=section(codes=codes), password=PASSWORD, actor=cast.sofia)
    finally:
        work()
    assert fresh(case).status == "closed"
    assert letters() == ["acknowledgement", "withdrawal_confirmed"]


def test_a_new_link_is_mailed_and_works(cast: Cast, mailbox: Mailbox) -> None:
    case = filed()
    assert actions.ask_for_link(email="INES@example.org", number=case.number)
    work()
    text = mailbox.mails[-1].get_content()
    [link] = [line for line in text.splitlines() if line.startswith("http")]
    assert cases.case_behind(link.rstrip("/").rpartition("/")[2])[0].pk == case.pk
    assert "{" not in text


def test_without_an_address_nothing_is_written(cast: Cast, mailbox: Mailbox) -> None:
    filed(email=None)
    work()
    assert letters() == [] and mailbox.taken == []


def test_one_acknowledgement_a_day_for_an_address_that_nobody_verified(cast: Cast, mailbox: Mailbox) -> None:
    for number in range(5):
        filed(key=f"k{number}", email="Victim@Example.org" if number % 2 else "victim@example.org")
    work()
    assert len(mailbox.taken) == 1
    states = OutgoingMail.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["sent", "held", "held", "held", "held"]


def test_no_act_of_a_customer_mails_an_address_more_than_once_a_day(cast: Cast, mailbox: Mailbox) -> None:
    cases_of_a_stranger = [filed(key=f"k{n}", email="victim@example.org", complainant_name=f"N{n}") for n in range(4)]
    for case in cases_of_a_stranger:
        assert actions.ask_for_link(email="victim@example.org", number=case.number)
        actions.withdraw(case, actor=Actor("customer", case.number))
    work()
    states = list(OutgoingMail.objects.order_by("pk").values_list("letter", "state"))
    for letter in ("acknowledgement", "tracking_link_again", "withdrawal_confirmed"):
        assert sorted(state for code, state in states if code == letter) == ["held"] * 3 + ["sent"], letter
    assert len(mailbox.taken) == 3
    with clock.at(clock.now() + timedelta(hours=25)):
        actions.ask_for_link(email="victim@example.org", number=case.number)
        work()
        assert len(mailbox.taken) == 4


def test_what_the_house_does_is_mailed_each_time(cast: Cast, mailbox: Mailbox) -> None:
    case = filed()
    for _ in range(2):
        actions.send_tracking_again(fresh(case), actor=cast.rui)
        actions.renew_tracking(fresh(case), actor=cast.rui)
    work()
    assert letters().count("tracking_link_again") == letters().count("tracking_link") == 2
    assert len(mailbox.taken) == 5


def test_what_an_employee_took_down_is_acknowledged_each_time(cast: Cast, mailbox: Mailbox) -> None:
    for number in range(2):
        complaint = actions.read_complaint(
            {"description": "Telefonou.", "email": "ines@example.org"}, today=date(2026, 3, 2)
        )
        actions.receive(complaint, key=f"p{number}", actor=cast.ines, channel="phone", language="pt-pt")
    work()
    assert len(mailbox.taken) == 2


def test_the_database_holds_no_link(cast: Cast, mailbox: Mailbox) -> None:
    case = filed()
    work()
    stored = mail()
    assert cases.tracking_url(case) not in stored.body
    assert LINK in stored.body


@pytest.mark.parametrize("language", ["en", "pt-pt", "pt-br", "es"])
def test_no_mail_has_a_gap_where_the_house_has_no_telephone(cast: Cast, settings: Any, language: str) -> None:
    from desagravo.departments import actions as departments

    departments.establish_organisation("Casa & Filhos, Lda. “A Melhor”", phone="", email="apoio@casa.example")
    settings.DESAGRAVO_DEMO = True
    case = closed(cast, language=language)
    filed(language=language, occurred_on=None, email="other@example.org", key="other")
    actions.renew_tracking(case, actor=cast.rui)
    work()
    bodies = list(OutgoingMail.objects.values_list("body", flat=True))
    assert len(bodies) == 5
    assert not any("{" in body or "telefone-nos" in body or "call us" in body for body in bodies)


def test_gaps_take_their_sentence_with_them() -> None:
    text = "We wrote. Please call us on {organisation_phone}. Thank you.\n\n{organisation_phone}\nCasa\n"
    assert without_gaps(text) == "We wrote. Thank you.\n\nCasa\n"


def test_a_moved_date_is_told_in_person(cast: Cast, mailbox: Mailbox) -> None:
    case = in_work(cast)
    later = cases.promised(case) + timedelta(days=7)
    actions.move_answer_date(case, to=later, reason="Falta o relatório da oficina.", actor=cast.rui)
    work()
    sent = next(each for each in mailbox.mails if "resposta até" in str(each["Subject"]))
    text = sent.get_content()
    assert "Inês Conceição" in text
    assert "Rui Tavares" in text
    assert "oficina" not in text
    assert cases.letter_values(fresh(case))["answer_by"] in text
    assert sent["Auto-Submitted"] is None
