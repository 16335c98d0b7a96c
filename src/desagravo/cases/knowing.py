"""Who may know of a confidential case: the people on its list, and nobody else."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from desagravo.cases.models import Case, NeedToKnow
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotAllowed
from desagravo.common.text import whole_number

GLASS_STAYS_BROKEN = timedelta(hours=24)
"""How long somebody who broke the glass sees the case."""


def open_to_all() -> Q:
    """The cases that are not confidential."""
    return Q(confidential=False)


def known_to(actor: Actor) -> Q:
    """The confidential cases on whose list this member of staff stands now."""
    return Q(confidential=True, pk__in=_entries(actor).values("case"))


def knows(actor: Actor, case: Case) -> bool:
    """May this actor know of the case at all? The product itself and the customer always may."""
    return not case.confidential or actor.kind != "staff" or _entries(actor).filter(case=case).exists()


def knows_for_good(person_id: str, case: Case) -> bool:
    """Does this member of staff stand on the list without an end? A broken glass is a look, and no place on it."""
    listed = NeedToKnow.objects.filter(case=case, person_id=whole_number(person_id) or 0, removed_at=None, until=None)
    return listed.exists()


def require_lasting(actor: Actor, case: Case, verb: str) -> None:
    """Go on, or raise NotAllowed: who sees a confidential case through a broken glass changes nobody's knowing of it,
    the own least of all."""
    if case.confidential and actor.kind == "staff" and not knows_for_good(actor.id, case):
        raise NotAllowed("only_through_the_glass", verb=verb)


def let_know(case: Case, person: int, *, by: Actor) -> NeedToKnow:
    """Put somebody on the list for good; who broke the glass before stays without the end that it had."""
    added_by = int(by.id) if by.kind == "staff" else None
    row, fresh = NeedToKnow.objects.get_or_create(
        case=case, person_id=person, removed_at=None, defaults={"added_by_id": added_by, "added_at": clock.now()}
    )
    if not fresh and row.until is not None:
        row.until = None
        row.save(update_fields=["until"])
    return row


def break_glass(case: Case, *, actor: Actor, reason: str) -> NeedToKnow:
    """Let this actor know for a time. What an earlier breaking left on the list has ended and is taken off."""
    now = clock.now()
    NeedToKnow.objects.filter(case=case, person_id=int(actor.id), removed_at=None).update(removed_at=now)
    return NeedToKnow.objects.create(
        case=case,
        person_id=int(actor.id),
        added_by_id=int(actor.id),
        added_at=now,
        broke_glass=True,
        reason=reason,
        until=now + GLASS_STAYS_BROKEN,
    )


def _entries(actor: Actor) -> QuerySet[NeedToKnow]:
    person = int(actor.id) if actor.kind == "staff" and actor.id.isdigit() else 0
    still = Q(until=None) | Q(until__gt=clock.now())
    return NeedToKnow.objects.filter(still, person_id=person, removed_at=None)
