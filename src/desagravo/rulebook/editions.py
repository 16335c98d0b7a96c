"""What can be told of editions themselves: which there are, what one says, what is wrong with it, what it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from desagravo.common.actor import Actor
from desagravo.rulebook.problems import Place, Problem


@dataclass(frozen=True)
class EditionRow:
    """An edition in a list. People are ids (``departments.queries.names``); the starter edition has none.

    ``state``: draft, proposed, published, discarded, or starter. ``until`` is the last day of one that was followed by
    another. ``in_force`` tells that it is the one that counts today.
    """

    code: str
    state: str
    based_on: str
    in_force: bool
    in_force_from: date | None
    until: date | None
    sha256: str
    note: str
    version: int
    authors: tuple[str, ...]
    created_by: str
    created_at: datetime | None
    changed_by: str
    changed_at: datetime | None
    proposed_by: str
    proposed_at: datetime | None
    comment: str
    published_by: str
    published_at: datetime | None
    alone_reason: str
    policies: tuple[str, ...]

    @property
    def editable(self) -> bool:
        """May its books change?"""
        return self.state == "draft"


@dataclass(frozen=True)
class EditionView:
    """An edition with all that it says: name of the book → table, id of the policy → table. Copies, free to change."""

    row: EditionRow
    books: Mapping[str, Mapping[str, Any]]
    policies: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """One thing that another edition says otherwise. ``kind``: added, removed, changed, moved.

    ``where`` is its place, ``name`` what people call it (the words of a rule, the name of a letter). ``fields`` are
    (label, old, new) in plain words for people; empty where the whole piece came or went.
    """

    where: Place
    kind: str
    name: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ReviewDate:
    """A day on which somebody looks whether the rules are still right. ``policy`` is empty for the edition itself."""

    edition: str
    policy: str
    name: str
    on: date | None
    passed: bool


def editions() -> list[EditionRow]:
    """Every edition: what is being written first, then the published ones, the newest first; the starter is last."""
    raise NotImplementedError


def edition_view(code: str) -> EditionView:
    """One edition, whatever its state. Raises NotYours."""
    raise NotImplementedError


def piece(code: str, book: str, path: Sequence[str] = ()) -> Any:
    """What stands at this place, as a copy. Raises NotYours."""
    raise NotImplementedError


def seen(code: str, book: str, path: Sequence[str] = ()) -> str:
    """A mark of what stands there now, for the form that will change it; of something not there it is a mark, too."""
    raise NotImplementedError


def mistakes(code: str) -> list[Problem]:
    """All that is wrong with the edition, with departments of the organisation taken into account. Raises NotYours."""
    raise NotImplementedError


def differences(code: str, other: str, language: str = "") -> list[Difference]:
    """What ``code`` says otherwise than ``other``, rule by rule, in the order of the books. Raises NotYours."""
    raise NotImplementedError


def review_dates(code: str = "", *, within_days: int = 60) -> list[ReviewDate]:
    """Review dates that have passed, come within these days, or were never set, of the edition (in force)."""
    raise NotImplementedError


def policies_to_add(code: str) -> list[tuple[str, str]]:
    """Id and title of the rulebooks that the product brings and the edition has not. Raises NotYours."""
    raise NotImplementedError


def export_toml(code: str) -> tuple[str, bytes]:
    """Name and content of a zip with every book as a TOML file; imported again it says exactly the same."""
    raise NotImplementedError


def publishes_alone(actor: Actor) -> bool:
    """Is there nobody else who could publish?"""
    raise NotImplementedError
