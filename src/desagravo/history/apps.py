"""History: the room that remembers."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class HistoryConfig(AppConfig):
    """Seals the events after every migration and looks for the seal in the system check."""

    name = "desagravo.history"
    label = "history"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the seal and the checks."""
        from desagravo.history import checks

        post_migrate.connect(_seal, sender=self, dispatch_uid="history.seal")
        register(checks.sealed, Tags.database)
        register(checks.subscriptions)


def _seal(using: str, **_: Any) -> None:
    from desagravo.history import sealing

    sealing.seal(using)
