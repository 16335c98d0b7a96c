"""The sample company as it stands in the database after a first start."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.translation import gettext
from pypdf import PdfReader

from desagravo.cases import queries
from desagravo.cases.lifecycle import STATUSES, replay
from desagravo.cases.models import Attachment, Case, FollowUp, Message, Response, SignOff
from desagravo.common import clock, files
from desagravo.common.language import in_language
from desagravo.departments.models import ROLES, Department, Person
from desagravo.history.models import Delivery, Event
from desagravo.history.queries import kinds_of_case
from desagravo.history.verify import verify
from desagravo.operations import sample
from desagravo.operations.sample import evidence, script
from desagravo.rulebook.letters import PLACEHOLDERS, names_in

THURSDAY = datetime(2026, 4, 23, 10, 30, tzinfo=UTC)
STARTS = {
    "a working day": THURSDAY,
    "Sunday night": datetime(2026, 6, 14, 22, 50, tzinfo=UTC),
    "just after midnight": datetime(2026, 6, 15, 23, 2, tzinfo=UTC),
    "the first days of a year": datetime(2026, 1, 2, 8, 0, tzinfo=UTC),
    "a Monday after the clocks changed": datetime(2026, 3, 30, 7, 0, tzinfo=UTC),
}


@pytest.fixture(scope="module")
def sign_ins(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[dict[str, str]]]:
    """One company for all tests that only look at it; gone at the end."""
    with django_db_blocker.unblock(), clock.at(THURSDAY), transaction.atomic():
        yield sample.load()
        transaction.set_rollback(True)


def test_every_status_and_every_case_as_its_script_says(sign_ins: list[dict[str, str]]) -> None:
    wanted = Counter(row["status"] for row in script.complaints())
    assert Counter(Case.objects.values_list("status", flat=True)) == wanted
    assert set(wanted) == set(STATUSES)
    for case in Case.objects.all():
        assert replay(kinds_of_case(case.number)) == case.status


def test_everybody_can_sign_in_and_every_role_is_there(sign_ins: list[dict[str, str]]) -> None:
    assert {each["role"] for each in sign_ins} == set(ROLES)
    assert len(sign_ins) == Person.objects.count()
    first = {each["role"]: each for each in reversed(sign_ins)}
    for told in first.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+){2}-[0-9]{4}", told["password"])
        assert authenticate(username=told["email"], password=told["password"]) is not None


def test_two_installations_have_different_passwords() -> None:
    from desagravo.operations.sample.engage import new_password

    assert len({new_password() for _ in range(50)}) == 50


def test_the_history_is_whole_and_in_the_order_of_time(sign_ins: list[dict[str, str]]) -> None:
    whole()


@pytest.mark.django_db
@pytest.mark.parametrize("start", ["Sunday night", "just after midnight"])
def test_it_loads_whenever_the_first_start_is(start: str) -> None:
    with clock.at(STARTS[start]), transaction.atomic():
        sample.load()
        whole()


def whole() -> None:
    assert verify().ok
    times = list(Event.objects.order_by("seq").values_list("occurred_at", flat=True))
    assert times == sorted(times)
    assert times[-1] <= clock.now()
    assert {row.status for row in Case.objects.all()} == set(STATUSES)
    received = list(Case.objects.order_by("pk").values_list("received_at", flat=True))
    assert received == sorted(received)


def test_nothing_staff_do_happens_at_night_unless_they_took_it_in_then(sign_ins: list[dict[str, str]]) -> None:
    for happening in script.happenings(THURSDAY):
        local = happening.moment.astimezone(script.zone())
        by = happening.step.get("by", "customer")
        if by in ("customer", happening.complaint.get("by")):
            continue
        assert local.weekday() < 5
        assert 9 <= local.hour < 18


@pytest.mark.parametrize("start", list(STARTS.values()), ids=list(STARTS))
def test_steps_keep_their_order_whenever_the_first_start_is(start: datetime) -> None:
    told = script.happenings(start)
    assert all(each.moment < start for each in told)
    for number in {each.complaint_number for each in told}:
        steps = [each.number for each in told if each.complaint_number == number]
        assert steps == sorted(steps)


def test_letters_are_finished_and_in_the_customers_language(sign_ins: list[dict[str, str]]) -> None:
    assert Response.objects.count() >= 10
    for response in Response.objects.select_related("case"):
        assert not names_in(response.body) & set(PLACEHOLDERS)
        english = "Dear " in response.body
        assert english == (response.case.language == "en")
        assert response.case.number in response.body or queries.PRIVATE_PAGE in response.body


def test_decisions_in_portuguese_letters_are_portuguese(sign_ins: list[dict[str, str]]) -> None:
    with in_language("pt-pt"):
        if gettext("upheld") == "upheld":
            pytest.skip("the Portuguese catalogue does not have the decisions yet")
    for response in Response.objects.exclude(case__language="en"):
        assert "upheld" not in response.body.lower()


def test_what_was_due_came_back_at_its_date(sign_ins: list[dict[str, str]]) -> None:
    back = FollowUp.objects.exclude(came_back_at=None).exclude(about="reach_customer")
    assert back.count() >= 4
    for row in back:
        assert timedelta() <= row.came_back_at - row.due_at < timedelta(minutes=1)
    late = FollowUp.objects.filter(done_at=None, came_back_at=None, due_at__lt=clock.now() - timedelta(minutes=1))
    assert not late.filter(case__open=True).exists()


def test_closures_are_signed_and_the_reopened_one_twice(sign_ins: list[dict[str, str]]) -> None:
    closed = Case.objects.filter(status="closed")
    assert all(case.sign_offs.exists() for case in closed)
    assert sorted(SignOff.objects.values_list("section", flat=True)) == [1] * closed.count() + [2]
    assert all(row.lesson for row in SignOff.objects.filter(case__severity="major"))


def test_files_are_what_their_names_say(sign_ins: list[dict[str, str]]) -> None:
    for row in Attachment.objects.all():
        kind = {"png": "image/png", "pdf": "application/pdf", "txt": "text/plain"}[row.name.rpartition(".")[2]]
        assert row.media_type == kind
        assert 100 < row.size < 60_000
        if kind == "application/pdf":
            assert PdfReader(io.BytesIO(files.read(row.stored)), strict=True).pages[0].extract_text().strip()
    drawn = [form for case in Case.objects.all() for form in case.forms.exclude(signature_file="")]
    assert len(drawn) == sum(row["signature"] == "drawn" for row in script.complaints()) > 0
    assert all(files.read(form.signature_file).startswith(b"\x89PNG") for form in drawn)


def test_two_people_sign_differently() -> None:
    assert evidence.signature("Inês Conceição") != evidence.signature("Tom Bly")
    assert evidence.picture("a.png") != evidence.picture("b.png")


def test_a_receipt_that_somebody_waits_for_now_does_not_stand_behind_the_papers_of_the_past(
    sign_ins: list[dict[str, str]],
) -> None:
    papers = Delivery.objects.filter(subscriber__startswith="cases.", state="waiting").order_by("due_at")
    assert papers.count() > 40
    assert all(row.due_at > clock.now() for row in papers)
    assert len({row.due_at for row in papers}) == papers.count()
    newest = Event.objects.filter(kind__in=("case.received", "case.received_incomplete")).order_by("-seq")[0]
    place = list(papers.values_list("event_id", flat=True)).index(newest.pk)
    assert place < 5
    assert papers.last().due_at < clock.now() + timedelta(minutes=3)


def test_what_people_read_is_portuguese_where_it_is_due(sign_ins: list[dict[str, str]]) -> None:
    words = re.compile(r"\b(the|and|customer|complaint|please|sample)\b", re.IGNORECASE)
    internal = Message.objects.filter(kind__in=("note", "reason"))
    told = Message.objects.filter(kind__in=("to_customer", "from_customer"), case__language="pt-pt")
    for message in [*internal, *told]:
        assert not words.search(message.body), message.body
    assert all(department.names["pt-pt"] for department in Department.objects.all())


def test_each_person_finds_something_to_do(sign_ins: list[dict[str, str]]) -> None:
    from desagravo.departments.queries import actor_for

    for person in Person.objects.all():
        actor = actor_for(person)
        if actor.has("handler"):
            assert queries.inbox(actor, "mine").rows, person.name
        if actor.has("supervisor", "manager"):
            assert queries.inbox(actor, "new").rows, person.name
        if actor.has("contact") and "service" not in actor.departments:
            told = queries.questions(actor), queries.questions(actor, status="answered")
            assert any(told), person.name
