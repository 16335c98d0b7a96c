from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    """The rulebook room. It has no tables: its starter edition is data in the package."""

    name = "desagravo.rulebook"
    label = "rulebook"
    verbose_name = _("Rulebook")
