"""Cases: what do we do with this complaint?"""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The big room: one file per noun, per verb and per question."""

    name = "desagravo.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the room's events, refusals and work after the answer known."""
        from desagravo.cases import after, after_export, after_redaction, after_try_out, events, notices, reveal, words  # noqa: F401, PLC0415  (registration by import)
