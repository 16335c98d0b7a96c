"""Work after the answer: the papers of a case are made by the worker, in the customer's language."""

from desagravo.cases import papers
from desagravo.cases.actions.deliver import keep_document
from desagravo.cases.models import Case, ComplaintForm, Document, Response, SignOff
from desagravo.common.documents import DocumentFailed, kinds, render
from desagravo.common.language import in_language
from desagravo.departments import queries as departments
from desagravo.history.outbox import Failed, Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe


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
        pdf = _render("letter", papers.letter(response), response.language)
    keep_document(response.case, kind="letter", subject=response.pk, pdf=pdf)


def make_sign_off(event: EventView, work: Work) -> None:
    """The sealed sign-off sheet, in the language of the customer whose form it is."""
    from desagravo.common.documents import sealing  # noqa: PLC0415  (heavy; only the worker seals)

    signed = SignOff.objects.select_related("case__customer", "case__received_by").get(pk=event.subject[1])
    if _known(signed.case, "sign_off", signed.pk):
        return
    with in_language(signed.case.language):
        pdf = _render("sign_off", papers.sign_off_sheet(signed), signed.case.language)
    sealed = sealing.seal(pdf, organisation=departments.organisation().name)
    keep_document(signed.case, kind="sign_off", subject=signed.pk, pdf=sealed, sealed=True)


def _known(case: Case, kind: str, subject: int) -> bool:
    return Document.objects.filter(case=case, kind=kind, subject=subject).exists()


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
subscribe("case.closed", "cases.sign_off", make_sign_off, lease_seconds=PAPER_SECONDS)
