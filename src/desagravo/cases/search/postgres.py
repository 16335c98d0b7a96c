"""Search on PostgreSQL: a table of text vectors with a GIN index; no extension and no parser of it is needed."""

from collections.abc import Sequence

from django.db import connection

CREATE = (
    "CREATE TABLE IF NOT EXISTS cases_search "
    "(case_id bigint PRIMARY KEY, words tsvector NOT NULL, bytes integer NOT NULL);"
    # what is not yet sorted into the index is read by every question: keep that short
    "CREATE INDEX IF NOT EXISTS cases_search_words ON cases_search "
    "USING gin (words) WITH (gin_pending_list_limit = 256)"
)
DROP = "DROP TABLE IF EXISTS cases_search"
MOST_BYTES = 1_000_000
"""Of the words of one case: a text vector takes a megabyte, and beyond it the whole transaction would fail."""

LONGEST_LOOK = 6000
"""Cases that are read without the index at most: about what the index costs for a word of middling frequency."""

_ADD = (
    "INSERT INTO cases_search (case_id, words, bytes) VALUES (%s, array_to_tsvector(%s::text[]), %s) "
    "ON CONFLICT (case_id) DO UPDATE SET words = cases_search.words || excluded.words, "
    "bytes = cases_search.bytes + excluded.bytes WHERE cases_search.bytes + excluded.bytes < %s"
)
_LOOK = (
    "SELECT case_id FROM (SELECT case_id, words FROM cases_search {before} ORDER BY case_id DESC LIMIT %s) AS recent "
    "WHERE words @@ %s::tsquery ORDER BY case_id DESC LIMIT %s"
)
_INDEX = (
    "WITH found AS MATERIALIZED (SELECT case_id FROM cases_search WHERE words @@ %s::tsquery) "
    "SELECT case_id FROM found {before} ORDER BY case_id DESC LIMIT %s"
)


def add(case_id: int, words: Sequence[str]) -> None:
    """Append to the case's entry, or begin it."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, _entry(case_id, words))


def forget(case_id: int) -> None:
    """Remove the case's entry."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_search WHERE case_id = %s", [case_id])


def scrub() -> None:
    """VACUUM does it, for all tables at once: see ``cases/scrub.py``."""


def add_many(entries: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Begin many entries."""
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, [_entry(case_id, words) for case_id, words in entries])


def among_newest(words: Sequence[str], *, before: int | None, look: int, limit: int) -> list[int]:
    """Keys of those of the newest cases (so many as ``look`` says) in which every word begins some word."""
    place = [] if before is None else [before]
    return _keys(_LOOK, before, [*place, look, _query(words), limit])


def in_index(words: Sequence[str], *, before: int | None, limit: int) -> list[int]:
    """Keys of the newest of all cases in which every word begins some word."""
    place = [] if before is None else [before]
    return _keys(_INDEX, before, [_query(words), *place, limit])


def _keys(statement: str, before: int | None, values: Sequence[int | str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(before="" if before is None else "WHERE case_id < %s"), values)
        return [key for (key,) in cursor.fetchall()]


def _query(words: Sequence[str]) -> str:
    return " & ".join(f"'{word}':*" for word in words)


def _entry(case_id: int, words: Sequence[str]) -> tuple[int, list[str], int, int]:
    kept: list[str] = []
    size = 0
    for word in words:
        size += len(word.encode()) + 1
        if size > MOST_BYTES:
            break
        kept.append(word)
    return case_id, kept, min(size, MOST_BYTES), MOST_BYTES
