"""Two editions compared on past cases: what each would have said, and where they differ. Pure, without Django.

``Outlook`` is what one edition says of one case; ``Tally`` counts the differences and remembers whose they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desagravo.rulebook import decide


@dataclass(frozen=True)
class Outlook:
    """What an edition says of a case: minor or major ("" where nobody ever answered the questions), the departments
    that it proposes, the approvals that it asks for, and the limits (``rulebook/limit``) that were missed under it."""

    severity: str
    departments: frozenset[str]
    approvals: frozenset[str]
    late: frozenset[str]


def decided(answers: Mapping[str, str], books: Mapping[str, Mapping[str, Any]], *, overruled_to: str = "") -> str:
    """The class under these books. Questions that they do not ask are left out, those that are new are unknown.

    What a person decided otherwise stands under every edition. An answer that the books cannot read decides nothing.
    """
    if overruled_to or not answers:
        return overruled_to
    known = {row["code"] for row in books["triage"]["question"]}
    amounts = {row["code"] + decide.AMOUNT_SUFFIX for row in books["triage"]["question"] if row.get("amount")}
    told = {code: told for code, told in answers.items() if code in known or code in amounts or code in decide.KNOWN}
    try:
        return decide.triage(told, books["triage"]).outcome
    except ValueError:
        return ""


def differences(before: Outlook, after: Outlook) -> tuple[str, ...]:
    """The groups to which a case belongs that the two editions do not see alike."""
    found = []
    if before.severity != after.severity:
        found.append(f"class|{before.severity}|{after.severity}")
    for name in ("departments", "approvals", "late"):
        old, new = getattr(before, name), getattr(after, name)
        found += [f"{name}|+|{code}" for code in sorted(new - old)] + [f"{name}|-|{code}" for code in sorted(old - new)]
    return tuple(found)


@dataclass
class Tally:
    """What was found so far. ``untimed`` were closed before they came here: nobody knows when.

    ``totals``: what → how many cases before and after; ``groups``: difference → cases.
    """

    cases: int = 0
    assessed: int = 0
    overruled: int = 0
    differing: int = 0
    untimed: int = 0
    totals: dict[str, list[int]] = field(default_factory=dict)
    groups: dict[str, list[int]] = field(default_factory=dict)

    def add(self, key: int, before: Outlook, after: Outlook, *, overruled: bool = False) -> None:
        """One more case."""
        self.cases += 1
        self.assessed += bool(before.severity or after.severity)
        self.overruled += overruled
        for at, outlook in enumerate((before, after)):
            for what in _counted(outlook):
                self.totals.setdefault(what, [0, 0])[at] += 1
        found = differences(before, after)
        self.differing += bool(found)
        for group in found:
            self.groups.setdefault(group, []).append(key)

    def as_json(self) -> dict[str, Any]:
        """For the row."""
        return {
            "cases": self.cases,
            "assessed": self.assessed,
            "overruled": self.overruled,
            "differing": self.differing,
            "untimed": self.untimed,
            "totals": self.totals,
            "groups": self.groups,
        }


def _counted(outlook: Outlook) -> Iterable[str]:
    if outlook.severity:
        yield f"class|{outlook.severity}"
    yield from (f"departments|{code}" for code in outlook.departments)
    yield from (f"approvals|{code}" for code in outlook.approvals)
    if outlook.approvals:
        yield "approvals|"
    yield from (f"late|{code}" for code in outlook.late)
    if outlook.late:
        yield "late|"
