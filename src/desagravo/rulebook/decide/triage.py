"""Minor or major: the answers weigh points, some answers decide alone. Pure, without Django.

Each rule that applies gives its points, once. From ``[result] major_from`` on a complaint is major; a hard rule makes
it major whatever the others say. Nothing searches for words in a complaint: people answer questions, and the product
puts beside them what it knows (earlier complaints, categories, the amount).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desagravo.rulebook.decide.facts import (
    AMOUNT_SUFFIX,
    CATEGORIES,
    EARLIER,
    KNOWN,
    NO,
    UNKNOWN,
    YES,
    amount_in,
    matching,
)
from desagravo.rulebook.decide.rules import book


@dataclass(frozen=True)
class Contribution:
    """What one rule adds: its points, and whether it would have been enough alone whatever its points."""

    rule: str
    points: int
    hard: bool


@dataclass(frozen=True)
class Decision:
    """Minor or major, and why.

    ``rule`` decided: a hard one, else the one that weighs enough alone, else the name of the result. ``reasons`` are
    the codes of all rules that added something, the deciding one first, then the heaviest. ``points`` of at least
    ``major_from`` make a case major. ``role`` takes the case on (``supervisor`` or ``manager``), or the designated
    ``service`` if that is not empty. ``hard`` tells that one answer alone was enough.
    """

    outcome: str
    rule: str
    reasons: tuple[str, ...]
    role: str
    service: str
    hard: bool
    points: int = 0
    major_from: int = 0
    contributions: tuple[Contribution, ...] = ()


def triage(answers: Mapping[str, str], rules: Mapping[str, Any] | None = None, *, edition: str = "") -> Decision:
    """Weigh the answers (question code → yes, no or unknown; missing counts as unknown).

    The amount of a question that asks for one stands under ``<code>_amount``, a decimal number as text, in the
    currency of the house. What the product knows stands under the names of ``KNOWN``. Raises ``ValueError`` for any
    other answer, amount or question.
    """
    rules = book("triage", edition) if rules is None else rules
    told = _Told(answers, rules)
    found = tuple(
        Contribution(rule["code"], rule.get("points", 0), bool(rule.get("hard", False)))
        for rule in rules["rule"]
        if told.meets(rule)
    )
    return _decision(found, rules)


def weigh(contributions: tuple[Contribution, ...], major_from: int) -> tuple[str, int]:
    """The class and the sum of the points. One hard rule is enough."""
    points = sum(each.points for each in contributions)
    return ("major" if points >= major_from or any(each.hard for each in contributions) else "minor"), points


def outcomes(rules: Mapping[str, Any] | None = None, *, edition: str = "") -> dict[str, str]:
    """Deciding rule → what it makes of a case."""
    rules = book("triage", edition) if rules is None else rules
    result = rules["result"]
    alone = {
        row["code"]: "major" if row.get("hard") or row.get("points", 0) >= result["major_from"] else "minor"
        for row in rules["rule"]
    }
    named = {"together": "major", "light": "minor", "nothing": "minor"}
    return {**alone, **{result[name]["code"]: outcome for name, outcome in named.items()}}


def months_of_repetition(rules: Mapping[str, Any] | None = None, *, edition: str = "") -> int:
    """How many months back complaints of the same customer count as earlier ones."""
    rules = book("triage", edition) if rules is None else rules
    return int(rules.get("known", {}).get("earlier_months", 12))


def _decision(found: tuple[Contribution, ...], rules: Mapping[str, Any]) -> Decision:
    result = rules["result"]
    outcome, points = weigh(found, result["major_from"])
    rule, hard = _deciding(found, outcome, result)
    heaviest = sorted((each for each in found if each.rule != rule), key=lambda each: (-each.hard, -each.points))
    goes_to = rules["goes_to"][outcome]
    return Decision(
        outcome=outcome,
        rule=rule,
        reasons=(rule, *(each.rule for each in heaviest)),
        role=goes_to["role"],
        service=goes_to["service"],
        hard=hard,
        points=points,
        major_from=result["major_from"],
        contributions=found,
    )


def _deciding(found: tuple[Contribution, ...], outcome: str, result: Mapping[str, Any]) -> tuple[str, bool]:
    """The first hard rule; or the heaviest, if it is enough alone; or the name of what came of it."""
    hard = next((each for each in found if each.hard), None)
    if hard is not None:
        return hard.rule, True
    if outcome == "minor":
        return result["light" if found else "nothing"]["code"], False
    heaviest = max(found, key=lambda each: each.points)  # the first of equals
    return (heaviest.rule if heaviest.points >= result["major_from"] else result["together"]["code"]), False


class _Told:
    """The answers, checked, with what is known beside them."""

    def __init__(self, answers: Mapping[str, str], rules: Mapping[str, Any]) -> None:
        codes = [question["code"] for question in rules["question"]]
        with_amount = {question["code"] + AMOUNT_SUFFIX for question in rules["question"] if question.get("amount")}
        strangers = set(answers) - set(codes) - with_amount - set(KNOWN)
        if strangers:
            raise ValueError(f"no such triage question: {', '.join(sorted(strangers))}")
        self.given = {code: answers.get(code) or UNKNOWN for code in codes}
        for code, answer in self.given.items():
            if answer not in (YES, NO, UNKNOWN):
                raise ValueError(f"{code} is answered yes, no or unknown, not {answer!r}")
        self.amount = amount_in(answers)
        self.earlier = _whole(answers.get(EARLIER, ""))
        self.categories = tuple(answers.get(CATEGORIES, "").split())

    def meets(self, rule: Mapping[str, Any]) -> bool:
        """Every condition that the rule states holds."""
        if any(self.given[code] not in counts for code, counts in rule.get("answers", {}).items()):
            return False
        among = rule.get("among", self.given)
        if sum(self.given[code] == UNKNOWN for code in among) < rule.get("unknowns", 0):
            return False
        if self.earlier < rule.get("earlier_at_least", 0):
            return False
        if "categories" in rule and not matching(rule["categories"], self.categories):
            return False
        return self._in_the_band(rule)

    def _in_the_band(self, rule: Mapping[str, Any]) -> bool:
        if rule.get("amount") == "not_given":
            return self.amount is None
        if "amount_from" not in rule and "amount_below" not in rule:
            return True
        if self.amount is None:
            return False
        lowest, bound = rule.get("amount_from", "0"), rule.get("amount_below")
        return self.amount >= Decimal(lowest) and (bound is None or self.amount < Decimal(bound))


def _whole(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"not a number of complaints: {text!r}")
    return int(text)
