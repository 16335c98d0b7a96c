"""Search on SQLite: an FTS5 table whose rowid is the case's key."""

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from desagravo.cases.models import Case

CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS cases_search USING fts5("
    "text, tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')"
)
DROP = "DROP TABLE IF EXISTS cases_search"


def add(case_id: int, text: str) -> None:
    """Append to the case's entry, or begin it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_search SET text = text || ' ' || %s WHERE rowid = %s", [text, case_id])
        if cursor.rowcount == 0:
            cursor.execute("INSERT INTO cases_search (rowid, text) VALUES (%s, %s)", [case_id, text])


def add_many(texts: list[tuple[int, str]]) -> None:
    """Begin many entries."""
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO cases_search (rowid, text) VALUES (%s, %s)", texts)


def matching(cases: QuerySet[Case], words: list[str]) -> QuerySet[Case]:
    """The cases whose entry has every word as a prefix."""
    query = " ".join(f'"{word}"*' for word in words)
    found = RawSQL("SELECT rowid FROM cases_search WHERE cases_search MATCH %s", [query])
    return cases.filter(pk__in=found)
