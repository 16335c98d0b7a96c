"""What verification may find, and how it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

_WORDS = {
    "changed_event": gettext_lazy("Event %(seq)s (%(kind)s) was changed after it was recorded."),
    "rewritten_event": gettext_lazy(
        "Event %(seq)s is not the one that was recorded: the event after it, or the counter, does not follow from it."
    ),
    "swapped_events": gettext_lazy("Events %(seq)s and %(other)s stand in each other's place."),
    "misplaced_event": gettext_lazy("In the place of event %(seq)s stands a copy of event %(other)s."),
    "missing_event": gettext_lazy("Event %(first)s is missing."),
    "missing_events": gettext_lazy("Events %(first)s to %(last)s are missing."),
    "case_without_events": gettext_lazy("The events of case %(case)s are missing, from event %(seq)s on."),
    "unrecorded_case": gettext_lazy("Case %(case)s exists, but no event ever told of it."),
    "events_without_case": gettext_lazy("Case %(case)s was removed: its events are here, from event %(seq)s on."),
    "case_numbering": gettext_lazy("The events of case %(case)s are not numbered one after another."),
    "counter": gettext_lazy("The counter of the events is missing or stands before the last event, %(last)s."),
    "changed_content": gettext_lazy(
        "What was recorded with event %(seq)s is no longer the same: %(piece)s of %(subject)s."
    ),
    "missing_content": gettext_lazy(
        "What was recorded with event %(seq)s is gone without having been erased: %(piece)s of %(subject)s."
    ),
    "missing_salt": gettext_lazy(
        "What was recorded with event %(seq)s can no longer be proved, because its salt is missing: "
        "%(piece)s of %(subject)s."
    ),
    "salt_left": gettext_lazy(
        "What was recorded with event %(seq)s was erased, but its salt is still there: %(piece)s of %(subject)s."
    ),
    "changed_state": gettext_lazy(
        "Case %(case)s is not as its events tell, up to event %(seq)s: %(differs)s is “%(stored)s”, "
        "and should be “%(told)s”."
    ),
    "row_without_event": gettext_lazy("Case %(case)s has something that no event ever told of: %(row)s."),
}


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong: the event (None where no event can be named), a code, and its facts."""

    event: int | None
    problem: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The result of a verification.

    ``events`` were compared; of the private pieces committed to, ``pieces_checked`` still match, ``erased`` are gone
    and an event says that they were erased, ``superseded`` were replaced by a newer version that is on record, and
    ``unchecked`` belong to subjects that no room reveals. ``erasures`` are the events that tell of it: number, kind,
    case. ``head`` is the last event's hash. ``unsealed`` names
    triggers that were not in place; the chain may be whole all the same.
    """

    ok: bool
    events: int
    head: str
    first_bad_event: int | None = None
    problem: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    pieces_checked: int = 0
    erased: int = 0
    erasures: tuple[tuple[int, str, str], ...] = ()
    superseded: int = 0
    unchecked: int = 0
    unsealed: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The result in the active language."""
        if self.ok:
            whole = ngettext(
                "The history is whole: %(count)s event, from the first to the last.",
                "The history is whole: %(count)s events, from the first to the last.",
                self.events,
            )
            return whole % {"count": self.events}
        sentence = str(_WORDS[self.problem]) % {**self.facts, "seq": self.first_bad_event}
        cases = self.facts.get("cases")
        return sentence + " " + _("Cases concerned: %(cases)s.") % {"cases": ", ".join(cases)} if cases else sentence
