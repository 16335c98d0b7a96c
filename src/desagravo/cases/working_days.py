"""Working days of the rulebook, counted where the organisation is."""

from datetime import datetime

from desagravo.departments import queries as departments
from desagravo.rulebook import calendar


def due_after(start: datetime, working_days: int) -> datetime:
    """The end of business on the n-th working day after the organisation's day of ``start``."""
    return calendar.due_after(start, working_days, zone=departments.organisation().time_zone)
