from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    """The rulebook room. The starter edition is data in the package; the organisation's own are rows."""

    name = "desagravo.rulebook"
    label = "rulebook"
    verbose_name = _("Rulebook")
