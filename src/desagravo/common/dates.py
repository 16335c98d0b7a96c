"""Dates as people say them: "Thu 23 April, in 3 working days", "today 17:00", "yesterday".

A page of the inbox shows a hundred dates, so every form is made once and kept by its arguments. A working day here
is Monday to Friday; duties whose calendar knows holidays bring their own sentence.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.common import clock
from desagravo.common.language import active, babel_locale

_NEAR = 10
"""Working days within which the distance is said beside the day; farther away the day says more."""

_SHORT = {"en": "EEE d MMMM", "es": "EEE d 'de' MMMM"}
_SHORT_PORTUGUESE = "EEE, d 'de' MMMM"


def when(value: date | datetime) -> str:
    """The day in words with its distance; with the hour if it is a moment of yesterday, today or tomorrow."""
    day, hour = _parts(value)
    return _when(day, hour, _today(), active())


def day(value: date | datetime) -> str:
    """The day alone: "Thu 23 April", with the year where it is not this one."""
    return _day(_parts(value)[0], _today().year, active())


def moment(value: date | datetime) -> str:
    """Day and hour: "Thu 23 April, 17:00"."""
    shown, hour = _parts(value)
    words = _day(shown, _today().year, active())
    return f"{words}, {hour}" if hour else words


def hour(value: datetime) -> str:
    """The hour alone: "17:00"."""
    return _parts(value)[1]


def element(value: date | datetime, shown: str = "when") -> str:
    """The HTML of ``<time>``: words for people, the instant for machines. ``shown``: when, day, moment or hour."""
    zone = timezone.get_current_timezone()
    today = clock.now().astimezone(zone).date()
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return _element(value.isoformat(), local.date(), f"{local:%H:%M}", today, active(), shown)
    return _element(value.isoformat(), value, "", today, active(), shown)


@lru_cache(maxsize=4096)
def _element(instant: str, value: date, time: str, today: date, language: str, shown: str) -> str:
    words = time if shown == "hour" else _when(value, time, today, language)
    if shown in {"day", "moment"}:
        words = _day(value, today.year, language)
        words = f"{words}, {time}" if shown == "moment" and time else words
    return f'<time datetime="{instant}" title="{escape(_in_full(value, time, today, language))}">{escape(words)}</time>'


def working_days(start: date, end: date) -> int:
    """Mondays to Fridays after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -working_days(end, start)
    weeks, rest = divmod((end - start).days, 7)
    return weeks * 5 + sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))


def _today() -> date:
    return timezone.localtime(clock.now()).date()


def _parts(value: date | datetime) -> tuple[date, str]:
    """The local day, and the hour as text ("" for a plain date)."""
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.date(), f"{local:%H:%M}"
    return value, ""


@lru_cache(maxsize=4096)
def _day(value: date, this_year: int, language: str) -> str:
    pattern = _SHORT.get(language, _SHORT_PORTUGUESE)
    if value.year != this_year:
        pattern += " y" if language == "en" else " 'de' y"
    return format_date(value, pattern, locale=babel_locale(language)).replace(".", "")


@lru_cache(maxsize=4096)
def _when(value: date, hour: str, today: date, language: str) -> str:
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get((value - today).days)
    if near is not None:
        return f"{near} {hour}".rstrip()
    words = _day(value, today.year, language)
    distance = working_days(today, value)
    if not 0 < abs(distance) <= _NEAR:
        return words
    return f"{words}, {_distance(distance)}"


def _distance(days: int) -> str:
    if days > 0:
        return ngettext("in %(n)d working day", "in %(n)d working days", days) % {"n": days}
    return ngettext("%(n)d working day ago", "%(n)d working days ago", -days) % {"n": -days}


@lru_cache(maxsize=4096)
def _in_full(value: date, hour: str, today: date, language: str) -> str:
    locale = babel_locale(language)
    full = format_date(value, "full", locale=locale)
    if hour:
        full = f"{full}, {hour}"
    days = (value - today).days
    if days == 0:
        return f"{full} ({_('today')})"
    count = ngettext("%(n)d day", "%(n)d days", abs(days)) % {"n": abs(days)}
    return f"{full} ({count}; {_distance(d)})" if (d := working_days(today, value)) else f"{full} ({count})"


def month(value: date | datetime) -> str:
    """ "April 2026", for headings of lists."""
    return format_date(value, "MMMM y", locale=babel_locale(active()))
