"""Who acts: a small frozen fact that is passed to every action as ``actor=``.

Nothing in the house reads "the current user" from a global: a door makes the actor, the action asks
``departments.authority`` about it, and the history records its kind and id (never its name, which
would be personal data in a record that cannot be erased).
"""

from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["staff", "customer", "system", "rule", "api"]


@dataclass(frozen=True)
class Actor:
    """One person or machine in the moment of acting.

    ``id`` is the person's key for staff, the case number for a customer behind a tracking link, and a
    plain name for machines. ``roles`` and ``departments`` hold codes; ``team`` is the code of the
    person's team or empty.
    """

    kind: ActorKind
    id: str
    roles: frozenset[str] = field(default_factory=frozenset)
    departments: frozenset[str] = field(default_factory=frozenset)
    team: str = ""

    def has(self, *roles: str) -> bool:
        """Does this actor hold at least one of these roles?"""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor("system", "desagravo")
"""The product itself: the clock, the worker, the importer."""
