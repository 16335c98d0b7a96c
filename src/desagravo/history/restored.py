"""What rooms and doors do when a backup was restored, before anybody works with it.

Between the backup and the restore the world went on: a mail that was waiting has perhaps left, a person has perhaps
asked to be erased. Whoever has such a thing registers what is to be done::

    when_restored("mail", hold_what_was_waiting)  # () -> how many things a person must look at
"""

from collections.abc import Callable

from desagravo.history.models import Delivery

_acts: dict[str, Callable[[], int]] = {}


def when_restored(name: str, act: Callable[[], int]) -> None:
    """Call ``act`` in a restored database; it may be called twice, and tells how many things it changed."""
    _acts[name] = act


def acts() -> dict[str, Callable[[], int]]:
    """All that were registered."""
    return dict(_acts)


def open_work(subscriber: str) -> list[int]:
    """The events for which this subscriber had not done its work when the backup was made."""
    waiting = Delivery.objects.filter(subscriber=subscriber, due_at__isnull=False)
    return list(waiting.order_by("event_id").values_list("event_id", flat=True))
