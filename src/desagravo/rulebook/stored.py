"""Editions of the organisation, read from their rows; the only file that does so for rules.

Which edition is in force is asked at most every ten seconds by each process: every page of a case asks for it. So an
edition that is published for today counts everywhere ten seconds later; one for a later day at midnight sharp.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import DatabaseError, InterfaceError

from desagravo.departments import queries as departments
from desagravo.rulebook import edition
from desagravo.rulebook.models import Edition
from desagravo.rulebook.plain import from_json

FRESH_FOR = 10.0
"""Seconds."""
_days: tuple[float, list[tuple[date, str]]] | None = None


def in_force() -> str:
    """The published edition whose day came last, where the organisation is; the starter before the first one."""
    return on(departments.today_here()) if _published() else edition.STARTER


def on(day: date) -> str:
    """The published edition that was, is or will be in force on this day; the starter before the first one."""
    return next((code for first, code in _published() if first <= day), edition.STARTER)


def published_any() -> bool:
    """Did the organisation ever publish an edition of its own?"""
    return bool(_published())


def load(code: str) -> edition.Edition | None:
    """One edition with all its books, whatever its state; only a published one is fixed."""
    row = Edition.objects.filter(code=code).values("books", "policies", "state").first()
    if row is None:
        return None
    return edition.Edition(code, _tables(row["books"]), _tables(row["policies"]), fixed=row["state"] == "published")


def forget() -> None:
    """Look anew (an edition was just published, or a test begins)."""
    global _days
    _days = None


def _published() -> list[tuple[date, str]]:
    """(first day, code) of every published edition, the newest day first."""
    global _days
    now = time.monotonic()
    if _days is None or now - _days[0] > FRESH_FOR:
        rows = Edition.objects.filter(state="published").order_by("-in_force_from")
        try:
            found = [(day, code) for day, code in rows.values_list("in_force_from", "code") if day]
        except (DatabaseError, InterfaceError):
            # what says that the database does not answer goes on with what was last known
            return _days[1] if _days else []
        _days = (now, found)
    return _days[1]


def _tables(stored: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    return MappingProxyType({name: MappingProxyType(from_json(table)) for name, table in stored.items()})
