"""Who must approve an answer before it leaves, and who may give such an approval. Pure, without Django.

Ranks include those below them: where a supervisor is asked, a manager will do. Of several ranks that rules ask for,
the highest counts; a department's contact comes besides. Each approval is given by somebody who wrote nothing of the
text, and two are given by two people, unless there is nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desagravo.rulebook.decide.facts import Facts, first_met
from desagravo.rulebook.decide.rules import book

RANKS = ("supervisor", "manager", "senior_manager")
"""Who leads, lowest first."""
CONTACT = "contact:"
"""An approval of ``contact:legal`` is given by a contact of that department."""
ANSWERS_FOR = frozenset({"contact", "senior_manager"})
MAY_STAND_IN = frozenset({*RANKS, "contact"})


@dataclass(frozen=True)
class Approval:
    """An approval that is needed: of which role, by which rule; ``because`` all rules that ask for it."""

    role: str
    rule: str
    because: tuple[str, ...]


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here now. ``stands_in_for`` are the ids of those who are away and named this person."""

    id: str
    roles: Collection[str]
    departments: Collection[str] = ()
    stands_in_for: Collection[str] = ()


@dataclass(frozen=True)
class Verdict:
    """May this person give it? ``refusal`` is empty if so; ``needs_reason``: only because there is nobody else.

    ``instead_of`` is the id of the colleague in whose place it is given.
    """

    refusal: str = ""
    needs_reason: bool = False
    instead_of: str = ""


def approvals(facts: Facts, rules: Mapping[str, Any] | None = None, *, edition: str = "") -> tuple[Approval, ...]:
    """The approvals that the rules ask for, ranks first; none if the answer may leave with one pair of eyes."""
    rules = book("approvals", edition) if rules is None else rules
    asked: dict[str, list[str]] = {}
    for rule in rules.get("rule", ()):
        if first_met(rule["when"], facts) is not None:
            asked.setdefault(rule["role"], []).append(rule["code"])
    return tuple(_highest(asked)) + tuple(
        Approval(role, codes[0], tuple(codes)) for role, codes in asked.items() if role not in RANKS
    )


def _highest(asked: Mapping[str, Sequence[str]]) -> Iterable[Approval]:
    ranks = [rank for rank in reversed(RANKS) if rank in asked]
    if ranks:
        codes = [code for rank in ranks for code in asked[rank]]
        yield Approval(ranks[0], codes[0], tuple(codes))


def holders(role: str, colleagues: Sequence[Colleague]) -> frozenset[str]:
    """The ids of those who hold what is asked. If nobody does: of the nearest who decides instead.

    A house without senior managers has its managers decide, one without managers its senior managers; for a department
    for which nobody answers, a manager does. A manager's approval is never left to a supervisor.
    """
    for each in _instead(role):
        found = frozenset(colleague.id for colleague in colleagues if _holds(each, colleague))
        if found:
            return found
    return frozenset()


def _instead(role: str) -> tuple[str, ...]:
    return (role, "manager") if role.startswith(CONTACT) or role == "senior_manager" else (role,)


def _holds(role: str, colleague: Colleague) -> bool:
    if role.startswith(CONTACT):
        return role.removeprefix(CONTACT) in colleague.departments and bool(ANSWERS_FOR & set(colleague.roles))
    return bool(set(RANKS[RANKS.index(role) :]) & set(colleague.roles))


def may_give(
    role: str,
    person: str,
    *,
    colleagues: Sequence[Colleague],
    authors: Collection[str],
    given_by: Collection[str] = (),
) -> Verdict:
    """May this person give the approval of this role, on a text of these authors that those others approved already?

    ``refusal``: ``not_asked`` (neither holds the role nor stands in for somebody who does), ``four_eyes`` (wrote in the
    text and is not the only one who holds the role), ``approved_already`` (gave another approval of this text, and
    somebody else could give this one). Absence never makes somebody the only one: who is away has a substitute, or
    comes back.
    """
    held_by = holders(role, colleagues)
    instead_of = "" if person in held_by else _in_whose_place(person, held_by, colleagues)
    if person not in held_by and not instead_of:
        return Verdict("not_asked")
    others = held_by - {person}
    if person in authors:
        return Verdict("four_eyes") if others else Verdict(needs_reason=True)
    if person in given_by:
        return Verdict("approved_already") if others - set(authors) else Verdict(needs_reason=True)
    return Verdict(instead_of=instead_of)


def _in_whose_place(person: str, held_by: Collection[str], colleagues: Sequence[Colleague]) -> str:
    """A substitute decides for somebody who is away, if colleagues trust the substitute with decisions at all."""
    found = next((each for each in colleagues if each.id == person), None)
    if found is None or not MAY_STAND_IN & set(found.roles):
        return ""
    return next((each for each in sorted(found.stands_in_for) if each in held_by), "")
