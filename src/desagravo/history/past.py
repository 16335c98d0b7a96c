"""Work that follows from a past that is told afterwards: a story on its own dates, with the clock set back.

Events that a story records have work which was due long ago. Some of it belongs to the story and is done at its own
moment; the rest is spread over the time to come, so that it stands in nobody's way.
"""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import F

from desagravo.common import clock
from desagravo.history.models import Delivery
from desagravo.history.outbox import LEASE_SECONDS, Work, perform

_BATCH = 500


def do_now(*, after: int, leave: Collection[str] = ()) -> int:
    """Try once what follows from the events after number ``after``, without the subscribers in ``leave``.

    What fails stays waiting. Meant for a transaction that nobody else sees into yet. Tells how many were tried.
    """
    waiting = Delivery.objects.filter(event_id__gt=after, state=Delivery.WAITING, due_at__lte=clock.now())
    tried = 0
    for row in list(waiting.exclude(subscriber__in=leave).order_by("event_id", "id")):
        until = clock.now() + timedelta(seconds=LEASE_SECONDS)
        Delivery.objects.filter(pk=row.pk).update(
            state=Delivery.LEASED, due_at=until, attempts=F("attempts") + 1, lease_token=F("lease_token") + 1
        )
        perform(Work(row.pk, row.event_id, row.subscriber, row.attempts + 1, row.lease_token + 1, until))
        tried += 1
    return tried


def spread(*, every: timedelta) -> int:
    """Space out all work that is due: one piece ``every`` so long from now on, what belongs to the newest event first.

    Whatever else happens from now on is due before most of it. Tells how many pieces were spread.
    """
    now = clock.now()
    rows = list(Delivery.objects.filter(state=Delivery.WAITING, due_at__lte=now).order_by("-event_id", "id"))
    for place, row in enumerate(rows, start=1):
        row.due_at = now + place * every
    Delivery.objects.bulk_update(rows, ["due_at"], batch_size=_BATCH)
    return len(rows)
