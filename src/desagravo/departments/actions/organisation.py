"""The company: whose product this is, how it begins, and what it changes about itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from desagravo.common import clock, files
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Missing, NotNow, Refusal
from desagravo.common.text import tidy_line, tidy_text
from desagravo.departments import authority, places, queries
from desagravo.departments.actions import _people, calendar
from desagravo.departments.actions.people import add_person
from desagravo.departments.events import DepartmentEstablished, OrganisationChanged, OrganisationEstablished
from desagravo.departments.models import Department, Organisation, Person, Team
from desagravo.history.actions import Entry, record, record_many

LONGEST_DELAY = 600
"""Seconds for which a released answer may wait, at most: a customer is waiting, too."""
_LONGEST = {"name": 120, "postal_address": 500, "phone": 40, "email": 254, "website": 120, "legal_line": 200}


def establish_organisation(name: str, **facts: Any) -> None:
    """Say whose product this is: name, postal_address, phone, email, website, legal_line, time_zone, languages,
    country, sending_delay (seconds). For the sample company and tests; people go through ``open_house``."""
    Organisation.objects.update_or_create(pk=1, defaults={"name": name, **facts})
    queries.forget_organisation()
    queries.forget_calendars()


def problems_of_organisation(facts: Mapping[str, Any]) -> dict[str, list[Refusal]]:
    """What is wrong with these facts, field by field; a fact that is not named is not looked at."""
    found: dict[str, list[Refusal]] = {}
    if "name" in facts and not tidy_line(facts["name"]):
        found["name"] = [Refusal("needs_organisation_name")]
    for field, most in _LONGEST.items():
        if len(facts.get(field, "")) > most:
            found[field] = [Refusal("longer_than", most=most)]
    if facts.get("email", "").strip():
        try:
            validate_email(facts["email"].strip())
        except ValidationError:
            found["email"] = [Refusal("needs_email")]
    if "country" in facts and facts["country"] not in places.countries():
        found["country"] = [Refusal("needs_country")]
    if "time_zone" in facts and facts["time_zone"] not in places.zones():
        found["time_zone"] = [Refusal("needs_time_zone")]
    if "languages" in facts and (not facts["languages"] or set(facts["languages"]) - set(LANGUAGES)):
        found["languages"] = [Refusal("needs_language")]
    delay = facts.get("sending_delay", 0)
    if not isinstance(delay, int) or not 0 <= delay <= LONGEST_DELAY:
        found["sending_delay"] = [Refusal("bad_delay", most=LONGEST_DELAY)]
    return found


def _tidy(facts: Mapping[str, Any]) -> dict[str, Any]:
    lines: dict[str, Any] = {name: tidy_line(value) for name, value in facts.items() if isinstance(value, str)}
    if "postal_address" in facts:
        kept = [line.strip() for line in tidy_text(facts["postal_address"]).split("\n")]
        lines["postal_address"] = "\n".join(line for line in kept if line)
    if "languages" in facts:
        lines["languages"] = list(facts["languages"])
    return {**facts, **lines}


def open_house(
    facts: Mapping[str, Any], *, name: str, email: str, password: str, language: str, roles: Sequence[str] = ()
) -> Person:
    """The organisation says whose product this is, and its first administrator can sign in. Possible once.

    ``roles`` are what the administrator does besides. The one-time code was checked by the door.

    Raises:
        Missing: each field's problem.
        NotNow: there is an administrator already.
    """
    found = problems_of_organisation(facts) | _people.problems_of_entry(email, name, "", language)
    granted = [(role, "") for role in dict.fromkeys(["administrator", *roles])]
    _people.only(found | _people.problems_of_roles(granted))
    tidy = _tidy(facts)
    with transaction.atomic():
        # the row is the lock: of two who finish at the same moment, the second waits here and finds the first
        Organisation.objects.get_or_create(pk=1, defaults={"name": tidy["name"], "languages": []})
        row = Organisation.objects.select_for_update().get(pk=1)
        if not queries.may_be_set_up():
            raise NotNow("house_is_open")
        for field, value in {**tidy, "established_at": clock.now()}.items():
            setattr(row, field, value)
        row.save()
        queries.forget_organisation()
        calendar.usual_place()
        facts_told = OrganisationEstablished(row.country, row.time_zone, row.languages)
        record(facts_told, actor=SYSTEM, subject=("organisation", "1"))
        person = add_person(
            email=email, name=tidy_line(name), roles=granted, password=password, language=language, actor=SYSTEM
        )
    queries.forget_organisation()
    return person


def change_organisation(*, actor: Actor, **facts: Any) -> list[str]:
    """Change what the organisation says about itself; gives the names of the facts that are others now.

    Raises:
        NotAllowed: the actor is no administrator.
        Missing: each field's problem.
    """
    authority.require(actor, "manage_organisation")
    if found := problems_of_organisation(facts):
        raise Missing(found)
    changed = keep_facts(_tidy(facts), actor=actor)
    queries.forget_organisation()
    queries.forget_calendars()
    return changed


@transaction.atomic
def keep_facts(facts: Mapping[str, Any], *, actor: Actor) -> list[str]:
    """Save facts that were looked at, with their event."""
    Organisation.objects.get_or_create(pk=1, defaults={"name": facts.get("name", "Desagravo"), "languages": []})
    row = Organisation.objects.select_for_update().get(pk=1)
    before = (row.country, row.time_zone)
    changed = [field for field, value in facts.items() if getattr(row, field) != value]
    if changed:
        for field in changed:
            setattr(row, field, facts[field])
        row.save(update_fields=changed)
        if {"country", "time_zone"} & set(changed):
            calendar.follow_organisation(before, actor=actor)
        record(OrganisationChanged(changed), actor=actor, subject=("organisation", "1"))
    return changed


@transaction.atomic
def establish_departments(wanted: Iterable[tuple[str, Mapping[str, str], Mapping[str, str]]], *, actor: Actor) -> int:
    """Establish the departments that do not exist yet: (code, names, purposes). Tells how many were new.

    A department that the organisation renamed keeps its name.
    """
    known = set(Department.objects.values_list("code", flat=True))
    new = [
        Department(code=code, names=dict(names), purposes=dict(purposes), position=position)
        for position, (code, names, purposes) in enumerate(wanted)
        if code not in known
    ]
    Department.objects.bulk_create(new)
    record_many(
        [
            Entry(DepartmentEstablished(department.code), actor=actor, subject=("department", department.code))
            for department in new
        ]
    )
    return len(new)


def establish_team(code: str, name: str) -> None:
    """A team that shares an inbox; an existing one keeps its name."""
    Team.objects.get_or_create(code=code, defaults={"name": name})


LARGEST_LETTERHEAD = 1024 * 1024
"""Bytes."""
LETTERHEAD_KINDS = ("image/png", "image/jpeg")


def set_letterhead(content: bytes | None, *, actor: Actor) -> None:
    """The image at the head of letters, receipts and closing sheets; None takes it away. Papers that were made stay.

    An SVG is refused: it is a program as much as a picture, and paper needs neither.

    Raises:
        NotAllowed: the actor is no administrator.
        Missing: another kind of file, or one larger than a megabyte.
    """
    authority.require(actor, "manage_organisation")
    if content is not None and len(content) > LARGEST_LETTERHEAD:
        raise Missing({"letterhead": [Refusal("letterhead_too_large")]})
    if content is not None and files.sniff(content) not in LETTERHEAD_KINDS:
        raise Missing({"letterhead": [Refusal("not_an_image")]})
    before = queries.organisation().letterhead
    stored = files.store(content) if content is not None else None
    facts = {"letterhead": stored.name if stored else "", "letterhead_sha256": stored.sha256 if stored else ""}
    keep_facts(facts, actor=actor)
    queries.forget_organisation()
    if before:
        files.discard(before)


def problems_of_person(*, name: str, email: str, language: str) -> dict[str, list[Refusal]]:
    """What is wrong with the entry of a first administrator, field by field."""
    return _people.problems_of_entry(email, name, "", language)
