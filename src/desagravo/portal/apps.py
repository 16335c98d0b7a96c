from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "desagravo.portal"
    label = "portal"
