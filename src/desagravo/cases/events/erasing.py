"""What was taken out of a case, or out of the house: what, on which ground, and never the words themselves.

``taken`` names the pieces of earlier events whose content and salt are gone (see ``history.content``); ``files`` are
the random names of files in the store that go once this is committed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from desagravo.cases.grounds import ERASURE, REDACTION
from desagravo.cases.terms import term
from desagravo.history.registry import Who, event_kind


@dataclass(frozen=True)
class _Redacted:
    ground: str
    taken: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def _said(self, sentence: str, who: Who, **more: Any) -> str:
        return sentence % {"by": who.by, "ground": _ground(REDACTION, self.ground), **more}


def _ground(table: Mapping[str, object], code: str) -> str:
    return term(table, code)


@event_kind("message.redacted")
@dataclass(frozen=True)
class MessageRedacted(_Redacted):
    """Words, or all words, were taken out of a message, or of a question to a department or its answer."""

    message: int = 0
    consultation: int = 0
    whole: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        if self.whole:
            return self._said(_("%(by)s took the words of a message out, because %(ground)s."), who)
        return self._said(_("%(by)s took words out of a message, because %(ground)s."), who)


@event_kind("file.redacted")
@dataclass(frozen=True)
class FileRedacted(_Redacted):
    """A file was taken out."""

    attachment: int = 0

    def sentence(self, who: Who) -> str:
        """For the history."""
        return self._said(_("%(by)s took a file out, because %(ground)s."), who)


@event_kind("form.redacted")
@dataclass(frozen=True)
class FormRedacted(_Redacted):
    """A field of the complaint form, or words of it, were taken out of every version of the form."""

    name: str = ""
    whole: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        return self._said(
            _("%(by)s took something out of the complaint form, because %(ground)s."),
            who,
        )


@event_kind("answer.redacted")
@dataclass(frozen=True)
class AnswerRedacted(_Redacted):
    """Words, or all words, were taken out of what we wrote: ``what`` is an answer (response), a comment on it, a point,
    its reasons, a finding or a lesson; ``row`` its key."""

    what: str = ""
    row: int = 0
    whole: bool = False

    def sentence(self, who: Who) -> str:
        """For the history."""
        return self._said(_("%(by)s took words out of the answer or of what it rests on, because %(ground)s."), who)


@event_kind("case.held")
@dataclass(frozen=True)
class CaseHeld:
    """Nothing of this case may be erased until the hold is lifted: a court or an authority may ask for it."""

    message: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s put the case on legal hold: it cannot be erased.") % {"by": who.by}


@event_kind("case.hold_lifted")
@dataclass(frozen=True)
class HoldLifted:
    """The case may be erased again."""

    message: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s lifted the legal hold.") % {"by": who.by}


@event_kind("privacy.erasure_asked")
@dataclass(frozen=True)
class ErasureAsked:
    """All that is kept of a person shall go: how many cases, on which ground."""

    erasure: int
    cases: int
    ground: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s asked for the erasure of a person, because %(ground)s.") % {
            "by": who.by,
            "ground": _ground(ERASURE, self.ground),
        }


@event_kind("privacy.erasure_refused")
@dataclass(frozen=True)
class ErasureRefused:
    """Somebody wanted to erase a person and gave a wrong password: ``tries`` of them within a quarter of an hour."""

    tries: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s wanted to erase this person and gave a wrong password.") % {"by": who.by}


@event_kind("case.erased")
@dataclass(frozen=True)
class CaseErased:
    """Nothing of the person is left in this case: dates, codes and who of the house did what stay."""

    erasure: int
    ground: str
    files: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s erased all that this case held of the person, because %(ground)s.") % {
            "by": who.by,
            "ground": _ground(ERASURE, self.ground),
        }


@event_kind("privacy.erasure_done")
@dataclass(frozen=True)
class ErasureDone:
    """Every case of an erasure is erased, and no copy of its bytes is left in the database's files."""

    erasure: int
    cases: int

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("The erasure of a person is done.")
