"""Rows of other rooms that are final from some moment on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FinalRows:
    """Rows of ``table`` never change again once ``column`` is ``value``; ``keys`` are unique among them.

    All of these are names in our own source, never anything that somebody typed.
    """

    table: str
    column: str
    value: str
    keys: tuple[str, ...]
