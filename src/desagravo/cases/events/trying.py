"""An edition is tried on past cases: who asked, and on which."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from desagravo.common.dates import day
from desagravo.history.registry import Who, event_kind


@event_kind("rulebook.tried")
@dataclass(frozen=True)
class TryOutAsked:
    """Somebody wants to know what an edition would have said of the cases of a period."""

    try_out: int
    edition: str
    from_day: str
    to_day: str
    cases: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s tried edition %(edition)s on %(count)s cases of %(from)s to %(to)s.") % {
            "by": who.by,
            "edition": self.edition,
            "count": self.cases,
            "from": day(date.fromisoformat(self.from_day)),
            "to": day(date.fromisoformat(self.to_day)),
        }
