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
    "older_database": gettext_lazy(
        "Checkpoint %(published)s was published, up to event %(last)s, and this database knows only %(number)s: an "
        "older copy was put back, or the newest events were removed."
    ),
    "cut_tail": gettext_lazy(
        "Events are missing at the end: checkpoint %(number)s was signed up to event %(last)s, the history ends at "
        "%(head)s."
    ),
    "rewritten_history": gettext_lazy(
        "Events %(first)s to %(last)s are not the ones that checkpoint %(number)s was signed for: the history was "
        "rewritten."
    ),
    "missing_checkpoint": gettext_lazy("Checkpoint %(number)s was published and is missing in the database."),
    "changed_checkpoint": gettext_lazy("Checkpoint %(number)s in the database is not the one that was signed."),
    "broken_checkpoints": gettext_lazy("Checkpoint %(number)s does not follow checkpoint %(before)s."),
    "bad_signature": gettext_lazy("The signature under the published checkpoint %(number)s is not valid."),
    "unknown_key": gettext_lazy("Checkpoint %(number)s was signed with a key that was not published: %(key)s."),
    "foreign_key": gettext_lazy(
        "The published key %(key)s was not signed by the key before it. If it is yours, name it with --trust."
    ),
    "checkpoint_out_of_place": gettext_lazy(
        "The file %(file)s holds checkpoint %(other)s: an old file was put in the place of another."
    ),
    "unreadable_checkpoint": gettext_lazy("The published file %(file)s cannot be read as a checkpoint or key."),
    "missing_publication": gettext_lazy(
        "The published file of checkpoint %(number)s is missing, though later ones, up to %(later)s, are there."
    ),
    "nothing_published": gettext_lazy(
        "The database knows %(count)s checkpoints, and the folder %(folder)s holds none of them."
    ),
    "changed_edition": gettext_lazy("Edition %(edition)s of the rulebook is not what was published."),
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
    triggers that were not in place; the chain may be whole all the same. ``checkpoints`` published outside the database
    agree with it; ``unpublished`` are in the database only, as yet; ``given_up``
    no longer count, since a backup was restored.
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
    checkpoints: int = 0
    unpublished: int = 0
    given_up: int = 0

    def sentence(self) -> str:
        """The result in the active language."""
        if self.ok:
            whole = ngettext(
                "The history is whole: %(count)s event, from the first to the last.",
                "The history is whole: %(count)s events, from the first to the last.",
                self.events,
            )
            return " ".join([whole % {"count": self.events}, self._about_checkpoints()])
        sentence = str(_WORDS[self.problem]) % {**self.facts, "seq": self.first_bad_event}
        cases = self.facts.get("cases")
        return sentence + " " + _("Cases concerned: %(cases)s.") % {"cases": ", ".join(cases)} if cases else sentence

    def _about_checkpoints(self) -> str:
        if not self.checkpoints:
            return _("No checkpoint was published yet.")
        agree = ngettext(
            "It agrees with %(count)s published checkpoint.",
            "It agrees with %(count)s published checkpoints.",
            self.checkpoints,
        )
        words = agree % {"count": self.checkpoints}
        if self.given_up:
            words += " " + _("Given up, when a backup was restored: %(count)s.") % {"count": self.given_up}
        return words
