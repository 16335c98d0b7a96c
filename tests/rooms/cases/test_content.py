"""What leaves has what it must have, and says nothing that nobody decided: refused with its words and its rule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desagravo.cases import actions, queries, wording
from desagravo.cases.models import AnswerDraft, Case, ClockEvent, Message, Response, TimeLimit
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow
from desagravo.departments import queries as departments
from desagravo.departments.models import Organisation
from desagravo.history.verify import verify
from tests.cast import MONDAY, SAFETY, Cast, fresh, in_work

OPTIONS = "Se não concordar, pode pedir-nos que reapreciemos o assunto ou recorrer à arbitragem de consumo."


def refused(
    cast: Cast, *, body: str, decision: str = "not_upheld", reasons: str = "Não se provou.", **form: str
) -> Case:
    case = in_work(cast, **form)
    point = actions.add_point(case, text="O frigorífico não arrefece.", actor=cast.rui)
    actions.decide_point(point, decision=decision, reasons=reasons, remedy="", actor=cast.rui)
    actions.save_draft(case, body=body, based_on=0, actor=cast.rui)
    return fresh(case)


def british(cast: Cast, *, language: str = "en") -> Case:
    Organisation.objects.update(country="GB")
    departments.forget_organisation()
    case = in_work(cast, language=language)
    actions.answer_attributes(case, answers={"psd_or_emd": False, "sector": "financial"}, actor=cast.rui)
    return fresh(case)


def test_an_answer_that_grants_nothing_names_the_ways_inside_and_outside(cast: Cast) -> None:
    case = refused(cast, body="Exma. Senhora,\n\nNão podemos aceder ao pedido.")
    with pytest.raises(NotNow, match=r"How the customer can come back to us\. Asked for by: House procedure"):
        actions.respond(case, draft_version=1, actor=cast.rui)
    actions.save_draft(
        case, body=f"Exma. Senhora,\n\nNão podemos aceder ao pedido.\n\n{OPTIONS}", based_on=1, actor=cast.rui
    )
    response = actions.respond(case, draft_version=2, actor=cast.rui)
    kept = {each["item"]: each["how"] for each in response.content["items"]}
    assert kept["external_option"] == "phrase"
    assert kept["every_point"] == "fact"


def test_what_no_rule_sees_is_ticked_by_a_person_who_says_where_it_stands(cast: Cast) -> None:
    case = refused(
        cast, body="We cannot grant this request, and this is why we have decided that it is not for us to do."
    )
    point = case.points.get()
    actions.decide_point(point, decision="upheld", reasons="", remedy="replace", actor=cast.rui)
    with pytest.raises(NotNow, match="The customer's language"):
        actions.respond(case, draft_version=1, actor=cast.rui)
    with pytest.raises(Missing):
        actions.confirm_content(case, item="right_language", words=" ", actor=cast.rui)
    with pytest.raises(Missing):  # a date cannot be talked into the letter
        actions.confirm_content(case, item="every_point", words="Está lá.", actor=cast.rui)
    actions.confirm_content(case, item="right_language", words="A cliente pediu em inglês.", actor=cast.rui)
    response = actions.respond(case, draft_version=1, actor=cast.rui)
    told = next(each for each in response.content["items"] if each["item"] == "right_language")
    assert told["how"] == "person"
    assert told["by"] == cast.rui.id
    assert "A cliente pediu em inglês." in Message.objects.get(pk=response.content["note"]).body
    assert verify().ok


def test_a_tick_can_be_taken_back(cast: Cast) -> None:
    case = refused(
        cast, body="We cannot grant this request, and this is why we have decided that it is not for us to do."
    )
    actions.confirm_content(case, item="right_language", words="Pediu em inglês.", actor=cast.rui)
    actions.take_back_confirmation(case, item="right_language", actor=cast.rui)
    assert AnswerDraft.objects.get(case=case).confirmed == {}


def test_an_admission_leaves_only_with_a_reason_and_a_second_person(cast: Cast) -> None:
    case = refused(cast, body="Exma. Senhora,\n\nA culpa foi nossa.", decision="upheld", reasons="")
    with pytest.raises(NotNow, match="admits fault or liability"):
        actions.respond(case, draft_version=1, actor=cast.rui)
    with pytest.raises(Missing):
        actions.request_approval(case, draft_version=1, actor=cast.rui)
    response = actions.request_approval(
        case, draft_version=1, actor=cast.rui, admission_reason="O perito confirmou-o por escrito."
    )
    assert response.content["admissions"]
    assert "O perito confirmou-o" in Message.objects.get(pk=response.content["note"], kind="note").body
    actions.approve(case, response_sha256=response.body_sha256, actor=cast.marta)
    assert fresh(case).status == "answered"
    assert verify().ok


def test_the_customers_own_words_are_no_admission(cast: Cast) -> None:
    body = "Exma. Senhora,\n\nEscreveu-nos: «a culpa é vossa, admitam: a culpa é nossa». O aparelho é substituído."
    case = refused(cast, body=body, decision="upheld", reasons="")
    assert actions.respond(case, draft_version=1, actor=cast.rui).state == "sent"


def test_empty_phrases_warn_and_stop_nothing(cast: Cast) -> None:
    case = refused(cast, body="Lamentamos qualquer incómodo causado.", decision="upheld", reasons="")
    response = actions.respond(case, draft_version=1, actor=cast.rui)
    assert response.content["phrases"] == ["empty.any_inconvenience"]


def test_advertising_is_stopped_unless_somebody_says_that_it_is_a_remedy(cast: Cast) -> None:
    body = "Substituímos o aparelho. Junto um vale de desconto para a próxima compra."
    case = refused(cast, body=body, decision="upheld", reasons="")
    with pytest.raises(NotNow, match="No advertising"):
        actions.respond(case, draft_version=1, actor=cast.rui)
    actions.confirm_content(case, item="no_advertising", words="O vale foi pedido pela cliente.", actor=cast.rui)
    actions.respond(case, draft_version=1, actor=cast.rui)


def test_a_message_cannot_admit_anything(cast: Cast) -> None:
    case = in_work(cast)
    with pytest.raises(Missing) as refusal:
        actions.write(case, body="Foi um erro nosso.", actor=cast.rui)
    assert "admits fault or liability" in refusal.value.fields["body"][0].sentence()
    actions.write(case, body="Não foi um erro nosso.", actor=cast.rui)
    actions.add_message(case, body="Foi um erro nosso, dizem vocês.", actor=Actor("customer", case.number))


def test_a_financial_answer_in_britain_needs_the_ombudsmans_words(cast: Cast) -> None:
    case = british(cast)
    point = actions.add_point(case, text="A fee was charged twice.", actor=cast.rui)
    actions.decide_point(point, decision="upheld", reasons="", remedy="refund_full", actor=cast.rui)
    actions.save_draft(case, body="Dear Madam,\n\nWe pay the fee back.", based_on=0, actor=cast.rui)
    with pytest.raises(NotNow, match=r"ombudsman\. Asked for by: UK: FCA complaint rules"):
        actions.respond(case, draft_version=1, actor=cast.rui)


def test_a_holding_letter_moves_the_date_and_tells_the_clocks(cast: Cast) -> None:
    case = in_work(cast)
    to = MONDAY + timedelta(days=40)
    given = {"to": to, "reason": "Falta o relatório do perito."}
    with pytest.raises(Missing) as refusal:
        actions.send_holding_letter(case, body="Demora mais.", actor=cast.rui, **given)  # type: ignore[arg-type]
    told = " ".join(each.sentence() for each in refusal.value.fields["body"])
    assert "The new day" in told
    assert "The reason for the delay" in told
    body = "Demora mais. Falta o relatório do perito. Receberá a resposta até 11 de abril de 2026."
    actions.send_holding_letter(case, body=body, actor=cast.rui, **given)  # type: ignore[arg-type]
    case = fresh(case)
    assert case.answer_by == to
    assert ClockEvent.objects.filter(case=case, name="holding_sent").count() == 1
    assert Message.objects.get(case=case, kind="to_customer").body == body
    assert verify().ok


def test_after_eight_weeks_the_holding_letter_says_that_the_ombudsman_may_be_asked(cast: Cast) -> None:
    case = british(cast)
    with clock.at(MONDAY + timedelta(days=50)):
        to = clock.now() + timedelta(days=30)
        given = {"to": to, "reason": "We wait for the bank's report."}
        values = {**actions.holding_values(case, **given), "tracking_url": "-"}  # type: ignore[arg-type]
        bare = f"Dear Madam,\n\n{values['reason_for_delay']} You will have our answer by {values['new_date']}."
        with pytest.raises(Missing) as refusal:
            actions.send_holding_letter(case, body=bare, actor=cast.rui, **given)  # type: ignore[arg-type]
        assert "may go to the ombudsman now" in str([each.sentence() for each in refusal.value.fields["body"]])
        body = queries.letter_with(case, "holding", {**queries.letter_values(case), **values})
        actions.send_holding_letter(case, body=body, actor=cast.rui, **given)  # type: ignore[arg-type]
    assert ClockEvent.objects.filter(case=case, name="eight_week_letter_sent").exists()
    final = TimeLimit.objects.get(case=case, key="final_response", applied__policy="uk-fca-disp")
    assert final.state == "met"


def test_a_text_that_was_sent_before_is_known(cast: Cast) -> None:
    words = "Exma. Senhora,\n\nO seu aparelho será trocado na loja de Gaia na próxima quinta-feira pela manhã cedo."
    first = refused(cast, body=words, decision="upheld", reasons="")
    actions.respond(first, draft_version=1, actor=cast.rui)
    second = refused(cast, body=words, decision="upheld", reasons="")
    assert wording.alike(wording.Ground(second), words) == 1.0
    assert (
        wording.alike(
            wording.Ground(second), "Um texto novo, escrito para esta cliente e para mais ninguém neste mundo."
        )
        == 0.0
    )
    assert Response.objects.filter(case=second).count() == 0


def test_a_major_case_needs_its_content_as_well(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    point = actions.add_point(case, text="Deitou fumo.", actor=cast.rui)
    actions.decide_point(point, decision="not_upheld", reasons="Não se provou.", remedy="", actor=cast.rui)
    actions.save_draft(case, body="Não aceitamos.", based_on=0, actor=cast.rui)
    with pytest.raises(NotNow, match="does not contain what it must"):
        actions.request_approval(case, draft_version=1, actor=cast.rui)


def summary(cast: Cast, case: Case) -> Case:
    point = actions.add_point(case, text="A fee was charged twice.", actor=cast.rui)
    actions.decide_point(
        point, decision="settled_without_finding", reasons="We pay it back.", remedy="", actor=cast.rui
    )
    values = {**queries.letter_values(case), "solution": "We pay the fee back.", "accepted_on": "3 March 2026"}
    body = queries.letter_with(case, "answer_summary", values)
    actions.save_draft(case, body=body, based_on=0, template="answer_summary", actor=cast.rui)
    return fresh(case)


def test_a_summary_resolution_within_three_days_takes_the_route_and_waits_for_nobody(cast: Cast) -> None:
    case = summary(cast, british(cast))
    with clock.at(MONDAY + timedelta(days=1)):
        actions.respond(case, draft_version=1, actor=cast.rui)
    case = fresh(case)
    assert case.customer_position == "accepted"
    assert case.next_step == "sign_off"
    limits = {each.key: each.state for each in TimeLimit.objects.filter(case=case, applied__policy="uk-fca-disp")}
    assert limits["summary_resolution_cutoff"] == "met"
    assert limits["final_response"] in {"met", "ended", "not_started"}
    assert verify().ok


def test_after_three_days_the_route_is_closed(cast: Cast) -> None:
    case = summary(cast, british(cast))
    with clock.at(MONDAY + timedelta(days=9)), pytest.raises(NotNow, match="its time has passed"):
        actions.respond(case, draft_version=1, actor=cast.rui)


def test_where_no_rulebook_has_the_route_it_is_refused(cast: Cast) -> None:
    case = summary(cast, in_work(cast, language="en"))
    with pytest.raises(NotNow, match="No rulebook of this case has a summary resolution"):
        actions.respond(case, draft_version=1, actor=cast.rui)
