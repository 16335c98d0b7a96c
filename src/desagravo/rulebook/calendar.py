"""Working days of the house. Pure, without Django."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from desagravo.rulebook import edition as _edition
from desagravo.rulebook.calendars import Calendar


def due_after(
    start: datetime, working_days: int, *, zone: str = "", edition: str = "", calendar: Calendar | None = None
) -> datetime:
    """The end of business on the n-th working day after the local day of ``start``, as aware UTC.

    The day of ``start`` does not count. With 0 it is the end of the same day, or of the next working day
    when that has passed or is none. ``zone`` is the organisation's, by default the
    edition's (the one in force, if none is named). ``calendar`` says which days are closed; without one only
    weekends are, and counting too few days off makes a target of the house earlier, never later. Raises
    ``ValueError`` for a naive start or a negative number.
    """
    if start.tzinfo is None:
        raise ValueError("start needs a time zone")
    if working_days < 0:
        raise ValueError("working days cannot be negative")
    book = _edition.book("targets", edition)
    place = ZoneInfo(zone or str(book["zone"]))
    end = time.fromisoformat(str(book["business_day_ends"]))
    calendar = calendar or _weekends(frozenset(book["weekend"]))
    local = start.astimezone(place)
    day = local.date()
    if working_days == 0 and (calendar.why_closed(day) or local.time() > end):
        working_days = 1
    return datetime.combine(calendar.nth_business_day(day, working_days), end, place).astimezone(UTC)


@cache
def _weekends(weekend: frozenset[int]) -> Calendar:
    return Calendar("", "", "UTC", 1, 1, {}, weekend=weekend)
