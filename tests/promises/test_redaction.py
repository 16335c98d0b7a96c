"""What is taken out of a case is gone for good, and that it was taken out is seen for good."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question, scrub
from desagravo.cases.models import Attachment, Document, Message, Response, Submission
from desagravo.cases.queries.erasing import pieces_of
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.history import outbox
from desagravo.history.queries import of_case
from desagravo.history.verify import verify
from tests.cast import FORM, PASSWORD, SAFETY, Cast, closed, decided, engage, fresh, in_work, kinds, section
from tests.promises.canaries import left_in_database, left_in_folder
from tests.rooms.history.kinds import emptying

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True, scope="module")
def _emptying() -> Iterator[None]:
    with emptying():
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "keys").mkdir()
    with connection.cursor() as cursor:  # no model's table: nobody empties it between tests
        cursor.execute("DELETE FROM cases_search")
    scrub()
    monkeypatch.setattr(settings, "DESAGRAVO_DATA", tmp_path)
    return tmp_path


@pytest.fixture
def cast(data: Path) -> Cast:
    return engage()


@pytest.fixture
def papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers that repeat all their facts, without the typesetter's seconds."""

    def plainly(kind: str, facts: Any, language: str) -> bytes:
        return b"%PDF-1.7 " + repr(facts).encode()

    monkeypatch.setattr("desagravo.cases.after.render", plainly)
    monkeypatch.setattr("desagravo.common.documents.sealing.seal", lambda pdf, **_: pdf + b" sealed")


def work() -> None:
    while outbox.run_due():
        pass
    assert outbox.dead_count() == 0


def nowhere(data: Path, *words: str) -> None:
    assert left_in_database(words) == {}
    assert left_in_folder(data / "files", words) == {}


def somewhere(data: Path, word: str) -> bool:
    return bool(left_in_database([word]) or left_in_folder(data / "files", [word]))


def test_words_of_a_message_are_gone_and_the_mark_stays(cast: Cast, data: Path) -> None:
    case = in_work(cast)
    told = "A vizinha Hermengarda  Quintanilha\nsofre de asma, disse-me ontem."
    message = actions.add_message(case, body=told, actor=Actor("customer", case.number))
    assert somewhere(data, "Quintanilha")
    actions.redact_message(
        case, message.pk, passages=["hermengarda quintanilha", "sofre de asma"], ground="special_category",
        actor=cast.marta,
    )  # fmt: skip
    work()
    message.refresh_from_db()
    assert message.body == "A vizinha ████\n████, disse-me ontem."
    nowhere(data, "Quintanilha", "Hermengarda", "asma,")
    assert kinds(case).count("message.redacted") == 1
    report = verify()
    assert report.ok, report.sentence()
    assert [(kind, number) for _seq, kind, number in report.erasures] == [("message.redacted", case.number)]
    assert not queries.search(cast.marta, "Quintanilha").rows
    assert queries.search(cast.marta, "vizinha").rows


def test_all_words_of_a_departments_reply_go_from_its_question_too(cast: Cast, data: Path) -> None:
    case = in_work(cast)
    (asked,) = actions.consult(case, questions=[Question("finance", "Foi pago?", queries_due())], actor=cast.rui)
    actions.answer_consultation(asked, answer="Sim, por Zulmira Espadinha.", actor=cast.carla)
    actions.redact_question(case, asked.pk, answer=True, ground="third_party", actor=cast.marta)
    asked.refresh_from_db()
    assert asked.answer == "████"
    assert asked.question == "Foi pago?"
    work()
    nowhere(data, "Zulmira", "Espadinha")
    assert verify().ok


def test_a_reply_with_a_file_stands_in_two_places_and_goes_from_both(cast: Cast, data: Path) -> None:
    case = in_work(cast)
    (asked,) = actions.consult(case, questions=[Question("finance", "Foi pago?", queries_due())], actor=cast.rui)
    kept = [actions.keep_bytes("prova.txt", b"prova")]
    actions.answer_consultation(asked, answer="Sim, por Zulmira Espadinha.", kept=kept, actor=cast.carla)
    actions.redact_question(
        case, asked.pk, answer=True, passages=["Zulmira Espadinha"], ground="third_party", actor=cast.marta
    )
    assert Message.objects.get(kind="reply").body == "Sim, por ████."
    work()
    nowhere(data, "Zulmira", "Espadinha")
    assert verify().ok


def queries_due() -> Any:
    from datetime import timedelta

    return clock.now() + timedelta(days=4)


@pytest.mark.usefixtures("papers")
def test_a_file_goes_with_name_bytes_and_digest_from_papers_and_raw_submission(cast: Cast, data: Path) -> None:
    sent = actions.keep_bytes("atestado-Quintanilha.txt", b"Hermengarda tem asma.")
    complaint = actions.read_complaint(FORM, today=date(2026, 3, 2))
    accepted = actions.receive(
        complaint, key="k1", actor=Actor("customer", "portal"), channel="web", language="pt-pt", kept=[sent]
    )
    work()
    row = Attachment.objects.get()
    for word in ("Quintanilha", "Hermengarda", sent.sha256):
        assert somewhere(data, word), word
    actions.redact_file(accepted.case, row.pk, ground="third_party", actor=cast.marta)
    work()
    nowhere(data, "Quintanilha", "Hermengarda", sent.sha256)
    assert not files.path(sent.stored).exists()
    receipt = Document.objects.get(kind="receipt")
    assert "████" in files.read(receipt.stored).decode()
    report = verify()
    assert report.ok, report.sentence()
    again = actions.receive(complaint, key="k1", actor=Actor("customer", "portal"), channel="web", language="pt-pt")
    assert (again.new, again.case.pk) == (False, accepted.case.pk)
    browser = Client()
    browser.force_login(cast.person("marta"))
    assert browser.get(f"/desk/cases/{accepted.case.number}/files/{row.pk}/").status_code == 404


@pytest.mark.usefixtures("papers")
@pytest.mark.parametrize(
    ("name", "passages", "gone"),
    [
        ("description", ["Zulmira Espadinha"], "Espadinha"),
        ("complainant_name", None, "Genoveva"),
        ("postal_address", None, "Travessa das Cotovias"),
        ("email", None, "gcc@example.org"),
        ("signature", None, "G. Canario-Assinada"),
    ],
)
def test_a_field_of_the_form_goes_from_rows_papers_and_customer(
    cast: Cast, data: Path, name: str, passages: list[str] | None, gone: str
) -> None:
    case = closed(
        cast,
        complainant_name="Genoveva Canário",
        email="gcc@example.org",
        postal_address="Travessa das Cotovias 7\n4000-001 Porto",
        description="O técnico Zulmira Espadinha não veio. Queria o dinheiro.",
        signature={"method": "typed", "name": "G. Canario-Assinada"},
    )
    work()
    assert somewhere(data, gone)
    before = set(Document.objects.values_list("stored", flat=True))
    actions.redact_form(case, name, ground="third_party", passages=passages, actor=cast.marta)
    work()
    nowhere(data, gone)
    made = set(Document.objects.values_list("stored", flat=True))
    assert "" not in made
    assert not before & made
    assert Document.objects.get(kind="sign_off").sealed
    report = verify()
    assert report.ok, report.sentence()
    assert not Submission.objects.exclude(digest="").exists()


@pytest.mark.parametrize(
    ("passages", "ground", "field"),
    [([], "third_party", "passages"), (["nicht da"], "third_party", "passages"), (None, "because", "ground")],
)
def test_what_is_not_said_well_changes_nothing(cast: Cast, passages: list[str] | None, ground: str, field: str) -> None:
    case = in_work(cast)
    note = actions.note(case, body="Ligar amanhã.", actor=cast.rui)
    with pytest.raises(Missing) as refused:
        actions.redact_message(case, note.pk, passages=passages, ground=ground, actor=cast.marta)
    assert list(refused.value.fields) == [field]
    note.refresh_from_db()
    assert note.body == "Ligar amanhã."
    assert verify().ok


def test_only_the_keeper_and_the_manager_and_only_once(cast: Cast) -> None:
    case = in_work(cast)
    note = actions.note(case, body="Ligar amanhã.", actor=cast.rui)
    for name in ("rui", "sofia", "dora", "xavier"):
        with pytest.raises(NotAllowed):
            actions.redact_message(case, note.pk, ground="not_needed", actor=cast.actor(name))
    actions.redact_message(case, note.pk, ground="not_needed", actor=cast.marta)
    with pytest.raises(NotNow):
        actions.redact_message(case, note.pk, ground="not_needed", actor=cast.marta)


def test_words_taken_out_twice_from_one_message(cast: Cast) -> None:
    case = in_work(cast)
    note = actions.note(case, body="Ana e Rita telefonaram.", actor=cast.rui)
    for word in ("Ana", "Rita"):
        actions.redact_message(case, note.pk, passages=[word], ground="third_party", actor=cast.marta)
    assert fresh_body(note) == "████ e ████ telefonaram."
    report = verify()
    assert report.ok, report.sentence()
    Message.objects.filter(pk=note.pk).update(body="Ana e ████ telefonaram.")
    assert verify().problem == "changed_content"


def fresh_body(message: Message) -> str:
    return Message.objects.get(pk=message.pk).body


def test_the_history_says_who_and_why_and_never_what(cast: Cast) -> None:
    case = in_work(cast)
    note = actions.note(case, body="Ana Quintanilha telefonou.", actor=cast.rui)
    actions.redact_message(case, note.pk, passages=["Ana Quintanilha"], ground="third_party", actor=cast.marta)
    last = of_case(case.number)[-1]
    assert "Quintanilha" not in json.dumps(last.facts.__dict__, default=str)
    sentences = [sentence for _event, _who, sentence in queries.history_of(fresh(case))]
    assert sentences[-1] == "Marta Faria took words out of a message, because it is about another person."


@pytest.mark.usefixtures("papers")
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("kind", ["response", "point", "reasons", "finding", "lesson"])
def test_what_we_wrote_can_be_taken_out_of_rows_papers_and_mails(
    cast: Cast, data: Path, kind: str, *, whole: bool
) -> None:
    word = "Quintanilha"
    case = in_work(cast, email="genoveva@example.org")
    point = actions.add_point(case, text=f"A porta da {word} partiu-se.", actor=cast.rui)
    actions.decide_point(point, decision="upheld", reasons=f"A {word} confirma.", remedy="replace", actor=cast.rui)
    actions.find(case, text=f"Falámos com a {word} ontem.", source="telefone", actor=cast.rui)
    draft = actions.save_draft(case, body=f"Cara cliente, a {word} tem razão.", based_on=0, actor=cast.rui)
    actions.respond(case, draft_version=draft.version, actor=cast.rui)
    work()
    actions.sign_off(fresh(case), section=section(lesson=f"Ouvir a {word}."), password=PASSWORD, actor=cast.sofia)
    work()
    rows = {each.key.partition(":")[0]: each for each in pieces_of(fresh(case)) if word in each.text}
    assert set(rows) == {"response", "point", "reasons", "finding", "lesson"}
    for name, piece in rows.items():  # the others first, so that the last one is where the word is left
        if name != kind:
            key = int(piece.key.partition(":")[2])
            actions.redact_text(case, name, key, passages=[word], ground="third_party", actor=cast.marta)
    work()
    assert somewhere(data, word)
    key = int(rows[kind].key.partition(":")[2])
    actions.redact_text(case, kind, key, passages=None if whole else [word], ground="third_party", actor=cast.marta)
    work()
    nowhere(data, word)
    assert kinds(case).count("answer.redacted") == 5
    assert not Document.objects.filter(stored="").exists()
    report = verify()
    assert report.ok, report.sentence()
    with pytest.raises(NotNow if whole else Missing):
        actions.redact_text(case, kind, key, passages=[word], ground="third_party", actor=cast.marta)
    Response.objects.update(body="Outra coisa.")
    assert not verify().ok


def test_an_answer_on_its_way_is_left_alone(cast: Cast) -> None:
    case = in_work(cast, answers=SAFETY)
    response = actions.request_approval(case, draft_version=decided(cast, case), actor=cast.rui)
    with pytest.raises(NotNow, match="not left"):
        actions.redact_text(case, "response", response.pk, ground="third_party", actor=cast.marta)
    assert not [each for each in pieces_of(case) if each.key.startswith("response")]
