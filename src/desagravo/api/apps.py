from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "desagravo.api"
    label = "api"
