from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desagravo.desk"
    label = "desk"
