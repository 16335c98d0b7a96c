"""Looking at what may go, letting it go, and being reminded of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


@event_kind("privacy.retention_looked")
@dataclass(frozen=True)
class RetentionLooked:
    """Somebody had looked through which cases may go. Nothing goes by that."""

    run: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s had looked through which cases may go.") % {"by": who.by}


@event_kind("privacy.retention_ordered")
@dataclass(frozen=True)
class RetentionOrdered:
    """What need not be kept any longer goes: so many cases and recordings, in these erasures."""

    run: int
    cases: int
    recordings: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        told = {"by": who.by, "cases": self.cases, "recordings": self.recordings}
        return _("%(by)s let go what need not be kept: cases %(cases)s, recordings %(recordings)s.") % told


@event_kind("privacy.retention_reminded")
@dataclass(frozen=True)
class RetentionReminded:
    """The keepers of data were reminded to look at what may go; once a year."""

    year: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The keepers of data were reminded to look at which cases may go.")
