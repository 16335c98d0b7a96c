"""Absence: who is away on which days, and who stands in."""

from datetime import date

from django.db import transaction

from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotYours, Refusal
from desagravo.common.text import whole_number
from desagravo.departments import authority
from desagravo.departments.actions import _people
from desagravo.departments.models import Absence, Person
from desagravo.departments.people_events import AbsenceRemoved, AbsenceSet
from desagravo.history.actions import record


@transaction.atomic
def set_absence(
    person_id: str, *, first_day: date | None, last_day: date | None, substitute: str = "", actor: Actor
) -> Absence:
    """Somebody is away on these days, both included. Everybody says so for themselves, an administrator for all.

    Raises:
        Missing: days that are missing or backwards, an absence on the same days, a substitute who is not active or
            the person.
    """
    _may(actor, person_id)
    person = _people.locked(person_id)
    stand_in = _substitute(substitute)
    problems: dict[str, list[Refusal]] = {}
    if first_day is None:
        problems["first_day"] = [Refusal("needs_day")]
    if last_day is None:
        problems["last_day"] = [Refusal("needs_day")]
    elif first_day and last_day < first_day:
        problems["last_day"] = [Refusal("days_backwards")]
    if substitute and (stand_in is None or stand_in.pk == person.pk):
        problems["substitute"] = [Refusal("no_such_substitute")]
    if not problems and person.absences.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        problems["first_day"] = [Refusal("away_already")]
    if problems:
        raise Missing(problems)
    assert first_day is not None and last_day is not None
    row = Absence.objects.create(person=person, first_day=first_day, last_day=last_day, substitute=stand_in)
    facts = AbsenceSet(
        person_id, first_day.isoformat(), last_day.isoformat(), str(stand_in.pk) if stand_in is not None else ""
    )
    record(facts, actor=actor, subject=("person", person_id))
    return row


@transaction.atomic
def change_substitute(key: int, *, substitute: str, actor: Actor) -> None:
    """Somebody else stands in on these days, or knowingly nobody (""). Raises Missing, NotYours."""
    row = Absence.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    _may(actor, str(row.person_id))
    stand_in = _substitute(substitute)
    if substitute and (stand_in is None or stand_in.pk == row.person_id):
        raise Missing({"substitute": [Refusal("no_such_substitute")]})
    row.substitute = stand_in
    row.save(update_fields=["substitute"])
    stands_in = str(stand_in.pk) if stand_in is not None else ""
    facts = AbsenceSet(str(row.person_id), row.first_day.isoformat(), row.last_day.isoformat(), stands_in)
    record(facts, actor=actor, subject=("person", str(row.person_id)))


@transaction.atomic
def remove_absence(key: int, *, actor: Actor) -> None:
    """The absence does not take place, or the person is back early. Raises NotYours."""
    row = Absence.objects.select_for_update(of=("self",)).filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    person_id = str(row.person_id)
    _may(actor, person_id)
    row.delete()
    facts = AbsenceRemoved(person_id, row.first_day.isoformat(), row.last_day.isoformat())
    record(facts, actor=actor, subject=("person", person_id))


def _may(actor: Actor, person_id: str) -> None:
    if actor.kind == "staff" and actor.id != person_id:
        authority.require(actor, "manage_people")


def _substitute(told: str) -> Person | None:
    key = whole_number(told)
    return Person.objects.filter(pk=key, is_active=True).first() if key is not None else None
