from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "desagravo.operations"
    label = "operations"

    def ready(self) -> None:
        from desagravo.entrance import ask_first  # noqa: PLC0415  (needs the models)
        from desagravo.operations.sessions import lead_to_second_factor, listen  # noqa: PLC0415

        listen()
        ask_first(lead_to_second_factor)

        from desagravo.entrance.standing import told_by  # noqa: PLC0415
        from desagravo.operations.address import standing  # noqa: PLC0415
        from desagravo.operations.health_page import backups  # noqa: PLC0415

        told_by(standing)
        told_by(backups)
