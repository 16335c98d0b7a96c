"""The edition of the rulebook that a case keeps: the one in force where and when it was received."""

from __future__ import annotations

from datetime import datetime

from desagravo.cases.models import Case
from desagravo.rulebook import queries as rulebook


def edition_of(case: Case) -> str:
    """The code of the edition that the case keeps; whatever is said of the case is asked of this one."""
    return case.edition or rulebook.STARTER


def edition_at(received_at: datetime) -> str:
    """The code of the edition that a case received at this moment keeps."""
    return rulebook.edition_at(received_at)
