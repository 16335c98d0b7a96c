"""The small grammar of conditions in rulebooks. Pure, without Django.

A condition says when a limit exists: ``topic in ['billing', 'improper_charge']``, ``psd_or_emd and holding_sent``,
``not psd_or_emd``. There is ``==``, ``in [..]``, ``and``, ``not`` and bare names of attributes that are true or false;
nothing else, and nothing is executed. What is not known yet makes the answer unknown (None), not false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Value = bool | str | None
"""True, False or a code; None is not known yet."""


@dataclass(frozen=True)
class Condition:
    """A condition that was read. ``text`` is how it was written, ``attributes`` what it asks about."""

    text: str
    terms: tuple[Any, ...]
    attributes: frozenset[str]

    def holds(self, known: Mapping[str, Value]) -> bool | None:
        """Whether it holds with what is known: True, False, or None while too little is known."""
        raise NotImplementedError


class NotUnderstood(ValueError):
    """The text is no condition; ``column`` (from 1) is where that shows."""

    column: int = 1


def read(text: str) -> Condition:
    """The condition in this text. Raises ``NotUnderstood``."""
    raise NotImplementedError
