"""Triage, ownership, questions to departments, findings and follow-ups."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from desagravo.cases.terms import DECISION, SEVERITY, term
from desagravo.common.dates import day
from desagravo.common.language import active
from desagravo.departments import queries as departments
from desagravo.history.registry import Who, event_kind
from desagravo.rulebook import queries as rulebook


def _reason(rule: str) -> str:
    """Why the rule decided as it did; a rule that a later edition no longer has is named by its code."""
    try:
        return rulebook.reason(rule, active(), departments.organisation().currency)
    except KeyError:
        return rule


@event_kind("case.assessed")
@dataclass(frozen=True)
class CaseAssessed:
    """The triage questions were answered and a rule decided."""

    assessment: int
    outcome: str
    rule: str
    role: str
    service: str = ""
    points: int = 0

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Assessed as %(outcome)s: %(reason)s") % {
            "outcome": term(SEVERITY, self.outcome),
            "reason": _reason(self.rule),
        }


@event_kind("case.overruled")
@dataclass(frozen=True)
class CaseOverruled:
    """A person decided otherwise than the rule, with a reason."""

    assessment: int
    before: str
    after: str
    rule: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Overruled from %(before)s to %(after)s. The rule had said: %(reason)s") % {
            "before": term(SEVERITY, self.before),
            "after": term(SEVERITY, self.after),
            "reason": _reason(self.rule),
        }


@dataclass(frozen=True)
class _Assigned:
    owner: str
    team: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(owner)s is now in charge.") % {"owner": who(self.owner)}


@event_kind("case.assigned", people=["owner"])
@dataclass(frozen=True)
class CaseAssigned(_Assigned):
    """The case has an owner and is in work."""


@event_kind("case.reassigned", people=["owner"])
@dataclass(frozen=True)
class CaseReassigned(_Assigned):
    """The owner changed and the status did not."""


@event_kind("case.handed_over", people=["owner", "left"])
@dataclass(frozen=True)
class CaseHandedOver:
    """The owner left, and somebody else answers for the case; the status did not change."""

    owner: str
    left: str
    team: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(owner)s is now in charge, because %(left)s left.") % {
            "owner": who(self.owner),
            "left": who(self.left),
        }


@event_kind("consultation.asked", departments=["department"])
@dataclass(frozen=True)
class ConsultationAsked:
    """A department was asked a question, to be answered by ``due`` (ISO 8601, UTC)."""

    consultation: int
    department: str
    due: str
    required: bool

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.required:
            return _("%(department)s was asked; the answer is required.") % {
                "department": who.department(self.department)
            }
        return _("%(department)s was asked.") % {"department": who.department(self.department)}


@event_kind("consultation.answered", departments=["department"])
@dataclass(frozen=True)
class ConsultationAnswered:
    """A department answered, or declined with a reason."""

    consultation: int
    department: str
    declined: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        words = _("%(department)s declined to answer.") if self.declined else _("%(department)s answered.")
        return words % {"department": who.department(self.department)}


@event_kind("consultation.withdrawn", departments=["department"])
@dataclass(frozen=True)
class ConsultationWithdrawn:
    """A question was taken back, with a reason."""

    consultation: int
    department: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The question to %(department)s was taken back.") % {"department": who.department(self.department)}


@event_kind("consultation.moved", departments=["was", "department"])
@dataclass(frozen=True)
class ConsultationMoved:
    """An open question went over to another department, because the one that was asked was merged into it."""

    consultation: int
    was: str
    department: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The question to %(was)s went over to %(department)s.") % {
            "was": who.department(self.was),
            "department": who.department(self.department),
        }


@event_kind("follow_up.set")
@dataclass(frozen=True)
class FollowUpSet:
    """Something comes back to its owner on a date."""

    follow_up: int
    due: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("A follow-up was set for %(day)s.") % {"day": day(datetime.fromisoformat(self.due))}


@event_kind("follow_up.came_back", departments=["department"])
@dataclass(frozen=True)
class FollowUpCameBack:
    """The date came and nothing had happened, so it is back on the owner's list."""

    follow_up: int
    department: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.department:
            return _("%(department)s has not answered in time; the question came back to the owner.") % {
                "department": who.department(self.department)
            }
        return _("A follow-up came back to the owner.")


@event_kind("follow_up.done")
@dataclass(frozen=True)
class FollowUpDone:
    """Somebody looked after it."""

    follow_up: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("A follow-up was done.")


@event_kind("case.noted", version=2, upcasts={1: lambda old: {**old, "mentioned": []}}, people=["mentioned"])
@dataclass(frozen=True)
class CaseNoted:
    """An internal note was written; ``mentioned`` are the ids of colleagues whom it calls by ``@Name``."""

    message: int
    mentioned: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.mentioned:
            named = ", ".join(who(each) for each in self.mentioned)
            return _("An internal note was written that mentions %(named)s.") % {"named": named}
        return _("An internal note was written.")


@event_kind("case.wrote_to_customer")
@dataclass(frozen=True)
class WroteToCustomer:
    """The customer got a message that is not the answer: a question, or news of how it stands."""

    message: int
    files: int = 0

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("A message was sent to the customer.")


@event_kind("case.date_moved")
@dataclass(frozen=True)
class DateMoved:
    """The promised day of the answer was moved (ISO 8601, UTC); the message tells the customer why."""

    message: int
    before: str
    answer_by: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The answer was promised for %(day)s instead of %(before)s, and the customer was told why.") % {
            "day": day(datetime.fromisoformat(self.answer_by)),
            "before": day(datetime.fromisoformat(self.before)),
        }


@event_kind("finding.recorded")
@dataclass(frozen=True)
class FindingRecorded:
    """A fact was established."""

    finding: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("A finding was recorded.")


@event_kind("point.added")
@dataclass(frozen=True)
class PointAdded:
    """A point of the complaint that needs an answer was named."""

    point: int
    position: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Point %(position)s to be answered was added.") % {"position": self.position}


@event_kind("point.decided")
@dataclass(frozen=True)
class PointDecided:
    """A point was decided, with reasons."""

    point: int
    position: int
    decision: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Point %(position)s was decided: %(decision)s.") % {
            "position": self.position,
            "decision": term(DECISION, self.decision),
        }


@event_kind("point.dropped")
@dataclass(frozen=True)
class PointDropped:
    """A point was taken off the list, with a reason."""

    point: int
    position: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Point %(position)s was taken off the list.") % {"position": self.position}


@event_kind("case.customer_read")
@dataclass(frozen=True)
class CustomerRead:
    """The owner has read what the customer wrote."""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The customer's message was read.")
