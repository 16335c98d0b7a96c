"""Facts and an edition in, decision with its rule and reasons out. Pure, without Django.

Nothing here decides by words in a complaint: people answer structured questions and the rules weigh the answers; words
only propose a department, and are marked as such. Codes come out, never sentences; ``queries.reason`` has the words.
Every function takes the book itself (``rules``) or the code of an edition; by default the edition in force decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from desagravo.rulebook.decide.approvals import (
    CONTACT,
    RANKS,
    Approval,
    Colleague,
    Verdict,
    approvals,
    holders,
    may_give,
)
from desagravo.rulebook.decide.assignment import Candidate, Choice, handler
from desagravo.rulebook.decide.facts import (
    ABOUT,
    AMOUNT_SUFFIX,
    CATEGORIES,
    CONDITIONS,
    EARLIER,
    KNOWN,
    NO,
    UNKNOWN,
    YES,
    Facts,
    amount_in,
    as_amount,
    keywords_in,
    only_answers,
)
from desagravo.rulebook.decide.routing import Proposal, route
from desagravo.rulebook.decide.rules import book
from desagravo.rulebook.decide.triage import Contribution, Decision, months_of_repetition, outcomes, triage, weigh

__all__ = [
    "ABOUT",
    "AMOUNT_SUFFIX",
    "CATEGORIES",
    "CONDITIONS",
    "CONTACT",
    "EARLIER",
    "KNOWN",
    "NO",
    "RANKS",
    "UNKNOWN",
    "YES",
    "Approval",
    "Candidate",
    "Choice",
    "Colleague",
    "Contribution",
    "Decision",
    "Facts",
    "Proposal",
    "Verdict",
    "amount_in",
    "approvals",
    "as_amount",
    "book",
    "handler",
    "holders",
    "keywords_in",
    "may_give",
    "missing",
    "months_of_repetition",
    "only_answers",
    "outcomes",
    "route",
    "triage",
    "weigh",
]


def missing(present: Collection[str], rules: Mapping[str, Any] | None = None, *, edition: str = "") -> tuple[str, ...]:
    """What a form still needs to be complete, given the codes of the fields that are filled in.

    Answers codes of the requirements (``contact`` is met by any of its fields), in the form's order.
    A missing thing never refuses a complaint: it only asks for the rest.
    """
    rules = book("form", edition) if rules is None else rules
    return tuple(need["code"] for need in rules["complete_when"] if not set(need["any_of"]) & set(present))
