"""The end of a case: the customer's word, the signature, opening again, the history and the papers."""

from __future__ import annotations

import re
from typing import Any

import pytest

from desagravo.cases import actions
from desagravo.cases.actions import Question
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.desk.standing import rule_in_words
from desagravo.history.outbox import run_due
from desagravo.rulebook.calendar import due_after
from tests.cast import PASSWORD, SAFETY, Cast, answered, closed, fresh, in_work, kinds
from tests.doors.desk.conftest import Desk
from tests.doors.desk.test_case import page

SIGNED: dict[str, Any] = {
    "outcome": "upheld",
    "relief": "non_monetary",
    "customer_position": "accepted",
    "cause": ["product_fault", "supplier"],
    "remedy_delivered": "yes",
    "remedies": ["replace"],
    "detail_reason": "Twice the same failure.",
    "detail_evidence": "Report Q-118",
    "lesson": "Batch B7 fails.",
    "password": PASSWORD,
}

WITH_WAYS = """Exma. Senhora,

Se não concordar, pode pedir-nos que reapreciemos o assunto. Pode também recorrer a um centro de arbitragem de consumo.
"""
"""A text that names the way back to us and the one outside, as every answer must that does not grant everything."""


def test_the_customer_s_word_is_recorded_and_brings_the_case_back(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    rui, path = desk("rui"), page(case.number, "reaction/")
    assert rui.post(path, {"settled": "no", "body": ""}).status_code == 422
    assert rui.post(path, {"settled": "no", "body": "It still does not cool.", "channel": "phone"}).status_code == 303
    assert fresh(case).status == "in_work"


def test_settled_is_recorded(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    assert desk("rui").post(page(case.number, "reaction/"), {"settled": "yes"}).status_code == 303
    assert fresh(case).customer_position == "accepted"
    assert "the customer says that it is settled" in desk("rui").get(page(case.number)).content.decode()


def test_withdrawal_at_the_customer_s_request_needs_its_reason(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    path = page(case.number, "withdrawal/")
    assert desk("rui").post(path, {"reason": ""}).status_code == 422
    assert desk("rui").post(path, {"reason": "She called on Monday."}).status_code == 303
    assert fresh(case).status == "withdrawn"


def test_the_form_as_filed_stands_beside_the_closing_section(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    html = desk("sofia").get(page(case.number, "closure/")).content.decode()
    assert "The original form, as it was filed" in html
    assert "O frigorífico deixou de arrefecer ao segundo dia." in html
    assert "Substituímos o aparelho." in html
    assert "The complaint was found right in all its points." in html
    assert "Sofia Antunes" in html
    assert "supervisor" in html
    for axis in ("outcome", "relief", "customer_position", "cause"):
        assert f'name="{axis}"' in html


def test_signing_closes(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    sofia, path = desk("sofia"), page(case.number, "closure/")
    assert sofia.post(path, SIGNED).status_code == 303
    case = fresh(case)
    assert case.status == "closed"
    assert case.sign_offs.get().codes["cause"] == ["product_fault", "supplier"]
    html = sofia.get(path).content.decode()
    assert "The sealed sheet is being made" in html
    sheet = page(case.number, "closure/sheet/1/")
    assert f'data-wait-url="{sheet}"' in html
    assert sofia.head(sheet).status_code == 404
    while run_due():
        pass
    assert sofia.head(sheet).status_code == 200
    made = sofia.get(sheet)
    assert b"".join(made.streaming_content).startswith(b"%PDF")
    assert made.headers["Content-Disposition"] == f'attachment; filename="{case.number}-closing-1.pdf"'
    assert "The sealed sheet (PDF)" in sofia.get(path).content.decode()


def test_everything_missing_is_said_beside_its_field_and_ticks_are_kept(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    said = {
        "outcome": "upheld",
        "relief": "monetary",
        "cause": ["carrier"],
        "amount": "much",
        "lesson": "Kept lesson",
        "password": "wrong",
    }
    response = desk("sofia").post(page(case.number, "closure/"), said)
    html = response.content.decode()
    assert response.status_code == 422
    assert re.search(r'value="upheld" checked', html)
    assert re.search(r'value="carrier" checked', html)
    assert 'value="much"' in html
    assert "Kept lesson</textarea>" in html
    assert 'id="f_amount_error"' in html
    assert 'id="customer_position_error"' in html
    assert 'href="#f_customer_position_1"' in html
    assert "The password is not right. Nothing was signed." in html
    assert "value=" not in re.findall(r'<input id="f_password"[^>]*>', html)[0]
    assert fresh(case).status == "answered"


def test_the_password_is_never_sent_back(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    html = desk("sofia").post(page(case.number, "closure/"), {"password": PASSWORD}).content.decode()
    assert PASSWORD not in html


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1250", "1250.00"),
        ("2.500", "2500.00"),
        ("1.250,50", "1250.50"),
        ("1,250.50 €", "1250.50"),
        ("49,9", "49.90"),
    ],
)
def test_amounts_are_read_as_people_type_them(cast: Cast, desk: Desk, typed: str, kept: str) -> None:
    case = answered(cast)
    said = {**SIGNED, "relief": "monetary", "amount": typed, "currency": "EUR"}
    assert desk("sofia").post(page(case.number, "closure/"), said).status_code == 303
    assert str(case.sign_offs.get().amount) == kept


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": "999999999999.999", "currency": "EUR"}, "amount"),
        ({"amount": "1.2345", "currency": "EUR"}, "amount"),
        ({"amount": "much", "currency": "EUR"}, "amount"),
        ({"amount": "5", "currency": "EURO"}, "currency"),
        ({"amount": "5"}, "currency"),
    ],
)
def test_money_that_cannot_be_kept_is_said_beside_its_field(
    cast: Cast, desk: Desk, said: dict[str, str], field: str
) -> None:
    case = answered(cast)
    response = desk("sofia").post(page(case.number, "closure/"), {**SIGNED, **said})
    assert response.status_code == 422
    assert f'id="f_{field}_error"' in response.content.decode()
    assert fresh(case).status == "answered"


def test_a_case_of_before_that_was_opened_again_shows_its_signature(cast: Cast, desk: Desk) -> None:
    case = closed(cast)
    Case.objects.filter(pk=case.pk).update(closed_before=True)
    html = desk("sofia").get(page(case.number)).content.decode()
    assert "Closed and signed by Sofia Antunes" in html
    assert "not signed here" not in html


def test_an_open_question_is_named_and_nothing_closes(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    question = Question("finance", "Was it paid back?", due_after(clock.now(), 2))
    asked = actions.consult(case, questions=[question], actor=cast.rui)[0]
    sofia, path = desk("sofia"), page(case.number, "closure/")
    assert f"#q{asked.pk}" in sofia.get(path).content.decode()
    response = sofia.post(path, SIGNED)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Finance still has an open question" in html
    assert 'value="supplier" checked' in html
    assert fresh(case).status == "answered"


def test_a_major_case_is_signed_by_a_manager_who_did_not_write_the_answer(cast: Cast, desk: Desk) -> None:
    case = answered(cast, answers=SAFETY)
    path = page(case.number, "closure/")
    assert desk("sofia").get(path).status_code == 409
    assert desk("sofia").post(path, SIGNED).status_code in {403, 409}
    assert fresh(case).status == "answered"
    without = desk("marta").post(path, {**SIGNED, "lesson": ""})
    assert without.status_code == 422
    assert 'id="f_lesson_error"' in without.content.decode()
    assert desk("marta").post(path, SIGNED).status_code == 303
    assert fresh(case).status == "closed"


def test_a_handler_finds_no_way_to_sign(cast: Cast, desk: Desk) -> None:
    case = answered(cast)
    rui = desk("rui")
    assert "Sign the closure" not in rui.get(page(case.number)).content.decode()
    assert rui.get(page(case.number, "closure/")).status_code == 409
    assert rui.post(page(case.number, "closure/"), SIGNED).status_code == 403


def test_reopening_keeps_what_was_signed(cast: Cast, desk: Desk) -> None:
    case = closed(cast)
    sofia, path = desk("sofia"), page(case.number, "reopening/")
    assert sofia.post(path, {"reason": ""}).status_code == 422
    assert sofia.post(path, {"reason": "It broke again."}).status_code == 303
    assert fresh(case).status == "in_work"
    assert case.sign_offs.count() == 1
    assert desk("rui").post(path, {"reason": "x"}).status_code in {403, 409}


def test_the_history_is_numbered_sentences_with_rule_and_fingerprint(cast: Cast, desk: Desk) -> None:
    case = closed(cast)
    html = desk("dora").get(page(case.number, "history/")).content.decode()
    assert len(re.findall(r"<tr><td", html)) == len(kinds(case))
    assert "Sofia Antunes" in html
    assert html.count(rule_in_words(case.rule)) == 1, "a reason that the sentence has said is not said again"
    assert re.search(r"<code>[0-9a-f]{12}</code>", html)


def test_the_history_speaks_the_reader_s_language(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui, path = desk("rui"), page(case.number, "history/")
    assert "The complaint was received" in rui.get(path).content.decode()
    other = rui.get(path + "?lang=pt-pt")
    assert other.headers["Content-Language"] == "pt-pt"
    assert "The complaint was received" not in other.content.decode()


def file_of(case: Any, name: str, content: bytes) -> int:
    kept = [actions.keep_bytes(name, content)]
    message = actions.add_message(case, body="See this.", actor=Actor("customer", case.number), kept=kept)
    return int(message.attachments.get().pk)


@pytest.mark.parametrize(
    ("name", "content", "shown", "media_type"),
    [
        ("notes.txt", b"plain words", "inline", "text/plain; charset=utf-8"),
        ("page.html", b"<html><script>alert(1)</script>", "attachment", "application/octet-stream"),
        (
            "drawing.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>',
            "attachment",
            "application/octet-stream",
        ),
        ("run.exe", b"MZ\x00\x00", "attachment", "application/octet-stream"),
        ("fatura nº 7.pdf", b"%PDF-1.7 x", "attachment", "application/pdf"),
    ],
)
def test_files_are_offered_safely(
    cast: Cast, desk: Desk, name: str, content: bytes, shown: str, media_type: str
) -> None:
    case = in_work(cast)
    key = file_of(case, name, content)
    response = desk("rui").get(page(case.number, f"files/{key}/"))
    assert b"".join(response.streaming_content) == content
    assert response.headers["Content-Disposition"].startswith(shown)
    assert response.headers["Content-Type"] == media_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_a_file_of_a_case_that_is_not_theirs_is_not_found(cast: Cast, desk: Desk) -> None:
    case, other = in_work(cast), in_work(cast)
    key = file_of(case, "x.txt", b"words")
    assert desk("otto").get(page(case.number, f"files/{key}/")).status_code == 404
    assert desk("rui").get(page(other.number, f"files/{key}/")).status_code == 404
    assert desk("rui").get(page(case.number, "files/999999/")).status_code == 404


def test_documents_are_offered(cast: Cast, desk: Desk) -> None:
    case = closed(cast)
    while run_due():
        pass
    sheet = case.documents.get(kind="sign_off")
    response = desk("dora").get(page(case.number, f"documents/{sheet.pk}/"))
    assert response.headers["Content-Type"] == "application/pdf"
    assert f"{case.number}-closing.pdf" in response.headers["Content-Disposition"]
    assert desk("otto").get(page(case.number, f"documents/{sheet.pk}/")).status_code == 404


@pytest.mark.parametrize(
    ("decisions", "outcome"),
    [
        (["upheld", "upheld"], "upheld"),
        (["upheld", "not_upheld"], "partly_upheld"),
        (["not_upheld", "not_upheld"], "not_upheld"),
        (["settled_without_finding"], "settled_without_finding"),
        (["settled_without_finding", "unable_to_determine"], ""),
    ],
)
def test_the_outcome_is_ticked_from_the_points_and_stays_the_signer_s(
    cast: Cast, desk: Desk, decisions: list[str], outcome: str
) -> None:
    case = in_work(cast)
    for number, decision in enumerate(decisions):
        point = actions.add_point(case, text=f"Ponto {number}", actor=cast.rui)
        actions.decide_point(point, decision=decision, reasons="Visto.", remedy="", actor=cast.rui)
    draft = actions.save_draft(case, body=WITH_WAYS, based_on=0, actor=cast.rui)
    actions.respond(case, draft_version=draft.version, actor=cast.rui)
    ticked = r'name="outcome" value="(\w+)" checked'
    sofia, path = desk("sofia"), page(case.number, "closure/")
    assert re.findall(ticked, sofia.get(path).content.decode()) == ([outcome] if outcome else [])
    again = sofia.post(path, {**SIGNED, "outcome": "out_of_scope", "password": "wrong"})
    assert re.findall(ticked, again.content.decode()) == ["out_of_scope"]
