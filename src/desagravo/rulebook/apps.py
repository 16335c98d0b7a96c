from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "desagravo.rulebook"
    label = "rulebook"
