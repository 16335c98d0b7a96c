"""What happens to editions. Codes and digests only: what an edition says is committed to by its SHA-256."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from desagravo.common.dates import day
from desagravo.history.registry import Who, event_kind
from desagravo.rulebook.problems import book_name


@event_kind("edition.drafted")
@dataclass(frozen=True)
class EditionDrafted:
    """A draft begins as a copy of an edition."""

    edition: str
    based_on: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        words = _("%(by)s copied edition %(based_on)s to the draft %(edition)s.")
        return words % {"by": who.by, "edition": self.edition, "based_on": self.based_on}


@event_kind("edition.changed")
@dataclass(frozen=True)
class EditionChanged:
    """A draft says something else. ``sha256`` is that of the whole draft afterwards."""

    edition: str
    book: str
    path: list[str] = field(default_factory=list)
    sha256: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        way = " → ".join([book_name(self.book), *self.path])
        return _("%(by)s changed the draft %(edition)s: %(way)s.") % {"by": who.by, "edition": self.edition, "way": way}


@event_kind("edition.imported")
@dataclass(frozen=True)
class EditionImported:
    """Books of a draft were taken from files."""

    edition: str
    books: list[str] = field(default_factory=list)
    sha256: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s took books from files into the draft %(edition)s: %(books)s.") % {
            "by": who.by,
            "edition": self.edition,
            "books": ", ".join(book_name(each) for each in self.books),
        }


@event_kind("edition.proposed")
@dataclass(frozen=True)
class EditionProposed:
    """A draft waits for a second person to publish it."""

    edition: str
    sha256: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s proposed edition %(edition)s for publication.") % {"by": who.by, "edition": self.edition}


@event_kind("edition.returned")
@dataclass(frozen=True)
class EditionReturned:
    """A proposed edition is a draft again."""

    edition: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s gave edition %(edition)s back to its authors.") % {"by": who.by, "edition": self.edition}


@event_kind("edition.published")
@dataclass(frozen=True)
class EditionPublished:
    """An edition is in force from the beginning of a day on, and never changes again."""

    edition: str
    sha256: str
    from_day: str
    alone: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        facts = {"by": who.by, "edition": self.edition, "day": day(date.fromisoformat(self.from_day))}
        if self.alone:
            return _("%(by)s published edition %(edition)s, in force from %(day)s, alone and with a reason.") % facts
        return _("%(by)s published edition %(edition)s, in force from %(day)s.") % facts


@event_kind("edition.discarded")
@dataclass(frozen=True)
class EditionDiscarded:
    """A draft is not wanted; it stays readable."""

    edition: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s discarded the draft %(edition)s.") % {"by": who.by, "edition": self.edition}
