"""Copies that leave the house by hand: what we hold about a person, and one whole case. The worker makes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from desagravo.cases.actions._words import needed
from desagravo.cases.events.privacy import ExportAsked
from desagravo.cases.models import Case, Export
from desagravo.cases.queries.visible import visible_to
from desagravo.common import clock, files
from desagravo.common.actor import Actor
from desagravo.common.files import Stored
from desagravo.common.refusals import Missing, NotYours, Refusal
from desagravo.departments import authority
from desagravo.history.actions import record

KEPT_FOR = timedelta(days=7)
MOST_CASES = 200
_AT_ONCE = 100


@transaction.atomic
def ask_for_export(
    numbers: Sequence[str], *, language: str, actor: Actor, with_internal: bool = False, ground: str = ""
) -> Export:
    """Have what we hold about a person copied from these cases. Internal notes go with it only on a stated ground.

    Raises:
        NotAllowed: the role does not allow it.
        NotYours: one of the cases is not visible to the actor.
        Missing: no case is ticked, or internal notes are to go with it and no ground is given.
    """
    authority.require(actor, "export_subject")
    chosen = list(dict.fromkeys(numbers))
    if not chosen or len(chosen) > MOST_CASES:
        raise Missing({"number": [Refusal("no_case_ticked", limit=MOST_CASES)]})
    if visible_to(actor).filter(number__in=chosen).count() != len(chosen):
        raise NotYours("not_found")
    why = needed("ground", ground, otherwise="needs_reason") if with_internal else ""
    return _ask("subject", chosen, language, actor, with_internal=with_internal, ground=why)


@transaction.atomic
def ask_for_case_file(case: Case, *, language: str, actor: Actor) -> Export:
    """Have a whole case copied: index, files with their fingerprints, events with their proofs.

    Raises:
        NotAllowed: the role does not allow it.
    """
    authority.require(actor, "export_case")
    if not visible_to(actor).filter(pk=case.pk).exists():
        raise NotYours("not_found")
    return _ask("case", [case.number], language, actor, with_internal=True)


def _ask(
    kind: str, numbers: list[str], language: str, actor: Actor, *, with_internal: bool, ground: str = ""
) -> Export:
    row = Export.objects.create(
        kind=kind,
        cases=numbers,
        language=language,
        with_internal=with_internal,
        ground=ground,
        asked_by_id=int(actor.id),
        asked_at=clock.now(),
    )
    facts = ExportAsked(row.pk, kind, len(numbers), with_internal)
    told = record(facts, actor=actor, case=numbers[0] if kind == "case" else "", subject=("export", str(row.pk)))
    row.event_seq = told.seq
    row.save(update_fields=["event_seq"])
    return row


def keep_export(row: Export, stored: Stored) -> None:
    """The worker made it; two workers that made it twice leave one."""
    now = clock.now()
    made = {"stored": stored.name, "size": stored.size, "sha256": stored.sha256}
    kept = Export.objects.filter(pk=row.pk, stored="", made_at=None)
    if not kept.update(**made, made_at=now, expires_at=now + KEPT_FOR):
        files.discard(stored.name)


def forget_exports(now: datetime) -> int:
    """Remove copies whose days are over; that they were asked for stays on record. The worker calls this."""
    over = list(Export.objects.filter(expires_at__lte=now).exclude(stored="")[:_AT_ONCE])
    for row in over:
        files.discard(row.stored)
        Export.objects.filter(pk=row.pk).update(stored="")
    return len(over)
