from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "desagravo.history"
    label = "history"
