"""After the erasure of a person nothing of them is left in any byte, and everything else is as it was."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question, erase
from desagravo.cases.erasing import BLANK, KEPT_FIELDS, MARK
from desagravo.cases.models import (
    AppliedRulebook,
    Attachment,
    Case,
    CaseMove,
    ClockEvent,
    ComplaintForm,
    Document,
    Erasure,
    Export,
    FormDraft,
    Message,
    Response,
    SignOff,
    Submission,
    TimeLimit,
)
from desagravo.channels.mail.models import AcknowledgedAddress, OutgoingMail
from desagravo.common import clock, crash, files
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotAllowed, NotNow
from desagravo.history import outbox, sealing
from desagravo.history.models import Delivery, Event, Salt
from desagravo.history.verify import verify
from tests.cast import FORM, PASSWORD, Cast, closed, engage, filed, fresh, kinds, section
from tests.promises.canaries import left_in, left_in_database, left_in_folder
from tests.rooms.history.kinds import emptying

pytestmark = pytest.mark.django_db(transaction=True)
CANARIES = [
    "Zulmira",
    "Espadinha",
    "zulmira.espadinha@canario.example",
    "912777555",
    "Travessa das Cotovias",
    "frigorífico-fantasma",
    "Papagaio",
    "recibo-canario",
    "conteudo-secreto-do-anexo",
    "assinatura-canaria",
    "apontamento-canario",
    "pergunta-canaria",
    "resposta-canaria",
    "facto-canario",
    "regulamento-canario",
    "espera-canaria",
    "atraso-canario",
    "provedor-canario",
    "parecer-canario",
    "recodificacao-canaria",
    "razoes-canarias",
    "licao-canaria",
    "rascunho-canario",
    "encomenda-77123",
]


@pytest.fixture(autouse=True, scope="module")
def _emptying() -> Iterator[None]:
    with emptying():
        yield


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "keys").mkdir()
    with connection.cursor() as cursor:  # no model's table: nobody empties it between tests
        cursor.execute("DELETE FROM cases_search")
    actions.scrub()
    monkeypatch.setattr(settings, "DESAGRAVO_DATA", tmp_path)
    return tmp_path


@pytest.fixture
def cast(data: Path) -> Cast:
    return engage()


@pytest.fixture(autouse=True)
def _papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers that repeat all their facts, without the typesetter's seconds."""
    monkeypatch.setattr("desagravo.cases.after.render", lambda _kind, facts, _language: repr(facts).encode())
    monkeypatch.setattr("desagravo.common.documents.sealing.seal", lambda pdf, **_: pdf + b" sealed")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the product says to its log, from the finest level on."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logging.getLogger().handlers[0].formatter if logging.getLogger().handlers else None)
    logging.getLogger("desagravo").addHandler(handler)
    yield told
    logging.getLogger("desagravo").removeHandler(handler)


def work() -> None:
    while outbox.run_due():
        pass
    assert outbox.dead_count() == 0


def persons_case(cast: Cast, **more: Any) -> Case:
    """A case on which the person has left a word in every place that there is."""
    told = {
        **FORM,
        "complainant_name": "Zulmira Espadinha",
        "email": "zulmira.espadinha@canario.example",
        "phone": "+351 912777555",
        "postal_address": "Travessa das Cotovias 7\n4000-001 Porto",
        "description": "O frigorífico-fantasma mordeu o meu Papagaio.",
        "signature": {"method": "typed", "name": "assinatura-canaria"},
        "order_number": "encomenda-77123",
        **more,
    }
    sent = actions.keep_bytes("recibo-canario.txt", "conteudo-secreto-do-anexo".encode("utf-16"))
    with clock.at(clock.now() - timedelta(days=60)):
        case = actions.receive(
            actions.read_complaint(told, today=date(2026, 3, 2)),
            key="k-Papagaio",
            actor=Actor("customer", "portal"),
            channel="web",
            language="pt-pt",
            kept=[sent],
        ).case
    case = actions.assess(
        case, answers={**dict.fromkeys(("law", "safety", "money", "public", "vip"), "no")}, actor=cast.sofia
    )
    case = actions.assign(case, to=str(cast.person("rui").pk), actor=cast.sofia)
    actions.note(case, body="apontamento-canario", actor=cast.rui)
    note = actions.keep_bytes("Espadinha.txt", b"Zulmira ligou.")
    actions.add_files(case, kept=[note], actor=cast.rui)
    due = clock.now() + timedelta(days=4)
    (asked,) = actions.consult(case, questions=[Question("finance", "pergunta-canaria?", due)], actor=cast.rui)
    actions.answer_consultation(
        asked, answer="resposta-canaria", kept=[actions.keep_bytes("r.txt", b"Zulmira")], actor=cast.carla
    )
    _words_about_rules(cast, case)
    actions.find(case, text="facto-canario", source="Zulmira", actor=cast.rui)
    actions.follow_up(case, about="ligar a Zulmira", due_at=due, actor=cast.rui)
    point = actions.add_point(case, text="O Papagaio.", actor=cast.rui)
    actions.decide_point(point, decision="upheld", reasons="razoes-canarias", remedy="replace", actor=cast.rui)
    draft = actions.save_draft(case, body="Cara Zulmira, rascunho-canario.", based_on=0, actor=cast.rui)
    actions.add_message(case, body="Sou eu, Zulmira.", actor=Actor("customer", case.number))
    actions.write(case, body="Obrigado, Zulmira.", actor=cast.rui)
    actions.respond(case, draft_version=draft.version, actor=cast.rui)
    work()
    actions.sign_off(fresh(case), section=section(lesson="licao-canaria"), password=PASSWORD, actor=cast.sofia)
    outside = actions.Outside(body="provedor-canario", reason="A Zulmira quis.")
    there = actions.refer(fresh(case), outside=outside, actor=cast.rui)
    actions.end_referral(there, outcome="for_us", effect="none", words="parecer-canario", actor=cast.rui)
    codes = {**section().codes, "outcome": ["partly_upheld"]}
    actions.recode(fresh(case), codes=codes, reason="recodificacao-canaria", actor=cast.marta)
    actions.keep_draft(
        "0" * 32, {"email": "zulmira.espadinha@canario.example", "description": "Papagaio outra vez"}, []
    )
    work()
    return fresh(case)


def _words_about_rules(cast: Cast, case: Case) -> None:
    """A rulebook was applied and ended, somebody noted an event of its clock, a limit passed and it was said why."""
    applied = actions.apply_rulebook(case, policy="br-sac", reason="regulamento-canario", actor=cast.sofia)
    actions.record_clock_event(case, name="waiting_customer", note="espera-canaria", actor=cast.rui)
    actions.record_clock_event(case, name="customer_replied", actor=cast.rui)
    actions.end_rulebook(case, applied=applied.pk, reason="Zulmira enganou-se.", actor=cast.sofia)
    late = TimeLimit.objects.filter(case=case, state="missed").latest("pk")
    actions.explain_missed(case, limit=late.pk, reason="atraso-canario", actor=cast.rui)


def asked(cast: Cast, *cases: Case, **more: Any) -> Erasure:
    told = {"ground": "asked", "password": PASSWORD, "actor": cast.marta, **more}
    return actions.ask_erasure([each.number for each in cases], **told)


def statistics() -> dict[str, Any]:
    """What a yearly report counts, from rows and from events."""
    cases = list(Case.objects.order_by("pk"))
    counted: dict[str, Any] = {
        name: Counter(getattr(each, name) for each in cases)
        for name in ("status", "severity", "channel", "department_concerned", "customer_position", "open")
    }
    counted["month"] = Counter(each.received_at.strftime("%Y-%m") for each in cases)
    counted["days"] = [(each.answered_at, each.closed_at, each.received_at, each.occurred_on) for each in cases]
    counted["codes"] = [(row.codes, row.amount, row.currency, row.signer_id) for row in SignOff.objects.order_by("pk")]
    counted["category"] = [form.fields.get("problem_category") for form in ComplaintForm.objects.order_by("pk")]
    counted["wishes"] = [form.fields.get("remedy_requested") for form in ComplaintForm.objects.order_by("pk")]
    counted["messages"] = Counter(Message.objects.values_list("kind", "actor_kind"))
    counted["answers"] = list(Response.objects.order_by("pk").values_list("state", "sent_at", "decided_by"))
    counted["papers"] = Counter(Document.objects.values_list("kind", flat=True))
    told = Event.objects.exclude(kind__startswith="privacy.").exclude(kind="case.erased")
    counted["events"] = list(told.order_by("seq").values_list("seq", "kind", "occurred_at", "actor_id"))
    return counted


def test_nothing_of_the_person_is_left_in_any_byte(cast: Cast, data: Path, log: io.StringIO) -> None:
    other = closed(cast)
    case = persons_case(cast)
    link = queries.tracking_url(case)
    for word in CANARIES:  # a word that was nowhere would prove nothing
        assert left_in_database([word]) or left_in_folder(data / "files", [word]), word
    AcknowledgedAddress.objects.get(digest__isnull=False, pk=AcknowledgedAddress.objects.order_by("-pk")[0].pk)
    Delivery.objects.filter(event__case_number=case.number).update(last_error="550 Zulmira unknown")
    assert verify().ok

    copy = actions.ask_for_export([case.number], language="pt-pt", actor=cast.amelia)
    actions.ask_for_case_file(case, language="pt-pt", actor=cast.amelia)
    work()
    made = list(Export.objects.exclude(stored="").values_list("stored", flat=True))
    assert len(made) == 2
    packed = zipfile.ZipFile(io.BytesIO(files.read(made[0])))
    assert any("recibo-canario" in name for name in packed.namelist())
    assert left_in(packed.read("data.json"), CANARIES)
    token = link.rstrip("/").rpartition("/")[2]
    assert Client().get(f"/api/v1/complaints/{token}").status_code == 200
    planted = files.path(made[0]).with_name("Zulmira-Espadinha.txt")
    planted.write_text("x")
    assert left_in_folder(data, CANARIES)[str(planted)]  # names of files are looked at, too
    planted.unlink()
    before, acknowledged = statistics(), AcknowledgedAddress.objects.count()

    asked(cast, case)
    work()

    assert left_in_database(CANARIES) == {}
    assert left_in_folder(data, CANARIES) == {}
    assert not any(files.path(each).exists() for each in made)
    assert not Export.objects.get(pk=copy.pk).stored
    gone, never = (Client().get(f"/api/v1/complaints/{each}") for each in (token, "x" * len(token)))
    assert (gone.status_code, gone.json()) == (never.status_code, never.json())
    assert gone.status_code == 404
    assert left_in(log.getvalue().encode(), CANARIES) == set()
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        for path in name.parent.glob(name.name + "*"):
            assert left_in(path.read_bytes(), CANARIES) == set(), path.name
    assert not (data / "erasures.jsonl").read_text().count("Zulmira")
    assert statistics() == before
    assert AcknowledgedAddress.objects.count() < acknowledged
    report = verify()
    assert report.ok, report.sentence()
    assert report.erased > 10
    assert ("case.erased", case.number) in [(kind, number) for _seq, kind, number in report.erasures]
    case = fresh(case)
    assert case.erased_at
    assert kinds(case).count("case.erased") == 1
    assert (
        Client().get(link.partition("8000")[2] or "/track/" + link.rstrip("/").rpartition("/")[2] + "/").status_code
        == 404
    )
    assert fresh(other).erased_at is None
    assert fresh(other).subject != MARK
    row = Erasure.objects.get()
    assert row.done_at
    assert {"cases": 1, "erased": 1, "left": []}.items() <= row.counts.items()
    assert not FormDraft.objects.exists()
    assert not OutgoingMail.objects.filter(case_number=case.number).exclude(to_address="", body="", subject="").exists()


def test_an_erased_case_takes_no_verb_and_no_paper(cast: Cast) -> None:
    case = persons_case(cast)
    asked(cast, case)
    work()
    for act in (
        lambda: actions.note(case, body="x", actor=cast.rui),
        lambda: actions.reopen(case, reason="x", actor=cast.marta),
        lambda: actions.add_message(case, body="x", actor=Actor("customer", case.number)),
        lambda: actions.renew_tracking(case, actor=cast.rui),
        lambda: actions.redact_form(case, "email", ground="third_party", actor=cast.marta),
    ):
        with pytest.raises(NotNow, match="erased"):
            act()
    actions.keep_document(case, kind="receipt", subject=case.forms.get().pk, pdf=b"Zulmira")
    assert not Document.objects.exclude(stored="").exists()
    assert verify().ok


@pytest.mark.parametrize(
    "point", ["erasure.rows_gone", "erasure.case_done", "erasure.before_scrub", "erasure.scrubbed"]
)
def test_a_worker_that_dies_leaves_each_case_whole_or_erased(
    cast: Cast, data: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F22: at every point of the work; the next worker goes on, and the report is exact."""
    first = persons_case(cast)
    second = closed(cast, complainant_name="Zulmira Espadinha")
    asked(cast, first, second)
    passed: list[str] = []

    def die(name: str) -> None:
        passed.append(name)
        if name == point and passed.count(point) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(crash, "point", die)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert Erasure.objects.get().done_at is None
    report = verify()
    assert report.ok, report.sentence()
    for each in (fresh(first), fresh(second)):
        assert bool(each.erased_at) == (each.subject == MARK) == (not each.forms.get().description)
    Delivery.objects.filter(state=Delivery.LEASED).update(due_at=clock.now() - timedelta(seconds=1))
    work()
    assert left_in_database(CANARIES) == {}
    assert left_in_folder(data, CANARIES) == {}
    assert {"cases": 2, "erased": 2, "left": []}.items() <= Erasure.objects.get().counts.items()
    assert [kinds(each).count("case.erased") for each in (first, second)] == [1, 1]
    assert verify().ok


def test_what_stands_in_the_way_is_named(cast: Cast) -> None:
    ended, running = closed(cast), filed()
    for name in ("rui", "sofia", "dora", "xavier"):
        with pytest.raises(NotAllowed):
            asked(cast, ended, actor=cast.actor(name))
    for more, field in (
        ({"password": "wrong"}, "password"),
        ({"ground": "because"}, "ground"),
        ({"confirmed": False}, "confirmed"),
    ):
        with pytest.raises(Missing) as refused:
            asked(cast, ended, **more)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotNow, match=running.number):
        asked(cast, ended, running)
    actions.hold(ended, reason="Tribunal, processo 12/26", actor=cast.marta)
    with pytest.raises(NotNow, match="legal hold"):
        asked(cast, ended)
    actions.lift_hold(ended, reason="Transitou em julgado", actor=cast.marta)
    asked(cast, ended)
    assert not Erasure.objects.exclude(done_at=None).exists()


def test_a_case_that_was_reopened_meanwhile_is_left_and_said(cast: Cast) -> None:
    ended, other = closed(cast), closed(cast)
    row = asked(cast, ended, other)
    actions.reopen(other, reason="Afinal não.", actor=cast.marta)
    work()
    row.refresh_from_db()
    assert {"cases": 2, "erased": 1, "left": [[other.number, "case_open"]]}.items() <= row.counts.items()
    assert fresh(other).subject != MARK


@pytest.mark.parametrize("act", ["content", "salts", "both", "skeleton", "file"])
def test_what_vanishes_without_an_erasure_is_found(cast: Cast, act: str) -> None:
    case = persons_case(cast)
    form = case.forms.get()
    seq = Event.objects.get(kind="case.received", case_number=case.number).seq
    if act in {"content", "both"}:
        ComplaintForm.objects.filter(pk=form.pk).update(description="")
    if act in {"salts", "both"}:
        with sealing.lifted():
            Salt.objects.filter(event=seq, piece="form").delete()
    if act == "skeleton":
        asked(cast, case)
        work()
        assert verify().ok
        SignOff.objects.update(codes={"outcome": ["not_upheld"]})
    if act == "file":
        files.discard(Attachment.objects.order_by("pk")[0].stored)
    report = verify()
    assert not report.ok
    assert report.problem in {"changed_content", "missing_salt"}


def test_an_older_backup_is_erased_again_and_a_number_given_anew_is_not(cast: Cast) -> None:
    case, other = persons_case(cast), closed(cast)
    row = asked(cast, case)
    first = row.cases[0][1]
    told = actions.erasure_list()
    Delivery.objects.filter(subscriber="cases.erase").delete()  # as if the backup were from before it was asked for
    row.delete()
    strangers = [{**told[0], "cases": [[other.number, first]]}]
    assert actions.reapply_erasures(strangers) == 0
    assert actions.reapply_erasures(told) == 1
    assert actions.reapply_erasures(told) == 0
    assert left_in_database(CANARIES) == {}
    assert fresh(case).erased_at
    assert fresh(other).erased_at is None
    assert verify().ok


def test_the_list_beside_the_database_survives_it(cast: Cast, data: Path) -> None:
    case = closed(cast)
    asked(cast, case)
    work()
    Erasure.objects.all().delete()
    (line,) = actions.erasure_list()
    assert line["cases"] == [[case.number, Event.objects.get(case_number=case.number, n=1).hash]]
    assert "Conceição" not in (data / "erasures.jsonl").read_text()


def test_every_text_of_a_case_was_thought_of() -> None:
    """A text column that somebody adds to a case must be emptied, or stand here with the reason why it stays."""
    stays = {
        "kind", "channel", "actor_kind", "actor_id", "stored", "media_type", "outcome", "rule", "overruled_to",
        "department", "status", "decision", "remedy", "template", "language", "state", "signer_name", "signer_role",
        "currency", "remedy_delivered", "edition", "settled_by", "effect", "signature_method", "source", "reference",
    }  # fmt: skip
    codes = {
        CaseMove: {"before", "after"},
        AppliedRulebook: {"policy", "policy_version", "because"},
        ClockEvent: {"name", "milestone"},
        TimeLimit: {"key", "bearer"},
    }  # of rules and editions; nobody types them
    for model, columns in BLANK.items():
        for column in model._meta.concrete_fields:
            if column.get_internal_type() in {"CharField", "TextField"}:
                thought_of = {*columns, *stays, *codes.get(model, ())}
                assert column.name in thought_of, f"{model.__name__}.{column.name}"
    assert KEPT_FIELDS.isdisjoint(
        {"complainant_name", "email", "phone", "postal_address", "order_number", "tax_number"}
    )


def test_an_erasure_that_fails_takes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = persons_case(cast)
    hash_of_first = erase._first_hash(case.number)
    monkeypatch.setattr(erase, "erase_salts", lambda _case: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        erase.erase_case(case.number, first=hash_of_first, erasure=1, ground="asked", actor=cast.marta)
    assert fresh(case).erased_at is None
    assert files.path(Attachment.objects.order_by("pk")[0].stored).exists()
    assert verify().ok


def test_what_arrived_and_is_no_case_yet_stands_in_the_way(cast: Cast) -> None:
    ended = closed(cast, complainant_name="Zulmira Espadinha", email="zulmira.espadinha@canario.example")
    told = {"fields": {"email": "Zulmira.Espadinha@canario.example"}}
    row = Submission.objects.create(
        key="k2", digest="", content=json.dumps(told), channel="web", received_at=clock.now()
    )
    with pytest.raises(NotNow, match="no case yet"):
        asked(cast, ended)
    row.delete()
    asked(cast, ended)


def test_the_begun_form_of_somebody_else_stays(cast: Cast) -> None:
    ended = closed(cast, complainant_name="Ana", email="ana@canario.example", phone="")
    for key, fields in enumerate(
        ({"description": "Há uma semana que espero."}, {"complainant_name": "ana"}, {"email": "ANA@canario.example"})
    ):
        actions.keep_draft(str(key) * 32, fields, [])
    asked(cast, ended)
    work()
    assert [each.fields for each in FormDraft.objects.all()] == [{"description": "Há uma semana que espero."}]


def test_a_wrong_password_is_on_record_as_what_it_was(cast: Cast) -> None:
    ended = closed(cast)
    for _try in range(5):
        with pytest.raises(Missing) as refused:
            asked(cast, ended, password="wrong")
        assert [each.sentence() for each in refused.value.fields["password"]] == [
            "The password is not right. Nothing was erased."
        ]
    assert kinds(ended)[-5:] == ["privacy.erasure_refused"] * 5
    assert "sign_off.refused" not in kinds(ended)
    with pytest.raises(Missing) as refused:
        asked(cast, ended)
    assert [each.code for each in refused.value.fields["password"]] == ["not_erased_tries"]
