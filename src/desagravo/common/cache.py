"""The cache that all processes share, kept as JSON.

Django's own writes pickles into the table, and reading a pickle runs what it says: whoever could write one row of the
database would run programs on the machine. Counters and moments are all that is kept here, and JSON holds them.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.cache.backends import db


class _Json:
    """Stands where the backend looks for the module ``pickle``."""

    HIGHEST_PROTOCOL = 0

    @staticmethod
    def dumps(value: Any, protocol: int = 0) -> bytes:
        return json.dumps(value).encode()

    @staticmethod
    def loads(kept: bytes) -> Any:
        return json.loads(kept)


db.pickle = _Json  # type: ignore[attr-defined]


class Cache(db.DatabaseCache):
    """Numbers, texts, lists of them; anything else is a TypeError when it is put here."""
