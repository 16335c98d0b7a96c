"""The calendars of the company's places, as they are today.

``calendar_of(case.establishment)`` is what a clock is started with: public holidays of the place, its own closed and
open days, its customary days, and the years that somebody confirmed. What a case keeps (``Calendar.as_table()``) never
changes afterwards. Both steps are cached: asking costs no query for ten seconds after the last one, and the same days
always give the same calendar.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from desagravo.common import clock
from desagravo.departments import places
from desagravo.departments import queries as departments
from desagravo.departments.queries import Days, Place
from desagravo.rulebook import calendars
from desagravo.rulebook.calendars import BadCalendar, Calendar, ClosedDay

YEARS_BEFORE = 2
YEARS_AFTER = 6
"""How far a calendar reaches around the year that it is made for."""


def calendar_of(establishment: str = "", *, year: int = 0) -> Calendar:
    """The calendar of this place (its code; by default the usual one), two years back and six ahead.

    ``year``: around which year, by default the present one; for cases of long ago the year in which they began. A
    country of which no holidays are known has weekends and its own days.
    """
    days = departments.days_of(establishment)
    return _made(days, year or clock.now().year)


def country_of(establishment: str = "") -> str:
    """The country of this place, which decides which rulebooks apply."""
    return departments.days_of(establishment).place.country


@lru_cache(maxsize=64)
def _made(days: Days, year: int) -> Calendar:
    place = days.place
    first, last = year - YEARS_BEFORE, year + YEARS_AFTER
    try:
        return _of(place, place.country, place.subdivision, days, first, last)
    except BadCalendar as problem:
        # a country without a calendar, or a part that another version of the package called otherwise: few days are
        # closed then, so a limit is earlier and never later
        if problem.code == "unknown_country":
            return _of(place, "", "", days, first, last)
        return _of(place, place.country, places.usual_part(place.country), days, first, last)


def _of(place: Place, country: str, part: str, days: Days, first: int, last: int) -> Calendar:
    return calendars.make(
        country,
        part,
        place.time_zone,
        first_year=first,
        last_year=last,
        extra_closed=dict(days.closed),
        extra_open=dict(days.opened),
        optional=_customary(place, country, part, first),
        closes_at=place.closes_at,
        confirmed=days.confirmed,
    )


def _customary(place: Place, country: str, part: str, year: int) -> tuple[str, ...]:
    """The customary days that there (still) are."""
    if not country or not place.customary:
        return ()
    known = {each.name["en"] for each in calendars.optional_days(country, part, year)}
    return tuple(name for name in place.customary if name in known)


def customary_days(place: Place, year: int) -> tuple[ClosedDay, ...]:
    """The days of this year that are customary there and no statutory holidays."""
    if not calendars.is_known(place.country):
        return ()
    return calendars.optional_days(place.country, place.subdivision, year)


def reaches_into(calendar: Calendar, today: date) -> tuple[int, ...]:
    """The years that limits which begin now can reach (within half a year) and that nobody confirmed."""
    month = today.month + 6
    return calendar.unconfirmed(today, date(today.year + (month > 12), (month - 1) % 12 + 1, 1))
