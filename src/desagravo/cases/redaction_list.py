"""The list of redactions beside the database: which piece of which case, when, and never a word of it.

It lies with the list of erasures, because an older backup knows nothing of either. Which words of a text were taken
out cannot be told without the words, so a restore repeats no redaction by itself: it says which ones came undone, and
the keeper of data makes them again (``/desk/privacy/``).
"""

from datetime import datetime
from typing import NamedTuple

from desagravo.cases import beside
from desagravo.cases.models import Case, Redaction
from desagravo.history import queries as history
from desagravo.history.restored import when_restored


class Undone(NamedTuple):
    """A redaction that a restore undid; ``piece`` as in ``message:12``."""

    number: str
    piece: str
    at: datetime


def write_down(number: str, piece: str, at: datetime) -> None:
    """A line for a redaction, on the disk before it is committed."""
    said = {"redaction": piece, "case": number, "first": history.of_case(number)[0].hash, "at": at.isoformat()}
    beside.write_down(said)


def undone() -> list[Undone]:
    """The redactions that stand in the list and not in the database, and were not made again since."""
    found = []
    for said in beside.written_down("redaction"):
        kind, _colon, key = said["redaction"].partition(":")
        at = datetime.fromisoformat(said["at"])
        case = Case.objects.filter(number=said["case"], erased_at=None).first()
        if case is None or history.of_case(case.number)[0].hash != said["first"]:
            continue
        if not Redaction.objects.filter(case=case, subject_kind=kind, subject_id=key, at__gte=at).exists():
            found.append(Undone(case.number, said["redaction"], at))
    return found


when_restored("redactions", lambda: len(undone()))
