"""What the tests of every door may ask for."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest

REMEMBERED = {
    "desagravo.departments.queries.calendar": "_FRESH_FOR",
    "desagravo.departments.queries.organisation": "_ORGANISATION_IS_FRESH_FOR",
    "desagravo.entrance.navigation": "_FRESH_FOR",
}


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process remembers for seconds, it remembers for the whole test: on a slow machine those seconds pass
    while a test builds its cases, and a page that is counted would ask for them once more."""
    for module, name in REMEMBERED.items():
        monkeypatch.setattr(importlib.import_module(module), name, timedelta(hours=1))
