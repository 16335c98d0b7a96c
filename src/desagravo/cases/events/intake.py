"""How a complaint arrives, is completed, and what the customer adds."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.cases.terms import CHANNEL, term
from desagravo.common.language import active
from desagravo.history.registry import Who, event_kind
from desagravo.rulebook import queries as rulebook


def _list(codes: list[str]) -> str:
    asked = {need.code: need.ask for need in rulebook.form_needs(active())}
    return ", ".join(asked.get(code, code) for code in codes)


@dataclass(frozen=True)
class _Received:
    channel: str
    language: str
    signed: str = ""
    files: int = 0
    department: str = ""
    missing: list[str] = field(default_factory=list)

    def _how(self) -> str:
        files = ngettext("with %(n)s file", "with %(n)s files", self.files) % {"n": self.files}
        return f"{term(CHANNEL, self.channel)}, {files}" if self.files else term(CHANNEL, self.channel)


@event_kind("case.received")
@dataclass(frozen=True)
class CaseReceived(_Received):
    """A complete and signed complaint has come in."""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The complaint was received (%(how)s).") % {"how": self._how()}


@event_kind("case.received_incomplete")
@dataclass(frozen=True)
class CaseReceivedIncomplete(_Received):
    """A complaint has come in that lacks something; it is kept, numbered, and the rest is asked for."""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The complaint was received (%(how)s). Still missing: %(missing)s.") % {
            "how": self._how(),
            "missing": _list(self.missing),
        }


@event_kind("case.form_extended")
@dataclass(frozen=True)
class FormExtended:
    """Something missing was added; something else is still missing."""

    version: int
    missing: list[str]

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The form was extended (version %(version)s). Still missing: %(missing)s.") % {
            "version": self.version,
            "missing": _list(self.missing),
        }


@event_kind("case.completed")
@dataclass(frozen=True)
class CaseCompleted:
    """The form is now complete and signed."""

    version: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The form was completed (version %(version)s).") % {"version": self.version}


@event_kind("case.completion_waived")
@dataclass(frozen=True)
class CompletionWaived:
    """Somebody decided to work on the complaint although something is missing."""

    missing: list[str]

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Taken on although this is missing: %(missing)s.") % {"missing": _list(self.missing)}


@event_kind("case.customer_wrote")
@dataclass(frozen=True)
class CustomerWrote:
    """The customer added a message."""

    message: int
    files: int = 0

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.files:
            return ngettext(
                "The customer wrote and added %(n)s file.", "The customer wrote and added %(n)s files.", self.files
            ) % {"n": self.files}
        return _("The customer wrote.")


@event_kind("case.files_added")
@dataclass(frozen=True)
class FilesAdded:
    """Files were put on the case by staff."""

    files: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return ngettext("%(n)s file was added.", "%(n)s files were added.", self.files) % {"n": self.files}


@event_kind("tracking.sent_again")
@dataclass(frozen=True)
class TrackingSentAgain:
    """The customer's private link was asked for once more and leaves by mail, to the address on record."""

    generation: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The private link was sent to the customer again.")


@event_kind("tracking.renewed")
@dataclass(frozen=True)
class TrackingRenewed:
    """The customer's private link was replaced; the old one no longer works."""

    generation: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The private link was replaced; the old one no longer works.")


@event_kind("case.imported")
@dataclass(frozen=True)
class CaseImported:
    """A complaint was taken over from elsewhere and is still open."""

    source: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Taken over from %(source)s, still open.") % {"source": self.source.upper()}


@event_kind("case.imported_closed")
@dataclass(frozen=True)
class CaseImportedClosed:
    """A complaint was taken over that had been closed before Desagravo; nobody signed it here."""

    source: str
    response: str = ""
    timely: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("Taken over from %(source)s, closed before Desagravo (%(response)s); not signed here.") % {
            "source": self.source.upper(),
            "response": self.response or "–",
        }
