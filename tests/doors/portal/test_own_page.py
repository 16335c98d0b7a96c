"""Behind the private link: what the customer sees and does, and what nobody else sees."""

from __future__ import annotations

import html
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from desagravo.cases import actions
from desagravo.cases.models import Case, Document
from desagravo.common import clock, files
from desagravo.history.outbox import run_due
from tests.cast import MONDAY, Cast, answered, closed, days_later, filed, fresh, in_work, kinds
from tests.doors.portal.filling import PIXEL, customer_of, hidden, page_of, words

pytestmark = pytest.mark.django_db


def a_file(name: str = "foto.txt", content: bytes = b"uma fotografia") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_how_it_stands_in_both_languages(browser: Client, cast: Cast) -> None:
    case = in_work(cast)
    page = browser.get(page_of(case))
    said = words(page)
    assert f"Your complaint {case.number}" in said
    assert "We are looking into your complaint." in said
    assert "Rui Tavares" in said
    assert page.content.decode().count('aria-current="step"') == 1
    assert "Estamos a analisar a sua reclamação." in words(browser.get(page_of(case) + "?lang=pt-pt"))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_nothing_internal_is_on_the_page(browser: Client, cast: Cast) -> None:
    case = in_work(cast)
    actions.note(case, body="CANARY-NOTE", actor=cast.rui, kept=[actions.keep_bytes("CANARY-FILE.txt", b"x")])
    due = clock.now() + timedelta(days=3)
    question = actions.consult(case, questions=[actions.Question("finance", "CANARY-QUESTION", due)], actor=cast.rui)[0]
    actions.answer_consultation(question, answer="CANARY-REPLY", actor=cast.carla)
    actions.find(case, text="CANARY-FINDING", source="CANARY-SOURCE", actor=cast.rui)
    actions.save_draft(case, body="CANARY-DRAFT", based_on=0, actor=cast.rui)
    actions.follow_up(case, about="CANARY-FOLLOW-UP", due_at=due, actor=cast.rui)
    actions.overrule(case, outcome="major", reason="CANARY-REASON", actor=cast.marta)
    actions.write(fresh(case), body="We called the maker.", actor=cast.rui)
    text = browser.get(page_of(case)).content.decode()
    assert "We called the maker." in text
    assert "CANARY" not in text


def test_an_internal_file_or_paper_is_not_behind_the_link(browser: Client, cast: Cast) -> None:
    case = closed(cast)
    actions.note(case, body="n", actor=cast.rui, kept=[actions.keep_bytes("secret.txt", b"x")])
    actions.keep_document(case, kind="sign_off", subject=77, pdf=b"%PDF-x")
    hidden_file = case.attachments.get(name="secret.txt")
    sheet = Document.objects.get(subject=77)
    other = filed(key="another")
    theirs = actions.add_message(
        other, body="x", actor=customer_of(other), kept=[actions.keep_bytes("t.txt", b"t")]
    ).attachments.get()
    for address in (f"files/{hidden_file.pk}", f"documents/{sheet.pk}", f"files/{theirs.pk}", "documents/sign_off"):
        assert browser.get(page_of(case) + address).status_code == 404
    assert browser.get(page_of(other) + f"files/{theirs.pk}").status_code == 200


@pytest.mark.parametrize(
    "address", ["/track/nonsense/", "/track/{altered}/", "/track/{expired}/", "/track/{other}/files/999"]
)
def test_a_link_that_does_not_work_is_one_and_the_same_page(browser: Client, cast: Cast, address: str) -> None:
    case = filed()
    token = page_of(case).split("/")[2]
    altered = ("B" if token[0] == "A" else "A") + token[1:]
    expired = token
    if "expired" in address:
        Case.objects.filter(pk=case.pk).update(tracking_expires_at=clock.now())
    answer = browser.get(address.format(altered=altered, expired=expired, other=token))
    assert answer.status_code == 404
    assert "/new-link/" in answer.content.decode()
    plain = browser.get("/track/" + "x" * 43 + "/")
    assert answer.content == plain.content


def test_steps_behind_a_dead_link_are_the_same_page(browser: Client, cast: Cast) -> None:
    for step in ("message/", "reaction/", "withdrawal/", "missing/"):
        assert browser.post(f"/track/{'x' * 43}/{step}", {"body": "a"}).status_code == 404


def test_adding_words_and_files(browser: Client, cast: Cast) -> None:
    case = in_work(cast)
    answer = browser.post(page_of(case) + "message/", {"body": "Falta a fatura.", "files": [a_file()]})
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    assert "Falta a fatura." in words(page)
    assert "foto.txt" in words(page)
    assert fresh(case).customer_wrote_at is not None


def test_a_refused_message_keeps_words_and_files(browser: Client, cast: Cast) -> None:
    case = in_work(cast)
    address = page_of(case) + "message/"
    assert browser.post(address, {"body": " "}).status_code == 422
    big = SimpleUploadedFile("filme.mp4", b"\0" * (26 * 2**20))
    refused = browser.post(address, {"body": "Aqui está.", "files": [a_file(), big]})
    assert refused.status_code == 422
    assert "Aqui está." in words(refused)
    assert "filme.mp4" in words(refused)
    token = refused.content.decode().partition('id="message"')[2].partition('name="token" value="')[2].partition('"')[0]
    again = browser.post(address, {"body": "Aqui está.", "token": token, "kept": "1"})
    assert again.status_code == 303
    assert case.messages.get(kind="from_customer").attachments.get().name == "foto.txt"


def test_completing_what_is_missing(browser: Client, cast: Cast) -> None:
    case = filed(email=None, phone=None, postal_address=None, signature=None)
    assert case.status == "incomplete"
    assert "Add what is missing" in words(browser.get(page_of(case)))
    address = page_of(case) + "missing/"
    asked = browser.get(address).content.decode()
    assert 'name="email"' in asked
    assert 'name="occurred_on"' not in asked
    assert "Nothing was added" in words(browser.post(address, {}))
    refused = browser.post(address, {"email": "wrong", "signature_drawn": PIXEL})
    assert refused.status_code == 422
    assert "wrong" in html.unescape(refused.content.decode())
    assert hidden(refused, "signature_drawn") == PIXEL
    part = browser.post(address, {"email": "ines@example.org"})
    assert part.headers["Location"].endswith("?sent=added")
    assert "your signature" in words(browser.get(part.headers["Location"]))
    whole = browser.post(address, {"signature_drawn": PIXEL})
    assert whole.headers["Location"].endswith("?sent=completed")
    assert fresh(case).status == "received"
    assert browser.get(address).status_code == 303


def test_the_answer_is_read_and_settles_it(browser: Client, cast: Cast) -> None:
    case = answered(cast)
    page = browser.get(page_of(case))
    assert "Substituímos o aparelho." in words(page)
    assert "Does our answer settle the matter?" in words(page)
    answer = browser.post(page_of(case) + "reaction/", {"settled": "yes", "body": ""})
    assert "signs the closure" in words(browser.get(answer.headers["Location"]))
    assert fresh(case).customer_position == "accepted"
    assert "Does our answer settle" not in words(browser.get(page_of(case)))


def test_the_answer_does_not_settle_it(browser: Client, cast: Cast) -> None:
    case = answered(cast)
    address = page_of(case) + "reaction/"
    refused = browser.post(address, {"settled": "no", "body": " "})
    assert refused.status_code == 422
    assert 'value="no" checked' in refused.content.decode()
    assert browser.post(address, {"settled": "perhaps", "body": "Sei lá"}).status_code == 422
    answer = browser.post(address, {"settled": "no", "body": "Falta o valor da comida."})
    assert "We look into it again" in words(browser.get(answer.headers["Location"]))
    assert fresh(case).status == "in_work"
    late = browser.post(address, {"settled": "no", "body": "Mais uma vez."})
    assert late.status_code == 409
    assert "Mais uma vez." in words(late)


def test_withdrawing_is_asked_for_once_more(browser: Client, cast: Cast) -> None:
    case = in_work(cast)
    address = page_of(case) + "withdrawal/"
    assert browser.get(address).status_code == 200
    assert fresh(case).status == "in_work"
    answer = browser.post(address, {"reason": "Ficou resolvido."})
    assert "is withdrawn" in words(browser.get(answer.headers["Location"]))
    assert fresh(case).status == "withdrawn"
    assert browser.post(address, {}).status_code == 303


def test_a_step_from_another_site_is_not_taken(cast: Cast) -> None:
    case = answered(cast)
    strict = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "cross-site"})
    for step, data in (
        ("message/", {"body": "x"}),
        ("reaction/", {"settled": "yes"}),
        ("withdrawal/", {"reason": ""}),
    ):
        assert strict.post(page_of(case) + step, data).status_code != 303
    assert fresh(case).status == "answered"
    assert not case.messages.filter(kind="from_customer").exists()


def test_papers_are_prepared_and_then_there(browser: Client, cast: Cast) -> None:
    case = filed()
    page = browser.get(page_of(case))
    assert "it is being prepared" in words(page)
    waiting = browser.head(page_of(case) + "documents/receipt")
    assert waiting.status_code == 404
    assert waiting.headers["Retry-After"]
    actions.keep_document(case, kind="receipt", subject=case.forms.get().pk, pdf=b"%PDF-1.7 receipt")
    assert "it is being prepared" not in words(browser.get(page_of(case)))
    receipt = browser.get(page_of(case) + "documents/receipt")
    assert b"".join(receipt.streaming_content) == b"%PDF-1.7 receipt"  # type: ignore[attr-defined]
    assert receipt.headers["Content-Disposition"] == f'attachment; filename="{case.number}-receipt.pdf"'
    document = Document.objects.get()
    assert browser.get(page_of(case) + f"documents/{document.pk}").status_code == 200


def test_the_papers_of_the_whole_way(browser: Client, cast: Cast) -> None:
    case = answered(cast)
    while run_due():
        pass
    page = browser.get(page_of(case))
    assert "being prepared" not in words(page)
    assert "Our answer of" in words(page)
    letter = browser.get(page_of(case) + "documents/letter")
    assert b"".join(letter.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]


def test_an_answer_has_the_day_on_which_it_was_sent_not_the_day_of_its_paper(browser: Client, cast: Cast) -> None:
    with clock.at(MONDAY):
        case = answered(cast)
    with days_later(3):
        while run_due():
            pass
        said = words(browser.get(page_of(case)))
    assert "Our answer of Mon 2 March (PDF)" in said, said


def test_a_file_that_is_gone_is_said_to_be_gone(browser: Client, cast: Cast) -> None:
    case = filed()
    kept = actions.keep_bytes("foto.txt", b"x")
    actions.add_message(case, body="x", actor=customer_of(case), kept=[kept])
    files.discard(kept.stored)
    answer = browser.get(page_of(case) + f"files/{case.attachments.get().pk}")
    assert answer.status_code == 404
    assert "This file cannot be found at the moment." in words(answer)


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("nota.txt", "olá".encode(), True),
        ("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, True),
        ("página.html", b"<!doctype html><script>alert(1)</script>", False),
        ("imagem.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", False),
        ("fatura.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", False),
        ('a"b;\r\nX: y.exe', b"MZ\0\0", False),
    ],
)
def test_files_are_fenced_in(browser: Client, cast: Cast, name: str, content: bytes, shown: bool) -> None:
    case = filed()
    actions.add_message(case, body="x", actor=customer_of(case), kept=[actions.keep_bytes(name, content)])
    answer = browser.get(page_of(case) + f"files/{case.attachments.get().pk}")
    assert answer.headers["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "html" not in answer.headers["Content-Type"]
    assert "svg" not in answer.headers["Content-Type"]


@pytest.mark.usefixtures("remembered")
def test_the_number_of_queries_does_not_grow(browser: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    case = in_work(cast)
    actions.write(case, body="Uma palavra nossa.", actor=cast.rui)
    browser.get(page_of(case))
    with django_assert_max_num_queries(14) as few:
        browser.get(page_of(case))
    for n in range(12):
        actions.write(case, body=f"Nossa {n}", actor=cast.rui if n % 2 else cast.marta)
        kept = [actions.keep_bytes(f"{n}.txt", b"x")]
        actions.add_message(case, body=f"Minha {n}", actor=customer_of(case), kept=kept)
    with django_assert_max_num_queries(14) as many:
        page = browser.get(page_of(case))
    assert "Minha 11" in words(page)
    assert len(many) <= len(few) + 1  # the files of messages, once there are any


@pytest.mark.usefixtures("remembered")
def test_the_form_and_the_first_page_ask_the_database_next_to_nothing(
    browser: Client, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for address in ("/", "/complaint/", "/privacy/", "/new-link/"):
        browser.get(address)
        with django_assert_max_num_queries(1):
            assert browser.get(address).status_code == 200


def test_a_new_link_goes_to_the_address_on_record_and_the_reply_tells_nothing(browser: Client, cast: Cast) -> None:
    case = filed()
    before = page_of(case)
    wrong = browser.post("/new-link/", {"number": case.number, "email": "other@example.org"})
    unknown = browser.post("/new-link/", {"number": "1999-00001", "email": "ines@example.org"})
    assert browser.get(before).status_code == 200
    right = browser.post("/new-link/", {"number": f" {case.number} ", "email": "INES@example.org"})
    assert (wrong.status_code, wrong.headers["Location"]) == (303, "/new-link/?sent")
    for other in (unknown, right):
        assert (other.status_code, other.headers["Location"]) == (wrong.status_code, wrong.headers["Location"])
    assert [kinds(case).count(kind) for kind in ("tracking.sent_again", "tracking.renewed")] == [1, 0]
    assert browser.get(before).status_code == 200  # whoever knows number and address locks nobody out
    assert browser.post("/new-link/", {"number": "", "email": ""}).status_code == 422


def test_asking_for_a_link_takes_as_long_where_there_is_no_such_case(browser: Client, cast: Cast) -> None:
    began = monotonic()
    browser.post("/new-link/", {"number": "1999-00001", "email": "ines@example.org"})
    assert monotonic() - began >= 0.25


def test_the_template_pages_stand_in_portuguese_as_well(browser: Client, cast: Cast) -> None:
    for address in ("/", "/complaint/", "/privacy/", "/new-link/", "/new-link/?sent", "/track/x/"):
        page = browser.get(address, headers={"accept-language": "pt-PT"})
        assert page.headers["Content-Language"] == "pt-pt"
        assert 'lang="pt-PT"' in page.content.decode()
