"""Work after the answer: what was released leaves at its moment, and the papers of a case are made, by the worker."""

from typing import cast

from django.db import transaction

from desagravo.cases import papers
from desagravo.cases.actions.deliver import keep_document
from desagravo.cases.actions.hand_over import hand_over_the_rest
from desagravo.cases.actions.leave import hold_back_what_was_leaving, send_released, send_released_message
from desagravo.cases.models import Case, ComplaintForm, Document, Response, SignOff
from desagravo.common import crash
from desagravo.common.actor import Actor, ActorKind
from desagravo.common.documents import DocumentFailed, kinds, render
from desagravo.common.language import in_language
from desagravo.departments import queries as departments
from desagravo.history.outbox import Failed, Work
from desagravo.history.queries import EventView, printed_proof
from desagravo.history.registry import subscribe
from desagravo.history.restored import when_restored


def make_receipt(event: EventView, work: Work) -> None:
    """The receipt PDF of the form version that this event is about."""
    form = ComplaintForm.objects.select_related("case__customer").get(pk=event.subject[1])
    if _known(form.case, "receipt", form.pk):
        return
    with in_language(form.case.language):
        pdf = _render("receipt", papers.receipt(form), form.case.language)
    keep_document(form.case, kind="receipt", subject=form.pk, pdf=pdf)


def make_letter(event: EventView, work: Work) -> None:
    """The letter PDF of the answer that was sent."""
    response = Response.objects.select_related("case__customer").get(pk=event.subject[1])
    if _known(response.case, "letter", response.pk):
        return
    with in_language(response.language):
        proof = printed_proof(event.seq)
        pdf = _render("letter", papers.letter(response, proof=proof), response.language)
    keep_document(response.case, kind="letter", subject=response.pk, pdf=pdf, proof=proof)


def make_sign_off(event: EventView, work: Work) -> None:
    """The sealed sign-off sheet, in the language of the customer whose form it is."""
    from desagravo.common.documents import sealing  # noqa: PLC0415  (heavy; only the worker seals)

    signed = SignOff.objects.select_related("case__customer", "case__received_by").get(pk=event.subject[1])
    if _known(signed.case, "sign_off", signed.pk):
        return
    with in_language(signed.case.language):
        proof = printed_proof(event.seq)
        pdf = _render("sign_off", papers.sign_off_sheet(signed, proof=proof), signed.case.language)
    sealed = sealing.seal(pdf, organisation=departments.organisation().name)
    keep_document(signed.case, kind="sign_off", subject=signed.pk, pdf=sealed, sealed=True, proof=proof)


def let_answer_leave(event: EventView, work: Work) -> None:
    """Send what was released, at its moment, unless it was held back meanwhile."""
    with transaction.atomic():
        send_released(int(event.subject[1]), actor=_who_released(event))
        crash.point("leaving.sent")
        work.done()


def let_message_leave(event: EventView, work: Work) -> None:
    """The same for a message."""
    with transaction.atomic():
        send_released_message(int(event.subject[1]), actor=_who_released(event))
        work.done()


def _who_released(event: EventView) -> Actor:
    """What leaves is told as the act of who released it: nobody else decided anything since."""
    return Actor(cast("ActorKind", event.actor_kind), event.actor_id)


def _known(case: Case, kind: str, subject: int) -> bool:
    """Is it made, or is there nothing left to make it from? One that a redaction took is made again."""
    made = Document.objects.filter(case=case, kind=kind, subject=subject).exclude(stored="")
    return case.erased_at is not None or made.exists()


def _render(kind: str, data: kinds.Document, language: str) -> bytes:
    try:
        return render(kind, data, language)
    except DocumentFailed as failure:
        raise Failed(str(failure)) from failure


PAPER_SECONDS = 180
"""Longer than the typesetter may take (two minutes) and the seal after it, so that no two workers make one paper."""
for kind in ("case.received", "case.received_incomplete", "case.form_extended", "case.completed"):
    subscribe(kind, "cases.receipt", make_receipt, lease_seconds=PAPER_SECONDS)
for kind in ("case.answered", "approval.granted"):
    subscribe(kind, "cases.letter", make_letter, lease_seconds=PAPER_SECONDS)
subscribe("answer.released", "cases.leave", let_answer_leave, attempts=60)
subscribe("message.released", "cases.message_leaves", let_message_leave, attempts=60)
subscribe("case.closed", "cases.sign_off", make_sign_off, lease_seconds=PAPER_SECONDS)
when_restored("answers and messages", hold_back_what_was_leaving)
subscribe("person.left", "cases.hand_over", hand_over_the_rest, lease_seconds=PAPER_SECONDS)
