"""How things stand, as the doors know it of themselves, for the page of those who look after the product.

Doors do not call each other: each registers a teller in ``AppConfig.ready``, and the health page and the list of next
steps ask all of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Line:
    """One thing that may need somebody.

    ``code`` names it for the list of next steps; ``tone`` is "kept", "soon" or "late"; ``count`` and ``oldest`` are
    those of a queue; ``advice`` says what to do, ``url`` where.
    """

    code: str
    what: str
    words: str
    tone: str = "kept"
    count: int | None = None
    oldest: timedelta | None = None
    advice: str = ""
    url: str = ""


Teller = Callable[[], Sequence[Line]]
_tellers: list[Teller] = []


def told_by(teller: Teller) -> None:
    """Let this function tell how something stands; once, however often it is registered."""
    if teller not in _tellers:
        _tellers.append(teller)


def lines() -> list[Line]:
    """What all tellers say."""
    return [line for teller in _tellers for line in teller()]
