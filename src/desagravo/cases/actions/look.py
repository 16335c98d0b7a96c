"""The log of looks: who read a case, opened a file or a paper, or took something away. It is no part of the chain."""

from collections import deque
from datetime import datetime, timedelta

import structlog

from desagravo.cases.models import Look
from desagravo.common import clock, outage
from desagravo.common.actor import Actor

_log = structlog.get_logger(__name__)
WITHIN = timedelta(minutes=15)
"""What the same person looks at again within this time is one look."""
KEPT_FOR = timedelta(days=396)
"""Thirteen months: a year's audit finds the whole year. Then the line is deleted."""
_MOST_REMEMBERED = 5000
_AT_ONCE = 1000
_seen: dict[tuple[str, str, str, str], datetime] = {}
_owed: deque[Look] = deque(maxlen=_MOST_REMEMBERED)
"""Looks that the database could not take, on a full disk say; they are written when it takes one again."""


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
    if newest is not None and timedelta(0) <= now - newest.at < WITHIN:
        _seen[key] = newest.at
        return
    _seen[key] = now
    _owed.append(Look(case_number=number, actor_kind=actor.kind, actor_id=actor.id, what=what, about=about, at=now))
    _write_owed()


def note_look(number: str, what: str, *, actor: Actor, about: str = "") -> None:
    """The same for pages: a full disk or a busy database keeps nobody from reading; the look is in the log instead,
    and noted later."""
    try:
        look(number, what, actor=actor, about=about)
    except outage.OUTAGES as problem:
        if not outage.is_outage(problem):
            raise
        _log.error("look not noted yet", case=number, what=what, about=about, actor=actor.id, exc_info=problem)


def _write_owed() -> None:
    while True:
        try:
            look = _owed.popleft()
        except IndexError:  # none is left, or another thread of this process has just taken the last one
            return
        try:
            look.save(force_insert=True)
        except outage.OUTAGES:
            _owed.appendleft(look)
            raise


def forget_looks(now: datetime) -> int:
    """Delete the lines whose time is over, oldest first; tells how many. The worker calls this."""
    oldest = Look.objects.order_by("id").values_list("pk", "at")[:_AT_ONCE]
    over = [key for key, at in oldest if at < now - KEPT_FOR]
    return Look.objects.filter(pk__in=over).delete()[0]
