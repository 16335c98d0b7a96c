"""Working days of the rulebook, counted where the organisation is."""

from datetime import datetime

from desagravo.cases.editions import edition_of
from desagravo.cases.models import Case
from desagravo.departments import queries as departments
from desagravo.rulebook import calendar, places
from desagravo.rulebook import queries as rulebook


def due_after(start: datetime, working_days: int, *, edition: str = "") -> datetime:
    """The end of business on the n-th working day after the organisation's day of ``start``.

    ``edition`` is that of the case whose days are counted; by default the one in force.
    """
    return calendar.due_after(
        start,
        working_days,
        zone=departments.organisation().time_zone,
        edition=edition,
        calendar=places.calendar_of(),
    )


def target_after(case: Case, code: str, start: datetime) -> datetime:
    """By when a target of the house is due on this case, which began to run at ``start``."""
    edition = edition_of(case)
    return due_after(start, rulebook.target(code, edition=edition), edition=edition)
