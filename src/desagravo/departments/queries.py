"""What others may ask about the company."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from desagravo.common.actor import Actor
from desagravo.common.language import FALLBACKS, active
from desagravo.common.text import whole_number
from desagravo.departments.models import Department, Organisation, Person, Team


@dataclass(frozen=True)
class DepartmentView:
    """A department in the language of the page."""

    code: str
    name: str
    purpose: str


@dataclass(frozen=True)
class PersonView:
    """A colleague as lists show them."""

    id: str
    name: str
    team: str
    roles: frozenset[str]


@dataclass(frozen=True)
class OrganisationView:
    """Whose product this is."""

    name: str = "Desagravo"
    postal_address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    legal_line: str = ""
    time_zone: str = "Europe/Lisbon"
    languages: tuple[str, ...] = ("pt-pt", "en")


_ORGANISATION_IS_FRESH_FOR = timedelta(seconds=10)
_organisation: tuple[datetime, OrganisationView] | None = None


def organisation() -> OrganisationView:
    """The organisation; asked at most every ten seconds by each process, because every page needs its name."""
    global _organisation
    now = datetime.now(UTC)
    if _organisation is None or now - _organisation[0] > _ORGANISATION_IS_FRESH_FOR:
        try:
            row = Organisation.objects.first()
        except (OperationalError, InterfaceError):
            # pages that say that the database does not answer bear the name that was last known
            return _organisation[1] if _organisation else OrganisationView()
        view = OrganisationView()
        if row:
            fields = {each: getattr(row, each) for each in OrganisationView.__dataclass_fields__}
            view = OrganisationView(**{**fields, "languages": tuple(row.languages) or view.languages})
        _organisation = (now, view)
    return _organisation[1]


def forget_organisation() -> None:
    """Read the organisation anew at the next question (it was just changed, or a test begins)."""
    global _organisation
    _organisation = None


def actor_for(person: Person) -> Actor:
    """The actor that this person is right now; one query, made anew for each request."""
    facts = ("grants__role", "grants__department__code", "team__code")
    told = list(Person.objects.filter(pk=person.pk).values_list(*facts))
    return Actor(
        kind="staff",
        id=str(person.pk),
        roles=frozenset(role for role, _code, _team in told if role),
        departments=frozenset(code for _role, code, _team in told if code),
        team=next((team for _role, _code, team in told if team), ""),
    )


def person(person_id: str | int) -> Person:
    """One person. Raises Person.DoesNotExist."""
    return Person.objects.get(pk=person_id)


def names(ids: Iterable[str]) -> dict[str, str]:
    """The names behind ids; what is not a person is left out."""
    keys = {key for each in ids if (key := whole_number(each)) is not None}
    return {str(pk): name for pk, name in Person.objects.filter(pk__in=keys).values_list("pk", "name")} if keys else {}


def departments() -> list[DepartmentView]:
    """The departments that can be asked, in the order of the house, named in the active language."""
    rows = Department.objects.filter(retired_at=None).values_list("code", "names", "purposes")
    return [DepartmentView(code, in_words(names_, code), in_words(purposes, "")) for code, names_, purposes in rows]


def department_names() -> dict[str, str]:
    """Code → name in the active language, retired departments included, because old cases speak of them."""
    return {code: in_words(names_, code) for code, names_ in Department.objects.values_list("code", "names")}


def people(*roles: str, team: str = "") -> list[PersonView]:
    """Active people who hold one of these roles (all people without roles), in alphabetical order."""
    chosen: QuerySet[Person] = Person.objects.filter(is_active=True).prefetch_related("grants").select_related("team")
    if roles:
        chosen = chosen.filter(grants__role__in=roles).distinct()
    if team:
        chosen = chosen.filter(team__code=team)
    return [
        PersonView(
            id=str(each.pk),
            name=each.name,
            team=each.team.code if each.team else "",
            roles=frozenset(grant.role for grant in each.grants.all()),
        )
        for each in chosen.order_by("name")
    ]


def teams() -> dict[str, str]:
    """Code → name of each team."""
    return dict(Team.objects.order_by("name").values_list("code", "name"))


def is_alone(person_id: str, roles: Sequence[str]) -> bool:
    """Is there nobody else who is active and holds one of these roles?"""
    others = Person.objects.filter(is_active=True, grants__role__in=roles)
    if (key := whole_number(person_id)) is not None:
        others = others.exclude(pk=key)
    return not others.exists()


def in_words(words: dict[str, str], otherwise: str) -> str:
    """The words in the active language or in the nearest one that has them."""
    language = active()
    for code in (language, *FALLBACKS[language]):
        if words.get(code):
            return words[code]
    return next(iter(words.values()), otherwise)
