"""Rulebooks as editions have them, and their names and those of their limits in the reader's language."""

from collections.abc import Mapping
from typing import Any

from desagravo.common.language import active
from desagravo.rulebook import edition as editions
from desagravo.rulebook import policies
from desagravo.rulebook.policies import Policy
from desagravo.rulebook.words import say


def limit_name(policy: str, key: str, edition: str = "") -> str:
    """A limit by its name, or by its code if no edition has it any more."""
    found = _policy(policy, edition)
    try:
        return say(found.milestone(key).name, active()) if found else key
    except KeyError:
        return key.replace("_", " ")


def rulebook_name(policy: str, edition: str = "") -> str:
    """A rulebook by its name, or by its id."""
    found = _policy(policy, edition)
    try:
        return say(found.name, active()) if found else policy
    except KeyError:
        return found.title if found else policy


def policy_of(edition: str, key: str) -> Policy | None:
    """The rulebook as this edition has it (empty: the one in force); None if it is not in it."""
    try:
        table = editions.policies(edition).get(key)
    except editions.NoSuchEdition:
        return None
    if table is None:
        return None
    known = _read.get((edition, key))
    if known is None or known[0] is not table:  # another table: editions were forgotten and read anew
        known = _read[edition, key] = (table, policies.read(table))
    return known[1]


def _policy(policy: str, edition: str) -> Policy | None:
    found = (policy_of(code, policy) for code in dict.fromkeys((edition, "", editions.STARTER)))
    return next((each for each in found if each is not None), None)


_read: dict[tuple[str, str], tuple[Mapping[str, Any], Policy]] = {}
