"""What can be told of editions themselves: which there are, what one says, what is wrong with it, what it changes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import NotYours
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.rulebook import edition as shelf
from desagravo.rulebook import pieces, toml_files
from desagravo.rulebook.comparing import Difference, compare
from desagravo.rulebook.models import Edition
from desagravo.rulebook.plain import copy, digest, digest_of, from_json
from desagravo.rulebook.problems import POLICY, Problem, book_name
from desagravo.rulebook.schema import check_books
from desagravo.rulebook.words import say


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
class ReviewDate:
    """A day on which somebody looks whether the rules are still right. ``policy`` is empty for the edition itself."""

    edition: str
    policy: str
    name: str
    on: date | None
    passed: bool


def editions() -> list[EditionRow]:
    """Every edition: what is being written first, then the published ones, the newest first; the starter is last."""
    rows = list(Edition.objects.defer("books").order_by("-created_at", "-pk"))
    published = sorted((row for row in rows if row.state == "published"), key=_day_of, reverse=True)
    open_ = [row for row in rows if row.state in ("draft", "proposed")]
    gone = [row for row in rows if row.state == "discarded"]
    ends = _ends(published)
    now = shelf.in_force()
    told = [_row(row, now, ends) for row in (*open_, *published)]
    return [*told, _starter(now, ends), *(_row(row, now, ends) for row in gone)]


def edition_view(code: str) -> EditionView:
    """One edition, whatever its state. Raises NotYours."""
    now = shelf.in_force()
    published = sorted(Edition.objects.filter(state="published").defer("books"), key=_day_of, reverse=True)
    ends = _ends(published)
    if code == shelf.STARTER:
        books, policies = _tables(code)
        return EditionView(_starter(now, ends), books, policies)
    row = _stored(code)
    return EditionView(_row(row, now, ends), _all_books(from_json(row.books)), from_json(row.policies))


def piece(code: str, book: str, path: Sequence[str] = ()) -> Any:
    """What stands at this place, as a copy. Raises NotYours."""
    try:
        return copy(pieces.get(_book(code, book), path))
    except KeyError:
        raise NotYours("no_such_piece") from None


def seen(code: str, book: str, path: Sequence[str] = ()) -> str:
    """A mark of what stands there now, for the form that will change it; of something not there it is a mark, too."""
    return mark(_book(code, book), path)


def mark(table: Mapping[str, Any], path: Sequence[str]) -> str:
    """A mark of this piece of a book, the same as long as it says the same."""
    try:
        return digest(pieces.get(table, path))[:16]
    except KeyError:
        return "-"


def mistakes(code: str) -> list[Problem]:
    """All that is wrong with the edition, with departments of the organisation taken into account. Raises NotYours."""
    if code == shelf.STARTER:
        return _mistakes(*_tables(code))
    row = _stored(code)
    return mistakes_of(row.books, row.policies)


def mistakes_of(books: Mapping[str, Any], policies: Mapping[str, Any]) -> list[Problem]:
    """The same of books as their rows keep them."""
    return _mistakes(_all_books(from_json(books)), from_json(policies))


def _mistakes(books: Mapping[str, Any], policies: Mapping[str, Any]) -> list[Problem]:
    languages = departments.organisation().languages
    return check_books(books, policies, languages=languages, who_answers=departments.who_answers())


def differences(code: str, other: str, language: str = "") -> list[Difference]:
    """What ``code`` says otherwise than ``other``, rule by rule, in the order of the books. Raises NotYours."""
    (books, policies), (old_books, old_policies) = _tables(code), _tables(other)
    language = language or active()
    found: list[Difference] = []
    for name in shelf.FILES:
        if name in books or name in old_books:
            found += compare(name, old_books.get(name, {}), books.get(name, {}), language)
    for key in sorted({*policies, *old_policies}):
        found += compare(POLICY + key, old_policies.get(key), policies.get(key), language)
    return found


def review_dates(code: str = "", *, within_days: int = 60) -> list[ReviewDate]:
    """Review dates that have passed, come within these days, or were never set, of the edition (in force)."""
    code = code or shelf.in_force()
    books, policies = _tables(code)
    today = departments.today_here()
    soon = today + timedelta(days=within_days)
    found = [
        ReviewDate(code, policy, name, on, passed=on is not None and on < today)
        for policy, name, on in _dated(books, policies, active())
        if on is None or on <= soon
    ]
    return sorted(found, key=lambda each: (each.on or date.min, each.policy, each.name))


def _dated(
    books: Mapping[str, Any], policies: Mapping[str, Any], language: str
) -> Iterator[tuple[str, str, date | None]]:
    """(id of the policy or "", what it is, day of its review) of everything that must be looked at again."""
    about = books.get("edition", {})
    yield "", _named(about, book_name("edition"), language), _date(about.get("review_by"))
    for book, table in (("retention", "keep"), ("closing_codes", "report")):
        for row in books.get(book, {}).get(table, ()):
            if "review_by" in row:
                yield "", _named(row, str(row.get("code", "")), language), _date(row["review_by"])
    for key, table in policies.items():
        told = table.get("policy", {})
        yield key, _named({**table, **told}, str(told.get("title", key)), language), _date(told.get("review_by"))


def _named(row: Mapping[str, Any], otherwise: str, language: str) -> str:
    try:
        return say(row["name"], language)
    except (KeyError, TypeError, AttributeError):
        return otherwise


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def policies_to_add(code: str) -> list[tuple[str, str]]:
    """Id and title of the rulebooks that the product brings and the edition has not. Raises NotYours."""
    _books, policies = _tables(code)
    return [
        (key, _named({**table, **table["policy"]}, str(table["policy"].get("title", key)), active()))
        for key, table in shelf.shipped_policies().items()
        if key not in policies
    ]


def export_toml(code: str) -> tuple[str, bytes]:
    """Name and content of a zip with every book as a TOML file; imported again it says exactly the same."""
    books, policies = _tables(code)
    files = {f"{name}.toml": (name, books[name]) for name in shelf.FILES if name in books}
    files |= {f"policies/{key}.toml": (POLICY + key, table) for key, table in policies.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, (name, table) in files.items():
            # always of the same day, so that the same edition is the same file
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, toml_files.write(table, heading=f"{book_name(name)} · {code}"))
    return f"rulebook-{code}.zip", packed.getvalue()


def export_book(code: str, book: str) -> tuple[str, bytes]:
    """Name and content of one book as a TOML file. Raises NotYours."""
    text = toml_files.write(_book(code, book), heading=f"{book_name(book)} · {code}")
    return f"{book.removeprefix(POLICY)}.toml", text.encode()


def publishes_alone(actor: Actor, authors: Collection[str] = ()) -> bool:
    """Is there nobody else who could publish, and who wrote nothing of it?"""
    others = {each.id for each in departments.people(*authority.STAFF["publish_rulebook"])} - {actor.id}
    return not others - set(authors)


def _stored(code: str) -> Edition:
    row = Edition.objects.filter(code=code).first()
    if row is None:
        raise NotYours("no_such_edition")
    return row


def _tables(code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """All books and policies of an edition, as copies. Raises NotYours."""
    try:
        whole = shelf.whole(code)
    except shelf.NoSuchEdition:
        raise NotYours("no_such_edition") from None
    return _all_books(copy(whole.books)), copy(whole.policies)


def _all_books(books: dict[str, Any]) -> dict[str, Any]:
    """Those that the edition has, and the starter's of those that came later, in the order of the books."""
    told = {**copy(shelf.whole(shelf.STARTER).books), **books}
    return {name: told[name] for name in (*shelf.FILES, *(set(told) - set(shelf.FILES))) if name in told}


def _book(code: str, book: str) -> Mapping[str, Any]:
    books, policies = _tables(code)
    kept = policies if book.startswith(POLICY) else books
    if book.removeprefix(POLICY) not in kept:
        raise NotYours("no_such_piece")
    table: Mapping[str, Any] = kept[book.removeprefix(POLICY)]
    return table


def _day_of(row: Edition) -> date:
    return row.in_force_from or date.min


def _ends(published: Sequence[Edition]) -> dict[str, date]:
    """Code → the last day of each edition that another one followed or will follow."""
    ends: dict[str, date] = {}
    following: date | None = None
    for row in published:
        if following:
            ends[row.code] = following - timedelta(days=1)
        following = row.in_force_from
    if following:
        ends[shelf.STARTER] = following - timedelta(days=1)
    return ends


def _row(row: Edition, now: str, ends: Mapping[str, date]) -> EditionRow:
    return EditionRow(
        code=row.code,
        state=row.state,
        based_on=row.based_on,
        in_force=row.code == now,
        in_force_from=row.in_force_from,
        until=ends.get(row.code),
        sha256=row.sha256,
        note=row.note,
        version=row.version,
        authors=tuple(str(each) for each in row.authors),
        created_by=str(row.created_by_id or ""),
        created_at=row.created_at,
        changed_by=str(row.changed_by_id or ""),
        changed_at=row.changed_at,
        proposed_by=str(row.proposed_by_id or ""),
        proposed_at=row.proposed_at,
        comment=row.comment,
        published_by=str(row.published_by_id or ""),
        published_at=row.published_at,
        alone_reason=row.alone_reason,
        policies=tuple(row.policies),
    )


def _starter(now: str, ends: Mapping[str, date]) -> EditionRow:
    whole = shelf.whole(shelf.STARTER)
    return EditionRow(
        code=shelf.STARTER,
        state="starter",
        based_on="",
        in_force=now == shelf.STARTER,
        in_force_from=None,
        until=ends.get(shelf.STARTER),
        sha256=digest_of(whole.books, whole.policies),
        note="",
        version=0,
        authors=(),
        created_by="",
        created_at=None,
        changed_by="",
        changed_at=None,
        proposed_by="",
        proposed_at=None,
        comment="",
        published_by="",
        published_at=None,
        alone_reason="",
        policies=tuple(whole.policies),
    )
