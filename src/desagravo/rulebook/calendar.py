"""Working days of the house. Pure, without Django.

Weekends only: statutory calendars with their holidays come with the rules of a jurisdiction. Counting
too few days off makes a house target earlier, never later.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desagravo.rulebook import edition as _edition


def due_after(start: datetime, working_days: int, *, zone: str = "", edition: str = "") -> datetime:
    """The end of business on the n-th working day after the local day of ``start``, as aware UTC.

    The day of ``start`` does not count. With 0 it is the end of the same day, or of the next working day
    when that has passed or is none. ``zone`` is the organisation's, by default the
    edition's (the one in force, if none is named). Raises
    ``ValueError`` for a naive start or a negative number.
    """
    if start.tzinfo is None:
        raise ValueError("start needs a time zone")
    if working_days < 0:
        raise ValueError("working days cannot be negative")
    book = _edition.book("targets", edition)
    place = ZoneInfo(zone or str(book["zone"]))
    end = time.fromisoformat(str(book["business_day_ends"]))
    weekend = frozenset(book["weekend"])
    local = start.astimezone(place)
    day = local.date()
    if working_days == 0 and (day.weekday() in weekend or local.time() > end):
        working_days = 1
    for _ in range(working_days):
        day = _next_working_day(day, weekend)
    return datetime.combine(day, end, place).astimezone(UTC)


def _next_working_day(day: date, weekend: frozenset[int]) -> date:
    day += timedelta(days=1)
    while day.weekday() in weekend:
        day += timedelta(days=1)
    return day
