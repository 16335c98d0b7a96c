from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "desagravo.channels.mail"
    label = "mail"
