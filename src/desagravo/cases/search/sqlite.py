"""Search on SQLite: an FTS5 table whose rowid is the case's key.

It keeps which case has which word and nothing about places (``detail=none``), which is all that is asked and half the
size. The tokenizer ``ascii`` cuts only at the spaces that stand between our own words.
"""

from collections.abc import Sequence

from django.db import connection

CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS cases_search USING fts5(words, tokenize='ascii', detail=none, prefix='1 2 3')"
)
DROP = "DROP TABLE IF EXISTS cases_search"
MOST_BYTES = 1_000_000
"""Of the words of one case, as on PostgreSQL."""

_APPEND = (
    "UPDATE cases_search SET words = words || ' ' || %s WHERE rowid = %s AND length(CAST(words AS BLOB)) + %s < %s"
)
_BEGIN = "INSERT INTO cases_search (rowid, words) VALUES (%s, %s)"
_NEWEST = "SELECT rowid FROM cases_search WHERE cases_search MATCH %s {before} ORDER BY rowid DESC LIMIT %s"


def add(case_id: int, words: Sequence[str]) -> None:
    """Append to the case's entry those words that are new in it, or begin it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM cases_search WHERE rowid = %s", [case_id])
        known = cursor.fetchone()
        if known is None:
            cursor.execute(_BEGIN, [case_id, _within(words)])
            return
        already = set(known[0].split(" "))
        new = " ".join(word for word in words if word not in already)
        if new:
            cursor.execute(_APPEND, [new, case_id, len(new.encode()), MOST_BYTES])


def add_many(entries: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Begin many entries."""
    with connection.cursor() as cursor:
        cursor.executemany(_BEGIN, [(case_id, _within(words)) for case_id, words in entries])


def newest(words: Sequence[str], *, before: int | None, limit: int) -> list[int]:
    """Keys of the newest cases whose entry has every word as a prefix, newest first."""
    match = " ".join(f'"{word}"*' for word in words)
    place = [] if before is None else [before]
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST.format(before="AND rowid < %s" if place else ""), [match, *place, limit])
        return [key for (key,) in cursor.fetchall()]


def _within(words: Sequence[str]) -> str:
    return " ".join(words).encode()[:MOST_BYTES].decode(errors="ignore")
