"""The answer: template, draft, two people at once, preview, sending, and approval by a second pair of eyes."""

from __future__ import annotations

import re

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.departments.models import Person
from desagravo.rulebook.calendar import due_after
from tests.cast import MONDAY, SAFETY, Cast, days_later, decided, fresh, in_work
from tests.doors.desk.conftest import Desk
from tests.doors.desk.test_case import page


def test_a_template_fills_the_draft_in_the_customer_s_language(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    path = page(case.number, "answer/")
    said = {"text": "", "version": "0", "do": "template", "template": "answer_upheld"}
    assert rui.post(path, said).status_code == 303
    draft = fresh(case).draft
    assert draft.template == "answer_upheld"
    assert "Inês Conceição" in draft.body
    assert "Com os melhores cumprimentos" in draft.body
    html = rui.get(path).content.decode()
    assert "Gaps that still need words" in html
    assert "{solution}" in html


def test_a_letter_that_is_no_answer_cannot_be_chosen_as_the_answer(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui, path = desk("rui"), page(case.number, "answer/")
    html = rui.get(path).content.decode()
    assert 'value="answer_upheld"' in html
    assert 'value="holding"' not in html
    assert 'value="closing_formal"' not in html
    rui.post(path, {"text": "Exma. Senhora,", "version": "0", "do": "template", "template": "holding"})
    assert fresh(case).draft.body == "Exma. Senhora,"
    assert fresh(case).draft.template == ""


def test_a_template_never_replaces_what_was_written(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    said = {"text": "My own beginning.", "version": "0", "do": "template", "template": "answer_upheld"}
    desk("rui").post(page(case.number, "answer/"), said)
    assert fresh(case).draft.body.startswith("My own beginning.\n\n")
    assert len(fresh(case).draft.body) > 200


def test_a_department_s_words_come_with_their_source(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    question = Question("finance", "Paid?", due_after(clock.now(), 2))
    asked = actions.consult(case, questions=[question], actor=cast.rui)[0]
    actions.answer_consultation(asked, answer="Foi pago a 3 de janeiro.", actor=cast.carla)
    said = {"text": "Exma. Senhora,", "version": "0", "do": f"take:{asked.pk}"}
    assert desk("rui").post(page(case.number, "answer/"), said).status_code == 303
    body = fresh(case).draft.body
    assert re.match(r"Exma\. Senhora,\n\n.*Finan.*:\nFoi pago a 3 de janeiro\.\n", body), body


def test_the_draft_saves_itself_and_tells_the_time_and_version(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui = desk("rui")
    path = page(case.number, "answer/draft/")
    told = rui.post(path, {"text": "Exma. Senhora,", "version": "0"}).json()
    assert told["version"] == 1
    assert re.fullmatch(r"\d\d:\d\d", told["saved"])
    assert rui.get(path).status_code == 405
    rui.post(page(case.number, "answer/"), {"text": "", "version": "1", "do": "template", "template": "answer_upheld"})
    rui.post(path, {"text": "Changed", "version": "2"})
    assert fresh(case).draft.template == "answer_upheld", "saving by itself does not forget the template"


def test_two_editors_lose_nothing(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    rui, bia = desk("rui"), desk("bia")
    path = page(case.number, "answer/")
    rui.post(path, {"text": "Common line\nRui's line", "version": "0", "do": "save"})
    by_itself = bia.post(page(case.number, "answer/draft/"), {"text": "Common line\nBia's line", "version": "0"})
    assert by_itself.status_code == 409
    both = bia.post(path, {"text": "Common line\nBia's line", "version": "0", "do": "save"})
    html = both.content.decode()
    assert both.status_code == 409
    assert "Bia&#x27;s line</textarea>" in html
    assert "Rui&#x27;s line</textarea>" in html
    assert "<ins>Bia&#x27;s line</ins>" in html
    assert "<del>Rui&#x27;s line</del>" in html
    assert "Rui Tavares" in html
    assert fresh(case).draft.body == "Common line\nRui's line"
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version
    chosen = {"text": "Common line\nRui's line\nBia's line", "version": version.group(1), "do": "save"}
    assert bia.post(path, chosen).status_code == 303
    assert "Bia's line" in fresh(case).draft.body


def test_the_editor_works_without_scripts_and_saves_by_itself_with_them(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    html = desk("rui").get(page(case.number, "answer/")).content.decode()
    assert f'data-autosave-url="{page(case.number, "answer/draft/")}"' in html
    assert 'name="version" value="0"' in html
    assert 'name="do" value="save"' in html


def test_the_preview_shows_exactly_what_will_be_sent_and_what_is_missing(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    question = Question("finance", "Paid?", due_after(clock.now(), 2))
    asked = actions.consult(case, questions=[question], actor=cast.rui)[0]
    point = actions.add_point(case, text="It does not cool.", actor=cast.rui)
    actions.save_draft(case, body="Exma. Senhora,\n\n{solution}", based_on=0, actor=cast.rui)
    html = desk("rui").get(page(case.number, "answer/preview/")).content.decode()
    assert "Exma. Senhora," in html
    assert "Rua A 1" in html
    assert "ines@example.org" in html
    assert f'href="{page(case.number)}#q{asked.pk}"' in html
    assert f'href="{page(case.number, f"points/{point.pk}/")}"' in html
    assert "{solution}" in html
    assert "button-primary" not in html


def test_the_private_link_is_not_shown_to_colleagues(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    decided(cast, case)
    html = desk("rui").get(page(case.number, "answer/preview/")).content.decode()
    assert queries.tracking_url(fresh(case)) not in html
    assert "private link" in html


def test_a_minor_answer_is_sent(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    path = page(case.number, "answer/preview/")
    assert "Send the answer to the customer" in desk("rui").get(path).content.decode()
    assert desk("rui").post(path, {"version": version, "do": "send"}).status_code == 303
    assert fresh(case).status == "answered"


def test_a_refusal_to_send_names_what_is_open(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    question = Question("finance", "Paid?", due_after(clock.now(), 2))
    actions.consult(case, questions=[question], actor=cast.rui)
    response = desk("rui").post(page(case.number, "answer/preview/"), {"version": version, "do": "send"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Finance still has an open question" in html
    assert "data-error-summary" in html
    assert fresh(case).status == "in_work"


def test_a_text_that_changed_meanwhile_is_read_again_first(cast: Cast, desk: Desk) -> None:
    case = in_work(cast)
    version = decided(cast, case)
    actions.save_draft(case, body="Another text", based_on=version, actor=cast.bia)
    response = desk("rui").post(page(case.number, "answer/preview/"), {"version": version, "do": "send"})
    assert response.status_code == 409
    assert "Another text" in response.content.decode()


def test_a_major_answer_is_never_sent_by_its_writer(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY)
    version = decided(cast, case)
    rui, path = desk("rui"), page(case.number, "answer/preview/")
    assert "Send the answer to the customer" not in rui.get(path).content.decode()
    assert rui.post(path, {"version": version, "do": "send"}).status_code == 403
    assert rui.post(path, {"version": version, "do": "approval"}).status_code == 303
    assert fresh(case).status == "awaiting_approval"


def test_approving_sends_exactly_the_text_that_was_shown(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY)
    actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    marta, path = desk("marta"), page(case.number, "approval/")
    html = marta.get(path).content.decode()
    assert "Substituímos o aparelho." in html
    assert "Written by Rui Tavares." in html
    assert "O frigorífico deixou de arrefecer" in html
    assert "alone_reason" not in html
    digest = re.search(r'name="text_sha256" value="([0-9a-f]{64})"', html)
    assert digest
    assert marta.post(path, {"text_sha256": "0" * 64}).status_code == 409
    assert marta.post(path, {"text_sha256": digest.group(1)}).status_code == 303
    assert fresh(case).status == "answered"
    assert marta.get(path).status_code == 409


def test_an_answer_that_waits_for_approval_bears_the_date_of_today(cast: Cast, desk: Desk) -> None:
    with clock.at(MONDAY):
        case = in_work(cast, answers=SAFETY, language="en")
        actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    with days_later(7):
        html = desk("marta").get(page(case.number, "approval/")).content.decode()
    letter = html[html.index('class="letter') :]
    assert "9 March" in letter and "2 March" not in letter


def test_returning_needs_a_comment_which_the_writer_reads(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY)
    actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    marta, path = desk("marta"), page(case.number, "approval/return/")
    assert marta.post(path, {"comment": " "}).status_code == 422
    assert marta.post(path, {"comment": "Say when it is collected."}).status_code == 303
    assert fresh(case).status == "in_work"
    for below in ("", "answer/"):
        assert "Say when it is collected." in desk("rui").get(page(case.number, below)).content.decode()


def test_four_eyes(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY)
    decided(cast, case)
    draft = fresh(case).draft
    version = actions.save_draft(case, body="Marta's text", based_on=draft.version, actor=cast.marta).version
    response = actions.request_approval(case, draft_version=version, actor=cast.marta)
    marta, path = desk("marta"), page(case.number, "approval/")
    html = marta.get(path).content.decode()
    assert "somebody else approves it" in html
    assert "Approve and send" not in html
    assert marta.post(path, {"text_sha256": response.body_sha256}).status_code == 403
    assert fresh(case).status == "awaiting_approval"


def test_somebody_alone_approves_with_a_reason(cast: Cast, desk: Desk) -> None:
    Person.objects.filter(pk=cast.person("vasco").pk).update(is_active=False)
    case = in_work(cast, answers=SAFETY)
    decided(cast, case)
    version = actions.save_draft(case, body="Marta's", based_on=fresh(case).draft.version, actor=cast.marta).version
    response = actions.request_approval(case, draft_version=version, actor=cast.marta)
    marta, path = desk("marta"), page(case.number, "approval/")
    assert 'name="alone_reason"' in marta.get(path).content.decode()
    said = {"text_sha256": response.body_sha256}
    assert marta.post(path, said).status_code == 403
    assert marta.post(path, {**said, "alone_reason": "Nobody else is here in August."}).status_code == 303
    assert fresh(case).status == "answered"


def test_a_decision_that_the_letter_does_not_tell_is_warned_of_and_blocks_nothing(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY)
    rui = desk("rui")
    for text in ("O frigorífico não arrefece.", "Ninguém telefonou."):
        point = actions.add_point(case, text=text, actor=cast.rui)
        actions.decide_point(point, decision="not_upheld", reasons="Não se provou.", remedy="", actor=cast.rui)
    # where nothing is granted the letter says how the customer goes on, inside the house and outside
    options = "Pode pedir-nos que reapreciemos o assunto, ou recorrer à arbitragem de consumo.\n\n"
    block = options + queries.letter_values(case)["points"]
    draft = actions.save_draft(case, body=block.replace("\n", "\n  "), based_on=0, actor=cast.rui)
    assert queries.points_not_as_decided(case, draft.body) == []
    assert "Every point is decided" in rui.get(page(case.number, "answer/preview/")).content.decode()
    changed = block[: block.index("2.")] + "2. Ninguém telefonou.\nTem razão."
    draft = actions.save_draft(case, body=changed, based_on=draft.version, actor=cast.rui)
    html = rui.get(page(case.number, "answer/preview/")).content.decode()
    warning = "does not stand in the letter as it was decided. Read the letter once more."
    assert f"Point 2 {warning}" in html
    assert f"Point 1 {warning}" not in html
    assert "Every point is decided" not in html
    actions.request_approval(case, draft_version=draft.version, actor=cast.rui)
    assert f"Point 2 {warning}" in desk("marta").get(page(case.number, "approval/")).content.decode()


def test_who_approves_reads_what_the_customer_asks_wants_and_wrote_later(cast: Cast, desk: Desk) -> None:
    case = in_work(cast, answers=SAFETY, points_to_answer=["Em que dia chega?"], remedy_requested=["replace"])
    actions.add_message(case, body="Afinal também pinga.", actor=Actor("customer", case.number))
    actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    html = desk("marta").get(page(case.number, "approval/")).content.decode()
    assert "Em que dia chega?" in html
    assert "Afinal também pinga." in html
    assert "Nothing certain was asked for." not in html
