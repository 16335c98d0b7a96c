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

LONGEST_LOOK = 2000
"""Cases that are read without the index at most: about what the index costs for a word of middling frequency."""

_APPEND = (
    "UPDATE cases_search SET words = words || ' ' || %s WHERE rowid = %s AND length(CAST(words AS BLOB)) + %s < %s"
)
_BEGIN = "INSERT INTO cases_search (rowid, words) VALUES (%s, %s)"
_LOOK = (
    "SELECT rowid FROM (SELECT rowid, ' ' || words AS words FROM cases_search {before} ORDER BY rowid DESC LIMIT %s) "
    "WHERE {each} ORDER BY rowid DESC LIMIT %s"
)
_INDEX = "SELECT rowid FROM cases_search WHERE cases_search MATCH %s {before} ORDER BY rowid DESC LIMIT %s"


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


def forget(case_id: int) -> None:
    """Remove the case's entry. Until ``scrub`` its words stay in older parts of the index, which nothing reads."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_search WHERE rowid = %s", [case_id])


def scrub() -> None:
    """Merge all parts of the index into one, which drops what was deleted.

    A step writes a thousand pages at most, so that nobody waits long for the database. What is unchanged after a step
    is done (https://www.sqlite.org/fts5.html, "the merge command").
    """
    pages = -1000
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT total_changes()")
            before = cursor.fetchone()[0]
            cursor.execute("INSERT INTO cases_search (cases_search, rank) VALUES ('merge', %s)", [pages])
            cursor.execute("SELECT total_changes()")
            if cursor.fetchone()[0] - before < 2:
                return
            pages = 1000


def add_many(entries: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Begin many entries."""
    with connection.cursor() as cursor:
        cursor.executemany(_BEGIN, [(case_id, _within(words)) for case_id, words in entries])


def among_newest(words: Sequence[str], *, before: int | None, look: int, limit: int) -> list[int]:
    """Keys of those of the newest cases (so many as ``look`` says) in which every word begins some word."""
    place = [] if before is None else [before]
    statement = _LOOK.format(
        before="WHERE rowid < %s" if place else "", each=" AND ".join(["instr(words, %s)"] * len(words))
    )
    return _keys(statement, [*place, look, *(f" {word}" for word in words), limit])


def in_index(words: Sequence[str], *, before: int | None, limit: int) -> list[int]:
    """Keys of the newest of all cases in which every word begins some word."""
    place = [] if before is None else [before]
    match = " ".join(f'"{word}"*' for word in words)
    return _keys(_INDEX.format(before="AND rowid < %s" if place else ""), [match, *place, limit])


def _keys(statement: str, values: Sequence[int | str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [key for (key,) in cursor.fetchall()]


def _within(words: Sequence[str]) -> str:
    return " ".join(words).encode()[:MOST_BYTES].decode(errors="ignore")
