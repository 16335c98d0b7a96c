from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "desagravo.operations"
    label = "operations"
