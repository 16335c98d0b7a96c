"""Which departments to call in. Pure, without Django. A rule proposes; a person asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desagravo.rulebook.decide.facts import Facts, Met, first_met
from desagravo.rulebook.decide.rules import book


@dataclass(frozen=True)
class Proposal:
    """A department to call in.

    ``rule`` is the first that proposed it, ``because`` all of them, in order. ``words`` are the keywords that were
    found in the customer's text; ``only_words`` tells that nothing but such words speaks for it, so that a person
    looks twice.
    """

    department: str
    rule: str
    because: tuple[str, ...]
    words: tuple[str, ...] = ()
    only_words: bool = False


def route(facts: Facts, rules: Mapping[str, Any] | None = None, *, edition: str = "") -> list[Proposal]:
    """The departments to propose, in the order of the rules, those for which only words speak last.

    None is ever asked without a person's word.
    """
    rules = book("routing", edition) if rules is None else rules
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for rule in rules["rule"]:
        rests_on = first_met(rule["when"], facts)
        if rests_on is not None:
            found.setdefault(rule["department"], []).append((rule["code"], _keywords(rests_on)))
    proposals = [_proposal(department, reasons) for department, reasons in found.items()]
    return sorted(proposals, key=lambda each: each.only_words)


def _keywords(rests_on: tuple[Met, ...]) -> tuple[str, ...]:
    return tuple(word for each in rests_on if each.name == "keywords" for word in each.values)


def _proposal(department: str, reasons: list[tuple[str, tuple[str, ...]]]) -> Proposal:
    reasons = sorted(reasons, key=lambda each: bool(each[1]))
    return Proposal(
        department,
        rule=reasons[0][0],
        because=tuple(code for code, _words in reasons),
        words=tuple(dict.fromkeys(word for _code, words in reasons for word in words)),
        only_words=all(words for _code, words in reasons),
    )
