"""What Django's system check says about the history."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004  (Django's name)

from desagravo.history import registry, sealing


def sealed(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The triggers that keep events from being changed are there.

    A warning, not an error: ``migrate`` runs this check first and is also what puts the triggers back.
    """
    return [
        Warning(
            f"The history in the database {using!r} is not sealed: {', '.join(missing)} missing.",
            hint="Run migrate; it seals the history again.",
            id="history.W001",
        )
        for using in databases or []
        if (missing := sealing.missing(using))
    ]


def subscriptions(**_: Any) -> list[CheckMessage]:
    """Nobody waits for a kind of event that does not exist."""
    return [
        Error(f"A subscriber waits for unknown events {kind!r}.", id="history.E001")
        for kind in registry.unheard_kinds()
    ]
