"""What happens to mails and is worth remembering."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from desagravo.history.registry import Who, event_kind


@event_kind("mail.asked_again")
@dataclass(frozen=True)
class MailAskedAgain:
    """Somebody decided that a mail shall be sent again; it keeps its Message-ID."""

    mail: int
    letter: str

    def sentence(self, who: Who) -> str:
        """For the history."""
        return _("%(by)s had a mail to the customer sent again (%(letter)s).") % {"by": who.by, "letter": self.letter}
