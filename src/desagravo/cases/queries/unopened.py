"""What was left behind by a crash or a fault: submissions that are no case yet, papers that were given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from desagravo.cases.models import Case, Submission
from desagravo.common import clock
from desagravo.history import outbox, queries

LATE_AFTER = timedelta(minutes=15)
"""The worker opens what was left behind after half a minute; what lies longer has a cause."""


@dataclass(frozen=True)
class Unopened:
    """A complaint that was acknowledged to nobody yet; ``cause`` is empty while the worker has not tried."""

    key: int
    channel: str
    received_at: datetime
    cause: str


def unopened(*, limit: int = 100) -> list[Unopened]:
    """Submissions that need a person, oldest first."""
    return [
        Unopened(row.pk, row.channel, row.received_at, row.cannot_open)
        for row in _unopened().order_by("received_at")[:limit]
    ]


def unopened_count() -> int:
    """How many submissions need a person."""
    return _unopened().count()


def _unopened() -> QuerySet[Submission]:
    late = Q(received_at__lt=clock.now() - LATE_AFTER) | ~Q(cannot_open="")
    return Submission.objects.filter(late, case=None)


def paper_given_up(case: Case, kind: str) -> bool:
    """Was the newest receipt, letter or sign-off sheet of the case (``kind``) given up, so that a person must look?"""
    told = (outbox.progress_of(event.seq, f"cases.{kind}") for event in reversed(queries.of_case(case.number)))
    newest = next((progress for progress in told if progress), None)
    return newest is not None and newest.state == "dead"
