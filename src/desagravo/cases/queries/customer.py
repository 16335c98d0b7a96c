"""What a customer sees behind the private link: the own words, what was sent to them, the papers, four stages."""

from dataclasses import dataclass
from datetime import date, datetime

from desagravo.cases import tracking
from desagravo.cases.editions import edition_of
from desagravo.cases.models import Attachment, Case, ComplaintForm, Document
from desagravo.cases.papers import form_rows
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.departments import queries as departments
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.shapes import Need, Stage


@dataclass(frozen=True)
class Said:
    """One entry of the conversation as the customer sees it. ``answer`` marks the answer to the complaint."""

    at: datetime
    by_us: bool
    who: str
    body: str
    answer: bool
    files: tuple[Attachment, ...]


@dataclass(frozen=True)
class ElsewhereRow:
    """Where else the complaint is, as the customer reads it: before a body (external), or sent on (forwarded)."""

    kind: str
    body: str
    reference: str
    since: date
    ended_on: date | None


@dataclass(frozen=True)
class TrackedCase:
    """The customer's page. ``letter_days`` are the letters, each with the moment at which its answer was sent."""

    case: Case
    form: ComplaintForm
    form_rows: list[tuple[str, str, bool]]
    files: list[Attachment]
    conversation: list[Said]
    receipt: Document | None
    letters: list[Document]
    letter_days: list[tuple[Document, datetime | None]]
    stage: Stage
    missing: tuple[Need, ...]
    contact: str
    outside: tuple[ElsewhereRow, ...]
    may_react: bool
    may_withdraw: bool
    may_write: bool


def tracked(case: Case) -> TrackedCase:
    """Everything on the customer's page of a case that ``case_behind`` gave; nothing internal is ever read for it."""
    forms = list(case.forms.order_by("version"))
    documents = list(case.documents.filter(kind__in=("receipt", "letter")).order_by("pk"))
    receipts = [each for each in documents if each.kind == "receipt" and each.subject == forms[-1].pk]
    letters = [each for each in documents if each.kind == "letter"]
    sent = dict(case.responses.filter(state="sent").values_list("pk", "sent_at")) if letters else {}
    needs = {need.code: need for need in rulebook.form_needs(active(), edition=edition_of(case))}
    return TrackedCase(
        case=case,
        form=forms[-1],
        form_rows=form_rows(forms[-1]),
        files=list(case.attachments.filter(message=None, for_customer=True).order_by("pk")),
        conversation=_conversation(case),
        receipt=receipts[0] if receipts else None,
        letters=letters,
        letter_days=[(each, sent.get(each.subject) or each.made_at) for each in letters],
        stage=rulebook.stage_of(case.status, active(), edition=edition_of(case)),
        missing=tuple(needs[code] for code in forms[-1].missing if code in needs)
        if case.status == "incomplete"
        else (),
        contact=case.owner.name if case.owner else "",
        outside=_outside(case),
        may_react=case.status == "answered" and case.customer_position in ("", "escalated_external"),
        may_withdraw=case.open,
        may_write=True,
    )


def _outside(case: Case) -> tuple[ElsewhereRow, ...]:
    """Bodies before which it is, and to whom it was sent on once the customer has been told."""
    rows = case.referrals.exclude(kind="forwarded", customer_told_at__gt=clock.now()).order_by("pk")
    return tuple(
        ElsewhereRow(row.kind, row.body, row.reference, row.opened_on, row.ended_on) for row in rows if row.body
    )


def _conversation(case: Case) -> list[Said]:
    # what is still leaving, or was held back, keeps the moment at which it was to leave and is not the customer's
    messages = case.messages.filter(kind__in=("from_customer", "to_customer"), leaves_at=None)
    messages = messages.prefetch_related("attachments")
    rows = list(messages.order_by("pk"))
    names = departments.names({row.actor_id for row in rows if row.actor_kind == "staff"})
    said = [
        Said(
            at=row.at,
            by_us=row.kind == "to_customer",
            who=names.get(row.actor_id, "") if row.kind == "to_customer" else "",
            body=_with_link(row.body, case) if row.kind == "to_customer" else row.body,
            answer=False,
            files=tuple(each for each in row.attachments.all() if each.for_customer),
        )
        for row in rows
    ]
    said += [
        Said(each.sent_at, by_us=True, who=each.signer_name, body=_with_link(each.body, case), answer=True, files=())
        for each in case.responses.filter(state="sent")
        if each.sent_at
    ]
    return sorted(said, key=lambda each: each.at)


def _with_link(body: str, case: Case) -> str:
    """What we wrote, with the link as it is valid now: only whoever came by that link reads this."""
    return body.replace(tracking.MARK, tracking.url_of(case))


def tracking_url(case: Case) -> str:
    """The address of the customer's page, as mails and receipts carry it."""
    return tracking.url_of(case)
