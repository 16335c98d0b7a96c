"""A case under other rules than those that were in force when it came in."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


@event_kind("case.edition_moved")
@dataclass(frozen=True)
class CaseEditionMoved:
    """The case keeps another edition from now on. ``dates`` are the limits that end on another day: rulebook, limit,
    day before, day after (empty where it does not run)."""

    move: int
    before: str
    after: str
    dates: list[list[str]] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s moved the case from edition %(before)s to edition %(after)s.") % {
            "by": who.by,
            "before": self.before,
            "after": self.after,
        }
