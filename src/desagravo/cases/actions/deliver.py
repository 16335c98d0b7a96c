"""What became of mails and papers: reported back to the case by channels and by the worker."""

from django.db import transaction

from desagravo.cases.actions._path import entry
from desagravo.cases.contents import content
from desagravo.cases.events import DocumentMade, LetterDelivered, LetterUndeliverable
from desagravo.cases.models import Case, Document, FollowUp
from desagravo.cases.next_step import renew_next_step
from desagravo.cases.working_days import target_after
from desagravo.common import clock, files
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.text import tidy_line
from desagravo.history.actions import record_many
from desagravo.history.outbox import Failed
from desagravo.history.queries import Printed


@transaction.atomic
def letter_delivered(case_number: str, *, letter: str, actor: Actor = SYSTEM) -> None:
    """A mail to the customer was handed to the mail server. ``letter`` is the code of its template."""
    case = Case.objects.get(number=case_number)
    record_many([entry(case, LetterDelivered(letter), actor=actor)])


@transaction.atomic
def letter_undeliverable(case_number: str, *, letter: str, because: str, actor: Actor = SYSTEM) -> None:
    """A mail could not be delivered for good: the owner gets a follow-up, so that the customer is reached otherwise."""
    case = Case.objects.select_for_update().get(number=case_number)
    if case.open:
        FollowUp.objects.create(
            case=case,
            about=tidy_line(because)[:500],
            due_at=target_after(case, "triage", clock.now()),
            set_at=clock.now(),
            came_back_at=clock.now(),
        )
        renew_next_step(case)
        case.save()
    record_many([entry(case, LetterUndeliverable(letter), actor=actor)])


@transaction.atomic
def keep_document(
    case: Case, *, kind: str, subject: int, pdf: bytes, sealed: bool = False, proof: Printed | None = None
) -> Document:
    """Put a PDF on the case. Made twice (a worker died after the first), the first one stays.

    ``case`` is as it was when the paper was made. One that something was taken out of gets its paper anew, an erased
    one gets none.

    Raises:
        Failed: something was taken out meanwhile, so that the paper may still say it; to be made again.
    """
    now = Case.objects.select_for_update().get(pk=case.pk)
    row = Document.objects.filter(case=case, kind=kind, subject=subject).first()
    row = row or Document(case=case, kind=kind, subject=subject)
    if row.stored or now.erased_at:
        return row
    if now.version != case.version and now.redactions.exists():
        raise Failed("something was taken out of the case while its paper was made")
    stored = files.store(pdf)
    row.stored, row.size, row.sha256 = stored.name, stored.size, stored.sha256
    row.sealed, row.made_at = sealed, clock.now()
    row.save()
    facts = DocumentMade(
        row.pk, kind, sealed, proof=proof.hash if proof else "", checkpoint=proof.checkpoint if proof else 0
    )
    record_many(
        [entry(case, facts, actor=SYSTEM, subject=("document", str(row.pk)), private={"document": content(row)})]
    )
    return row
