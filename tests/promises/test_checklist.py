"""The checklist tells the truth: what it names exists, and what no other test showed is shown here."""

from __future__ import annotations

import ast
import copy
import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from desagravo.administration.checklist import points
from desagravo.administration.checklist.live import CHECKS
from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.common import clock
from desagravo.departments.models import Organisation
from desagravo.departments.queries import forget_organisation
from desagravo.history.models import Event
from desagravo.operations.work import TICKS
from desagravo.rulebook import decide, edition
from desagravo.rulebook import queries as rulebook
from tests.cast import MONDAY, PASSWORD, SAFETY, Cast, answered, closed, engage, filed, fresh, in_work, kinds, section
from tests.rooms.cases.test_procedure import changed, published


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    forget_organisation()
    with clock.at(MONDAY):
        yield engage()
    forget_organisation()


ROOT = Path(__file__).resolve().parents[2]
POINTS = points.book("points")["point"]


# The list itself -----------------------------------------------------------------------------------------------------


def test_there_are_a_hundred_points_in_nine_parts() -> None:
    assert [row["n"] for row in POINTS] == list(range(1, 101))
    covered = [n for area in points.book("points")["area"] for n in range(area["first"], area["last"] + 1)]
    assert covered == list(range(1, 101))


@pytest.mark.parametrize("row", POINTS, ids=lambda row: str(row["n"]))
def test_every_test_that_a_point_names_exists_and_every_page_resolves(row: dict[str, object]) -> None:
    for named in row.get("tests", ()):  # type: ignore[attr-defined]
        path, _colons, name = named.partition("::")
        assert name, f"{row['n']}: {named} names no function"
        assert name in functions(path), f"{row['n']}: there is no {named}"
    page = points.book("pages").get(row.get("page", ""))
    if row.get("page"):
        assert page is not None
        assert reverse(page["url"], args=page.get("args", ())).startswith("/")


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


@pytest.mark.parametrize("row", POINTS, ids=lambda row: str(row["n"]))
def test_every_point_says_what_its_kind_must_say(row: dict[str, object]) -> None:
    assert row["how"] in points.HOW
    assert row["weight"] in {"M", "G", "H"}
    told = [row["title"], *([row["note"]] if "note" in row else [])]
    assert all({"en", "pt-pt", "es"} <= set(texts) for texts in told)  # type: ignore[call-overload]
    if row["how"] in {"product", "configuration"}:
        assert row.get("tests"), f"{row['n']} is met and has no test"
        assert row.get("page"), f"{row['n']} is met and says not where"
    else:
        assert row.get("note"), f"{row['n']} is not met by the product and says not why"
    assert (row["how"] == "configuration") == ("check" in row)
    if "check" in row:
        assert row["check"] in CHECKS


def test_at_least_sixty_points_are_met_by_the_product_itself() -> None:
    assert sum(row["how"] == "product" for row in POINTS) >= 60


def test_who_reads_it_and_what_it_says(cast: Cast) -> None:
    for name in ("xavier", "marta", "dora"):
        client = _client(cast, name)
        answer = client.get(reverse("administration:checklist"))
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "of 100" in text
        assert text.count('<tr id="point-') == 100
        only = client.get(reverse("administration:checklist") + "?how=not").content.decode()
        assert only.count('<tr id="point-') == sum(row["how"] == "not" for row in POINTS)
        assert client.get(reverse("administration:checklist") + "?how=nonsense").status_code == 200
    for name in ("rui", "sofia", "carla", "amelia"):
        assert _client(cast, name).get(reverse("administration:checklist")).status_code == 404
    table = _client(cast, "dora").get(reverse("administration:checklist_table")).content.decode()
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert len(rows) == 101
    assert rows[1][0] == "1"


def test_what_is_configured_here_counts(cast: Cast) -> None:
    before = points.scored("en").mark
    assert next(each for each in points.scored("en").points if each.n == 21).configured is True
    Organisation.objects.update(phone="", email="")
    forget_organisation()
    after = points.scored("en")
    assert next(each for each in after.points if each.n == 21).configured is False
    assert after.mark == before - 0.5


def test_a_duty_is_noted_with_words_and_taken_back(cast: Cast) -> None:
    address = reverse("administration:checklist_duty", args=[100])
    before = points.scored("en").mark
    marta = _client(cast, "marta")
    refused = marta.post(address, {"note": "  "})
    assert refused.status_code == 422
    assert "how your organisation meets" in refused.content.decode()
    assert marta.post(address, {"note": "x" * 2001}).status_code == 422
    answer = marta.post(address, {"note": "Cada pessoa faz o curso de janeiro; ver a pasta Formação."})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("#point-100")
    assert points.scored("en").mark == before + 0.5
    text = _client(cast, "dora").get(reverse("administration:checklist")).content.decode()
    assert "ver a pasta Formação" in text
    assert "Marta Faria" in text
    assert kinds_of("duty.noted") == 1
    assert "ver a pasta" not in Event.objects.get(kind="duty.noted").payload
    marta.post(address, {"note": "Outra vez."})
    assert points.scored("en").mark == before + 0.5
    marta.post(address, {"end": "1"})
    assert points.scored("en").mark == before
    assert kinds_of("duty.note_ended") == 1
    assert marta.get(reverse("administration:checklist_duty", args=[1])).status_code == 404
    for name in ("dora", "rui"):
        assert _client(cast, name).get(address).status_code == 404
        assert _client(cast, name).post(address, {"note": "Sim."}).status_code == 404


def kinds_of(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def _client(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(name))
    return client


# Points that had no test of their own --------------------------------------------------------------------------------


def test_every_channel_leads_to_one_register(cast: Cast) -> None:
    numbers = {filed(channel=channel).number for channel in ("web", "api")}
    for channel in ("phone", "counter", "post"):
        complaint = actions.read_complaint({"description": "A porta não fecha."}, today=MONDAY.date())
        taken = actions.receive(complaint, key=channel, actor=cast.ines, channel=channel, language="pt-pt")
        numbers.add(taken.case.number)
    assert len(numbers) == 5
    assert numbers <= set(cases.visible_to(cast.marta).values_list("number", flat=True))


def test_whatever_arrives_counts_from_its_first_moment(cast: Cast) -> None:
    """There are no enquiries, tickets or feedback beside complaints: one register, and its first date never moves."""
    case = filed(description="Só queria saber porque demora tanto.")
    first = case.received_at
    with clock.at(MONDAY + timedelta(days=9)):
        case = actions.assess(case, answers=SAFETY, actor=cast.sofia)
        case = actions.overrule(case, outcome="minor", reason="Era só uma pergunta.", actor=cast.marta)
        assert fresh(case).received_at == first
        assert cases.promised(fresh(case)) < MONDAY + timedelta(days=40)
    done = closed(cast)
    before = done.received_at
    reopened = actions.reopen(done, reason="Voltou a acontecer.", actor=cast.marta)
    assert fresh(reopened).received_at == before


def test_the_form_has_its_fields_and_the_edition_says_what_makes_it_complete() -> None:
    fields = [each for group in rulebook.form("en") for each in group.fields]
    assert {each.number for each in fields} == set(range(1, 36))
    rules = copy.deepcopy(dict(edition.book("form")))
    assert decide.missing({"description"}) != ()
    rules["complete_when"] = [row for row in rules["complete_when"] if row["code"] == "description"]
    assert decide.missing({"description"}, rules) == ()


def test_every_step_names_who_took_it_and_no_program_decides(cast: Cast) -> None:
    """Only the clock, the worker and the rules act besides people, and none of them assesses, answers or closes."""
    case = answered(cast)
    for event in Event.objects.filter(case_number=case.number):
        assert event.actor_kind in {"staff", "customer", "system", "rule"}
        assert event.actor_kind != "staff" or event.actor_id
    decisions = {"case.assessed", "point.decided", "case.answered"}
    assert decisions <= set(kinds(case))
    assert {each.actor_kind for each in Event.objects.filter(kind__in=decisions)} == {"staff"}


def test_no_template_and_no_guidance_admits_liability() -> None:
    book = edition.book("guidance")
    for language, phrases in book["admission"].items():
        said = [letter.body.lower() for letter in rulebook.letter_templates(language)]
        said += [words.lower() for advice in rulebook.guidance(language) for words in advice.say]
        assert said
        for phrase in phrases:
            assert not any(phrase in text for text in said), f"{language}: {phrase}"


def test_time_alone_closes_nothing(cast: Cast) -> None:
    open_ones = [filed(), filed(signature=None), in_work(cast), answered(cast)]
    states = {each.pk: fresh(each).status for each in open_ones}
    with clock.at(MONDAY + timedelta(days=800)):
        for tick in TICKS:
            if tick.where.startswith("desagravo.cases"):
                tick.function()(clock.now())
        assert {each.pk: fresh(each).status for each in open_ones} == states


def test_a_new_edition_moves_no_date_of_a_case(cast: Cast) -> None:
    before = filed()
    promised = cases.promised(before)
    published("2026.5", MONDAY.date(), **changed("targets", "answer", days=2))
    after = filed()
    assert cases.promised(after) < promised
    actions.note(before, body="Nada muda.", actor=cast.marta)
    assert cases.promised(fresh(before)) == promised
    assert (fresh(before).edition or edition.STARTER, fresh(after).edition) == (edition.STARTER, "2026.5")


def test_there_is_a_letter_for_each_kind_of_answer() -> None:
    for language in ("en", "pt-pt", "pt-br", "es"):
        codes = {each.code for each in rulebook.letters_to_choose(language)}
        assert {"answer_upheld", "answer_partly", "answer_not_upheld", "answer_explanation", "holding"} <= codes
        assert {"answer_offer", "answer_summary", "answer_refusal", "forwarding"} <= codes


def test_a_lesson_is_found_by_its_words(cast: Cast) -> None:
    case = answered(cast)
    lesson = section(lesson="Os parafusos de latão racham.")
    actions.sign_off(case, section=lesson, password=PASSWORD, actor=cast.sofia)
    found = cases.search(cast.marta, "parafusos latao")
    assert case.number in {row.number for row in found.rows}
