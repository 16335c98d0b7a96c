"""What no program can do: duties of the organisation, and how it says that it meets them (points of the checklist)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotYours, Refusal
from desagravo.common.text import tidy_text
from desagravo.departments import authority
from desagravo.history.actions import record
from desagravo.history.registry import Who, event_kind
from desagravo.rulebook.models import Duty

LONGEST = 2000


@event_kind("duty.noted")
@dataclass(frozen=True)
class DutyNoted:
    """Somebody said how the organisation meets a point of the checklist; the words stand with it, not here."""

    point: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s noted how point %(point)s of the checklist is met.") % {"by": who.by, "point": self.point}


@event_kind("duty.note_ended")
@dataclass(frozen=True)
class DutyNoteEnded:
    """What was said there no longer counts."""

    point: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s took the note on point %(point)s of the checklist back.") % {
            "by": who.by,
            "point": self.point,
        }


@dataclass(frozen=True)
class Noted:
    """How a duty is met. ``by`` is a person's id."""

    point: int
    note: str
    by: str
    at: datetime


@transaction.atomic
def note_duty(point: int, *, note: str, actor: Actor) -> Duty:
    """From now on the point counts as met by the organisation; an earlier note on it ends.

    Raises:
        Missing: nothing is said, or too much.
    """
    authority.require(actor, "note_duty")
    words = tidy_text(note).strip()
    if not words:
        raise Missing({"note": [Refusal("duty_needs_words")]})
    if len(words) > LONGEST:
        raise Missing({"note": [Refusal("duty_too_long", most=LONGEST)]})
    _ended(point)
    row = Duty.objects.create(point=point, note=words, noted_by_id=int(actor.id), noted_at=clock.now())
    record(DutyNoted(point), actor=actor, subject=("checklist", str(point)))
    return row


@transaction.atomic
def end_duty(point: int, *, actor: Actor) -> None:
    """What was said no longer counts. Raises NotYours where nothing was said."""
    authority.require(actor, "note_duty")
    if not _ended(point):
        raise NotYours("not_found")
    record(DutyNoteEnded(point), actor=actor, subject=("checklist", str(point)))


def _ended(point: int) -> int:
    return Duty.objects.filter(point=point, ended_at=None).update(ended_at=clock.now())


def duties() -> dict[int, Noted]:
    """Point → how it is met."""
    rows = Duty.objects.filter(ended_at=None)
    return {row.point: Noted(row.point, row.note, str(row.noted_by_id), row.noted_at) for row in rows}
