"""Whom the mentions of a note reach. A mention tells somebody; it never opens a case to them."""

from dataclasses import dataclass

from desagravo.cases.mentions import mentions_in, mentions_somebody
from desagravo.cases.models import Case
from desagravo.cases.queries.visible import visible_to
from desagravo.departments import queries as departments


@dataclass(frozen=True)
class Reach:
    """What became of the mentions of a note: names of those who are told, and of those who may not see the case."""

    told: list[str]
    blind: list[str]
    nobody: list[str]
    several: list[str]


def reach_of(case: Case, text: str) -> Reach | None:
    """Whom a note on this case reaches by its mentions; None where it mentions nobody."""
    if not mentions_somebody(text):
        return None
    people = departments.mentionable()
    found, names = mentions_in(text, people), dict(people)
    seeing = {each for each in found.people if _sees(each, case)}
    return Reach(
        told=[names[each] for each in found.people if each in seeing],
        blind=[names[each] for each in found.people if each not in seeing],
        nobody=found.nobody,
        several=found.several,
    )


def _sees(person: str, case: Case) -> bool:
    return visible_to(departments.actor_for(departments.person(person))).filter(pk=case.pk).exists()
