"""The case outside the house, sent on to whom it concerns, looked at a second time, coded anew."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


@event_kind("referral.opened")
@dataclass(frozen=True)
class ReferralOpened:
    """The complaint lies before a body outside since this day; the body expects something from us by ``due_on``."""

    referral: int
    opened_on: str
    due_on: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The complaint lies before a body outside the house.")


@event_kind("referral.file_given")
@dataclass(frozen=True)
class FileGiven:
    """The whole file of the case was handed over to the body."""

    referral: int
    on: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The file of the case was handed over to the body outside.")


@event_kind("referral.ended")
@dataclass(frozen=True)
class ReferralEnded:
    """The body decided or stopped; ``outcome`` and ``effect`` are codes of the closing codes."""

    referral: int
    outcome: str
    effect: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The body outside is done with the complaint.")


@event_kind("referral.answer_reopened")
@dataclass(frozen=True)
class AnswerReopened:
    """After what the body said, the customer gets a new answer: the case is back in work."""

    referral: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The customer gets a new answer after what the body outside said.")


@event_kind("case.forwarded")
@dataclass(frozen=True)
class CaseForwarded:
    """The complaint concerns somebody else and was sent on; the customer is told with ``message``."""

    referral: int
    message: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The complaint was sent on to whom it concerns, and the customer was told.")


@event_kind("case.second_stage", people=["owner"])
@dataclass(frozen=True)
class SecondStageBegun:
    """The customer asked for a second look: ``owner`` takes it, the ``first`` handlers do not."""

    owner: str
    team: str = ""
    first: list[str] = field(default_factory=list)
    message: int = 0

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The second look began; %(owner)s takes it.") % {"owner": who(self.owner)}


@event_kind("case.recoded")
@dataclass(frozen=True)
class CaseRecoded:
    """A closed case got codes of a later list. The signed section stays as it is."""

    recoding: int
    sign_off: int
    edition: str
    codes: dict[str, list[str]] = field(default_factory=dict)

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The case was coded anew under the list of %(edition)s.") % {"edition": self.edition}
