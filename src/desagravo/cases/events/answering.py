"""Approval, the answer, the customer's word on it, the signature, and the papers."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from desagravo.cases.terms import ROLE, term
from desagravo.common.language import active
from desagravo.departments import role_words
from desagravo.history.registry import Who, event_kind
from desagravo.rulebook import queries as rulebook


@event_kind("approval.requested")
@dataclass(frozen=True)
class ApprovalRequested:
    """An exact text was put up for approval; ``roles`` are those who are asked."""

    response: int
    roles: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        if len(self.roles) > 1:
            return _("Approval of the answer was asked for: %(roles)s.") % {
                "roles": role_words.in_words(self.roles, who)
            }
        return _("Approval of the answer was asked for.")


@event_kind("approval.returned")
@dataclass(frozen=True)
class ApprovalReturned:
    """The text came back with a comment."""

    response: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The answer was returned with a comment.")


@event_kind("approval.given", people=["instead_of"])
@dataclass(frozen=True)
class ApprovalGiven:
    """One of the approvals that this text needs was given: as which role, and in whose place if that one is away."""

    response: int
    role: str
    rule: str = ""
    instead_of: str = ""
    alone: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        told = {"by": who.by, "role": role_words.in_words([self.role], who)}
        if self.instead_of:
            told["away"] = who(self.instead_of)
            return _("%(by)s approved the answer as %(role)s, in the place of %(away)s.") % told
        return _("%(by)s approved the answer as %(role)s.") % told


@event_kind("approval.granted")
@dataclass(frozen=True)
class ApprovalGranted:
    """Exactly this text was approved, and sent with it."""

    response: int
    alone: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.alone:
            return _("The answer was approved alone, with a reason, and sent to the customer.")
        return _("The answer was approved and sent to the customer.")


@event_kind("approval.ended")
@dataclass(frozen=True)
class ApprovalEnded:
    """The complaint was withdrawn while an answer waited for approval; nobody approves it any more."""

    response: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The approval is no longer needed, because the complaint was withdrawn.")


@event_kind("sign_off.refused")
@dataclass(frozen=True)
class SignOffRefused:
    """Somebody wanted to sign and gave a wrong password: ``tries`` of them within the last quarter of an hour."""

    tries: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s gave a wrong password for signing.") % {"by": who.by}


@event_kind("case.answered")
@dataclass(frozen=True)
class CaseAnswered:
    """The customer was answered without an approval, as minor cases may be."""

    response: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The answer was sent to the customer.")


@event_kind("case.settled")
@dataclass(frozen=True)
class CaseSettled:
    """The customer says that the matter is settled."""

    by_staff: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The customer says that the matter is settled.")


@event_kind("case.contested")
@dataclass(frozen=True)
class CaseContested:
    """The customer says that the matter is not settled; the case is back with its owner."""

    message: int = 0
    by_staff: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The customer says that the matter is not settled.")


@event_kind("case.withdrawn")
@dataclass(frozen=True)
class CaseWithdrawn:
    """The complaint was withdrawn."""

    by_staff: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.by_staff:
            return _("The complaint was withdrawn at the customer's request.")
        return _("The customer withdrew the complaint.")


@event_kind("case.closed", version=2, upcasts={1: lambda old: {**old, "edition": "", "settled_by": ""}})
@dataclass(frozen=True)
class CaseClosed:
    """The closing section was signed, with codes of the list of this edition; ``settled_by`` says why it may end."""

    section: int
    sign_off: int
    role: str
    codes: dict[str, list[str]] = field(default_factory=dict)
    alone: bool = False
    edition: str = ""
    settled_by: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        words = _("The closure was signed (closing section %(section)s, as %(role)s).")
        return words % {"section": self.section, "role": term(ROLE, self.role)}


@event_kind("case.reopened")
@dataclass(frozen=True)
class CaseReopened:
    """The case was opened again; it keeps its number, history and dates."""

    message: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The case was reopened.")


@event_kind("case.reopened_unassessed")
@dataclass(frozen=True)
class UnassessedReopened(CaseReopened):
    """The case was opened again, and because it was never assessed it begins there."""


@event_kind("document.made", version=2, upcasts={1: lambda old: {**old, "proof": "", "checkpoint": 0}})
@dataclass(frozen=True)
class DocumentMade:
    """A PDF was made; its digest is bound in by a commitment.

    ``proof`` and ``checkpoint`` are what is printed on it about the history: first digits of the hash of the event that
    it follows, and the number of the checkpoint that covers this event.
    """

    document: int
    kind: str
    sealed: bool = False
    proof: str = ""
    checkpoint: int = 0

    def sentence(self, who: Who) -> str:
        """For the history."""
        names = {"receipt": _("The receipt"), "letter": _("The letter"), "sign_off": _("The sign-off sheet")}
        made = _("%(document)s was made and sealed.") if self.sealed else _("%(document)s was made.")
        return made % {"document": names.get(self.kind, self.kind)}


@event_kind("letter.delivered")
@dataclass(frozen=True)
class LetterDelivered:
    """A mail to the customer was handed to the mail server."""

    letter: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("A mail to the customer left (%(letter)s).") % {"letter": _name_of(self.letter)}


@event_kind("letter.undeliverable")
@dataclass(frozen=True)
class LetterUndeliverable:
    """A mail to the customer could not be delivered; somebody has to reach the customer otherwise."""

    letter: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("A mail to the customer could not be delivered (%(letter)s).") % {"letter": self.letter}


def _name_of(letter: str) -> str:
    """What a letter is called in the reader's language; the code of one that this edition does not have."""
    try:
        return rulebook.letter(letter, active()).name
    except KeyError:
        return letter
