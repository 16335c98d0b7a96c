"""The list of redactions beside the database: which piece of which case, when, and never a word of it.

It lies with the list of erasures, because an older backup knows nothing of either. Which words of a text were taken
out cannot be told without the words, so a restore repeats no redaction by itself: it says which ones came undone, and
the keeper of data makes them again (``/desk/privacy/``).
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

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
    descriptor = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(said) + "\n")
        file.flush()
        os.fsync(file.fileno())


def undone() -> list[Undone]:
    """The redactions that stand in the list and not in the database, and were not made again since."""
    found = []
    for said in _written_down():
        kind, _colon, key = said["redaction"].partition(":")
        at = datetime.fromisoformat(said["at"])
        case = Case.objects.filter(number=said["case"], erased_at=None).first()
        if case is None or history.of_case(case.number)[0].hash != said["first"]:
            continue
        if not Redaction.objects.filter(case=case, subject_kind=kind, subject_id=key, at__gte=at).exists():
            found.append(Undone(case.number, said["redaction"], at))
    return found


def _file() -> Path:
    return Path(settings.DESAGRAVO_DATA) / "erasures.jsonl"


def _written_down() -> list[dict[str, str]]:
    try:
        lines = _file().read_text().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:  # a crash cut the line; nothing was redacted then
            continue
        if "redaction" in said:
            found.append(said)
    return found


when_restored("redactions", lambda: len(undone()))
