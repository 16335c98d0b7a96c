"""The one clock of the house: everything that asks for the time asks here.

Tests, the sample company and imports fix the clock with :func:`at`, so that a story can be told on
its own dates. Nothing else in ``src`` may call ``datetime.now``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_fixed: ContextVar[datetime | None] = ContextVar("desagravo_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within this block, it is ``moment`` (aware; any zone).

    Raises:
        ValueError: the moment has no time zone, so nobody could say which instant it is.
    """
    if moment.tzinfo is None:
        raise ValueError("the clock needs a moment with a time zone")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
