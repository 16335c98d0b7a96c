"""Whom to give a case to. Pure, without Django. A rule proposes; a person assigns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desagravo.rulebook.decide.facts import Facts, first_met
from desagravo.rulebook.decide.rules import book


@dataclass(frozen=True)
class Candidate:
    """Somebody who works on cases: roles, team, away today, and how many open cases lie there already."""

    id: str
    roles: Collection[str]
    team: str = ""
    away: bool = False
    open_cases: int = 0


@dataclass(frozen=True)
class Choice:
    """Who is proposed, by which rule. ``passed_over``: who else the rule names, each with a code why not.

    The codes: ``complained_about``, ``first_stage`` (handled the case before, and a second look is somebody else's),
    ``away``, ``more_work``.
    """

    person: str
    rule: str
    open_cases: int
    passed_over: tuple[tuple[str, str], ...] = ()


def handler(
    facts: Facts,
    candidates: Sequence[Candidate],
    rules: Mapping[str, Any] | None = None,
    *,
    edition: str = "",
    complained_about: Collection[str] = (),
    handled_before: Collection[str] = (),
) -> Choice | None:
    """The first rule that applies and finds somebody names the one with the least open work; None if no rule does."""
    rules = book("assignment", edition) if rules is None else rules
    ruled_out = {
        **(dict.fromkeys(handled_before, "first_stage") if facts.stage > 1 else {}),
        **dict.fromkeys(complained_about, "complained_about"),
    }
    for rule in rules.get("rule", ()):
        if not rule["when"] or first_met(rule["when"], facts) is not None:
            choice = _choose(rule, candidates, ruled_out)
            if choice is not None:
                return choice
    return None


def _choose(rule: Mapping[str, Any], candidates: Sequence[Candidate], ruled_out: Mapping[str, str]) -> Choice | None:
    named = [each for each in candidates if _named(rule, each)]
    why_not = {each.id: ruled_out.get(each.id) or ("away" if each.away else "") for each in named}
    fit = sorted(
        (each for each in named if not why_not[each.id]), key=lambda each: (each.open_cases, _as_number(each.id))
    )
    if not fit:
        return None
    chosen = fit[0]
    passed_over = tuple((each.id, why_not[each.id] or "more_work") for each in named if each.id != chosen.id)
    return Choice(chosen.id, rule["code"], chosen.open_cases, passed_over)


def _named(rule: Mapping[str, Any], candidate: Candidate) -> bool:
    if rule.get("teams") and candidate.team not in rule["teams"]:
        return False
    return bool(set(rule["roles"]) & set(candidate.roles))


def _as_number(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isascii() and key.isdigit() else (0, key)
