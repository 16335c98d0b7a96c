"""What others may ask about the company: whose product this is, its departments and teams."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from desagravo.common.language import FALLBACKS, active
from desagravo.departments import places
from desagravo.departments.models import Department, Organisation, Person, RoleGrant, Team


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
    languages: tuple[str, ...] = ("pt-pt", "pt-br", "en", "es")
    country: str = ""
    letterhead: str = ""
    letterhead_sha256: str = ""
    sending_delay: int = 20

    @property
    def currency(self) -> str:
        """The currency in which the house counts: that of its country."""
        return places.currency_of(self.country)


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


@contextmanager
def at_home() -> Iterator[None]:
    """Within this block days and hours are the organisation's: what is written while nobody asks for a page."""
    try:
        zone = ZoneInfo(organisation().time_zone)
    except (KeyError, ValueError):  # a zone that the system does not know (any longer)
        zone = ZoneInfo(settings.TIME_ZONE)
    with timezone.override(zone):
        yield


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


@dataclass(frozen=True)
class DepartmentRow:
    """A department as the administration shows it, in every language, retired ones too."""

    code: str
    name: str
    names: dict[str, str]
    purposes: dict[str, str]
    purpose: str
    retired_at: datetime | None
    merged_into: str
    merged_into_name: str
    contacts: tuple[str, ...]
    """The names of the active people who answer for it."""


def department_rows() -> list[DepartmentRow]:
    """Every department: those that can be asked in their order, then the retired ones."""
    names_ = department_names()
    rows = Department.objects.select_related("merged_into").prefetch_related("grants__person")
    made = [
        DepartmentRow(
            code=each.code,
            name=names_[each.code],
            names=each.names,
            purposes=each.purposes,
            purpose=in_words(each.purposes, ""),
            retired_at=each.retired_at,
            merged_into=each.merged_into.code if each.merged_into else "",
            merged_into_name=names_[each.merged_into.code] if each.merged_into else "",
            contacts=tuple(sorted({grant.person.name for grant in each.grants.all() if grant.person.is_active})),
        )
        for each in rows
    ]
    return sorted(made, key=lambda each: each.retired_at is not None)


def who_answers() -> dict[str, str]:
    """Code of every department → who is asked in its place now: itself, the one it was merged into, or "" for nobody.

    Rules name codes; this says what becomes of a rule whose department is gone.
    """
    rows = Department.objects.values_list("code", "retired_at", "merged_into__code", "merged_into__retired_at")
    return {
        code: code if retired_at is None else (into if into and target_retired is None else "")
        for code, retired_at, into, target_retired in rows
    }


_open = False


def is_open() -> bool:
    """Was the product set up, on its pages or from the command line? Once it was, it stays so."""
    global _open
    if not _open:
        _open = Organisation.objects.exclude(established_at=None).exists() or Person.objects.exists()
    return _open


def may_be_set_up() -> bool:
    """Is nobody an administrator yet?"""
    return not RoleGrant.objects.filter(role="administrator").exists()


def forget_opening() -> None:
    """Ask anew whether the product was set up (a test with a database of its own begins)."""
    global _open
    _open = False
