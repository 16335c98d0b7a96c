"""Places of the company, the days on which they are closed, and the years whose official calendar was confirmed.

Clocks that run keep the calendar with which they started: what changes here counts for what begins afterwards, and for
running cases only when somebody accepts that (``cases.actions.propose_recomputation``).
"""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from desagravo.common import clock
from desagravo.common.actor import SYSTEM, Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.common.text import tidy_line, whole_number
from desagravo.departments import authority, places, queries
from desagravo.departments.calendar_events import (
    DayClosed,
    DayOpened,
    DayRemoved,
    EstablishmentAdded,
    EstablishmentChanged,
    EstablishmentMadeDefault,
    EstablishmentRetired,
    YearConfirmed,
)
from desagravo.departments.models import ClosedDay, ConfirmedYear, Establishment
from desagravo.departments.queries.calendar import CLOSES_AT, USUAL
from desagravo.history.actions import record

LONGEST_NAME = 120
LONGEST_SOURCE = 200
LONGEST_CLOSURE = 62
"""Days that are closed at once, at most: two months."""
_FIELDS = ("name", "country", "subdivision", "time_zone", "closes_at", "customary")


def problems_of_place(facts: Mapping[str, Any]) -> dict[str, list[Refusal]]:
    """What is wrong with these facts, field by field; a fact that is not named is not looked at."""
    found: dict[str, list[Refusal]] = {}
    if "name" in facts and not tidy_line(facts["name"]):
        found["name"] = [Refusal("needs_place_name")]
    if len(facts.get("name", "")) > LONGEST_NAME:
        found["name"] = [Refusal("longer_than", most=LONGEST_NAME)]
    if "country" in facts and facts["country"] not in places.countries():
        found["country"] = [Refusal("needs_country")]
    elif "country" in facts:
        found |= _problems_of_part(facts["country"], facts.get("subdivision", ""))
    if "time_zone" in facts and facts["time_zone"] not in places.zones():
        found["time_zone"] = [Refusal("needs_time_zone")]
    if "closes_at" in facts and not isinstance(facts["closes_at"], time):
        found["closes_at"] = [Refusal("needs_hour")]
    return found


def _problems_of_part(country: str, part: str) -> dict[str, list[Refusal]]:
    known = places.parts(country)
    if not part and places.needs_part(country):
        return {"subdivision": [Refusal("needs_part", country=places.countries()[country])]}
    if part and part not in known:
        return {"subdivision": [Refusal("no_such_part", country=places.countries()[country])]}
    return {}


@transaction.atomic
def add_establishment(*, actor: Actor, **facts: Any) -> str:
    """The company has another place: name, country, subdivision, time_zone, closes_at. Gives its code, made from its
    name.

    Raises:
        NotAllowed: neither an administrator nor a manager.
        Missing: each field's problem.
    """
    authority.require(actor, "manage_calendar")
    wanted = {"name": "", "country": "", "time_zone": "", "subdivision": "", "closes_at": CLOSES_AT, **facts}
    if found := problems_of_place(wanted):
        raise Missing(found)
    usual_place()
    row = Establishment(code=_new_code(tidy_line(wanted["name"])))
    _set(row, wanted)
    row.save(force_insert=True)
    _tell(EstablishmentAdded(row.code, row.country, row.subdivision, row.time_zone), row.code, actor)
    return row.code


@transaction.atomic
def change_establishment(code: str, *, actor: Actor, **facts: Any) -> list[str]:
    """Say something else about a place; gives the names of the facts that are others now. Raises as
    ``add_establishment``, and ``NotYours`` if there is no such place."""
    authority.require(actor, "manage_calendar")
    row = _row(code)
    before = {name: getattr(row, name) for name in _FIELDS}
    if found := problems_of_place({**before, **facts}):
        raise Missing(found)
    if "country" in facts and facts["country"] != row.country:
        facts.setdefault("customary", [])  # customs of another country
    changed = _set(row, facts)
    if changed:
        row.save(update_fields=changed)
        told = EstablishmentChanged(row.code, row.country, row.subdivision, row.time_zone, changed)
        _tell(told, row.code, actor)
    return changed


@transaction.atomic
def retire_establishment(code: str, *, actor: Actor) -> None:
    """No new case belongs to this place. Its calendar stays for the cases that do.

    Raises:
        NotAllowed: neither an administrator nor a manager.
        NotNow: it is the usual place, or retired already.
    """
    authority.require(actor, "manage_calendar")
    row = _row(code)
    if row.is_default:
        raise NotNow("usual_place_stays")
    if row.retired_at is not None:
        raise NotNow("place_retired")
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    _tell(EstablishmentRetired(row.code), row.code, actor)


@transaction.atomic
def make_default(code: str, *, actor: Actor) -> None:
    """Cases for which nobody says another place belong to this one from now on. Raises as ``retire_establishment``."""
    authority.require(actor, "manage_calendar")
    row = _row(code)
    if row.retired_at is not None:
        raise NotNow("place_retired")
    if row.is_default:
        return
    Establishment.objects.filter(is_default=True).update(is_default=False)
    row.is_default = True
    row.save(update_fields=["is_default"])
    _tell(EstablishmentMadeDefault(row.code), row.code, actor)


@transaction.atomic
def set_days(
    *, first: date | None, last: date | None, is_open: bool, reason: str, place: str = "", actor: Actor
) -> list[date]:
    """A place (empty: all) is closed on these days, or open although the public calendar says otherwise, and why.

    Days of which the same was said already are passed over; gives the new ones.

    Raises:
        NotAllowed: neither an administrator nor a manager.
        Missing: no day, days the wrong way round or too many, no reason, something else said about one of them.
        NotYours: there is no such place.
    """
    authority.require(actor, "manage_calendar")
    words = tidy_line(reason)
    found = _problems_of_days(first, last, words)
    if found or first is None:
        raise Missing(found)
    row = _row(place) if place else None
    usual_place()
    days = [first + timedelta(days=count) for count in range(((last or first) - first).days + 1)]
    there = {each.day: each for each in ClosedDay.objects.filter(establishment=row, day__in=days, removed_at=None)}
    if any(each.is_open != is_open for each in there.values()):
        raise Missing({"first": [Refusal("day_said_otherwise")]})
    new = [day for day in days if day not in there]
    ClosedDay.objects.bulk_create(
        ClosedDay(
            establishment=row,
            day=day,
            is_open=is_open,
            name=words,
            added_by_id=whole_number(actor.id) if actor.kind == "staff" else None,
            added_at=clock.now(),
        )
        for day in new
    )
    if new:
        kind = DayOpened if is_open else DayClosed
        _tell(kind(place, new[0].isoformat(), new[-1].isoformat()), place or "all", actor)
    return new


def _problems_of_days(first: date | None, last: date | None, reason: str) -> dict[str, list[Refusal]]:
    found: dict[str, list[Refusal]] = {}
    if first is None:
        found["first"] = [Refusal("needs_day")]
    elif not 2000 <= first.year <= 2100:
        found["first"] = [Refusal("far_day")]
    elif last and last < first:
        found["last"] = [Refusal("days_backwards")]
    elif last and (last - first).days >= LONGEST_CLOSURE:
        found["last"] = [Refusal("too_many_days", most=LONGEST_CLOSURE)]
    if not reason:
        found["reason"] = [Refusal("needs_day_reason")]
    elif len(reason) > LONGEST_NAME:
        found["reason"] = [Refusal("longer_than", most=LONGEST_NAME)]
    return found


@transaction.atomic
def remove_day(key: int, *, actor: Actor) -> date:
    """What was said about this day counts no longer; gives the day. The row stays.

    Raises:
        NotAllowed: neither an administrator nor a manager.
        NotYours: there is no such day, or it was removed already.
    """
    authority.require(actor, "manage_calendar")
    row = (
        ClosedDay.objects.select_for_update(of=("self",))
        .select_related("establishment")
        .filter(pk=key, removed_at=None)
        .first()
    )
    if row is None:
        raise NotYours("not_found")
    row.removed_at = clock.now()
    row.save(update_fields=["removed_at"])
    place = row.establishment.code if row.establishment else ""
    _tell(DayRemoved(place, row.day.isoformat(), row.is_open), place or "all", actor)
    return row.day


@transaction.atomic
def confirm_year(country: str, subdivision: str, year: int, *, source: str, actor: Actor) -> None:
    """The official calendar of this year was compared with ours, by this source. Confirming twice changes nothing.

    Raises:
        NotAllowed: neither an administrator nor a manager.
        Missing: no source, or too long a one.
    """
    authority.require(actor, "manage_calendar")
    words = tidy_line(source)
    if not words:
        raise Missing({"source": [Refusal("needs_source")]})
    if len(words) > LONGEST_SOURCE:
        raise Missing({"source": [Refusal("longer_than", most=LONGEST_SOURCE)]})
    _kept, new = ConfirmedYear.objects.get_or_create(
        country=country,
        subdivision=subdivision,
        year=year,
        defaults={
            "source": words,
            "confirmed_by_id": whole_number(actor.id) if actor.kind == "staff" else None,
            "confirmed_at": clock.now(),
        },
    )
    if new:
        _tell(YearConfirmed(country, subdivision, year), country or "all", actor)


def usual_place(*, actor: Actor = SYSTEM) -> Establishment:
    """The row of the usual place, made from the organisation if there is none yet. Inside a transaction."""
    row = Establishment.objects.select_for_update().filter(is_default=True).first()
    if row is None:
        usual = queries.place()
        row = Establishment(code=USUAL, is_default=True)
        _set(row, {name: getattr(usual, name) for name in _FIELDS})
        row.save(force_insert=True)
        _tell(EstablishmentAdded(row.code, row.country, row.subdivision, row.time_zone), row.code, actor)
    return row


def follow_organisation(before: tuple[str, str], *, actor: Actor) -> None:
    """The organisation moved (country, time zone): its usual place goes with it if it stood where the organisation did.

    Inside the transaction in which the organisation changed.
    """
    row = Establishment.objects.select_for_update().filter(is_default=True).first()
    queries.forget_organisation()
    house = queries.organisation()
    if row is None:
        usual_place(actor=actor)
        return
    facts: dict[str, Any] = {}
    if row.country == before[0] and house.country != before[0]:
        facts |= {"country": house.country, "subdivision": places.usual_part(house.country), "customary": []}
    if row.time_zone == before[1] and house.time_zone != before[1]:
        facts["time_zone"] = house.time_zone
    changed = _set(row, facts)
    if changed:
        row.save(update_fields=changed)
        told = EstablishmentChanged(row.code, row.country, row.subdivision, row.time_zone, changed)
        _tell(told, row.code, actor)


def _set(row: Establishment, facts: Mapping[str, Any]) -> list[str]:
    wanted = {name: facts[name] for name in _FIELDS if name in facts}
    if "name" in wanted:
        wanted["name"] = tidy_line(wanted["name"])
    if "customary" in wanted:
        wanted["customary"] = sorted(set(_names(wanted["customary"])))
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    return changed


def _names(given: Sequence[str]) -> list[str]:
    return [tidy_line(name) for name in given if tidy_line(name)]


def _row(code: str) -> Establishment:
    if code == USUAL and not Establishment.objects.filter(code=USUAL).exists():
        return usual_place()
    row = Establishment.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotYours("not_found")
    return row


def _new_code(name: str) -> str:
    wanted = (slugify(name) or "place")[:20].strip("-")
    taken = set(Establishment.objects.values_list("code", flat=True)) | {USUAL}
    return next(
        code for number in range(1, 10_000) if (code := wanted if number == 1 else f"{wanted}-{number}") not in taken
    )


def _tell(facts: Any, subject: str, actor: Actor) -> None:
    """The event, last of all; and what is known of calendars is read anew by whoever asks next."""
    record(facts, actor=actor, subject=("calendar", subject))
    transaction.on_commit(queries.forget_calendars)
    queries.forget_calendars()
