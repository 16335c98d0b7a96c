"""Every letter with a real case, in four languages, under every rulebook: no gap of the rules, and no phrase marked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desagravo.cases import actions, queries, wording
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.departments import queries as departments
from desagravo.departments.models import Organisation
from desagravo.rulebook import edition, phrases
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.letters import FREE_TEXT, names_in
from tests.cast import Cast, filed, fresh, in_work

LANGUAGES = ("en", "pt-pt", "pt-br", "es")
NAMES = {"en": "Grace Wood", "pt-pt": "Inês Conceição", "pt-br": "Luiza Prado", "es": "Lucía Pérez"}
WORDS = {
    "en": "The order was not delivered on the day that was agreed, because the carrier had a full van.",
    "pt-pt": "A encomenda não foi entregue no dia combinado, porque a carrinha da transportadora estava cheia.",
    "pt-br": "O pedido não foi entregue no dia combinado, porque a van da transportadora estava cheia.",
    "es": "El pedido no se entregó el día acordado, porque la furgoneta del transportista estaba llena.",
}
RULEBOOKS = ("iso-10002-generic", "uk-fca-disp", "eu-psd2", "es-sac-2025", "br-sac", "pt-livro-reclamacoes", "us-cfpb")
COUNTRY = {
    "uk-fca-disp": "GB",
    "eu-psd2": "PT",
    "es-sac-2025": "ES",
    "br-sac": "BR",
    "us-cfpb": "US",
}
TEMPLATES = [row["code"] for row in edition.book("letters")["letter"]]


def case_of(cast: Cast, language: str, *, decision: str = "partly_upheld") -> Case:
    case = in_work(cast, language=language, complainant_name=NAMES[language], description=WORDS[language])
    point = actions.add_point(case, text=WORDS[language], actor=cast.rui)
    actions.decide_point(point, decision=decision, reasons=WORDS[language], remedy="replace", actor=cast.rui)
    return fresh(case)


def bound(cast: Cast, case: Case, policy: str) -> Case:
    """The case with this rulebook on it, in its country."""
    Organisation.objects.update(country=COUNTRY.get(policy, "PT"))
    departments.forget_organisation()
    if policy not in {each.id for each in wording.policies_of(case)}:
        actions.apply_rulebook(case, policy=policy, reason="Asked for.", actor=cast.marta)
    return fresh(case)


def values(case: Case) -> dict[str, str]:
    free = {name: WORDS[case.language] for name in FREE_TEXT if name not in {"new_date", "accepted_on"}}
    known = {"missing": "–", "link_expires_on": "–", "organisation_email": "reclamacoes@casa.example"}
    more = {
        "new_date": "2027-01-15",
        "accepted_on": "2026-03-03",
        "forwarded_to": "ANACOM",
        "forwarded_to_contact": "–",
    }
    return {**known, **queries.letter_values(case), **free, **more}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_with_a_real_case_is_whole_and_plain(cast: Cast, language: str) -> None:
    case = case_of(cast, language)
    for policy in RULEBOOKS:
        case = bound(cast, case, policy)
        lists = wording.lists_of(edition.STARTER, language)
        for template in TEMPLATES:
            body = queries.letter_with(case, template, values(case))
            assert names_in(body) <= {"private_page"}, (policy, template, body)
            found = [each.found for each in phrases.marks(body, lists, where="answer")]
            assert not found, (policy, template, found)
            assert "  " not in body and "\n\n\n" not in body, (policy, template, body)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", RULEBOOKS)
def test_the_templates_have_what_their_rulebook_asks(cast: Cast, policy: str, language: str) -> None:
    """Only what a person must tick is left: the templates say the rest by themselves."""
    case = bound(cast, case_of(cast, language), policy)
    for template in TEMPLATES:
        purpose = rulebook.letter(template, language).purpose
        if purpose == "notice" or template == "acknowledgement_incomplete":
            continue
        given = values(case)
        body = queries.letter_with(case, template, given)
        told = wording.examined(case, body, template=template, values=given)
        lacking = [(each.code, each.how) for each in told.lacking if not each.may_tick]
        assert lacking == [], (template, lacking, body)


def test_a_letter_of_a_british_bank_names_the_ombudsman(cast: Cast) -> None:
    case = bound(cast, case_of(cast, "en"), "uk-fca-disp")
    body = queries.letter_with(case, "answer_not_upheld", values(case))
    assert "the Financial Ombudsman Service (Exchange Tower, London E14 9SR" in body
    assert "within six months of the date of this letter" in body
    assert "will not have our permission" in body


def test_the_acknowledgement_says_the_limit_and_when_the_customer_hears(cast: Cast) -> None:
    case = bound(cast, case_of(cast, "en"), "uk-fca-disp")
    case = actions.answer_attributes(case, answers={"psd_or_emd": False}, actor=cast.marta)
    body = queries.letter_body(case, "acknowledgement")
    assert "You will have our answer by" in body
    assert "(8 weeks; " in body


def test_the_request_for_what_is_missing_states_the_window(cast: Cast) -> None:
    case = bound(cast, case_of(cast, "es"), "es-sac-2025")
    body = queries.letter_with(case, "request_missing", values(case))
    assert "en el plazo de 10 días hábiles" in body
    assert "la daremos por resuelta" in body


def test_without_a_rulebook_of_the_kind_the_sentence_is_left_out(cast: Cast) -> None:
    case = case_of(cast, "es")
    body = queries.letter_with(case, "request_missing", values(case))
    assert "en el plazo de" not in body
    assert names_in(body) == {"private_page"}


def test_no_value_becomes_a_placeholder(cast: Cast) -> None:
    """A customer called {organisation} stays that, also where a rulebook's words are put in."""
    case = bound(cast, case_of(cast, "en"), "uk-fca-disp")
    given: dict[str, Any] = {**values(case), "customer_name": "{organisation} {next_options}"}
    body = queries.letter_with(case, "answer_partly", given)
    assert "Dear {organisation} {next_options}," in body


def test_the_holding_letter_after_the_limit_says_that_the_ombudsman_may_be_asked_now(cast: Cast) -> None:
    case = bound(cast, case_of(cast, "en"), "uk-fca-disp")
    with clock.at(clock.now() + timedelta(days=50)):
        body = queries.letter_with(case, "holding", values(case))
    assert "you may refer your complaint to the Financial Ombudsman Service now" in body


def test_a_complaint_that_is_not_complete_names_what_is_missing(cast: Cast) -> None:
    case = filed(signature=None, language="en")
    assert "{missing}" not in queries.letter_body(case, "acknowledgement_incomplete")
