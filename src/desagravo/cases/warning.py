"""When somebody is warned of a time limit: at 75, 90 and 100 per cent of its time, in the hours in which people work.

Pure. A limit that passes on a Saturday night is missed on Saturday night; people hear of it on Monday morning.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from desagravo.rulebook.calendars import Calendar
from desagravo.rulebook.clocks import Limit

STEPS: Final = (75, 90, 100)
OF_KINDS: Final = frozenset({"firm_obligation", "target", "route_option"})
"""Of the customer's windows and of retention nobody is warned: nothing is missed when they pass."""
_OPENS_AT: Final = time(9, 0)
_LONGEST_REST: Final = 30
"""Days in a row on which a place may be closed before its calendar is no longer believed."""


def warned_of(limit: Limit) -> bool:
    """Is this a limit of which somebody is warned?"""
    return (
        limit.open
        and limit.bearer == "firm"
        and limit.kind in OF_KINDS
        and limit.bound is not None
        and limit.paused_since is None
    )


def passed(limit: Limit, now: datetime) -> int:
    """The highest step whose moment has come, 0 for none."""
    return max((step for step in STEPS if moment(limit, step) <= now), default=0)


def moment(limit: Limit, step: int) -> datetime:
    """When so many per cent of the time of a limit that has started are over."""
    assert limit.started is not None
    assert limit.bound is not None
    start = limit.started[1]
    return start + (limit.bound - start) * step / 100


def next_moment(limit: Limit, warned: int, calendar: Calendar, now: datetime) -> datetime | None:
    """When the worker looks at this limit again: to warn in working hours, or to mark it as missed when it passes.

    What it could not say in time, because it stood still, it says at the next hour of work.
    """
    if limit.paused_since is not None and limit.open:
        return limit.bound  # the earliest day on which it could end has come: it is counted anew
    if not warned_of(limit):
        return None
    step = next((each for each in STEPS if each > warned), None)
    if step is None:
        return None
    warn_at = working_moment(max(moment(limit, step), now), calendar)
    assert limit.bound is not None
    return min(warn_at, limit.bound) if limit.state == "running" else warn_at


def at_work(now: datetime, calendar: Calendar) -> bool:
    """Is this an hour in which people of the place work?"""
    return working_moment(now, calendar) == now


def working_moment(after: datetime, calendar: Calendar) -> datetime:
    """This moment, or the next one at which people of the place work."""
    zone = ZoneInfo(calendar.zone)
    local = after.astimezone(zone)
    day, clock = local.date(), local.time()
    if not calendar.why_closed(day) and _OPENS_AT <= clock < calendar.closes_at:
        return after
    if calendar.why_closed(day) or clock >= calendar.closes_at:
        day += timedelta(days=1)
        for _ in range(_LONGEST_REST):
            if not calendar.why_closed(day):
                break
            day += timedelta(days=1)
    return datetime.combine(day, _OPENS_AT, zone).astimezone(UTC)
