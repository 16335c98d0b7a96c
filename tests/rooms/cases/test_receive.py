"""Receiving: raw first, one case for one filing, a number without gaps, and nothing incomplete is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from desagravo.cases import actions, queries
from desagravo.cases.models import Attachment, Case, ComplaintForm, NumberSeries, Submission
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.departments import actions as departments
from desagravo.history.outbox import run_due
from tests.cast import FORM, MONDAY, Cast, days_later, filed, fresh, kinds
from tests.rooms.cases.steps import refused

TODAY = MONDAY.date()
PORTAL = Actor("customer", "portal")


def receive(key: str, *, actor: Actor = PORTAL, kept: list[actions.KeptFile] | None = None, **changes: object) -> Case:
    raw = {name: value for name, value in {**FORM, **changes}.items() if value is not None}
    complaint = actions.read_complaint(raw, today=TODAY)
    return actions.receive(
        complaint, key=key, actor=actor, channel="web", language=complaint.language or "en", kept=kept or []
    ).case


def paper(case: Case, kind: str) -> str:
    """The words of a paper that the worker made, white space folded."""
    run_due()
    content = files.read(case.documents.get(kind=kind).stored)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def test_a_signed_form_becomes_a_case(cast: Cast) -> None:
    case = filed()
    assert (case.number, case.status, case.open, case.channel) == ("2026-00001", "received", True, "web")
    assert kinds(case) == ["case.received"]
    assert (case.next_step, case.received_at) == ("assess", MONDAY)
    assert case.customer.name == "Inês Conceição"
    form = case.forms.get()
    assert (form.version, form.description, form.missing) == (1, FORM["description"], [])
    assert (form.signature_method, form.signature_name, form.signed_at) == ("typed", "Inês Conceição", MONDAY)
    assert "description" not in form.fields
    submission = Submission.objects.get()
    assert (submission.case_id, submission.received_at) == (case.pk, MONDAY)
    assert json.loads(submission.content)["description"] == FORM["description"]


def test_only_the_description_is_needed(cast: Cast) -> None:
    complaint = actions.read_complaint({"description": "isto é uma vergonha"}, today=TODAY)
    accepted = actions.receive(complaint, key="k", actor=PORTAL, channel="web", language="pt-pt")
    case = accepted.case
    assert (case.status, case.next_step, case.open) == ("incomplete", "ask_customer", True)
    assert kinds(case) == ["case.received_incomplete"]
    assert set(accepted.missing) == {"complainant_name", "contact", "occurred_on", "form_completed_on", "signature"}
    assert queries.case_behind(accepted.tracking_url.split("/")[-2])[0] == case


def test_an_empty_description_is_refused(cast: Cast) -> None:
    with refused(None, Missing, "description:empty"):
        filed(description="  \n ")
    assert not Submission.objects.exists()


def test_the_same_filing_twice_is_one_case(cast: Cast) -> None:
    one, other = receive("a key"), receive("a key")
    assert one == other
    assert Case.objects.count() == Submission.objects.count() == ComplaintForm.objects.count() == 1
    assert kinds(one) == ["case.received"]


def test_a_key_belongs_to_one_text(cast: Cast) -> None:
    case = receive("a key")
    with refused(case, NotNow, "same_key_other_body", case_number=case.number):
        receive("a key", description="Something else.")
    with refused(case, NotNow, "same_key_other_body"):
        receive("a key", phone="+351 912 345 679")
    assert Case.objects.count() == 1


def test_the_second_sendings_copies_of_files_go_and_the_first_stay(cast: Cast) -> None:
    first, again = (actions.keep_bytes("talão.txt", b"12,90 EUR") for _ in range(2))
    case = receive("a key", kept=[first])
    assert receive("a key", kept=[again]) == case
    assert files.read(Attachment.objects.get().stored) == b"12,90 EUR"
    assert not files.path(again.stored).exists()
    other = actions.keep_bytes("talão.txt", b"13,90 EUR")
    with refused(case, NotNow, "same_key_other_body"):
        receive("a key", kept=[other])
    assert not files.path(other.stored).exists()
    assert files.path(first.stored).exists()


def test_putting_copies_away_reads_only_the_one_submission_that_is_known(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    receive("a key")
    copies = [actions.keep_bytes(f"{n}.txt", b"%d" % n) for n in range(20)]
    with pytest.raises(NotNow), django_assert_max_num_queries(8) as asked:
        receive("a key", description="Something else.", kept=copies)
    assert not any("LIKE" in query["sql"] for query in asked.captured_queries)
    assert not any(files.path(each.stored).exists() for each in copies)


def test_files_that_the_form_still_holds_survive_a_refused_second_sending(cast: Cast) -> None:
    receive("web:token")
    kept = actions.keep_bytes("talão.txt", b"12,90 EUR")
    actions.keep_draft("token", {}, [kept])
    with pytest.raises(NotNow):
        receive("web:token", description="Something else.", kept=[kept])
    assert files.read(kept.stored) == b"12,90 EUR"


def test_asking_in_another_language_is_the_same_filing(cast: Cast) -> None:
    form = {"description": "Não arrefece."}
    told = [
        actions.receive(
            actions.read_complaint(form, today=TODAY),
            key="a key",
            actor=Actor("customer", "api"),
            channel="api",
            language=language,
        )
        for language in ("pt-pt", "en")
    ]
    assert (told[0].case, told[0].new) == (told[1].case, True)
    assert not told[1].new
    assert fresh(told[0].case).language == "pt-pt"
    with pytest.raises(NotNow):
        receive("a key", language="en")


def test_a_drawn_signature_sent_twice_is_stored_once(cast: Cast) -> None:
    drawn = {"method": "drawn", "name": "Inês", "image": b"\x89PNG\r\n\x1a\n" + b"0" * 40}
    case = receive("a key", signature=drawn)
    before = sorted(files.root().rglob("?" * 40))
    assert receive("a key", signature=drawn) == case
    assert sorted(files.root().rglob("?" * 40)) == before
    assert files.read(case.forms.get().signature_file) == drawn["image"]


def test_numbers_have_no_gaps_also_after_refusals_and_begin_anew_each_year(cast: Cast) -> None:
    numbers = [filed().number]
    with pytest.raises(NotAllowed):
        receive("no right", actor=cast.dora)
    receive("a key")
    with pytest.raises(NotNow):
        receive("a key", description="other")
    numbers += [filed().number, filed().number]
    assert numbers == ["2026-00001", "2026-00003", "2026-00004"]
    assert NumberSeries.objects.get(year=2026).last == 4 == Case.objects.count()
    with days_later(365):
        assert filed().number == "2027-00001"


def test_a_customer_cannot_say_that_somebody_signed_on_paper(cast: Cast) -> None:
    with pytest.raises(Missing) as raised:
        actions.read_complaint({**FORM, "signature": {"method": "paper", "name": "Inês"}}, today=TODAY)
    assert [each.code for each in raised.value.fields["signature"]] == ["unknown_code"]


def test_employees_file_for_customers_and_say_when_it_reached_us(cast: Cast) -> None:
    signed = {**FORM, "signature": {"method": "paper", "name": "Inês"}}
    complaint = actions.read_complaint(signed, today=TODAY, by=("customer", "staff"))
    arrived = MONDAY - timedelta(days=4)
    case = actions.receive(
        complaint,
        key="letter",
        actor=cast.ines,
        channel="post",
        language="pt-pt",
        received_at=arrived,
        department="finance",
    ).case
    assert (case.received_at, case.registered_at) == (arrived, MONDAY)
    assert (str(case.received_by_id), case.department_concerned) == (cast.ines.id, "finance")
    assert case.number == "2026-00001"


@pytest.mark.parametrize("who", ["carla", "vasco", "dora", "xavier"])
def test_who_may_not_file(cast: Cast, who: str) -> None:
    with refused(None, NotAllowed, "role"):
        receive("k", actor=cast.actor(who))
    assert not Submission.objects.exists()


def test_what_a_crash_left_behind_is_opened_by_the_worker(cast: Cast) -> None:
    case = receive("first")
    done = Submission.objects.get(case=case)
    left = Submission.objects.create(
        key="left", digest=done.digest, content=done.content, channel="web", received_at=clock.now()
    )
    assert actions.open_forgotten(clock.now() + timedelta(seconds=20)) == 0  # its request may still be alive
    assert actions.open_forgotten(clock.now() + timedelta(seconds=31)) == 1
    left.refresh_from_db()
    assert left.case is not None
    assert (left.case.number, kinds(left.case)) == ("2026-00002", ["case.received"])
    assert actions.open_forgotten(clock.now() + timedelta(seconds=60)) == 0
    assert receive("left") == left.case
    assert Case.objects.count() == 2


def test_a_submission_keeps_its_time_of_receipt_when_it_is_opened_late(cast: Cast) -> None:
    case = receive("first")
    done = Submission.objects.get(case=case)
    Submission.objects.create(key="k", digest=done.digest, content=done.content, channel="web", received_at=MONDAY)
    with days_later(1) as later:
        actions.open_forgotten(later)
    late = Case.objects.exclude(pk=case.pk).get()
    assert (late.received_at, late.registered_at) == (MONDAY, later)


def test_the_text_is_found_at_once(cast: Cast) -> None:
    case = filed(description="O congelador não arrefece", complainant_name="Zé Ninguém")
    filed(description="Outra coisa")
    for words in ("congelador", "ARREF", "nao arrefece", "Ninguem", case.number, "A-1234 congel"):
        assert [row.number for row in queries.search(cast.marta, words).rows][-1:] == [case.number], words
    assert not queries.search(cast.marta, "frigorificos").rows


def test_the_receipt_is_made_in_the_customers_language(cast: Cast) -> None:
    case = filed()
    text = paper(case, "receipt")
    assert case.number in text
    assert "2 de março de 2026" in text
    run_due()
    assert case.documents.count() == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"occurred_on": "2026-03-03"}, "occurred_on:future_date"),
        ({"form_completed_on": "2026-03-03"}, "form_completed_on:after_receipt"),
        ({"occurred_on": "2026-01-08"}, "form_completed_on:before_occurrence"),
        ({"occurred_on": "31-01-2026"}, "occurred_on:bad_date"),
        ({"email": "ines(at)example.org"}, "email:bad_email"),
        ({"phone": "call me"}, "phone:bad_phone"),
        ({"remedy_requested": ["replace", "a pony"]}, "remedy_requested:unknown_code"),
        ({"description": "x" * 100_001}, "description:too_long"),
        ({"favourite_colour": "blue"}, "favourite_colour:unknown_field"),
        ({"attachments": ["x"]}, "attachments:unknown_field"),
        ({"signature": {"method": "drawn", "image": "no picture"}}, "signature:signature_unreadable"),
        ({"signature": {"method": "stamped", "name": "x"}}, "signature:unknown_code"),
        ({"signature": "Inês"}, "signature:bad_type"),
        ({"amount_requested": "a lot"}, "amount_requested:bad_amount"),
    ],
)
def test_malformed_values_are_named(cast: Cast, changes: dict[str, object], problem: str) -> None:
    with refused(None, Missing, problem):
        actions.read_complaint({**FORM, **changes}, today=date(2026, 3, 2))


def test_all_problems_are_told_at_once(cast: Cast) -> None:
    with refused(None, Missing, "email:bad_email", "occurred_on:bad_date", "description:empty", "x:unknown_field"):
        actions.read_complaint({"email": "@", "occurred_on": "yesterday", "x": 1}, today=TODAY)


def test_the_departments_of_the_house_count_and_not_those_of_the_rulebook(cast: Cast) -> None:
    code = departments.add_department(names={"en": "Repairs"}, purposes={}, actor=cast.xavier)
    actions.retire_department("logistics", actor=cast.xavier)

    def told(department: str) -> Any:
        raw = {**FORM, "department_concerned": department}
        return actions.read_complaint(raw, today=MONDAY.date(), by=("customer", "staff")).fields

    assert told(code)["department_concerned"] == code
    for asked in ("logistics", "moon"):
        with pytest.raises(Missing) as missing:
            told(asked)
        assert [each.code for each in missing.value.fields["department_concerned"]] == ["unknown_code"]


@pytest.mark.parametrize(
    "phone",
    [
        "(81) 98888-7777", "(81)98888-7777", "(81) 3222-1234", "81 98888.7777", "+55 (81) 98888-7777", "0800/722.1234",
        "98888-7777 (recados com Ana)",
    ],
)  # fmt: skip
def test_no_complaint_is_refused_for_how_a_telephone_number_is_written(cast: Cast, phone: str) -> None:
    departments.establish_organisation("Casa de Ensaio", country="BR")
    assert filed(phone=phone).customer.phone == phone


def test_papers_say_when_it_was_at_the_organisations_place(cast: Cast) -> None:
    departments.establish_organisation("Casa de Ensaio", time_zone="America/Recife")
    with clock.at(datetime(2026, 11, 22, 0, 12, tzinfo=UTC)):
        case = filed(today=date(2026, 11, 21), occurred_on="2026-11-20", form_completed_on="2026-11-21", language="en")
        assert case.next_due == datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # Monday, 17:00 in Recife
        receipt = paper(case, "receipt")
    assert "21 November 2026, 21:12 (UTC-03:00)" in receipt
    assert "22 November" not in receipt
