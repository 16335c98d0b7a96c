"""Full text over cases and messages, behind two functions; one module per database.

Words are folded (accents off, case off) before they are stored and before they are sought, prefixes match,
and what is committed is found at once.
"""

import re
from types import ModuleType

from django.db import connection
from django.db.models import QuerySet

from desagravo.cases.models import Case
from desagravo.cases.search import postgres, sqlite
from desagravo.common.text import fold

_WORD = re.compile(r"\w+")
_MOST_WORDS = 12
_LONGEST_ENTRY = 400_000


def _engine() -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite


def add(case_id: int, text: str) -> None:
    """Let the case be found by these words too."""
    _engine().add(case_id, fold(text)[:_LONGEST_ENTRY])


def add_many(texts: list[tuple[int, str]]) -> None:
    """The same for many new cases at once (imports)."""
    _engine().add_many([(case_id, fold(text)[:_LONGEST_ENTRY]) for case_id, text in texts])


def matching(cases: QuerySet[Case], query: str) -> QuerySet[Case]:
    """Those of the cases in which every word of the query begins some word; none for an empty query."""
    words = _WORD.findall(fold(query))[:_MOST_WORDS]
    if not words:
        return cases.none()
    found: QuerySet[Case] = _engine().matching(cases, words)
    return found
