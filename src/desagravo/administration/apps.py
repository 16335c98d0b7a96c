"""The administration, as Django knows it. It has no tables."""

from django.apps import AppConfig


class Administration(AppConfig):
    """The door of those who look after people and machines."""

    name = "desagravo.administration"
