"""What people do with editions: copy one to a draft, change it, propose it, return it, publish it from a day on.

A published edition never changes: one copies it. Every verb takes the edition's ``code``. A *piece* is anything in a
book: ``book`` is a name of ``edition.FILES`` or ``policy:<id>`` (``problems.POLICY``), ``path`` the way to it, as in
:class:`problems.Place`: ``("rule", "triage.safety")`` is a rule, ``("rule", "triage.safety", "reason")`` its words,
``("threshold",)`` a table, ``()`` the whole book. ``seen`` is what ``queries.seen(code, book, path)`` told when the
form was shown; a piece that somebody else changed meanwhile gives :class:`Conflict` with both texts.

A draft may hold mistakes (``queries.mistakes`` shows them beside the fields); nothing with a mistake is published.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.dates import day as in_words
from desagravo.common.refusals import Conflict, Missing, NotNow, NotYours, Refusal
from desagravo.common.text import tidy_text, whole_number
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.history.actions import record
from desagravo.history.registry import Facts
from desagravo.rulebook import edition as shelf
from desagravo.rulebook import pieces, stored, toml_files
from desagravo.rulebook.duties import end_duty, note_duty
from desagravo.rulebook.editions import mark, mistakes_of, publishes_alone
from desagravo.rulebook.events import (
    EditionChanged,
    EditionDiscarded,
    EditionDrafted,
    EditionImported,
    EditionProposed,
    EditionPublished,
    EditionReturned,
)
from desagravo.rulebook.imports import unpacked
from desagravo.rulebook.models import Edition
from desagravo.rulebook.plain import copy, digest_of, from_json, to_json
from desagravo.rulebook.problems import POLICY, Place, Problem
from desagravo.rulebook.problems import sentence as _
from desagravo.rulebook.schema import read_files

__all__ = [
    "LONGEST_NOTE",
    "Mistakes",
    "add_policy",
    "change_book",
    "change_note",
    "change_piece",
    "discard",
    "draft_from",
    "end_duty",
    "import_toml",
    "move_piece",
    "note_duty",
    "propose",
    "publish",
    "remove_piece",
    "remove_policy",
    "return_draft",
]

LONGEST_NOTE = 2000
_STEPS, _LONGEST_STEP = 12, 80
_Change = Callable[[Any], Any]


class Mistakes(Missing):
    """The books hold mistakes. ``problems`` tells each with its place; ``sentence()`` says them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        found: dict[str, list[Refusal]] = {}
        for each in problems:
            field = each.where.field or each.where.book
            found.setdefault(field, []).append(Refusal("rulebook_mistake", words=each))
        super().__init__(found)
        self.problems = list(problems)


@transaction.atomic
def draft_from(code: str, *, actor: Actor, note: str = "") -> str:
    """A new draft with everything that the edition ``code`` has; gives the draft's code, ``2026.2``.

    Raises:
        NotAllowed: the actor neither administers nor manages.
        NotYours: there is no such edition.
        Missing: ``note`` is too long.
    """
    authority.require(actor, "edit_rulebook")
    row = _new_draft(code, actor=actor, note=_tidy(note, "note"))
    private = {"note": row.note} if row.note else None
    _record(EditionDrafted(row.code, code), row, actor, private=private)
    return row.code


@transaction.atomic
def change_piece(code: str, book: str, path: Sequence[str], value: Any, *, actor: Actor, seen: str = "") -> None:
    """Put ``value`` (table, list, text, number, yes or no, date) at this place. A new row is added at the end.

    Raises:
        NotYours: no such edition, book or place.
        NotNow: ``edition_published``, ``edition_proposed`` (return it first), ``edition_discarded``.
        Conflict: ``rule_changed_meanwhile``; both texts as TOML.
        Mistakes: the value cannot stand in any book (a kind of value that TOML has not, a row without its code).
    """
    plain = _plain(value, Place(book, tuple(path)))
    if not path and not isinstance(plain, dict):
        raise Mistakes([Problem(Place(book), _("Write a table here, with names and values."))])

    def put(table: Any) -> Any:
        if not path:
            return plain
        pieces.put(table, path, plain)
        return table

    _change(code, book, path, put, actor=actor, seen=seen, yours=plain)


@transaction.atomic
def remove_piece(code: str, book: str, path: Sequence[str], *, actor: Actor, seen: str = "") -> None:
    """Take a row, a table or a field out. Raises as :func:`change_piece`."""
    if not path:
        raise NotYours("no_such_piece")

    def remove(table: Any) -> Any:
        pieces.remove(table, path)
        return table

    _change(code, book, path, remove, actor=actor, seen=seen, yours=None)


@transaction.atomic
def move_piece(code: str, book: str, path: Sequence[str], *, up: bool, actor: Actor) -> None:
    """One place up or down for a row of a list; rules are read from top to bottom. Raises as :func:`change_piece`."""
    if not path:
        raise NotYours("no_such_piece")

    def move(table: Any) -> Any:
        pieces.move(table, path, up=up)
        return table

    _change(code, book, path, move, actor=actor)


def change_book(code: str, book: str, table: Mapping[str, Any], *, actor: Actor, seen: str = "") -> None:
    """The whole book anew. Raises as :func:`change_piece`."""
    change_piece(code, book, (), table, actor=actor, seen=seen)


@transaction.atomic
def change_note(code: str, note: str, *, actor: Actor) -> None:
    """What this draft is for, in the words of its authors. Raises as :func:`change_piece`, and ``Missing``."""
    row = _draft(code, actor)
    row.note = _tidy(note, "note")
    _save(row, actor)
    changed = EditionChanged(row.code, "edition", ["note"], _digest(row))
    _record(changed, row, actor, private={"note": row.note})


@transaction.atomic
def add_policy(code: str, policy: str, *, actor: Actor, table: Mapping[str, Any] | None = None) -> None:
    """Take in the rulebook of a jurisdiction: one that the product brings (``queries.policies_to_add``), or ``table``.

    Raises as :func:`change_piece`, and:
        NotNow: ``policy_there``.
    """
    row = _draft(code, actor)
    if policy in row.policies:
        raise NotNow("policy_there", policy=policy)
    if table is None and policy not in shelf.shipped_policies():
        raise NotYours("no_such_policy", policy=policy)
    wanted = shelf.shipped_policies()[policy] if table is None else table
    row.policies = {**row.policies, policy: to_json(_plain(wanted, Place(POLICY + policy)))}
    _changed(row, POLICY + policy, (), actor)


@transaction.atomic
def remove_policy(code: str, policy: str, *, actor: Actor) -> None:
    """The edition binds no case to this rulebook any longer. Raises as :func:`change_piece`."""
    row = _draft(code, actor)
    if policy not in row.policies:
        raise NotYours("no_such_piece")
    row.policies = {key: table for key, table in row.policies.items() if key != policy}
    _changed(row, POLICY + policy, (), actor)


@transaction.atomic
def import_toml(files: Mapping[str, bytes], *, actor: Actor, code: str = "", note: str = "") -> str:
    """Take books from TOML files (or a zip of them) into the draft ``code``, or into a new one of the edition in force.

    Files are named as the export names them: ``triage.toml``, ``policies/uk-fca-disp.toml``. Books that no file brings
    stay. All or nothing. Gives the draft's code.

    Raises as :func:`change_piece`, and:
        Missing: ``files``: no TOML among them, or too much of it.
        Mistakes: every problem with file and line.
    """
    authority.require(actor, "edit_rulebook")
    read, problems = read_files(unpacked(files))
    if problems:
        raise Mistakes(problems)
    row = _draft(code, actor) if code else _new_draft(shelf.in_force(), actor=actor, note=_tidy(note, "note"))
    row.books = {**row.books, **{name: _without_code(name, to_json(table)) for name, table in read.books.items()}}
    row.policies = {**row.policies, **{key: to_json(table) for key, table in read.policies.items()}}
    mine = [each for each in mistakes_of(row.books, row.policies) if each.where.book in read.names]
    if mine:
        raise Mistakes(read.placed(mine))
    _save(row, actor)
    if not code:
        _record(EditionDrafted(row.code, row.based_on), row, actor, private={"note": row.note} if row.note else None)
    _record(EditionImported(row.code, sorted(read.names), _digest(row)), row, actor)
    return row.code


@transaction.atomic
def discard(code: str, *, actor: Actor) -> None:
    """This draft is not wanted. It stays readable, and is never published. Raises as :func:`change_piece`."""
    row = _draft(code, actor)
    row.state = "discarded"
    _save(row, actor, wrote=False)
    _record(EditionDiscarded(row.code), row, actor)


@transaction.atomic
def propose(code: str, *, actor: Actor, comment: str = "") -> None:
    """Put the draft up for publication by a second person; until it is returned nobody changes it.

    Raises as :func:`change_piece`, and:
        Mistakes: the whole edition has problems; all of them.
        NotNow: ``edition_unchanged``: it says the same as the edition that it was copied from.
    """
    row = _draft(code, actor)
    _whole(row)
    if _says_the_same(row):
        raise NotNow("edition_unchanged", based_on=row.based_on)
    row.state, row.proposed_by_id, row.proposed_at = "proposed", whole_number(actor.id), clock.now()
    words = _tidy(comment, "comment")
    row.comment = words or row.comment
    _save(row, actor)
    _record(EditionProposed(row.code, _digest(row)), row, actor, private={"comment": words} if words else None)


@transaction.atomic
def return_draft(code: str, *, comment: str, actor: Actor) -> None:
    """Give a proposed edition back to its authors, with what should be different.

    Its proposer may take it back without a comment.

    Raises as :func:`change_piece`, and:
        NotNow: ``edition_not_proposed``.
        Missing: ``comment``.
    """
    authority.require(actor, "edit_rulebook")
    row = _locked(code)
    if row.state != "proposed":
        raise NotNow("edition_not_proposed", edition=code)
    words = _tidy(comment, "comment")
    if not words and str(row.proposed_by_id) != actor.id:
        raise Missing({"comment": [Refusal("needs_comment_for_authors")]})
    row.state, row.proposed_by_id, row.proposed_at = "draft", None, None
    row.comment = words or row.comment
    _save(row, actor, wrote=False)
    _record(EditionReturned(row.code), row, actor, private={"comment": words} if words else None)


@transaction.atomic
def publish(code: str, *, from_day: date | None, actor: Actor, alone_reason: str = "", seen: str = "") -> None:
    """In force from the beginning of this day where the organisation is; the edition never changes again.

    By a second person, who wrote nothing of it. Where nobody else could (``queries.publishes_alone``) its author
    publishes alone, with a reason that stays on record. ``seen``: the digest that the reader saw, ``row.sha256``.

    Raises:
        NotAllowed: ``role``, ``four_eyes`` or ``alone_needs_reason``.
        NotYours: there is no such edition.
        NotNow: ``edition_not_proposed``, ``edition_published``, ``edition_discarded``, ``edition_changed_since``.
        Missing: ``from_day``: in the past, or another edition begins on that day.
        Mistakes: the whole edition has problems.
    """
    row = _locked(code)
    authors = [str(each) for each in row.authors]
    alone = actor.id in authors
    reason = _tidy(alone_reason, "alone_reason")
    facts = {"authors": authors, "alone": publishes_alone(actor, authors), "alone_reason": reason}
    authority.require(actor, "publish_rulebook", facts)
    if row.state != "proposed":
        blocking = {"draft": "edition_not_proposed"}.get(row.state, f"edition_{row.state}")
        raise NotNow(blocking, edition=code)
    day = _free_day(from_day)
    _whole(row)
    digest = _digest(row)
    if seen and seen != digest:
        raise NotNow("edition_changed_since")
    row.state, row.sha256, row.in_force_from = "published", digest, day
    row.published_by_id, row.published_at = whole_number(actor.id), clock.now()
    row.alone_reason = reason if alone else ""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody published another edition for this day at the same moment
        raise Missing({"from_day": [_taken(day)]}) from None
    published = EditionPublished(row.code, digest, day.isoformat(), alone)
    _record(published, row, actor, private={"alone_reason": row.alone_reason} if row.alone_reason else None)
    stored.forget()
    transaction.on_commit(stored.forget)


def _new_draft(code: str, *, actor: Actor, note: str) -> Edition:
    try:
        base = shelf.whole(code)
    except shelf.NoSuchEdition:
        raise NotYours("no_such_edition") from None
    for _attempt in range(5):
        new_code = _new_code()
        try:
            with transaction.atomic():
                return _begin(base, new_code, actor=actor, note=note)
        except IntegrityError:  # somebody took this number at the same moment
            continue
    raise NotNow("busy_drafting")


def _begin(base: shelf.Edition, new_code: str, *, actor: Actor, note: str) -> Edition:
    now = clock.now()
    books = {name: _without_code(name, to_json(shelf.book(name, base.code))) for name in shelf.FILES}
    books["edition"]["name"] = {
        language: f"{words} {new_code}"
        for language, words in (("en", "Rulebook"), ("pt-pt", "Livro de regras"), ("es", "Reglamento"))
    }
    me = whole_number(actor.id)
    return Edition.objects.create(
        code=new_code,
        based_on=base.code,
        books=books,
        policies={key: to_json(table) for key, table in base.policies.items()},
        note=note,
        created_by_id=me,
        created_at=now,
        changed_by_id=me,
        changed_at=now,
    )


def _new_code() -> str:
    """Year and number: ``2026.2`` is the second one begun in 2026. No code is given twice."""
    year = departments.today_here().year
    codes = Edition.objects.filter(code__startswith=f"{year}.").values_list("code", flat=True)
    numbers = [int(found[1]) for code in codes if (found := re.fullmatch(rf"{year}\.(\d+)", code))]
    return f"{year}.{max(numbers, default=0) + 1}"


def _locked(code: str) -> Edition:
    row = Edition.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise NotNow("edition_published", edition=code) if code == shelf.STARTER else NotYours("no_such_edition")
    return row


def _draft(code: str, actor: Actor) -> Edition:
    """The draft, locked. Raises NotAllowed, NotYours, NotNow."""
    authority.require(actor, "edit_rulebook")
    row = _locked(code)
    if row.state != "draft":
        raise NotNow(f"edition_{row.state}", edition=code)
    return row


def _change(
    code: str, book: str, path: Sequence[str], change: _Change, *, actor: Actor, seen: str = "", yours: Any = None
) -> None:
    row = _draft(code, actor)
    if len(path) > _STEPS or any(not step or len(step) > _LONGEST_STEP for step in path):
        raise NotYours("no_such_piece")
    table = _table(row, book)
    if seen and seen != mark(table, path):
        raise Conflict("rule_changed_meanwhile", theirs=_as_text(table, path), yours=as_text(yours))
    try:
        changed = change(copy(table))
    except (KeyError, ValueError):
        raise NotYours("no_such_piece") from None
    if changed == table:
        return
    if book.startswith(POLICY):
        row.policies = {**row.policies, book.removeprefix(POLICY): to_json(changed)}
    else:
        row.books = {**row.books, book: _without_code(book, to_json(changed))}
    _changed(row, book, path, actor)


def _table(row: Edition, book: str) -> Any:
    kept = row.policies if book.startswith(POLICY) else row.books
    name = book.removeprefix(POLICY)
    if name not in kept:
        raise NotYours("no_such_piece")
    return from_json(kept[name])


def _changed(row: Edition, book: str, path: Sequence[str], actor: Actor) -> None:
    _save(row, actor)
    _record(EditionChanged(row.code, book, list(path), _digest(row)), row, actor)


def _save(row: Edition, actor: Actor, *, wrote: bool = True) -> None:
    row.version += 1
    row.changed_by_id, row.changed_at = whole_number(actor.id), clock.now()
    if wrote and actor.id not in row.authors:
        row.authors = [*row.authors, actor.id]
    row.save()


def _record(facts: Facts, row: Edition, actor: Actor, *, private: Mapping[str, str | bytes] | None = None) -> None:
    record(facts, actor=actor, subject=("edition", row.code), private=private)


def _digest(row: Edition) -> str:
    return digest_of(from_json(row.books), from_json(row.policies))


def _whole(row: Edition) -> None:
    if problems := mistakes_of(row.books, row.policies):
        raise Mistakes(problems)


def _says_the_same(row: Edition) -> bool:
    """The name of the edition is not what it says."""
    mine, base = from_json(row.books), shelf.whole(row.based_on)
    theirs = {name: copy(shelf.book(name, base.code)) for name in mine}
    for books in (mine, theirs):
        books["edition"] = {**books["edition"], "name": {}}
    return digest_of(mine, from_json(row.policies)) == digest_of(theirs, base.policies)


def _free_day(wanted: date | None) -> date:
    if wanted is None:
        raise Missing({"from_day": [Refusal("needs_day_of_edition")]})
    if wanted < departments.today_here():
        raise Missing({"from_day": [Refusal("day_passed")]})
    if Edition.objects.filter(state="published", in_force_from=wanted).exists():
        raise Missing({"from_day": [_taken(wanted)]})
    return wanted


def _taken(day: date) -> Refusal:
    other = Edition.objects.filter(state="published", in_force_from=day).values_list("code", flat=True).first()
    return Refusal("day_taken", edition=other or "?", day=in_words(day))


def _plain(value: Any, where: Place) -> Any:
    """The value as a book keeps it. Lines end as they do in files, whatever a browser sent."""
    try:
        return from_json(to_json(_lines(value)))
    except (TypeError, ValueError):
        words = _("This cannot stand in a rulebook: a text with characters that are none, or another kind of value.")
        raise Mistakes([Problem(where, words)]) from None


def _lines(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, Mapping):
        return {key: _lines(inner) for key, inner in value.items()}
    return [_lines(each) for each in value] if isinstance(value, list | tuple) else value


def _without_code(name: str, table: Any) -> Any:
    """The code of an edition is its row's; a copy or an import gets one of its own."""
    return {key: inner for key, inner in table.items() if key != "code"} if name == "edition" else table


def _tidy(words: str, field: str) -> str:
    tidy = tidy_text(words).strip()
    if len(tidy) > LONGEST_NOTE:
        raise Missing({field: [Refusal("longer_than", most=LONGEST_NOTE)]})
    return tidy


def _as_text(table: Any, path: Sequence[str]) -> str:
    try:
        return as_text(pieces.get(table, path))
    except KeyError:
        return ""


def as_text(value: Any) -> str:
    """A piece as people who compare two texts read it."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return toml_files.write(value)
    return value if isinstance(value, str) else toml_files.write({"value": value})
