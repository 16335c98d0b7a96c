from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "desagravo.cases"
    label = "cases"
