"""What happens to the places of the company and to their days."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


def _days(first: str, last: str) -> str:
    """One day, or the first and the last of several, as the reader's language writes them."""
    told = [date_format(date.fromisoformat(day), "DATE_FORMAT") for day in dict.fromkeys([first, last])]
    return " – ".join(told)


def _place(code: str) -> str:
    return code or _("all establishments")


@event_kind("establishment.added")
@dataclass(frozen=True)
class EstablishmentAdded:
    """The company has a place with a calendar of its own."""

    establishment: str
    country: str
    subdivision: str
    time_zone: str

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The establishment %(place)s was added: %(where)s.") % {
            "place": self.establishment,
            "where": ", ".join(each for each in (self.country, self.subdivision, self.time_zone) if each),
        }


@event_kind("establishment.changed")
@dataclass(frozen=True)
class EstablishmentChanged:
    """A place has other facts; ``facts`` names them. Clocks that run keep the calendar with which they started."""

    establishment: str
    country: str
    subdivision: str
    time_zone: str
    facts: list[str] = field(default_factory=list)

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The establishment %(place)s was changed: %(where)s.") % {
            "place": self.establishment,
            "where": ", ".join(each for each in (self.country, self.subdivision, self.time_zone) if each),
        }


@event_kind("establishment.retired")
@dataclass(frozen=True)
class EstablishmentRetired:
    """No new case belongs to this place any more."""

    establishment: str

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The establishment %(place)s was retired.") % {"place": self.establishment}


@event_kind("establishment.made_default")
@dataclass(frozen=True)
class EstablishmentMadeDefault:
    """Cases for which nobody says another place belong to this one from now on."""

    establishment: str

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The establishment %(place)s is now the usual one.") % {"place": self.establishment}


@event_kind("calendar.day_closed")
@dataclass(frozen=True)
class DayClosed:
    """A place (empty: all of them) is closed on these days."""

    establishment: str
    first: str
    last: str

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("Closed on %(days)s: %(place)s.") % {
            "days": _days(self.first, self.last),
            "place": _place(self.establishment),
        }


@event_kind("calendar.day_opened")
@dataclass(frozen=True)
class DayOpened:
    """A place (empty: all of them) works on these days although the public calendar says otherwise."""

    establishment: str
    first: str
    last: str

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("Open on %(days)s: %(place)s.") % {
            "days": _days(self.first, self.last),
            "place": _place(self.establishment),
        }


@event_kind("calendar.day_removed")
@dataclass(frozen=True)
class DayRemoved:
    """What was said about this day counts no longer."""

    establishment: str
    day: str
    was_open: bool

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The own day %(day)s was taken back: %(place)s.") % {
            "day": _days(self.day, self.day),
            "place": _place(self.establishment),
        }


@event_kind("calendar.year_confirmed")
@dataclass(frozen=True)
class YearConfirmed:
    """Somebody compared the official calendar of this year with ours."""

    country: str
    subdivision: str
    year: int

    def sentence(self, _who: Who) -> str:
        """For the history."""
        return _("The official calendar of %(year)s was confirmed: %(where)s.") % {
            "year": str(self.year),
            "where": ", ".join(each for each in (self.country, self.subdivision) if each),
        }
