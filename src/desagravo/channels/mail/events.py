"""What happens to mails and is worth remembering."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


@event_kind("mail.server_set")
@dataclass(frozen=True)
class MailServerSet:
    """An administrator connected the mail server, or took the connection away (no host)."""

    host: str
    port: int = 0
    security: str = ""

    def sentence(self, who: Who) -> str:
        """For the history."""
        if not self.host:
            return _("%(by)s took the mail server away.") % {"by": who.by}
        return _("%(by)s connected the mail server %(host)s, port %(port)s.") % {
            "by": who.by,
            "host": self.host,
            "port": self.port,
        }


@event_kind("mail.asked_again")
@dataclass(frozen=True)
class MailAskedAgain:
    """Somebody decided that a mail shall be sent again; it keeps its Message-ID."""

    mail: int
    letter: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s had a mail to the customer sent again (%(letter)s).") % {"by": who.by, "letter": self.letter}
