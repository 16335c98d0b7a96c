"""Rulebooks on a case and their clocks: what was applied, recorded, extended, missed and computed anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from desagravo.cases.clock_words import event_words
from desagravo.cases.limit_names import limit_name, rulebook_name
from desagravo.common.dates import day, moment
from desagravo.history.registry import Who, event_kind


@event_kind("rulebook.applied")
@dataclass(frozen=True)
class RulebookApplied:
    """A rulebook binds the case from now on. ``rule`` of the edition applied it; empty if a person did."""

    applied: int
    policy: str
    version: str
    rule: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The rulebook “%(rulebook)s” was applied to the case.") % {"rulebook": rulebook_name(self.policy)}


@event_kind("rulebook.ended")
@dataclass(frozen=True)
class RulebookEnded:
    """A rulebook binds the case no longer: a person said so, or what is known now."""

    applied: int
    policy: str
    version: str
    by_rule: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The rulebook “%(rulebook)s” no longer applies to the case.") % {
            "rulebook": rulebook_name(self.policy)
        }


@event_kind("case.attributes_answered")
@dataclass(frozen=True)
class AttributesAnswered:
    """What rulebooks ask about the case was answered; ``before`` and ``answers`` are codes, "" is not known."""

    before: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("What the rulebooks ask about the case was answered.")


@event_kind("clock.recorded")
@dataclass(frozen=True)
class ClockEventRecorded:
    """Something that a clock counts from or stops at happened at this moment (ISO 8601, UTC)."""

    event: int
    name: str
    at: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Recorded for the time limits: %(event)s, %(moment)s.") % {
            "event": _small(event_words(self.name)),
            "moment": moment(datetime.fromisoformat(self.at)),
        }


@event_kind("clock.taken_back")
@dataclass(frozen=True)
class ClockEventTakenBack:
    """What had been recorded for the time limits was a mistake."""

    event: int
    name: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Taken back for the time limits: %(event)s.") % {"event": _small(event_words(self.name))}


@event_kind("limit.extended", people=["approver"])
@dataclass(frozen=True)
class LimitExtended:
    """A limit was made longer, as its rulebook allows: from one day to another (ISO dates), by whom."""

    event: int
    policy: str
    key: str
    before: str
    due: str
    approver: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The limit “%(limit)s” was extended from %(before)s to %(due)s.") % {
            "limit": limit_name(self.policy, self.key),
            "before": day(datetime.fromisoformat(self.before).date()),
            "due": day(datetime.fromisoformat(self.due).date()),
        }


@event_kind("limit.near")
@dataclass(frozen=True)
class LimitNear:
    """So many per cent of the time of a limit are over; it ends at ``due`` (ISO 8601, UTC, exclusive)."""

    limit: int
    policy: str
    key: str
    percent: int
    due: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(percent)s %% of the time of “%(limit)s” are over.") % {
            "percent": self.percent,
            "limit": limit_name(self.policy, self.key),
        }


@event_kind("limit.missed")
@dataclass(frozen=True)
class LimitMissed:
    """A limit passed before what it asks for was done. The case stays open; the reason is asked for."""

    limit: int
    policy: str
    key: str
    due: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The limit “%(limit)s” has passed.") % {"limit": limit_name(self.policy, self.key)}


@event_kind("limit.explained")
@dataclass(frozen=True)
class LimitExplained:
    """Somebody said why a limit was missed."""

    limit: int
    policy: str
    key: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("It was said why the limit “%(limit)s” was missed.") % {"limit": limit_name(self.policy, self.key)}


@event_kind("limit.computed_anew")
@dataclass(frozen=True)
class LimitsComputedAnew:
    """A changed calendar was taken over for this case; ``dates``: rulebook, limit, old and new day."""

    recomputation: int
    dates: list[list[str]] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        told = [
            _("“%(limit)s”: %(due)s instead of %(before)s")
            % {
                "limit": limit_name(policy, key),
                "due": day(datetime.fromisoformat(due).date()) if due else "–",
                "before": day(datetime.fromisoformat(before).date()) if before else "–",
            }
            for policy, key, before, due in self.dates
        ]
        return _("The calendar changed, and the time limits were computed anew: %(dates)s.") % {
            "dates": "; ".join(told) or "–"
        }


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
