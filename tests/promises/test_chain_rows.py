"""Whoever changes a row behind the product's back is found out too: what events committed to, and what follows from
them. One whole case with everything in it, one tampering at a time, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F, Model

from desagravo.cases import actions
from desagravo.cases.contents import COMMITTED
from desagravo.cases.models import (
    AppliedRulebook,
    Assessment,
    Attachment,
    Case,
    CaseMove,
    ClockEvent,
    ComplaintForm,
    Consultation,
    Document,
    Finding,
    FollowUp,
    Message,
    Point,
    Recoding,
    Referral,
    Response,
    SignOff,
    TimeLimit,
)
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.departments.queries import today_here
from desagravo.history import outbox, sealing
from desagravo.history.models import Event, Salt
from desagravo.history.verify import verify
from desagravo.rulebook import actions as rules
from desagravo.rulebook import queries as rulebook
from tests.cast import PASSWORD, SAFETY, Cast, decided, engage, fresh, in_work, section

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return engage()


@pytest.fixture
def case(cast: Cast) -> Case:
    """A major case from the form to the signature, with everything on it that a case can have."""
    with clock.at(clock.now() - timedelta(days=60)):
        case = in_work(cast, answers=SAFETY)
    _limits_of_two_editions(cast, case)
    actions.note(case, body="Do not tell the customer.", actor=cast.rui, kept=[actions.keep_bytes("in.txt", b"in")])
    actions.write(case, body="We look into it.", actor=cast.rui)
    actions.add_message(
        case, body="Here.", actor=Actor("customer", case.number), kept=[actions.keep_bytes("a.txt", b"a")]
    )
    actions.add_files(case, kept=[actions.keep_bytes("internal.txt", b"secret")], actor=cast.rui)
    actions.find(case, text="The compressor is dead.", source="workshop", actor=cast.rui)
    actions.follow_up(case, about="Ask again", due_at=clock.now() + timedelta(days=2), actor=cast.rui)
    due = clock.now() + timedelta(days=1)
    asked = [actions.Question("finance", "Paid?", due), actions.Question("logistics", "Sent?", due)]
    paid, sent = actions.consult(case, questions=asked, actor=cast.rui)
    actions.answer_consultation(paid, answer="Yes.", actor=cast.carla, kept=[actions.keep_bytes("slip.txt", b"slip")])
    actions.withdraw_consultation(sent, reason="Known already.", actor=cast.rui)
    mistaken = actions.add_point(case, text="Named by mistake.", actor=cast.rui)
    actions.drop_point(mistaken, reason="Not in the complaint.", actor=cast.rui)
    version = decided(cast, case)
    put_up = actions.request_approval(case, draft_version=version, actor=cast.rui)
    actions.return_answer(case, comment="Kinder, please.", actor=cast.marta)
    put_up = actions.request_approval(case, draft_version=version, actor=cast.rui)
    actions.approve(case, response_sha256=put_up.body_sha256, actor=cast.marta)
    signed = actions.sign_off(case, section=section(), password=PASSWORD, actor=cast.vasco)
    there = actions.refer(
        case, outside=actions.Outside(body="Centro de Arbitragem", reason="Statement."), actor=cast.rui
    )
    actions.end_referral(there, outcome="for_us", effect="none", words="Improcedente.", actor=cast.rui)
    codes = {**section().codes, "outcome": ["partly_upheld"]}
    actions.recode(case, codes=codes, reason="A later list.", actor=cast.marta)
    actions.keep_document(case, kind="sign_off", subject=signed.pk, pdf=b"%PDF-1.7", sealed=True)
    report = verify()
    assert report.ok, report.sentence()
    return fresh(case)


def _limits_of_two_editions(cast: Cast, case: Case) -> None:
    """The case is moved; a rulebook is applied and ends, its clock is told something, what was missed is explained."""
    code = rules.draft_from(rulebook.STARTER, actor=cast.marta)
    rules.change_piece(code, "targets", ("target", "answer", "days"), 10, actor=cast.marta)
    rules.propose(code, actor=cast.marta)
    rules.publish(code, from_day=today_here(), actor=cast.xavier)
    actions.move_edition(case, to=code, reason="The new rules are better.", actor=cast.marta)
    applied = actions.apply_rulebook(case, policy="br-sac", reason="It is regulated.", actor=cast.sofia)
    actions.record_clock_event(case, name="waiting_customer", note="We asked for a photograph.", actor=cast.rui)
    actions.end_rulebook(case, applied=applied.pk, reason="It is not, after all.", actor=cast.sofia)
    for late in TimeLimit.objects.filter(case=case, state="missed"):
        actions.explain_missed(case, limit=late.pk, reason="The file was lost.", actor=cast.rui)


def found(problem: str, piece: str = "", **facts: Any) -> None:
    report = verify()
    assert not report.ok, "nothing was noticed"
    assert report.problem == problem, report.sentence()
    if piece:
        assert report.facts["piece"] == piece
    assert {name: report.facts.get(name) for name in facts} == facts
    assert "%(" not in report.sentence()


LONG_AGO = clock.now() - timedelta(days=300)
CHANGES: list[tuple[type[Model], dict[str, Any], dict[str, Any], str]] = [
    (Message, {"kind": "note"}, {"kind": "to_customer"}, "message"),
    (Message, {"kind": "from_customer"}, {"actor_kind": "staff"}, "message"),
    (Message, {"kind": "from_customer"}, {"channel": "phone"}, "message"),
    (Message, {"kind": "to_customer"}, {"body": "We owe you nothing."}, "message"),
    (Message, {"kind": "to_customer"}, {"at": LONG_AGO}, "message"),
    (Message, {"kind": "reason"}, {"body": "Another reason."}, ""),
    (Message, {"kind": "reply"}, {"body": "No."}, ""),
    (Attachment, {"name": "internal.txt"}, {"for_customer": True}, ""),
    (Attachment, {"name": "a.txt"}, {"name": "x.exe"}, ""),
    (Attachment, {"name": "a.txt"}, {"media_type": "text/html"}, ""),
    (Attachment, {"name": "a.txt"}, {"sha256": "0" * 64}, ""),
    (Attachment, {"name": "slip.txt"}, {"name": "y.txt"}, ""),
    (SignOff, {}, {"signer": "ines"}, "sign_off"),
    (SignOff, {}, {"signed_at": LONG_AGO}, "sign_off"),
    (SignOff, {}, {"codes": {"outcome": ["not_upheld"]}}, "sign_off"),
    (SignOff, {}, {"amount": "1000.00"}, "sign_off"),
    (SignOff, {}, {"response": None}, "sign_off"),
    (Response, {"state": "sent"}, {"points": []}, "response"),
    (Response, {"state": "sent"}, {"authors": []}, "response"),
    (Response, {"state": "sent"}, {"decided_by": "ines"}, "response"),
    (Response, {"state": "sent"}, {"sent_at": LONG_AGO}, "response"),
    (Response, {"state": "sent"}, {"alone_reason": "x"}, "response"),
    (Response, {"state": "returned"}, {"state": "sent"}, "response"),
    (Point, {}, {"decision": "not_upheld"}, "point"),
    (Point, {}, {"remedy": "refund"}, "point"),
    (Point, {}, {"dropped_at": LONG_AGO}, "point"),
    (Assessment, {}, {"answers": {}}, "assessment"),
    (Assessment, {}, {"outcome": "minor"}, "assessment"),
    (Assessment, {}, {"overruled_to": "minor"}, "assessment"),
    (ComplaintForm, {}, {"filed_at": LONG_AGO}, "form"),
    (ComplaintForm, {}, {"signed_at": None}, "form"),
    (ComplaintForm, {}, {"missing": ["x"]}, "form"),
    (Consultation, {"department": "finance"}, {"department": "legal"}, "consultation"),
    (Consultation, {"department": "logistics"}, {"status": "answered"}, "consultation"),
    (Consultation, {"department": "finance"}, {"due_at": LONG_AGO}, "consultation"),
    (Finding, {}, {"source": "hearsay"}, "finding"),
    (FollowUp, {"about": "Ask again"}, {"due_at": LONG_AGO}, "follow_up"),
    (Document, {}, {"sealed": False}, "document"),
    (Referral, {}, {"outcome": "for_customer"}, "referral"),
    (Referral, {}, {"words": "Procedente."}, "referral"),
    (Referral, {}, {"ended_on": None}, "referral"),
    (Recoding, {}, {"codes": {"outcome": ["upheld"]}}, "recoding"),
    (Recoding, {}, {"reason": "Another."}, "recoding"),
    (CaseMove, {}, {"before": "2025.1"}, "case_move"),
    (CaseMove, {}, {"reason": "Nobody knows."}, "case_move"),
    (CaseMove, {}, {"at": LONG_AGO}, "case_move"),
    (AppliedRulebook, {"policy": "br-sac"}, {"policy": "uk-fca-disp"}, "applied_rulebook"),
    (AppliedRulebook, {"policy": "br-sac"}, {"edition": "starter-2026.1"}, "applied_rulebook"),
    (AppliedRulebook, {"policy": "br-sac"}, {"applied_at": LONG_AGO}, "applied_rulebook"),
    (AppliedRulebook, {"policy": "br-sac"}, {"ended_at": None, "ended_by": None}, "applied_rulebook"),
    (AppliedRulebook, {"policy": "br-sac"}, {"reason": "It never was."}, "applied_rulebook"),
    (ClockEvent, {"name": "waiting_customer"}, {"at": LONG_AGO}, "clock_event"),
    (ClockEvent, {"name": "waiting_customer"}, {"name": "customer_replied"}, "clock_event"),
    (ClockEvent, {"name": "waiting_customer"}, {"facts": {"add": 30}}, "clock_event"),
    (ClockEvent, {"name": "waiting_customer"}, {"note": "We asked for nothing."}, "clock_event"),
    (ClockEvent, {"name": "waiting_customer"}, {"taken_back_at": LONG_AGO}, "clock_event"),
    (TimeLimit, {"state": "missed"}, {"missed_reason": "The customer was slow."}, "time_limit"),
    (TimeLimit, {"state": "missed"}, {"key": "nothing"}, "time_limit"),
    (SignOff, {}, {"details": {"reason": "Another."}}, "sign_off"),
    (SignOff, {}, {"settled_by": "options_exhausted"}, "sign_off"),
]


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(("model", "which", "change", "piece"), CHANGES)
def test_a_changed_row(
    cast: Cast, model: type[Model], which: dict[str, Any], change: dict[str, Any], piece: str
) -> None:
    change = {name: cast.person("ines").pk if value == "ines" else value for name, value in change.items()}
    assert model._default_manager.filter(**which).update(**change)
    found("changed_content", piece)


def test_every_table_of_the_case_is_committed_to_and_tampered_with() -> None:
    assert {model for model, *_ in CHANGES} == set(COMMITTED)


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"status": "in_work", "open": True}, "status"),
        ({"status": "withdrawn"}, "status"),
        ({"severity": "minor"}, "severity"),
        ({"severity": ""}, "severity"),
    ],
)
def test_a_case_in_another_state_than_its_events_tell(case: Case, change: dict[str, Any], differs: str) -> None:
    Case.objects.filter(pk=case.pk).update(**change)
    found("changed_state", case=case.number, differs=differs)
    assert verify(content=False).ok


def forge(model: type[Model], **facts: Any) -> Callable[[Case], str]:
    def act(case: Case) -> str:
        row = model._default_manager.create(case=case, **facts)
        name = {ComplaintForm: "form", ClockEvent: "clock_event", CaseMove: "case_move"}.get(model)
        return f"{name or model._meta.model_name} {row.pk}"

    return act


@pytest.mark.parametrize(
    "act",
    [
        forge(Message, kind="from_customer", body="I withdraw.", actor_kind="customer", actor_id="x", at=LONG_AGO),
        forge(Finding, text="All is well.", at=LONG_AGO),
        forge(Point, position=9, text="Forged", decision="upheld"),
        forge(Consultation, department="legal", question="?", due_at=LONG_AGO, asked_at=LONG_AGO),
        forge(Response, language="en", body="x", body_sha256="x", state="sent", requested_at=LONG_AGO),
        forge(Document, kind="letter", subject=1, stored="", sha256=""),
        forge(Assessment, outcome="minor", rule="x", at=LONG_AGO),
        forge(ClockEvent, name="waiting_customer", at=LONG_AGO, recorded_at=LONG_AGO),
        forge(CaseMove, before="starter-2026.1", after="2026.1", at=LONG_AGO),
        forge(Referral, kind="external", body="x", opened_on=LONG_AGO.date(), recorded_at=LONG_AGO),
        forge(ComplaintForm, version=7, description="Forged", filed_at=LONG_AGO),
    ],
)
def test_a_row_that_no_event_speaks_of(case: Case, act: Callable[[Case], str]) -> None:
    found("row_without_event", case=case.number, row=act(case))


def test_a_forged_attachment_and_a_forged_signature(case: Case, cast: Cast) -> None:
    stored = files.store(b"forged")
    forged = Attachment.objects.create(
        case=case, name="f.txt", stored=stored.name, size=6, sha256=stored.sha256, media_type="text/plain",
        for_customer=True, actor_kind="customer", actor_id=case.number, at=LONG_AGO,
    )  # fmt: skip
    found("row_without_event", row=f"file {stored.name}")
    forged.delete()
    row = SignOff.objects.create(
        case=case, section=9, signer=cast.person("rui"), signer_name="Rui", signer_role="manager", signed_at=LONG_AGO
    )
    found("row_without_event", row=f"sign_off {row.pk}")


def test_a_finding_deleted_together_with_its_salts(case: Case) -> None:
    event = Event.objects.get(kind="finding.recorded")
    with sealing.lifted():
        Salt.objects.filter(event=event).delete()
    Finding.objects.all().delete()
    found("missing_content", "finding", case=case.number)


def test_a_message_moved_to_another_case(case: Case, cast: Cast) -> None:
    other = in_work(cast)
    Message.objects.filter(kind="note").update(case=other)
    found("changed_content", "message")


def test_a_file_that_was_replaced_or_removed_on_the_disk(case: Case) -> None:
    stored = Attachment.objects.get(name="a.txt").stored
    files.path(stored).write_bytes(b"b")
    found("changed_content", f"file:{stored}")
    files.discard(stored)
    found("changed_content", f"file:{stored}")


@pytest.mark.usefixtures("case")
def test_what_the_worker_does_afterwards_keeps_it_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desagravo.cases.after.render", lambda *_: b"%PDF-1.7")
    with clock.at(clock.now() + timedelta(days=3)):
        actions.come_back(clock.now())
        outbox.run_due()
    report = verify()
    assert report.ok, report.sentence()


def test_many_cases_are_compared_in_batches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desagravo.cases.agreement.AT_ONCE", 2)
    cases = [in_work(cast) for _ in range(5)]
    assert verify().ok
    Case.objects.filter(pk=cases[4].pk).update(version=F("version") + 1, severity="major")
    found("changed_state", case=cases[4].number)


def test_a_step_taken_while_we_compare_is_no_finding(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    case = in_work(cast)
    from desagravo.cases import agreement

    told_of = agreement.told_of
    steps = [lambda: actions.withdraw(case, actor=Actor("customer", case.number))]

    def busy(numbers: list[str]) -> Any:
        while steps:
            steps.pop()()
        return told_of(numbers)

    monkeypatch.setattr(agreement, "told_of", busy)
    assert verify().ok
    assert not steps
