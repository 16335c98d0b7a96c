from django.apps import AppConfig


class MailConfig(AppConfig):
    """Outgoing mail."""

    name = "desagravo.channels.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make events, refusals and subscribers known."""
        from desagravo.channels.mail import (  # noqa: F401  (registration by import)
            after_restore,
            events,
            house,
            subscribers,
            words,
        )
        from desagravo.channels.mail.standing import standing
        from desagravo.entrance.standing import told_by

        told_by(standing)
