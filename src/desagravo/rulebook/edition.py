"""Reads an edition from its folder of TOML files. Pure, without Django.

The files are documented at their own top; ``schema`` checks them. Reading is cached because an
edition never changes while the program runs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

BOOKS = Path(__file__).parent / "books"
STARTER = BOOKS / "starter"

FILES = (
    "edition",
    "departments",
    "triage",
    "routing",
    "categories",
    "remedies",
    "closing_codes",
    "form",
    "guidance",
    "letters",
    "targets",
    "stages",
)


@cache
def book(name: str, folder: Path = STARTER) -> Mapping[str, Any]:
    """One file of the edition, as a read-only mapping. Raises ``FileNotFoundError`` or ``TOMLDecodeError``."""
    with (folder / f"{name}.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


def code(folder: Path = STARTER) -> str:
    """The edition's name as events quote it, for instance ``starter-2026.1``."""
    return str(book("edition", folder)["code"])
