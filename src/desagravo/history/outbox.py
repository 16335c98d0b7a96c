"""The work that follows an event: the one mechanism for everything after the answer.

``record`` writes one delivery for each subscriber in the transaction of the event. Workers, as many as there are,
:func:`claim` what is due for the length of a lease, do it, and finish it with the token of their lease. A worker
that dies leaves a lease that runs out, and the work is claimed again; a worker that was away too long is told
:class:`LeaseLost` and cannot write over its successor.

**Twice or once.** A handler can run twice: it may have acted and died before it was noted. So either what it does
can be repeated without harm, or it calls ``work.done()`` as the last act *inside the transaction of its own
changes*: both stay or neither does, and a worker without a valid lease is rolled back::

    def number_pages(event: EventView, work: Work) -> None:
        with transaction.atomic():
            ...  # changes of the database
            work.done()

Failures that pass (any exception) are repeated after 1 s, 2 s, 4 s … at most an hour apart; ``Failed(permanent=True)``
and too many attempts end among the :func:`dead_letters`, where a person sees them and may :func:`revive` them.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import Error, connection, transaction
from django.db.models import Min

from desagravo.common import clock, crash
from desagravo.history import registry
from desagravo.history.models import Delivery
from desagravo.history.queries import EventView, view_of

LEASE_SECONDS = 60
"""So long after its death a worker's work is claimed by another one. Longer work has its lease renewed meanwhile."""
RENEW_SECONDS = 20.0
LONGEST_WAIT = 3600.0
"""Seconds between two attempts, at most."""
_LOG = structlog.get_logger(__name__)


class Failed(Exception):
    """A handler could not do its work. ``permanent``: trying again would not help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class LeaseLost(Exception):
    """Somebody else has this work now; whatever the late worker still wanted to write is refused."""


@dataclass
class Work:
    """One claimed delivery, in the hands of one worker."""

    id: int
    event_seq: int
    subscriber: str
    attempt: int
    token: int
    lease_until: datetime
    lease_seconds: float = LEASE_SECONDS
    finished: bool = field(default=False)

    def progress(self, percent: int, words: str = "") -> None:
        """Show how far it is (0 to 100, ``words`` a code that the page translates) and hold the work longer.

        Visible to others once committed, so call it outside a long transaction.

        Raises:
            LeaseLost: somebody else has the work.
        """
        until = clock.now() + timedelta(seconds=self.lease_seconds)
        self._write(progress=max(0, min(100, percent)), progress_words=words, due_at=until)
        self.lease_until = until

    def renew(self) -> None:
        """Keep the work for another lease from now on. Raises LeaseLost."""
        until = clock.now() + timedelta(seconds=self.lease_seconds)
        self._write(due_at=until)
        self.lease_until = until

    def done(self) -> None:
        """The work is done. Inside the transaction of the handler's changes, it is done exactly once.

        Raises:
            LeaseLost: somebody else has the work; let it roll the transaction back.
        """
        self._write(state=Delivery.DONE, due_at=None, progress=100, ended_at=clock.now(), last_error="")
        self.finished = True

    def fail(self, reason: str, *, permanent: bool = False, wait: float = 0.0) -> None:
        """It did not work: try again after ``wait`` seconds, or never.

        Raises:
            LeaseLost: somebody else has the work.
        """
        if permanent:
            self._write(state=Delivery.DEAD, due_at=None, ended_at=clock.now(), last_error=_short(reason))
        else:
            due = clock.now() + timedelta(seconds=wait)
            self._write(state=Delivery.WAITING, due_at=due, last_error=_short(reason))
        self.finished = True

    def _write(self, **changes: Any) -> None:
        mine = Delivery.objects.filter(pk=self.id, lease_token=self.token, state=Delivery.LEASED)
        if not mine.update(**changes):
            raise LeaseLost(f"{self.subscriber} for event {self.event_seq}")


@dataclass(frozen=True)
class Progress:
    """What a page that waits shows: ``state`` is waiting, leased, done or dead."""

    state: str
    percent: int
    words: str
    attempts: int


@dataclass(frozen=True)
class DeadLetter:
    """Work that was given up and needs a person."""

    id: int
    event: EventView
    subscriber: str
    attempts: int
    given_up_at: datetime
    last_error: str


def run_due(
    *, limit: int = 100, lease_seconds: float = LEASE_SECONDS, begin: Callable[[str], None] = lambda _job: None
) -> int:
    """Do the work that is due, one piece after another, at most ``limit``; tell how many pieces were tried.

    ``begin`` is told what is begun, and the empty text when it has ended.

    One piece is claimed at a time, so that work which kills its worker costs nobody else an attempt.
    """
    for tried in range(limit):
        claimed = claim(1, lease_seconds)
        if not claimed:
            return tried
        begin(claimed[0].subscriber)
        perform(claimed[0])
        begin("")
    return limit


def claim(limit: int = 1, lease_seconds: float = LEASE_SECONDS) -> list[Work]:
    """Take what is due, oldest first, for ``lease_seconds``. Nothing here waits for another worker.

    Work whose worker vanished at its last attempt becomes a dead letter here.
    """
    now = clock.now()
    if connection.vendor == "sqlite" and not Delivery.objects.filter(due_at__lte=now).exists():
        return []  # a look costs no write lock; the claim itself would take it at every round of an idle worker
    until = now + timedelta(seconds=lease_seconds)
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    arguments = {"now": _stamp(now), "until": _stamp(until), "limit": limit}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM.format(lock=lock), arguments)
        rows = cursor.fetchall()
    crash.point("outbox.claimed")
    return [
        Work(key, event, subscriber, attempt, token, until, lease_seconds)
        for key, event, subscriber, attempt, token, state in sorted(rows)
        if state == Delivery.LEASED
    ]


_CLAIM = """
WITH due AS (
    SELECT id FROM history_delivery WHERE due_at IS NOT NULL AND due_at <= %(now)s
    ORDER BY due_at, id LIMIT %(limit)s {lock}
)
UPDATE history_delivery SET
    state = CASE WHEN attempts >= max_attempts THEN 'dead' ELSE 'leased' END,
    due_at = CASE WHEN attempts >= max_attempts THEN NULL ELSE %(until)s END,
    ended_at = CASE WHEN attempts >= max_attempts THEN %(now)s ELSE NULL END,
    last_error = CASE WHEN attempts >= max_attempts THEN 'the worker vanished' ELSE last_error END,
    attempts = CASE WHEN attempts >= max_attempts THEN attempts ELSE attempts + 1 END,
    lease_token = lease_token + 1
WHERE id IN (SELECT id FROM due)
RETURNING id, event_id, subscriber, attempts, lease_token, state
"""


def perform(work: Work) -> bool:
    """Call the subscriber for one claimed piece of work and note how it ended. True when it was done."""
    event = _event_of(work)
    subscriber = registry.subscriber(event.kind, work.subscriber)
    try:
        _call(subscriber, event, work)
        if not work.finished:
            work.done()
    except LeaseLost:
        _LOG.warning("outbox.lease_lost", event_seq=work.event_seq, subscriber=work.subscriber, attempt=work.attempt)
        return False
    except Exception as problem:
        _note_failure(work, subscriber, problem)
        return False
    return True


def _call(subscriber: registry.Subscriber | None, event: EventView, work: Work) -> None:
    if subscriber is None:
        raise Failed(f"this release has no subscriber {work.subscriber}")
    with _kept(work, longest=subscriber.lease_seconds):
        subscriber.handler(event, work)
    crash.point("outbox.handled")


@contextmanager
def _kept(work: Work, *, longest: float) -> Iterator[None]:
    """Renew the lease while the handler works, for as long as it may take; a worker that died renews nothing."""
    if longest <= work.lease_seconds:
        yield
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(work, over, longest), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep(work: Work, over: threading.Event, longest: float) -> None:
    end = time.monotonic() + longest - work.lease_seconds
    try:
        while not over.wait(RENEW_SECONDS) and time.monotonic() < end:
            try:
                work.renew()
            except LeaseLost:
                return
            except Error as problem:  # a database that is busy or away now may answer before the lease ends
                _LOG.warning("outbox.not_renewed", event_seq=work.event_seq, exc_info=problem)
    finally:
        connection.close()


def _note_failure(work: Work, subscriber: registry.Subscriber | None, problem: Exception) -> None:
    most, first_wait = (subscriber.attempts, subscriber.first_wait) if subscriber else (8, 1.0)
    permanent = getattr(problem, "permanent", False) is True or work.attempt >= most
    _LOG.warning(
        "outbox.failed",
        event_seq=work.event_seq,
        subscriber=work.subscriber,
        attempt=work.attempt,
        given_up=permanent,
        exc_info=problem,
    )
    try:
        work.fail(f"{type(problem).__name__}: {problem}", permanent=permanent, wait=back_off(work.attempt, first_wait))
    except LeaseLost:
        _LOG.warning("outbox.lease_lost", event_seq=work.event_seq, subscriber=work.subscriber, attempt=work.attempt)


def back_off(attempt: int, first_wait: float = 1.0) -> float:
    """Seconds to wait after the failed attempt number ``attempt`` (from 1): doubling, at most an hour."""
    return min(first_wait * 2.0 ** min(attempt - 1, 30), LONGEST_WAIT)


def progress_of(event_seq: int, subscriber: str) -> Progress | None:
    """How far one subscriber is with one event; None where it has nothing to do with it."""
    found = Delivery.objects.filter(event_id=event_seq, subscriber=subscriber).first()
    return Progress(found.state, found.progress, found.progress_words, found.attempts) if found else None


def dead_letters(*, limit: int = 100) -> list[DeadLetter]:
    """Work that was given up, oldest first."""
    found = Delivery.objects.filter(state=Delivery.DEAD).select_related("event").order_by("id")[:limit]
    return [
        DeadLetter(each.pk, view_of(each.event), each.subscriber, each.attempts, each.ended_at, each.last_error)
        for each in found
        if each.ended_at
    ]


def dead_count() -> int:
    """How many pieces of work need a person."""
    return Delivery.objects.filter(state=Delivery.DEAD).count()


def revive(delivery_id: int) -> bool:
    """Try a dead letter again from its first attempt. False when it was not dead (any more)."""
    dead = Delivery.objects.filter(pk=delivery_id, state=Delivery.DEAD)
    return bool(dead.update(state=Delivery.WAITING, due_at=clock.now(), attempts=0, ended_at=None))


def oldest_waiting() -> timedelta | None:
    """How long the oldest due work has been waiting; None when nothing is due. For the health page."""
    now = clock.now()
    oldest = Delivery.objects.filter(due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    return now - oldest if oldest else None


def waiting_count() -> int:
    """How much is due now."""
    return Delivery.objects.filter(due_at__lte=clock.now()).count()


def _event_of(work: Work) -> EventView:
    return view_of(Delivery.objects.select_related("event").get(pk=work.id).event)


def _stamp(moment: datetime) -> Any:
    """An instant as this database compares it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _short(reason: str) -> str:
    return reason.replace("\x00", "")[:500]
