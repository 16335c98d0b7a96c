"""What others may ask about the company: whose product this is, its departments and teams."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import InterfaceError, OperationalError

from desagravo.common.language import FALLBACKS, active
from desagravo.departments.models import Department, Organisation, Team


@dataclass(frozen=True)
class DepartmentView:
    """A department in the language of the page."""

    code: str
    name: str
    purpose: str


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
    country: str = ""
    letterhead: str = ""
    sending_delay: int = 20


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


def departments() -> list[DepartmentView]:
    """The departments that can be asked, in the order of the house, named in the active language."""
    rows = Department.objects.filter(retired_at=None).values_list("code", "names", "purposes")
    return [DepartmentView(code, in_words(names_, code), in_words(purposes, "")) for code, names_, purposes in rows]


def department_names() -> dict[str, str]:
    """Code → name in the active language, retired departments included, because old cases speak of them."""
    return {code: in_words(names_, code) for code, names_ in Department.objects.values_list("code", "names")}


def teams() -> dict[str, str]:
    """Code → name of each team."""
    return dict(Team.objects.order_by("name").values_list("code", "name"))


def in_words(words: dict[str, str], otherwise: str) -> str:
    """The words in the active language or in the nearest one that has them."""
    language = active()
    for code in (language, *FALLBACKS[language]):
        if words.get(code):
            return words[code]
    return next(iter(words.values()), otherwise)
