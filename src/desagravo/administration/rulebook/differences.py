"""What an edition says otherwise than another one, rule by rule and field by field, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from desagravo.administration.rulebook import books
from desagravo.administration.rulebook.fields import ABSENT, Field, Rows, facts
from desagravo.administration.rulebook.guess import complete
from desagravo.administration.rulebook.tree import called
from desagravo.administration.rulebook.world import World
from desagravo.rulebook.problems import POLICY


@dataclass(frozen=True)
class Change:
    """One piece that is said otherwise. ``kind``: added, removed, changed or moved; ``fields`` are label, old, new."""

    book: str
    way: tuple[str, ...]
    kind: str
    name: str
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Chapter:
    """The changes in one book."""

    book: str
    name: str
    changes: tuple[Change, ...]


def differences(old: World, new: World) -> list[Chapter]:
    """All books in which something is said otherwise, in their order."""
    found = []
    for book in books.order({**old.books, **new.books}):
        if book == "edition":
            continue
        changes = tuple(_book(book, old.books.get(book), new.books.get(book), old, new))
        found += [Chapter(book, called(book, new), changes)] if changes else []
    for policy in dict.fromkeys([*old.policies, *new.policies]):
        book = POLICY + policy
        changes = tuple(_book(book, old.policies.get(policy), new.policies.get(policy), old, new))
        name = called(book, new if policy in new.policies else old)
        found += [Chapter(book, name, changes)] if changes else []
    return found


def _book(
    book: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, old: World, new: World
) -> Iterator[Change]:
    if before == after:
        return
    if before is None or after is None:
        kind = "added" if before is None else "removed"
        yield Change(book, (), kind, called(book, new if before is None else old))
        return
    described = complete(books.part(book).fields, {**before, **after}, known=("code",))
    yield from _table(book, (), described, before, after, _("In general"), old, new)


def _table(  # the two tables, and the two editions in which they are said
    book: str,
    way: tuple[str, ...],
    fields: Sequence[Field],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    name: str,
    old: World,
    new: World,
) -> Iterator[Change]:
    asked = [each for each in fields if not (isinstance(each, Rows) and each.pages)]
    said = _fields(asked, before, after, old, new)
    if said:
        yield Change(book, way, "changed", name, said)
    for each in fields:
        if isinstance(each, Rows) and each.pages and before.get(each.key) != after.get(each.key):
            yield from _rows(book, way, each, before, after, old, new)


def _fields(
    fields: Sequence[Field], before: Mapping[str, Any], after: Mapping[str, Any], old: World, new: World
) -> tuple[tuple[str, str, str], ...]:
    was = {fact.path: fact for fact in facts(fields, before, old)}
    now = {fact.path: fact for fact in facts(fields, after, new)}
    found = []
    for path in [*now, *(path for path in was if path not in now)]:
        one, other = was.get(path), now.get(path)
        if (one.words if one else "") != (other.words if other else ""):
            label = (other or one).label  # type: ignore[union-attr]
            found.append((label, one.words if one else "", other.words if other else ""))
    return tuple(found)


def _rows(
    book: str,
    way: tuple[str, ...],
    rows: Rows,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    old: World,
    new: World,
) -> Iterator[Change]:
    was = {rows.key_of(row, at): row for at, row in enumerate(rows.listed(before.get(rows.key, ABSENT)))}
    now = {rows.key_of(row, at): row for at, row in enumerate(rows.listed(after.get(rows.key, ABSENT)))}
    for key, row in now.items():
        here = (*way, rows.key, key)
        if key not in was:
            yield Change(book, here, "added", rows.called(row, new))
        elif was[key] != row:
            yield from _table(book, here, rows.fields, was[key], row, rows.called(row, new), old, new)
    for key, row in was.items():
        if key not in now:
            yield Change(book, (*way, rows.key, key), "removed", rows.called(row, old))
    kept_before, kept_now = [key for key in was if key in now], [key for key in now if key in was]
    if kept_before != kept_now and not rows.keyed:
        order = "; ".join(f"{at}. {rows.called(now[key], new)}" for at, key in enumerate(kept_now, 1))
        yield Change(book, way, "moved", str(rows.label), ((_("New order"), "", order),))
