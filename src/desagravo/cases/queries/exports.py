"""Whose data a request is about, and the copies that were asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from desagravo.cases import search as full_text
from desagravo.cases.models import Case, Export
from desagravo.cases.queries.visible import confidential_to, visible_to
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours
from desagravo.common.text import whole_number
from desagravo.customers import queries as customers
from desagravo.departments import authority
from desagravo.history import outbox

MOST_FOUND = 100
"""Cases of others in which the words only stand; those of the person are all told, however many."""
MOST_SHOWN = 50


class FoundCase(NamedTuple):
    """A case that a request may be about. ``theirs``: the person filed it; otherwise the words only stand in it."""

    number: str
    subject: str
    name: str
    email: str
    phone: str
    received_at: datetime
    language: str
    theirs: bool
    open: bool
    erased: bool
    closed_at: datetime | None


@dataclass(frozen=True)
class Found:
    """``hidden``: numbers of confidential cases of the person, told to keepers of data alone; ``more``: the words stand
    in further cases of others, which are not told."""

    cases: list[FoundCase]
    hidden: list[str]
    more: bool = False


def cases_of_person(actor: Actor, told: str) -> Found:
    """The cases of the person with this e-mail, telephone, name or case number, however it is spelt. NotAllowed.

    First all those that the person filed, then the newest in which the words only stand.
    """
    authority.require(actor, "export_subject")
    told = told.strip()[:200]
    if not told:
        return Found([], [])
    same = customers.alike(told)
    owner = Case.objects.filter(number=told).values_list("customer", flat=True).first()
    if owner:
        same |= set(customers.same_person(customers.one(owner)).values_list("pk", flat=True))
    seen = visible_to(actor)
    named = full_text.newest(seen.exclude(customer__in=same), told, limit=MOST_FOUND + 1)
    own = seen.filter(customer__in=same).select_related("customer").order_by("-pk")
    others = seen.filter(pk__in=named[:MOST_FOUND]).select_related("customer").order_by("-pk")
    found = [*(_found(row, theirs=True) for row in own), *(_found(row, theirs=False) for row in others)]
    hidden: list[str] = []
    if actor.has("data_keeper"):
        hidden = list(confidential_to(actor).filter(customer__in=same).values_list("number", flat=True))
    return Found(found, hidden, more=len(named) > MOST_FOUND)


def _found(row: Case, *, theirs: bool) -> FoundCase:
    person = row.customer
    return FoundCase(
        number=row.number,
        subject=row.subject,
        name=person.name,
        email=person.email,
        phone=person.phone,
        received_at=row.received_at,
        language=row.language,
        theirs=theirs,
        open=row.open,
        erased=row.erased_at is not None,
        closed_at=row.closed_at,
    )


class ExportRow(NamedTuple):
    """A copy that was asked for; ``state`` is made, waiting, failed or gone."""

    id: int
    kind: str
    cases: list[str]
    asked_at: datetime
    expires_at: datetime | None
    size: int
    sha256: str
    state: str


def exports_of(actor: Actor) -> list[ExportRow]:
    """The copies that this actor asked for, newest first."""
    person = whole_number(actor.id)
    rows = Export.objects.filter(asked_by_id=person).order_by("-pk")[:MOST_SHOWN] if person else []
    return [
        ExportRow(row.pk, row.kind, list(row.cases), row.asked_at, row.expires_at, row.size, row.sha256, _state(row))
        for row in rows
    ]


def _state(row: Export) -> str:
    if row.made_at:
        return "made" if row.stored else "gone"
    progress = outbox.progress_of(row.event_seq, "cases.export")
    return "failed" if progress and progress.state == "dead" else "waiting"


def export_for(actor: Actor, key: int) -> Export:
    """A copy that this actor asked for and may still take: every case of it is still visible. Raises NotYours."""
    row = Export.objects.filter(pk=key, asked_by_id=whole_number(actor.id)).exclude(stored="").first()
    allowed = row and authority.may(actor, "export_case" if row.kind == "case" else "export_subject")
    if row is None or not allowed or visible_to(actor).filter(number__in=row.cases).count() != len(row.cases):
        raise NotYours("not_found")
    return row
