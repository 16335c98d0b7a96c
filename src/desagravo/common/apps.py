"""Common: clock, numbers, money, safe files, documents, text. No models."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """The ground floor."""

    name = "desagravo.common"
    label = "common"
