"""Search on PostgreSQL: a table of text vectors with a GIN index, in the configuration "simple".

The words are folded before they come here, so no extension is needed.
"""

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from desagravo.cases.models import Case

CREATE = (
    "CREATE TABLE IF NOT EXISTS cases_search (case_id bigint PRIMARY KEY, words tsvector NOT NULL);"
    "CREATE INDEX IF NOT EXISTS cases_search_words ON cases_search USING gin (words)"
)
DROP = "DROP TABLE IF EXISTS cases_search"

_ADD = (
    "INSERT INTO cases_search (case_id, words) VALUES (%s, to_tsvector('simple', %s)) "
    "ON CONFLICT (case_id) DO UPDATE SET words = cases_search.words || excluded.words"
)


def add(case_id: int, text: str) -> None:
    """Append to the case's entry, or begin it."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [case_id, text])


def add_many(texts: list[tuple[int, str]]) -> None:
    """Begin many entries."""
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, texts)


def matching(cases: QuerySet[Case], words: list[str]) -> QuerySet[Case]:
    """The cases whose entry has every word as a prefix."""
    query = " & ".join(f"'{word}':*" for word in words)
    found = RawSQL("SELECT case_id FROM cases_search WHERE words @@ to_tsquery('simple', %s)", [query])
    return cases.filter(pk__in=found)
