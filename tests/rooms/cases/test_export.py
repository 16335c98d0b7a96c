"""Copies: what we hold about a person, without what is internal or another's; and one whole case."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.actions import Question
from desagravo.cases.models import Case, Export
from desagravo.cases.models.privacy import Look
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotYours
from desagravo.history import outbox
from desagravo.history.verify import verify
from tests.cast import Cast, answered, engage, filed, in_work

pytestmark = pytest.mark.django_db

INTERNAL = "Ornitorrinco"
OTHERS = "Xilofone"


@pytest.fixture
def cast(db: None) -> Cast:
    return engage()


@pytest.fixture
def case(cast: Cast) -> Case:
    """An answered case with notes, questions and files, and another person's case beside it."""
    case = answered(cast)
    actions.note(case, body=f"{INTERNAL}: nota.", actor=cast.rui)
    due = clock.now() + timedelta(days=2)
    question = Question("finance", f"{INTERNAL}?", due, required=False)
    [asked] = actions.consult(case, questions=[question], actor=cast.rui)
    actions.answer_consultation(asked, answer=f"{INTERNAL}!", actor=cast.carla)
    kept = [actions.keep_bytes("../../nota interna.txt", INTERNAL.encode())]
    actions.add_files(case, kept=kept, actor=cast.rui)
    filed(complainant_name=f"{OTHERS} Silva", email="outro@example.org", phone="+351 911 111 111", description=OTHERS)
    return case


def made(row: Export) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """The copy as the worker makes it."""
    while outbox.run_due(limit=20, begin=lambda _job="": None):
        pass
    archive = zipfile.ZipFile(io.BytesIO(files.read(Export.objects.get(pk=row.pk).stored)))
    return archive, json.loads(archive.read("data.json"))


def everything(archive: zipfile.ZipFile) -> str:
    return "\n".join([*archive.namelist(), *(archive.read(name).decode("latin-1") for name in archive.namelist())])


def test_the_person_gets_the_own_words_and_ours_and_nothing_internal(cast: Cast, case: Case) -> None:
    row = actions.ask_for_export([case.number], language="pt-pt", actor=cast.amelia)
    archive, told = made(row)
    assert (told["format"], told["version"]) == ("desagravo.export.subject", 1)
    [one] = told["cases"]
    assert one["person"]["email"] == "ines@example.org"
    assert any("frigorífico" in field["text"] for field in one["form"])
    assert any(said["answer"] and "Substituímos" in said["text"] for said in one["conversation"])
    assert one["withheld"] == {"internal_notes": 1, "questions_to_departments": 1}
    assert INTERNAL not in everything(archive)
    assert OTHERS not in everything(archive)
    pdfs = [name for name in archive.namelist() if "/" not in name and name.endswith(".pdf")]
    assert archive.read(pdfs[0]).startswith(b"%PDF")
    assert any(name.startswith("papers/") for name in archive.namelist())
    assert verify().ok


def test_internal_notes_go_with_it_only_on_a_stated_ground(cast: Cast, case: Case) -> None:
    with pytest.raises(Missing):
        actions.ask_for_export([case.number], language="en", with_internal=True, actor=cast.amelia)
    row = actions.ask_for_export(
        [case.number], language="en", with_internal=True, ground="Ordem do tribunal.", actor=cast.amelia
    )
    _archive, told = made(row)
    assert [each["text"] for each in told["cases"][0]["internal_notes"]] == [f"{INTERNAL}: nota."]


def test_who_may_ask_and_for_what(cast: Cast, case: Case) -> None:
    for name in ("rui", "sofia", "dora", "xavier", "ines", "carla", "vasco"):
        with pytest.raises(NotAllowed):
            actions.ask_for_export([case.number], language="en", actor=cast.actor(name))
        with pytest.raises(NotAllowed):
            cases.cases_of_person(cast.actor(name), "ines@example.org")
    with pytest.raises(Missing):
        actions.ask_for_export([], language="en", actor=cast.marta)
    secret = actions.make_confidential(in_work(cast), actor=cast.rui)
    for number in (secret.number, "2001-00001"):
        with pytest.raises(NotYours):
            actions.ask_for_export([case.number, number], language="en", actor=cast.amelia)


@pytest.mark.parametrize(
    "told", ["INES@example.org", "inês  conceicao", "+351912345678", "912 345 678", "Inês Conceição"]
)
def test_a_person_is_found_however_it_is_spelt(cast: Cast, case: Case, told: str) -> None:
    found = cases.cases_of_person(cast.marta, told)
    assert [each.number for each in found.cases if each.theirs] == [case.number]


def test_confidential_cases_of_the_person_are_told_to_the_keeper_of_data_alone(cast: Cast, case: Case) -> None:
    secret = actions.make_confidential(in_work(cast), actor=cast.rui)
    assert cases.cases_of_person(cast.amelia, "ines@example.org").hidden == [secret.number]
    for told in (secret.number, "ines@example.org"):
        found = cases.cases_of_person(cast.marta, told)
        assert found.hidden == []
        assert secret.number not in [each.number for each in found.cases]


def test_a_copy_is_taken_by_who_asked_for_it_and_is_gone_after_seven_days(cast: Cast, case: Case) -> None:
    row = actions.ask_for_export([case.number], language="en", actor=cast.amelia)
    assert [each.state for each in cases.exports_of(cast.amelia)] == ["waiting"]
    made(row)
    address = f"/desk/exports/{row.pk}/"
    amelia, marta = Client(), Client()
    amelia.force_login(cast.person("amelia"))
    marta.force_login(cast.person("marta"))
    assert marta.get(address).status_code == 404
    response = amelia.get(address)
    assert response.status_code == 200
    assert "attachment" in response.headers["Content-Disposition"]
    assert Look.objects.filter(case_number=case.number, what="export").count() == 1
    stored = Export.objects.get(pk=row.pk).stored
    assert actions.forget_exports(clock.now() + timedelta(days=6)) == 0
    assert actions.forget_exports(clock.now() + timedelta(days=8)) == 1
    assert not files.path(stored).exists()
    assert amelia.get(address).status_code == 404
    assert [each.state for each in cases.exports_of(cast.amelia)] == ["gone"]


def test_the_whole_case_with_its_events_and_the_fingerprints_of_its_files(cast: Cast, case: Case) -> None:
    row = actions.ask_for_case_file(case, language="en", actor=cast.dora)
    archive, told = made(row)
    assert told["events"][0]["kind"] == "case.received"
    assert "privacy.export_asked" in [each["kind"] for each in told["events"]]
    names = [each["name"] for each in told["files"]]
    assert names
    assert set(names) <= set(archive.namelist())
    assert not any(".." in name for name in archive.namelist())
    with pytest.raises(NotAllowed):
        actions.ask_for_case_file(case, language="en", actor=cast.rui)


def test_the_page_finds_ticks_and_asks(cast: Cast, case: Case) -> None:
    amelia = Client(headers={"accept-language": "en"})
    amelia.force_login(cast.person("amelia"))
    shown = amelia.get("/desk/personal-data/?q=ines@example.org").content.decode()
    assert case.number in shown
    again = amelia.post("/desk/personal-data/", {"q": "ines@example.org", "with_internal": "yes"})
    assert again.status_code == 422
    taken = amelia.post("/desk/personal-data/", {"q": "x", "number": [case.number], "language": "pt-pt"})
    assert taken.status_code == 303
    assert case.number in amelia.get("/desk/exports/").content.decode()


def test_the_letter_of_the_copy_tells_what_the_person_may_read_and_no_more(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desagravo.cases.exporting.render", lambda _kind, facts, _language: repr(facts).encode())
    archive, _told = made(actions.ask_for_export([case.number], language="en", actor=cast.amelia))
    [name] = [each for each in archive.namelist() if "/" not in each and each.endswith(".pdf")]
    letter = archive.read(name).decode()
    for word in ("frigorífico", "Substituímos", "ines@example.org", f"Complaint {case.number}", "internal notes (1)"):
        assert word in letter, word
    for word in (INTERNAL, OTHERS, "Our decision"):
        assert word not in letter, word
    assert "points=()" in letter


def test_a_file_that_was_taken_out_is_in_no_copy_and_stops_none(cast: Cast) -> None:
    kept = [actions.keep_bytes("atestado.txt", b"asma")]
    case = answered(cast)
    actions.add_message(case, body="Segue.", kept=kept, actor=Actor("customer", case.number))
    actions.redact_file(case, case.attachments.get().pk, ground="special_category", actor=cast.amelia)
    archive, told = made(actions.ask_for_export([case.number], language="en", actor=cast.amelia))
    assert [each["taken_out"] for each in told["cases"][0]["files"]] == [True]
    assert not [each for each in archive.namelist() if each.startswith("files/")]
    whole, _told = made(actions.ask_for_case_file(case, language="en", actor=cast.amelia))
    assert "asma" not in everything(whole)


def test_the_persons_own_cases_are_never_crowded_out(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desagravo.cases.queries.exports.MOST_FOUND", 2)
    mine = [filed(complainant_name="Ana Silva", email=f"ana{each}@x.example") for each in range(3)]
    for each in range(3):
        filed(complainant_name=f"Outro {each}", email=f"o{each}@x.example", description="A colega Ana Silva atendeu.")
    found = cases.cases_of_person(cast.amelia, "ana silva")
    assert {each.number for each in found.cases if each.theirs} == {each.number for each in mine}
    assert [each.theirs for each in found.cases] == [True] * 3 + [False] * 2
    assert found.more
    assert not cases.cases_of_person(cast.amelia, "ana1@x.example").more


def test_the_search_for_a_person_is_throttled_and_asks_once_for_the_whole_list(cast: Cast, settings: Any) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person("amelia"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for more in (2, 6):
        for _each in range(more):
            filed(complainant_name="Ana Silva", email="ana@x.example")
        client.get("/desk/privacy/", {"q": "ana@x.example"})
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/desk/privacy/", {"q": "ana@x.example"})
        assert page.content.decode().count("not closed yet") == (2 if more == 2 else 8)
        counted.append(len(asked))
    assert counted[0] == counted[1]
    settings.DESAGRAVO_THROTTLES = {**settings.DESAGRAVO_THROTTLES, "search": (2, 3600)}
    for path in ("/desk/privacy/", "/desk/personal-data/"):
        assert client.get(path).status_code == 200
        statuses = [client.get(path, {"q": "ana@x.example"}).status_code for _try in range(4)]
        assert statuses[-1] == 429, path
