"""How files of other systems are read: one module per source, each with a ``MAPPING``.

A mapping is data: which columns give what. To add one, add a module beside ``cfpb`` whose name is what stands after
``--mapping``; nothing else has to be told of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping as Table
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shape:
    """One kind of file of a source, recognised by its columns; every column that is named here must be there.

    ``reference`` is the column with the row's own number, after ``prefix`` where two files number alike. ``received``
    has dates as year-month-day. ``description`` and ``product`` are made of one or more columns; a row without a
    description is described by its product. ``response`` tells what became of it: ``closed`` lists the words for closed
    cases, ``open`` those for cases that are not; without a ``response`` every row is an open case. ``facts``
    (name → column) are kept with the case as they are.
    """

    name: str
    reference: str
    description: tuple[str, ...]
    product: tuple[str, ...] = ()
    prefix: str = ""
    received: str = ""
    response: str = ""
    closed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    timely: str = ""
    facts: Table[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a file of this kind has at least."""
        single = {self.reference, self.received, self.response, self.timely} - {""}
        return frozenset({*single, *self.description, *self.product, *self.facts.values()})


@dataclass(frozen=True)
class Mapping:
    """A source: the name that its cases keep, their language, and the kinds of file that it gives."""

    source: str
    language: str
    shapes: tuple[Shape, ...]


def names() -> list[str]:
    """What may stand after ``--mapping``."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def mapping(name: str) -> Mapping:
    """The mapping of this name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    found: Mapping = importlib.import_module(f"{__name__}.{name}").MAPPING
    return found
