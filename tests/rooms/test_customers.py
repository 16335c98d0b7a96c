"""A form can name anybody: it tells us nothing new about a customer whose letters are on their way."""

from __future__ import annotations

from datetime import date

import pytest

from desagravo.cases import actions, papers, queries
from desagravo.cases.models import Case, Response
from desagravo.customers.models import Customer
from tests.cast import FORM, Cast, answered, engage, filed, fresh, in_work
from tests.rooms.cases.steps import customer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


def _address(case: Case) -> str:
    return "\n".join(papers.answer_letter(fresh(case), body="x", on=None).recipient)


def test_a_stranger_redirects_nobodys_letters(cast: Cast) -> None:
    victim = answered(cast)
    thiefs = filed(postal_address="Rua do Atacante 666\n1000-000 Lisboa", phone="+351 911 111 111")
    assert "Rua A 1" in _address(victim)
    assert "Rua A 1" in papers.letter(Response.objects.get()).recipient
    assert "Rua do Atacante 666" in _address(thiefs)
    victim, thiefs = fresh(victim), fresh(thiefs)
    assert (victim.customer.phone, victim.customer.postal_address) == (FORM["phone"], FORM["postal_address"])
    assert thiefs.customer != victim.customer


def test_completing_a_form_changes_no_other_case(cast: Cast) -> None:
    victim = in_work(cast)
    thiefs = filed(postal_address=None, phone=None, signature=None)
    additions = actions.read_complaint(
        {"description": "–", "postal_address": "Rua do Atacante 666", "phone": "+351 911 111 111"},
        today=date(2026, 3, 2),
    )
    actions.complete(thiefs, additions, actor=customer_of(thiefs))
    assert "Rua do Atacante 666" in _address(thiefs)
    assert "Rua A 1" in _address(victim)
    assert fresh(victim).customer.phone == FORM["phone"]


def test_letters_follow_the_cases_own_form_whatever_became_of_the_customer(cast: Cast) -> None:
    case = in_work(cast)
    Customer.objects.update(name="Somebody else", postal_address="Elsewhere 1")
    assert _address(case).splitlines() == [FORM["complainant_name"], *FORM["postal_address"].splitlines()]


def test_the_same_person_told_alike_is_one_customer(cast: Cast) -> None:
    assert filed().customer == filed(email="INES@example.org").customer
    assert filed(email=None).customer != filed(email=None).customer


def test_earlier_complaints_are_those_of_the_same_name_and_address_that_one_may_see(cast: Cast) -> None:
    first = in_work(cast)
    moved = filed(postal_address="Rua Nova 2")
    family = filed(complainant_name="Rui Conceição")
    theirs = in_work(cast, owner="otto")
    without = filed(email=None)
    assert queries.earlier_of(cast.rui, moved) == [first]
    assert queries.earlier_of(cast.marta, moved) == [theirs, first]
    assert queries.earlier_of(cast.marta, family) == queries.earlier_of(cast.marta, without) == []
    assert [each.number for each in queries.case_file(cast.rui, fresh(moved)).earlier] == [first.number]
