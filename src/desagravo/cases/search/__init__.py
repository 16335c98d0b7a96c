"""Full text over cases and messages, behind a few functions; one module per database.

Words are folded (accents off, case off) before they are kept and before they are sought, every word of a question
matches the words it begins, and what is committed is found at once. Results come newest first without being ranked or
sorted, so that a word in every third case costs no more than one in every thousandth.
"""

from collections.abc import Sequence
from types import ModuleType

from django.db import connection
from django.db.models import QuerySet

from desagravo.cases.models import Case
from desagravo.cases.search import postgres, sqlite
from desagravo.cases.search.words import sought, words_of

LONGEST_ENTRY = 400_000
"""Characters of one text that are read for words."""
FIRST_LOOK = 400
"""Cases that are read without the index at first."""
FOR_THOSE_WHO_SEE_LESS = 4
"""How many times more hits are asked for at first for a person who does not see every case."""
MOST_AT_ONCE = 4000
"""Hits that are asked for at a time, at most, while looking for those that a person may see."""


def _engine() -> ModuleType:
    return postgres if connection.vendor == "postgresql" else sqlite


def add(case_id: int, text: str) -> None:
    """Let the case be found by these words too. A case keeps about a megabyte of them; a text beyond is not found."""
    if words := words_of(text[:LONGEST_ENTRY]):
        _engine().add(case_id, words)


def add_many(texts: list[tuple[int, str]]) -> None:
    """The same for many new cases at once (imports)."""
    entries = [(case_id, words_of(text[:LONGEST_ENTRY])) for case_id, text in texts]
    _engine().add_many([entry for entry in entries if entry[1]])


def forget(case_id: int) -> None:
    """The case is no longer found by any word."""
    _engine().forget(case_id)


def scrub() -> None:
    """Leave no trace of forgotten words in the index's own tables either; outside a transaction, in small steps."""
    _engine().scrub()


def newest(cases: QuerySet[Case], question: str, *, limit: int, before: int | None = None) -> list[int]:
    """Keys of the newest of these cases in which every word of the question begins some word, newest first.

    ``before`` goes on after an earlier page. The hits are read newest first until enough of them are among ``cases``:
    who may see all cases is answered by the first few, who sees one in a thousand by reading through the hits.
    Nothing is found for a question without a letter or digit.
    """
    words = sought(question)
    found: list[int] = []
    size = limit * FOR_THOSE_WHO_SEE_LESS if cases.query.where else limit
    while words and len(found) < limit:
        hits = _hits(words, before=before, limit=size)
        if hits:
            among = cases.filter(pk__in=hits).order_by("-pk").values_list("pk", flat=True)
            found += among[: limit - len(found)]
        if len(hits) < size:
            break
        before, size = hits[-1], min(size * 4, MOST_AT_ONCE)
    return found


def _hits(words: Sequence[str], *, before: int | None, limit: int) -> list[int]:
    """Keys of the newest cases with these words, whoever may see them.

    The index of a database knows a word's cases at once but in no order: it gathers all of them, which for a word in
    every third case is most of the table. So the newest cases are read first, as they are; words that are frequent
    enough fill a page from there, and only rare ones are sought in the index. Both ways the work is bounded.
    """
    engine = _engine()
    look = FIRST_LOOK
    while look <= engine.LONGEST_LOOK:
        hits: list[int] = engine.among_newest(words, before=before, look=look, limit=limit)
        if len(hits) >= limit:
            return hits
        enough = look * limit * 3 // (2 * len(hits)) if hits else engine.LONGEST_LOOK + 1
        look = max(enough, 2 * look)
    in_index: list[int] = engine.in_index(words, before=before, limit=limit)
    return in_index
