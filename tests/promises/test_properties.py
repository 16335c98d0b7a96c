"""What holds for any input and for any person, found with inputs that nobody thought of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question
from desagravo.cases.models import Attachment, Case, Consultation, Document
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotYours
from desagravo.departments.models import ROLES
from desagravo.desk.views import closure, triage
from desagravo.history.verify import verify
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.calendar import due_after
from tests.cast import MONDAY, SAFETY, Cast, closed, engage, filed, fresh, in_work

TODAY = date(2026, 3, 2)
SHARED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    "database": None,
}
FIELDS = {field.code: field for group in rulebook.form("en") for field in group.fields}

nasty = st.sampled_from(
    [
        "\x00",
        "\ud800",
        "\udfff\ud800",
        "\ufffe\uffff",
        "a\u202eb",
        "\u200b",
        "ﷺ" * 5,
        "😡",
        "漢字",
        "İıſ",
        "'; DROP TABLE cases_case; --",
        "{{ 7*7 }}{% x %}",
        "%(name)s %s {0}",
        "\r\n\u2028\x85",
        "1e400",
        "2026-02-30",
        "٢٠٢٦-٠١-٠١",
        "-0",
        "NaN",
        "Infinity",
    ]
)
long = st.tuples(st.sampled_from("xé😡 "), st.sampled_from([2100, 99_000, 101_000])).map(lambda made: made[0] * made[1])
words = st.one_of(st.text(max_size=60), nasty, long, st.builds(lambda a, b: a + b, nasty, st.text(max_size=10)))
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from([10**400, 2**63, -1]),
        st.floats(allow_nan=True),
        words,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=3)),
    max_leaves=6,
)
signatures = st.one_of(
    anything,
    st.fixed_dictionaries({}, optional={"method": st.one_of(st.sampled_from(["typed", "drawn", "paper"]), anything),
                                        "name": anything, "image": anything}),
)  # fmt: skip


def value_of(code: str) -> st.SearchStrategy[Any]:
    """Mostly what fits the field, so that much is accepted; sometimes anything."""
    kind = FIELDS[code].type
    fitting = {
        "date": st.dates(date(2025, 1, 1), TODAY).map(date.isoformat),
        "email": st.emails(),
        "phone": st.sampled_from(["+351 912 345 678", "912345678"]),
        "amount": st.one_of(st.integers(0, 10**13), st.floats(), st.sampled_from(["12,90 €", "1.234"])),
        "yes_no": st.sampled_from([True, False, "yes", "no", "", None]),
    }.get(kind, words)
    return st.one_of(fitting, fitting, anything)


forms = st.fixed_dictionaries(
    {"description": st.one_of(words, words, anything)},
    optional={code: value_of(code) for code in FIELDS if code not in ("description", "signature")}
    | {"signature": signatures, "no such field": anything},
)


@pytest.mark.django_db  # a telephone number is read as the organisation's country writes it
@settings(max_examples=400, **SHARED)
@given(raw=st.one_of(forms, st.dictionaries(st.one_of(st.sampled_from(sorted(FIELDS)), words), anything, max_size=6)))
@example(raw={"description": "x", "signature": {"method": ["typed"], "name": {}}})
def test_reading_gives_a_complaint_or_says_what_is_wrong(raw: dict[str, Any]) -> None:
    try:
        complaint = actions.read_complaint(raw, today=TODAY, by=("customer", "staff"))
    except Missing as refusal:
        wrong = refusal
    else:
        keepable(complaint)
        return
    assert wrong.fields
    assert wrong.sentence()


def keepable(complaint: actions.Complaint) -> None:
    """Nothing in it that a database, a page or a file could not hold, and reading it again changes nothing."""
    assert complaint.description.strip()
    stored = json.dumps(complaint.fields, ensure_ascii=False)
    assert "\x00" not in stored + complaint.description + complaint.signature.name
    (stored + complaint.description + complaint.signature.name).encode()
    assert len(complaint.description) <= 100_000
    again = {**complaint.fields, "description": complaint.description}
    assert actions.read_complaint(again, today=TODAY, by=("customer", "staff")).fields == complaint.fields


@pytest.mark.parametrize("code", sorted(FIELDS))
def test_a_number_too_long_to_be_written_is_refused(code: str) -> None:
    raw: dict[str, Any] = {"description": "x", code: 10**5000}
    for given_value in (
        10**5000,
        [10**5000],
        {"method": "typed", "name": 10**5000},
        {"method": "drawn", "image": 10**5000},
    ):
        raw[code] = given_value
        with pytest.raises(Missing) as raised:
            actions.read_complaint(raw, today=TODAY, by=("customer", "staff"))
        assert list(raised.value.fields) == [code]


@pytest.mark.django_db
@settings(max_examples=60, **SHARED)
@given(raw=forms)
@example(raw={"description": "x" * 100_000, "complainant_name": "é" * 200})
@example(raw={"description": " ".join(f"palavra{n}" for n in range(9000))})
@example(raw={"description": "😡" * 50_000})
def test_whatever_was_read_can_be_kept(cast: Cast, raw: dict[str, Any]) -> None:
    for code in list(raw):
        if code not in FIELDS:
            del raw[code]
    try:
        complaint = actions.read_complaint(raw, today=TODAY)
    except Missing:
        return
    with transaction.atomic():
        accepted = actions.receive(
            complaint, key=uuid4().hex, actor=Actor("customer", "portal"), channel="web", language="pt-pt"
        )
        case = fresh(accepted.case)
        form = case.forms.get()
        assert form.description == complaint.description
        assert form.fields == complaint.fields
        assert set(accepted.missing) == set(complaint.missing)
        assert verify().ok
        assert queries.tracked(case).form == form
        transaction.set_rollback(True)


AMOUNTS = st.decimals(0, 999_999_999, places=2, allow_nan=False)


def read_amount(value: Any) -> str:
    return str(
        actions.read_complaint({"description": "x", "amount_requested": value}, today=TODAY).text("amount_requested")
    )


def read_everywhere(written: str) -> set[str]:
    """The amount as the customer's form, triage and the closing section read it."""
    post = QueryDict(mutable=True)
    post.update({"money": "yes", "money_amount": written, "amount": written})
    case = SimpleNamespace(edition="")
    triaged = triage._answers(SimpleNamespace(POST=post), case)["money_amount"]  # type: ignore[arg-type]
    closing = closure._section(post, case).amount
    assert closing is not None
    return {read_amount(written), f"{Decimal(triaged):.2f}", f"{closing:.2f}"}


@settings(max_examples=300, **SHARED)
@given(amount=AMOUNTS, currency=st.sampled_from(["", "€", " €", " EUR", "\u00a0€"]))
def test_an_amount_is_the_same_however_it_is_written(amount: Decimal, currency: str) -> None:
    english = f"{amount:,.2f}"
    portuguese = english.translate(str.maketrans(",.", ".,"))
    ways = [f"{amount:.2f}", english, portuguese, portuguese.replace(".", " "), portuguese.replace(".", "\u00a0")]
    for written in ways:
        assert read_everywhere(written + currency) == {f"{amount:.2f}"}, written
    assert Decimal(read_amount(float(amount))) == amount
    if amount == amount.to_integral():
        whole = f"{int(amount):,}"
        for written in (whole, whole.replace(",", "."), whole.replace(",", " "), str(int(amount))):
            assert read_everywhere(written + currency) == {f"{amount:.2f}"}, written
        assert read_amount(int(amount)) == f"{amount:.2f}"


@pytest.mark.parametrize(
    "value",
    [
        "-5",
        "a lot",
        "NaN",
        "Infinity",
        "1e13",
        "1,2,3.4.5",
        "1.2345",
        "0.500",
        "12.5,00",
        True,
        [1],
        {"a": 1},
        float("nan"),
        float("inf"),
        10**13,
    ],
)
def test_what_is_no_amount_is_refused(value: Any) -> None:
    with pytest.raises(Missing) as raised:
        read_amount(value)
    assert list(raised.value.fields) == ["amount_requested"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("0", "0.00"),
        ("-0", "0.00"),
        (0, "0.00"),
        ("1.234", "1234.00"),
        ("1.5", "1.50"),
        ("1,5", "1.50"),
        ("12.345.678", "12345678.00"),
        ("R$ 10,00", "10.00"),
        (None, ""),
        ("  ", ""),
    ],
)
def test_amounts_by_hand(value: Any, read: str) -> None:
    assert read_amount(value) == read


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    with clock.at(MONDAY):
        yield engage()


@dataclass
class Population:
    """Cases of every kind that visibility depends on, all with the word "frigorífico" and a file of each sort."""

    cast: Cast
    cases: list[Case]
    actors: list[Actor]


@pytest.fixture
def population(cast: Cast) -> Population:
    cases = [
        filed(),
        filed(signature=None),
        in_work(cast),
        in_work(cast, answers=SAFETY),
        in_work(cast, owner="otto"),
        in_work(cast, owner="otto", answers=SAFETY),
        closed(cast),
    ]
    for place, case in enumerate(cases):
        actions.note(case, body="n", actor=cast.marta, kept=[actions.keep_bytes("intern.txt", b"n")])
        actions.add_message(
            case, body="m", actor=Actor("customer", case.number), kept=[actions.keep_bytes("foto.txt", b"m")]
        )
        actions.keep_document(case, kind="receipt", subject=place + 1, pdf=b"%PDF")
        actions.keep_document(case, kind="sign_off", subject=place + 1, pdf=b"%PDF")
    due = due_after(clock.now(), 3)
    for case, department in ((cases[2], "finance"), (cases[5], "logistics")):
        asked = actions.consult(case, questions=[Question(department, "Pago?", due)], actor=cast.marta)[0]
        contact = cast.carla if department == "finance" else cast.paulo
        actions.answer_consultation(asked, answer="Sim", actor=contact, kept=[actions.keep_bytes("a.txt", b"a")])
    complaint = actions.read_complaint({"description": "frigorífico"}, today=TODAY)
    taken = actions.receive(complaint, key="phone", actor=cast.ines, channel="phone", language="pt-pt").case
    staff = [cast.actor(name) for name in cast.people]
    customers = [Actor("customer", case.number) for case in (cases[0], cases[3])]
    return Population(cast, [*cases, taken], [*staff, *customers])


def sees(actor: Actor, world: Population) -> None:
    """Every way to a case agrees with ``visible_to``."""
    visible = set(queries.visible_to(actor).values_list("pk", flat=True))
    for case in world.cases:
        assert reached(queries.case_for, actor, case.number) == (case.pk in visible)
    by_search = {row.id for row in queries.search(actor, "frigorifico").rows}
    assert by_search == visible & {case.pk for case in world.cases}
    for view in queries.VIEWS:
        assert {row.id for row in queries.inbox(actor, view).rows} <= visible, view
    asked = set(queries.consultations_for(actor).values_list("pk", flat=True))
    for row in Consultation.objects.all():
        assert reached(queries.consultation_for, actor, row.pk) == (row.pk in asked)
        if row.pk in asked:
            assert row.case_id in visible or row.department in actor.departments
    assert {row.id for row in queries.questions(actor)} <= asked
    through_questions = set(Consultation.objects.filter(pk__in=asked).values_list("case_id", flat=True))
    for file in Attachment.objects.all():
        if not reached(queries.attachment_for, actor, file.pk):
            assert file.case_id not in visible or (actor.kind == "customer" and not file.for_customer)
            continue
        assert file.case_id in visible | through_questions
        assert actor.kind != "customer" or file.for_customer
        if file.case_id not in visible:
            assert file.name != "intern.txt"
    for document in Document.objects.all():
        may = document.case_id in visible and (actor.kind != "customer" or document.kind != "sign_off")
        assert reached(queries.document_for, actor, document.pk) == may


def reached(way: Any, actor: Actor, key: object) -> bool:
    try:
        way(actor, key)
    except NotYours as refusal:
        code = refusal.code
    else:
        return True
    assert code == "not_found"
    return False


def test_every_way_to_a_case_agrees_for_everybody_of_the_cast(population: Population) -> None:
    for actor in population.actors:
        sees(actor, population)


def test_what_some_see_and_others_do_not(population: Population) -> None:
    """So that the property above is not true of nothing."""
    cast, cases = population.cast, population.cases
    seen = {
        name: queries.visible_to(cast.actor(name)).filter(pk__in=[case.pk for case in cases]).count()
        for name in cast.people
    }
    assert seen["marta"] == seen["dora"] == len(cases)
    assert seen["carla"] == seen["xavier"] == 0
    assert 0 < seen["otto"] < len(cases)
    assert 0 < seen["vasco"] < len(cases)
    assert queries.visible_to(Actor("customer", cases[0].number)).count() == 1


@settings(max_examples=40, **SHARED)
@given(
    roles=st.frozensets(st.sampled_from(ROLES), max_size=3),
    departments=st.frozensets(st.sampled_from(["finance", "logistics", "legal", "senior"]), max_size=2),
    team=st.sampled_from(["", "desk", "other", "nowhere"]),
    place=st.integers(0, 10),
)
def test_every_way_to_a_case_agrees_for_any_mixture_of_roles(
    population: Population, roles: frozenset[str], departments: frozenset[str], team: str, place: int
) -> None:
    person = list(population.cast.people.values())[place]
    sees(Actor("staff", str(person.pk), roles, departments, team), population)


@settings(max_examples=30, **SHARED)
@given(kind=st.sampled_from(["customer", "api"]), name=st.sampled_from(["", "portal", "1", "2026-99999", "' OR 1=1"]))
def test_strangers_see_nothing(population: Population, kind: Any, name: str) -> None:
    actor = Actor(kind, name)
    sees(actor, population)
    assert not queries.visible_to(actor).exists()
