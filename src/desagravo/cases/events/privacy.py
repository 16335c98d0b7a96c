"""Who may know of a case, and who looked although it was not theirs."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


@event_kind("case.made_confidential")
@dataclass(frozen=True)
class MadeConfidential:
    """From now on only those on its list know of the case."""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The case was made confidential.")


@event_kind("case.confidentiality_lifted")
@dataclass(frozen=True)
class ConfidentialityLifted:
    """The case is again seen by everybody whose role lets them."""

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The case is no longer confidential.")


@event_kind("case.let_know", people=["person"])
@dataclass(frozen=True)
class LetKnow:
    """Somebody was put on the list of a confidential case."""

    person: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(name)s may know of this case.") % {"name": who(self.person)}


@event_kind("case.no_longer_let_know", people=["person"])
@dataclass(frozen=True)
class NoLongerLetKnow:
    """Somebody was taken off the list of a confidential case."""

    person: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(name)s may no longer know of this case.") % {"name": who(self.person)}


@event_kind("case.glass_broken", people=["person"])
@dataclass(frozen=True)
class GlassBroken:
    """Somebody who was not on the list opened a confidential case with a reason, until a moment (ISO 8601, UTC)."""

    person: str
    until: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(name)s opened the confidential case without being on its list, for 24 hours.") % {
            "name": who(self.person)
        }


@event_kind("privacy.export_asked")
@dataclass(frozen=True)
class ExportAsked:
    """Somebody asked for a copy: of what we hold about a person (``subject``), or of one whole case (``case``)."""

    export: int
    kind: str
    cases: int
    with_internal: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.kind == "case":
            return _("A copy of the whole case was asked for.")
        return _("A copy of what we hold about a person was asked for.")
