"""Work after the question: an edition is tried on past cases, by the worker."""

from desagravo.cases.actions.try_out import run_try_out
from desagravo.cases.models import TryOut
from desagravo.history.outbox import Work
from desagravo.history.queries import EventView
from desagravo.history.registry import subscribe


def try_out(event: EventView, work: Work) -> None:
    """The try-out that this event is about."""
    row = TryOut.objects.get(pk=event.subject[1])
    if row.state != "done":
        run_try_out(row, progress=work.progress)


subscribe("rulebook.tried", "cases.try_out", try_out, lease_seconds=120)
"""Held longer with every piece; each takes a second or two."""
