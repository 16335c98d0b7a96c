"""What is on its way to the customer: released, and sent at its moment unless somebody or something holds it back."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desagravo.cases.terms import HELD_BACK, term
from desagravo.history.registry import Who, event_kind


@event_kind("answer.released")
@dataclass(frozen=True)
class AnswerReleased:
    """Exactly this text was released, with an approval or without one; it leaves at ``leaves_at``.

    That it left is told by ``approval.granted`` or ``case.answered``.
    """

    response: int
    leaves_at: str
    approved: bool = False
    alone: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.alone:
            return _("The answer was approved alone, with a reason, and released.")
        return _("The answer was approved and released.") if self.approved else _("The answer was released.")


@event_kind("answer.held_back")
@dataclass(frozen=True)
class AnswerHeldBack:
    """A released answer was held back before it left; the customer never saw it. ``why``: undone, customer_wrote,
    file_added, withdrawn, or restored: a backup from before it left was put back, and nobody knows whether it did."""

    response: int
    why: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.why == "restored":
            return _("A backup was restored. It was made while the answer was on its way; the answer is held back.")
        if self.why == "undone":  # by whom is said beside every event
            return _("The answer was held back before it left.")
        return _("The answer was held back before it left: %(why)s.") % {"why": term(HELD_BACK, self.why)}


@event_kind("approval.held_back")
@dataclass(frozen=True)
class ApprovalHeldBack(AnswerHeldBack):
    """The same for an answer that had been approved: the approval is void, and the case is in work again."""

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.why == "restored":
            return super().sentence(who)
        if self.why == "undone":
            return _("The approved answer was held back before it left. The approval is void.")
        words = _("The approved answer was held back before it left: %(why)s. The approval is void.")
        return words % {"why": term(HELD_BACK, self.why)}


@event_kind("message.released")
@dataclass(frozen=True)
class MessageReleased:
    """A message to the customer was released and leaves at ``leaves_at``."""

    message: int
    leaves_at: str
    files: int = 0

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("A message to the customer was released.")


@event_kind("message.held_back")
@dataclass(frozen=True)
class MessageHeldBack:
    """A released message was held back before it left; the customer never saw it."""

    message: int
    why: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.why == "restored":
            return _("A backup was restored. It was made while a message was on its way; the message is held back.")
        if self.why == "undone":
            return _("A message to the customer was held back before it left.")
        return _("A message to the customer was held back before it left: %(why)s.") % {
            "why": term(HELD_BACK, self.why)
        }
