"""Lines beside the database that outlive it: erasures and redactions, in the order in which they were made.

An older backup knows nothing of them. No line holds a name or a word of a customer.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings


def list_file() -> Path:
    """Where the lines lie."""
    return Path(settings.DESAGRAVO_DATA) / "erasures.jsonl"


def write_down(said: Mapping[str, Any]) -> None:
    """Add a line; it is on the disk when this returns."""
    descriptor = os.open(list_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(said) + "\n")
        file.flush()
        os.fsync(file.fileno())


def written_down(kind: str) -> list[dict[str, Any]]:
    """The lines that have this name in them: ``cases`` for erasures, ``redaction``. A line that a crash cut is none:
    what it would have told of had not begun then."""
    try:
        lines = list_file().read_text().splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if kind in said:
            found.append(said)
    return found
