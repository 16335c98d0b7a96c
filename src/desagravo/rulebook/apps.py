from django.apps import AppConfig
from django.utils.translation import gettext, gettext_lazy


class RulebookConfig(AppConfig):
    """The rulebook room. The starter edition is data in the package; the organisation's own are rows."""

    name = "desagravo.rulebook"
    label = "rulebook"
    verbose_name = gettext_lazy("Rulebook")

    def ready(self) -> None:
        """Make events and refusals known, set up the shelf of editions and the language of problems."""
        from desagravo.history.sealing import keep_final
        from desagravo.rulebook import (  # (registration by import)
            duties,  # noqa: F401
            edition,
            events,  # noqa: F401
            keeping,  # noqa: F401
            problems,
            refusals,  # noqa: F401
            stored,
        )

        keep_final("rulebook_edition", column="state", value="published", keys=("id", "code", "in_force_from"))
        problems.speak_with(gettext)
        edition.keep_on(stored.in_force, stored.load)
