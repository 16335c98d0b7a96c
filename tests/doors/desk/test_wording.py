"""What the desk shows beside a text: marks with a better phrase to put in, and what the letter must contain."""

from __future__ import annotations

import pytest

from desagravo.cases import actions
from desagravo.cases.models import AnswerDraft, Case, Message
from tests.cast import Cast, in_work
from tests.doors.desk.conftest import Desk
from tests.doors.desk.test_answer import page


def drafted(cast: Cast, body: str, *, decision: str = "upheld", reasons: str = "") -> Case:
    case = in_work(cast)
    point = actions.add_point(case, text="O frigorífico não arrefece.", actor=cast.rui)
    actions.decide_point(point, decision=decision, reasons=reasons, remedy="replace", actor=cast.rui)
    actions.save_draft(case, body=body, based_on=0, actor=cast.rui)
    return case


def answer(case: Case) -> str:
    return page(case.number, "answer/")


def test_the_answer_page_marks_phrases_and_offers_better_ones(cast: Cast, desk: Desk) -> None:
    case = drafted(cast, "Exma. Senhora,\n\nA culpa foi nossa. Respondemos o mais breve possível.")
    html = desk("rui").get(answer(case)).content.decode()
    assert "<mark>A culpa foi nossa</mark>" in html
    assert "<mark>o mais breve possível</mark>" in html
    assert "até {new_date}" in html
    assert "leaves only with a reason and the approval of a second person" in html


def test_without_scripts_the_better_phrase_is_put_in_with_the_button(cast: Cast, desk: Desk) -> None:
    text = "Exma. Senhora,\n\nRespondemos o mais breve possível."
    case = drafted(cast, text)
    start = text.index("o mais breve")
    told = {"do": f"better:{start}:empty.some_day", "text": text, "version": "1"}
    desk("rui").post(answer(case), told)
    assert AnswerDraft.objects.get(case=case).body.strip().endswith("Respondemos até {new_date}.")


def test_what_is_missing_is_named_with_who_asks_for_it_and_put_in_with_one_button(cast: Cast, desk: Desk) -> None:
    text = "Exma. Senhora,\n\nNão podemos aceder ao pedido.\n\nCom os melhores cumprimentos,\nRui"
    case = drafted(cast, text, decision="not_upheld", reasons="Não se provou.")
    rui = desk("rui")
    html = rui.get(answer(case)).content.decode()
    assert "How the customer can come back to us" in html
    assert "House procedure (ISO 10002)" in html
    rui.post(answer(case), {"do": "put:next_internal_option", "text": text, "version": "1"})
    body = AnswerDraft.objects.get(case=case).body
    assert "pode pedir-nos que reapreciemos o assunto.\n\nCom os melhores cumprimentos" in body
    html = rui.get(page(case.number, "answer/preview/")).content.decode()
    assert "The body outside to which the customer may turn. Asked for by: House procedure" in html


def test_a_tick_without_words_is_refused_beside_its_field_and_keeps_the_text(cast: Cast, desk: Desk) -> None:
    text = "Madam, we will exchange the fridge for you on the day that you have named to us in the shop."
    case = drafted(cast, text)
    rui = desk("rui")
    told = {"do": "confirm:right_language", "text": f"{text} Really.", "version": "1"}
    response = rui.post(answer(case), told)
    assert response.status_code == 422
    html = response.content.decode()
    assert 'id="evidence-right_language_error"' in html
    assert "Really." in html
    rui.post(answer(case), {**told, "evidence_right_language": "Asked for English on the phone.", "version": "2"})
    assert AnswerDraft.objects.get(case=case).confirmed["right_language"]["words"] == "Asked for English on the phone."
    assert "Asked for English on the phone." in rui.get(answer(case)).content.decode()
    rui.post(answer(case), {"do": "unconfirm:right_language", "text": text, "version": "2"})
    assert AnswerDraft.objects.get(case=case).confirmed == {}


def test_while_writing_a_part_of_the_page_comes_back_and_nothing_is_kept(cast: Cast, desk: Desk) -> None:
    case = drafted(cast, "Exma. Senhora,\n\nTrocamos o aparelho.")
    html = desk("rui").post(page(case.number, "answer/wording/"), {"text": "Foi um erro nosso."}).content.decode()
    assert "<mark>Foi um erro nosso</mark>" in html
    assert "<html" not in html
    assert "erro nosso" not in AnswerDraft.objects.get(case=case).body


def test_an_admission_takes_a_reason_before_it_is_put_up(cast: Cast, desk: Desk) -> None:
    case = drafted(cast, "Exma. Senhora,\n\nA culpa foi nossa.")
    rui, preview = desk("rui"), page(case.number, "answer/preview/")
    html = rui.get(preview).content.decode()
    assert 'name="admission_reason"' in html
    assert 'value="send"' not in html
    refused = rui.post(preview, {"do": "approval", "version": "1"})
    assert refused.status_code == 422
    assert 'id="f_admission_reason_error"' in refused.content.decode()
    rui.post(preview, {"do": "approval", "version": "1", "admission_reason": "O perito confirmou."})
    assert "O perito confirmou." in desk("marta").get(page(case.number, "approval/")).content.decode()


def test_a_message_that_admits_something_comes_back_with_its_marks(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    response = rui.post(page(case.number, "messages/"), {"body": "Foi um erro nosso.", "send": "1"})
    assert response.status_code == 422
    html = response.content.decode()
    assert "<mark>Foi um erro nosso</mark>" in html
    assert not Message.objects.filter(case=case, kind="to_customer").exists()
    better = rui.post(
        page(case.number, "messages/"), {"body": "Foi um erro nosso.", "better": "0:admission.was_our_fault"}
    )
    assert "Não é assim que queremos tratar os nossos clientes." in better.content.decode()


@pytest.mark.parametrize("who", ["ines", "carla", "dora"])
def test_only_who_may_write_reads_what_is_said_of_a_text(cast: Cast, desk: Desk, who: str) -> None:
    case = drafted(cast, "Exma. Senhora,\n\nTrocamos o aparelho.")
    response = desk(who).post(page(case.number, "answer/wording/"), {"text": "Foi um erro nosso."})
    assert response.status_code in {403, 404} or "better:" not in response.content.decode()


def test_a_holding_letter_is_written_checked_and_sent(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui, path = desk("rui"), page(case.number, "holding-letter/")
    assert rui.get(path).status_code == 200
    told = {"answer_by": "2027-01-29", "reason": "Falta o relatório do perito."}
    assert 'id="f_reason_error"' in rui.post(path, {**told, "reason": "", "do": "fill"}).content.decode()
    html = rui.post(path, {**told, "do": "fill"}).content.decode()
    assert "Receberá a nossa resposta até 29 de janeiro de 2027." in html
    assert "Falta o relatório do perito." in html
    refused = rui.post(path, {**told, "body": "Demora mais. A culpa é nossa.", "do": "send"})
    assert refused.status_code == 422
    assert 'id="f_body_error"' in refused.content.decode()
    body = "Demora mais. Falta o relatório do perito. Receberá a resposta até 29 de janeiro de 2027."
    assert rui.post(path, {**told, "body": body, "do": "send"}).status_code == 303
    assert Message.objects.get(case=case, kind="to_customer").body == body
