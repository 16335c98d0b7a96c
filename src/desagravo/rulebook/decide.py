"""Facts and an edition in, decision with its rule and reasons out. Pure, without Django.

Nothing here searches for words in a complaint: people answer structured questions and the rules
weigh the answers. Codes come out, never sentences; ``queries.reason`` has the words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import Any

from desagravo.rulebook import edition

YES, NO, UNKNOWN = "yes", "no", "unknown"
AMOUNT_SUFFIX = "_amount"


@dataclass(frozen=True)
class Decision:
    """Minor or major, and why.

    ``rule`` decided; ``reasons`` are the codes of all rules with the same outcome that applied, the
    deciding one first. ``role`` takes the case on (``supervisor`` or ``manager``), or the designated
    ``service`` if that is not empty. ``hard`` tells that one answer alone was enough.
    """

    outcome: str
    rule: str
    reasons: tuple[str, ...]
    role: str
    service: str
    hard: bool


@dataclass(frozen=True)
class Facts:
    """What routing looks at. All are structured answers; ``flags`` are of ``routing.toml``'s list."""

    triage: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    categories: Collection[str] = ()
    remedies: Collection[str] = ()
    flags: Collection[str] = ()
    amount: Decimal | None = None


@dataclass(frozen=True)
class Proposal:
    """A department to call in. ``rule`` is the first that proposed it, ``because`` all of them, in order."""

    department: str
    rule: str
    because: tuple[str, ...]


def triage(answers: Mapping[str, str], rules: Mapping[str, Any] | None = None) -> Decision:
    """Weigh the triage answers (question code → yes, no or unknown; missing counts as unknown).

    The amount of a question that asks for one stands under ``<code>_amount``, a decimal number as text,
    in the currency of the threshold. Raises ``ValueError`` for any other answer, amount or question.
    """
    rules = edition.book("triage") if rules is None else rules
    given = _answers(answers, rules)
    amount = amount_in(answers)
    applying = [rule for rule in rules["rule"] if _applies(rule, given, amount, rules)]
    first = applying[0]
    goes_to = rules["goes_to"][first["outcome"]]
    return Decision(
        outcome=first["outcome"],
        rule=first["code"],
        reasons=_reasons(first, applying),
        role=goes_to["role"],
        service=goes_to["service"],
        hard=bool(first.get("hard", False)),
    )


def amount_in(answers: Mapping[str, str]) -> Decimal | None:
    """The amount given with the triage answers, or None. Raises ``ValueError`` for what is no amount."""
    for code, text in answers.items():
        if code.endswith(AMOUNT_SUFFIX) and text.strip():
            return _amount(text)
    return None


def route(facts: Facts, rules: Mapping[str, Any] | None = None) -> list[Proposal]:
    """The departments to propose, in the order of the rules; none is ever asked without a person's word."""
    rules = edition.book("routing") if rules is None else rules
    found: dict[str, list[str]] = {}
    for rule in rules["rule"]:
        if any(_matches(clause, facts) for clause in rule["when"]):
            found.setdefault(rule["department"], []).append(rule["code"])
    return [Proposal(department, codes[0], tuple(codes)) for department, codes in found.items()]


def missing(present: Collection[str], rules: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """What a form still needs to be complete, given the codes of the fields that are filled in.

    Answers codes of the requirements (``contact`` is met by any of its fields), in the form's order.
    A missing thing never refuses a complaint: it only asks for the rest.
    """
    rules = edition.book("form") if rules is None else rules
    return tuple(need["code"] for need in rules["complete_when"] if not set(need["any_of"]) & set(present))


def _answers(answers: Mapping[str, str], rules: Mapping[str, Any]) -> dict[str, str]:
    codes = [question["code"] for question in rules["question"]]
    with_amount = {question["code"] + AMOUNT_SUFFIX for question in rules["question"] if question.get("amount")}
    strangers = set(answers) - set(codes) - with_amount
    if strangers:
        raise ValueError(f"no such triage question: {', '.join(sorted(strangers))}")
    given = {code: answers.get(code) or UNKNOWN for code in codes}
    for code, answer in given.items():
        if answer not in (YES, NO, UNKNOWN):
            raise ValueError(f"{code} is answered yes, no or unknown, not {answer!r}")
    return given


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"not an amount: {text!r}")
    return amount


def _applies(
    rule: Mapping[str, Any], given: Mapping[str, str], amount: Decimal | None, rules: Mapping[str, Any]
) -> bool:
    if any(given[code] not in counts for code, counts in rule.get("answers", {}).items()):
        return False
    if list(given.values()).count(UNKNOWN) < rule.get("unknowns", 0):
        return False
    if "amount" not in rule:
        return True
    threshold = Decimal(rules["threshold"]["amount"])
    compared = "not_given" if amount is None else "at_least" if amount >= threshold else "below"
    return bool(rule["amount"] == compared)


def _reasons(first: Mapping[str, Any], applying: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """All rules that point the same way; the rule without conditions only counts when it is alone."""
    return (first["code"],) + tuple(
        rule["code"]
        for rule in applying
        if rule is not first and rule["outcome"] == first["outcome"] and ("answers" in rule or "unknowns" in rule)
    )


def _matches(clause: Mapping[str, Any], facts: Facts) -> bool:
    """Every condition of a clause must hold; each is met by any one of its values."""
    return all(_condition(name, wanted, facts) for name, wanted in clause.items())


def _condition(name: str, wanted: Any, facts: Facts) -> bool:
    if name == "triage":
        return any(facts.triage.get(code) in counts for code, counts in wanted.items())
    if name == "outcome":
        return bool(facts.outcome == wanted)
    if name == "categories":
        return any(fnmatchcase(code, pattern) for code in facts.categories for pattern in wanted)
    if name == "remedies":
        return bool(set(facts.remedies) & set(wanted))
    if name == "flags":
        return bool(set(facts.flags) & set(wanted))
    if name == "amount_at_least":
        return facts.amount is not None and facts.amount >= Decimal(wanted)
    raise ValueError(f"routing knows no condition {name!r}")
