"""People: who joins, what each may do, who leaves, and how each reads the screens."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from django.db import transaction

from desagravo.common import clock, files, post
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, Refusal
from desagravo.common.text import tidy_line
from desagravo.departments.actions import _people
from desagravo.departments.actions.access import end_all
from desagravo.departments.events import PersonJoined
from desagravo.departments.models import NOTICES, ROLES, Absence, Department, Invitation, Person, RoleGrant, Team
from desagravo.departments.people_events import PersonChanged, PersonLeft, RolesChanged, SessionsEnded
from desagravo.history.actions import record

LARGEST_IMAGE = 1024 * 1024
IMAGES = ("image/png", "image/jpeg")


@transaction.atomic
def add_person(
    *,
    email: str,
    name: str,
    roles: Sequence[tuple[str, str]],
    actor: Actor,
    password: str | None = None,
    team: str = "",
    language: str = "en",
) -> Person:
    """Somebody can sign in from now on. ``roles`` are (role, department code or empty).

    Raises:
        ValueError: a role that does not exist.
    """
    unknown = {role for role, _ in roles} - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    person = Person.objects.create_user(
        email=email,
        name=name,
        password=password,
        language=language,
        joined_at=clock.now(),
        team=Team.objects.get(code=team) if team else None,
    )
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(
                person=person, role=role, department=Department.objects.get(code=department) if department else None
            )
            for role, department in roles
        ]
    )
    facts = PersonJoined(str(person.pk), [role for role, _ in roles])
    record(facts, actor=actor, subject=("person", str(person.pk)))
    return person


def change_roles(person_id: str, *, roles: _people.Roles, actor: Actor) -> None:
    """What somebody may do from the next request on; every page asks anew, so open sessions lose what is lost.

    Raises:
        Missing: no role, an unknown one, a contact of no department.
        NotAllowed: the actor does not look after people, or means the own roles.
        NotNow: nobody would be left to administer.
    """
    _people.may_manage(actor, person_id, verb="change_roles")
    with transaction.atomic():
        _people.only(_people.problems_of_roles(roles))
        _people.lock_administrators()
        person = _people.locked(person_id)
        before, after = _people.held(person), set(roles)
        if before == after:
            return
        RoleGrant.objects.filter(person=person).delete()
        RoleGrant.objects.bulk_create(_people.grants_for(person, sorted(after)))
        if ("administrator", "") in before - after:
            _people.keep_an_administrator()
        facts = RolesChanged(person_id, _people.said(list(after - before)), _people.said(list(before - after)))
        record(facts, actor=actor, subject=("person", person_id))


@transaction.atomic
def grant_role(person_id: str, *, role: str, department: str, actor: Actor) -> None:
    """One more role for somebody, as when a leaver's questions need another contact. Raises as ``change_roles``."""
    held = _people.held(_people.locked(person_id))
    change_roles(person_id, roles=sorted(held | {(role, department)}), actor=actor)


@transaction.atomic
def change_person(
    person_id: str, *, email: str, name: str, team: str, language: str, actor: Actor, but: str = ""
) -> None:
    """Put right how somebody is called, where mail goes, in which team and language they work.

    Links for a new password go to the new address; so the old one is told, and every session but ``but`` ends.

    Raises:
        Missing: each field's problem.
        NotAllowed: the actor does not look after people. The own name may be put right.
    """
    _people.may_manage(actor)
    person = _people.locked(person_id)
    _people.only(_people.problems_of_entry(email, name, team, language, of=person))
    wanted = {
        "email": email.strip().lower(),
        "name": tidy_line(name),
        "team": Team.objects.get(code=team) if team else None,
        "language": language,
    }
    changed = [column for column, value in wanted.items() if getattr(person, column) != value]
    if not changed:
        return
    before = person.email
    for column in changed:
        setattr(person, column, wanted[column])
    person.save(update_fields=changed)
    record(PersonChanged(person_id, changed), actor=actor, subject=("person", person_id))
    if "email" in changed:
        _moved_from(before, person, but=but, actor=actor)


def _moved_from(before: str, person: Person, *, but: str, actor: Actor) -> None:
    # a link that went to the old address must not open anything
    Invitation.objects.filter(person=person, used_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())
    if not person.is_active and person.left_at is None:
        return  # was invited under an address that was perhaps a stranger's
    person.email_changed_at = clock.now()
    person.save(update_fields=["email_changed_at"])
    about = str(person.pk)
    if ended := end_all(person, but=but):
        record(SessionsEnded(about, ended), actor=actor, subject=("person", about))
    post.mail("address_changed", to=before, language=person.language, values={"name": person.name})


def leave(person_id: str, *, cases_to: str = "", actor: Actor) -> None:
    """Somebody can no longer sign in, and every open session ends. The row stays, because the record names it.

    What the person holds in other rooms is handed over by those (``cases.actions.person_leaves``), in the same
    transaction or after it.

    Raises:
        NotAllowed: the actor does not look after people, or means themselves.
        NotNow: the person left before, or nobody would be left to administer.
    """
    _people.may_manage(actor, person_id, verb="leave")
    with transaction.atomic():
        _people.lock_administrators()
        person = _people.locked(person_id)
        if person.left_at is not None:
            raise NotNow("left_already")
        person.is_active, person.left_at = False, clock.now()
        person.save(update_fields=["is_active", "left_at"])
        if ("administrator", "") in _people.held(person):
            _people.keep_an_administrator()
        Invitation.objects.filter(person=person, used_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())
        # who leaves stands in for nobody any more
        Absence.objects.filter(substitute=person).update(substitute=None)
        end_all(person)
        record(PersonLeft(person_id, cases_to), actor=actor, subject=("person", person_id))


def set_preferences(
    person: Person,
    *,
    language: str | None = None,
    theme: str | None = None,
    time_zone: str | None = None,
    notices: str | None = None,
) -> None:
    """How this person reads the screens, and how they are told what is theirs. What is not offered changes nothing."""
    if time_zone and time_zone not in available_timezones():
        time_zone = None
    if notices not in NOTICES:
        notices = None
    told = {"language": language, "theme": theme, "time_zone": time_zone, "notices": notices}
    changed = {name: value for name, value in told.items() if value is not None}
    if changed:
        Person.objects.filter(pk=person.pk).update(**changed)


def set_signature_image(person: Person, content: bytes | None) -> None:
    """The image that stands under this person's letters; None takes it away. Only what is a PNG or JPEG by content.

    Raises:
        Missing: another kind of file, or one larger than a megabyte.
    """
    if content is not None and len(content) > LARGEST_IMAGE:
        raise Missing({"signature_image": [Refusal("image_too_large")]})
    if content is not None and files.sniff(content) not in IMAGES:
        raise Missing({"signature_image": [Refusal("not_an_image")]})
    stored = files.store(content) if content is not None else None
    before = Person.objects.values_list("signature_image", flat=True).get(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(
        signature_image=stored.name if stored else "", signature_image_sha256=stored.sha256 if stored else ""
    )
    if before:
        files.discard(before)
