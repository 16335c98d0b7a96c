"""Departments: who works here, in which team and department, and who may do what."""

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    """The room of people, roles and authority."""

    name = "desagravo.departments"
    label = "departments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the room's events and refusals known, and codes of apps good once."""
        from desagravo.departments import (  # noqa: F401, PLC0415  (registration by import)
            calendar_events,
            events,
            one_time,  # noqa: PLC0415  (needs the models)
            people_events,
            words,
        )

        one_time.hold()
