"""What people do with editions: copy one to a draft, change it, propose it, return it, publish it from a day on.

A published edition never changes: one copies it. Every verb takes the edition's ``code``. A *piece* is anything in a
book: ``book`` is a name of ``edition.FILES`` or ``policy:<id>`` (``problems.POLICY``), ``path`` the way to it, as in
:class:`problems.Place`: ``("rule", "triage.safety")`` is a rule, ``("rule", "triage.safety", "reason")`` its words,
``("threshold",)`` a table, ``()`` the whole book. ``seen`` is what ``queries.seen(code, book, path)`` told when the
form was shown; a piece that somebody else changed meanwhile gives :class:`Conflict` with both texts.

A draft may hold mistakes (``queries.mistakes`` shows them beside the fields); nothing with a mistake is published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, Refusal
from desagravo.rulebook.problems import Problem


class Mistakes(Missing):
    """The books hold mistakes. ``problems`` tells each with its place; ``sentence()`` says them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            {each.where.field or each.where.book: [Refusal("rulebook_mistake", words=each)] for each in problems}
        )
        self.problems = list(problems)


def draft_from(code: str, *, actor: Actor, note: str = "") -> str:
    """A new draft with everything that the edition ``code`` has; gives the draft's code, ``2026.2``.

    Raises:
        NotAllowed: the actor neither administers nor manages.
        NotYours: there is no such edition.
    """
    raise NotImplementedError


def change_piece(code: str, book: str, path: Sequence[str], value: Any, *, actor: Actor, seen: str = "") -> None:
    """Put ``value`` (table, list, text, number, yes or no, date) at this place. A new row is added at the end.

    Raises:
        NotYours: no such edition, book or place.
        NotNow: ``edition_published``, ``edition_proposed`` (return it first), ``edition_discarded``.
        Conflict: ``changed_meanwhile``; both texts as TOML.
        Mistakes: the value cannot stand in any book (a kind of value that TOML has not, a row without its code).
    """
    raise NotImplementedError


def remove_piece(code: str, book: str, path: Sequence[str], *, actor: Actor, seen: str = "") -> None:
    """Take a row, a table or a field out. Raises as :func:`change_piece`."""
    raise NotImplementedError


def move_piece(code: str, book: str, path: Sequence[str], *, up: bool, actor: Actor) -> None:
    """One place up or down for a row of a list; rules are read from top to bottom. Raises as :func:`change_piece`."""
    raise NotImplementedError


def change_book(code: str, book: str, table: Mapping[str, Any], *, actor: Actor, seen: str = "") -> None:
    """The whole book anew. Raises as :func:`change_piece`."""
    raise NotImplementedError


def change_note(code: str, note: str, *, actor: Actor) -> None:
    """What this draft is for, in the words of its authors. Raises as :func:`change_piece`."""
    raise NotImplementedError


def add_policy(code: str, policy: str, *, actor: Actor, table: Mapping[str, Any] | None = None) -> None:
    """Take in the rulebook of a jurisdiction: one that the product brings (``queries.policies_to_add``), or ``table``.

    Raises as :func:`change_piece`, and:
        NotNow: ``policy_there``.
    """
    raise NotImplementedError


def remove_policy(code: str, policy: str, *, actor: Actor) -> None:
    """The edition binds no case to this rulebook any longer. Raises as :func:`change_piece`."""
    raise NotImplementedError


def import_toml(files: Mapping[str, bytes], *, actor: Actor, code: str = "", note: str = "") -> str:
    """Take books from TOML files (or a zip of them) into the draft ``code``, or into a new one of the edition in force.

    Files are named as the export names them: ``triage.toml``, ``policies/uk-fca-disp.toml``. Books that no file brings
    stay. All or nothing. Gives the draft's code.

    Raises as :func:`change_piece`, and:
        Mistakes: every problem with file and line.
    """
    raise NotImplementedError


def discard(code: str, *, actor: Actor) -> None:
    """This draft is not wanted. It stays readable, and is never published. Raises as :func:`change_piece`."""
    raise NotImplementedError


def propose(code: str, *, actor: Actor, comment: str = "") -> None:
    """Put the draft up for publication by a second person; until it is returned nobody changes it.

    Raises as :func:`change_piece`, and:
        Mistakes: the whole edition has problems; all of them.
        NotNow: ``edition_unchanged``: it says the same as the edition that it was copied from.
    """
    raise NotImplementedError


def return_draft(code: str, *, comment: str, actor: Actor) -> None:
    """Give a proposed edition back to its authors, with what should be different.

    Its proposer may take it back without a comment.

    Raises as :func:`change_piece`, and:
        NotNow: ``edition_not_proposed``.
        Missing: ``comment``.
    """
    raise NotImplementedError


def publish(code: str, *, from_day: date, actor: Actor, alone_reason: str = "") -> None:
    """In force from the beginning of this day where the organisation is; the edition never changes again.

    By a second person, who wrote nothing of it. Where nobody else could (``queries.publishes_alone``) its author
    publishes alone, with a reason that stays on record.

    Raises:
        NotAllowed: ``role``, ``four_eyes`` or ``alone_needs_reason``.
        NotNow: ``edition_not_proposed``, ``edition_published``, ``edition_discarded``.
        Missing: ``from_day``: in the past, or another edition begins on that day.
        Mistakes: the whole edition has problems.
    """
    raise NotImplementedError
