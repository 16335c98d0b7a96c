"""Who looked at what: of one case, and of one person."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, Min

from desagravo.cases.models import Case, Look
from desagravo.cases.queries.visible import confidential_to
from desagravo.common.actor import Actor
from desagravo.common.text import whole_number
from desagravo.departments import authority
from desagravo.departments import queries as departments

MOST = 200


class LookRow(NamedTuple):
    """One line of a case's log."""

    who: str
    person: str
    what: str
    about: str
    at: datetime


class LooksOf(NamedTuple):
    """What one person looked at of one case; ``number`` is empty for a confidential one that is hidden."""

    number: str
    what: str
    times: int
    first: datetime
    last: datetime


def looks_at(actor: Actor, case: Case) -> list[LookRow]:
    """The newest looks at a case that ``case_for`` gave. Raises NotAllowed."""
    authority.require(actor, "read_looks")
    rows = list(Look.objects.filter(case_number=case.number).order_by("-id")[:MOST])
    names = departments.names(row.actor_id for row in rows)
    return [LookRow(names.get(row.actor_id, row.actor_id), row.actor_id, row.what, row.about, row.at) for row in rows]


def looks_of(actor: Actor, person: str, *, since: datetime) -> list[LooksOf]:
    """What this person looked at since then: broken glass first, then what was looked at last. Raises NotAllowed."""
    authority.require(actor, "read_looks")
    if whole_number(person) is None:
        return []
    found = Look.objects.filter(actor_id=person, at__gte=since).order_by().values("case_number", "what")
    grouped = found.annotate(times=Count("pk"), first=Min("at"), last=Max("at"))
    numbers = {each["case_number"] for each in grouped}
    hidden = set(confidential_to(actor).filter(number__in=numbers).values_list("number", flat=True))
    rows = (
        LooksOf(
            "" if each["case_number"] in hidden else each["case_number"],
            each["what"],
            each["times"],
            each["first"],
            each["last"],
        )
        for each in grouped
    )
    return _glass_first(rows)[:MOST]


def _glass_first(rows: Iterable[LooksOf]) -> list[LooksOf]:
    newest = sorted(rows, key=lambda row: row.last, reverse=True)
    return sorted(newest, key=lambda row: row.what != "broke_glass")
