"""Who may know of a confidential case."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from desagravo.cases.models import Case, NeedToKnow
from desagravo.common import clock


class Knows(NamedTuple):
    """Somebody on the list of a confidential case; ``until`` and ``reason`` for who broke the glass.

    ``by_rule`` is who made the case confidential, and whom nobody named.
    """

    person: str
    name: str
    owner: bool
    by_rule: bool
    added_by: str
    added_at: datetime
    broke_glass: bool
    reason: str
    until: datetime | None


def who_knows(case: Case) -> list[Knows]:
    """The list of a case that ``case_for`` gave, oldest entry first; what has ended is left out."""
    if not case.confidential:
        return []
    still = Q(until=None) | Q(until__gt=clock.now())
    rows = NeedToKnow.objects.filter(still, case=case, removed_at=None, person__left_at=None).select_related(
        "person", "added_by"
    )
    return [
        Knows(
            person=str(each.person_id),
            name=each.person.name,
            owner=each.person_id == case.owner_id,
            by_rule=each.added_by_id == each.person_id and not each.broke_glass,
            added_by=each.added_by.name if each.added_by else "",
            added_at=each.added_at,
            broke_glass=each.broke_glass,
            reason=each.reason,
            until=each.until,
        )
        for each in rows.order_by("pk")
    ]
