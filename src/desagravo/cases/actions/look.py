"""The log of looks: who read a case, opened a file or a paper, or took something away. It is no part of the chain."""

from datetime import datetime, timedelta

from desagravo.cases.models import Look
from desagravo.common import clock
from desagravo.common.actor import Actor

WITHIN = timedelta(minutes=15)
"""What the same person looks at again within this time is one look."""
KEPT_FOR = timedelta(days=396)
"""Thirteen months: a year's audit finds the whole year. Then the line is deleted."""
_MOST_REMEMBERED = 5000
_AT_ONCE = 1000
_seen: dict[tuple[str, str, str, str], datetime] = {}


def look(number: str, what: str, *, actor: Actor, about: str = "") -> None:
    """A member of staff looked at something of this case. ``what`` is one of ``models.privacy.LOOKS``.

    A look that this process has written lately costs nothing, one that another has written a query on an index.
    """
    if actor.kind != "staff":
        return
    now = clock.now()
    key = (actor.id, number, what, about)
    before = _seen.get(key)
    if before is not None and timedelta(0) <= now - before < WITHIN:
        return
    if len(_seen) >= _MOST_REMEMBERED:
        _seen.clear()
    newest = Look.objects.filter(case_number=number, actor_id=actor.id, what=what, about=about).order_by("-id").first()
    if newest is None or not timedelta(0) <= now - newest.at < WITHIN:
        newest = Look.objects.create(
            case_number=number, actor_kind=actor.kind, actor_id=actor.id, what=what, about=about, at=now
        )
    _seen[key] = newest.at


def forget_looks(now: datetime) -> int:
    """Delete the lines whose time is over, oldest first; tells how many. The worker calls this."""
    oldest = Look.objects.order_by("id").values_list("pk", "at")[:_AT_ONCE]
    over = [key for key, at in oldest if at < now - KEPT_FOR]
    return Look.objects.filter(pk__in=over).delete()[0]
