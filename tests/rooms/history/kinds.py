"""Kinds of event for the tests of this room, known only while such a test runs, and the emptying of a sealed table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import TransactionTestCase

from desagravo.common.actor import SYSTEM, Actor
from desagravo.history import registry, sealing
from desagravo.history.actions import record
from desagravo.history.models import Event
from desagravo.history.registry import Who

INES = "2026-00001"
RUI = "2026-00002"
MARTA = Actor("staff", "7")


@dataclass(frozen=True)
class Said:
    """Somebody said something about a case."""

    number: int = 0
    to: str = ""
    departments: list[str] = field(default_factory=list)

    def sentence(self, who: Who) -> str:
        return f"{who.by} told {who(self.to)} the number {self.number}."


@dataclass(frozen=True)
class Heard:
    """Something that work follows."""

    number: int = 0

    def sentence(self, who: Who) -> str:
        return f"{who.by} heard {self.number}."


@contextmanager
def own_kinds() -> Iterator[pytest.MonkeyPatch]:
    """The registry with the two kinds above, as it was before at the end."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_kinds", "_kind_of_shape", "_reveals"):
            patch.setattr(registry, name, dict(getattr(registry, name)))
        patch.setattr(registry, "_subscribers", {kind: dict(known) for kind, known in registry._subscribers.items()})
        patch.setattr(registry, "_expected_cases", [])
        registry.event_kind("test.said", people=["to"], departments=["departments"])(Said)
        registry.event_kind("test.heard")(Heard)
        yield patch


@contextmanager
def emptying() -> Iterator[None]:
    """Let a transactional test empty the sealed tables when it ends."""
    empty = TransactionTestCase._fixture_teardown

    def lifted(self: TransactionTestCase) -> None:
        with sealing.lifted():
            empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lifted)
        yield


def say(number: int = 0, *, case: str = INES, **more: object) -> Event:
    """Record one event in a transaction of its own."""
    with transaction.atomic():
        return record(Said(number), actor=SYSTEM, case=case, **more)  # type: ignore[arg-type]


def hear(number: int = 0, **more: object) -> Event:
    """Record one event that work follows."""
    with transaction.atomic():
        return record(Heard(number), actor=SYSTEM, **more)  # type: ignore[arg-type]
