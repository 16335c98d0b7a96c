"""Invitations: somebody gets a link with which to choose a password. One use, 72 hours, only its hash is kept."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, NotYours, Refusal
from desagravo.common.text import tidy_line
from desagravo.departments.actions import _people
from desagravo.departments.events import PersonJoined
from desagravo.departments.models import Invitation, Person, RoleGrant, Team
from desagravo.departments.people_events import InvitationWithdrawn, PersonInvited, PersonReturned
from desagravo.history.actions import record

VALID_FOR = timedelta(hours=72)
_PURPOSE = "desagravo invitation 1\x00"


@dataclass(frozen=True)
class Invited:
    """The person, and the token of the link, which is told once and kept nowhere."""

    person: Person
    token: str


@transaction.atomic
def invite(
    *, email: str, name: str, roles: _people.Roles, actor: Actor, team: str = "", language: str = "en"
) -> Invited:
    """Somebody new may come, with these roles as soon as a password is chosen.

    Raises:
        Missing: each field's problem; an address that is known already among them.
        NotAllowed: the actor does not look after people.
    """
    _people.may_manage(actor)
    _people.only({**_people.problems_of_entry(email, name, team, language), **_people.problems_of_roles(roles)})
    person = Person.objects.create_user(
        email=email.strip(),
        name=tidy_line(name),
        language=language,
        joined_at=clock.now(),
        is_active=False,  # until the invitation is accepted nobody is given work
        team=Team.objects.get(code=team) if team else None,
    )
    RoleGrant.objects.bulk_create(_people.grants_for(person, roles))
    token = _new_link(person, actor)
    record(PersonInvited(str(person.pk), _people.said(roles)), actor=actor, subject=("person", str(person.pk)))
    return Invited(person, token)


def invite_again(person_id: str, *, actor: Actor) -> Invited:
    """A new link; the older one no longer works. Also for somebody who left and comes back.

    Raises:
        NotNow: the person can sign in already.
        NotYours: nobody has this id.
    """
    _people.may_manage(actor, person_id, verb="invite")
    with transaction.atomic():
        person = _people.locked(person_id)
        if person.is_active:
            raise NotNow("joined_already")
        if person.left_at is not None:
            person.left_at = None
            person.set_unusable_password()
            person.save(update_fields=["left_at", "password"])
            record(PersonReturned(person_id), actor=actor, subject=("person", person_id))
        token = _new_link(person, actor)
        record(
            PersonInvited(person_id, _people.said(list(_people.held(person)))),
            actor=actor,
            subject=("person", person_id),
        )
        return Invited(person, token)


def withdraw_invitation(person_id: str, *, actor: Actor) -> None:
    """The link no longer works; the person stays in the list as somebody who left.

    Raises:
        NotNow: there is no invitation that is open.
    """
    _people.may_manage(actor, person_id, verb="withdraw_invitation")
    with transaction.atomic():
        person = _people.locked(person_id)
        if person.is_active or person.left_at is not None:
            raise NotNow("no_invitation")
        _end_links(person)
        person.left_at = clock.now()
        person.save(update_fields=["left_at"])
        record(InvitationWithdrawn(person_id), actor=actor, subject=("person", person_id))


def invited_by(token: str) -> Person:
    """The person whose link this is. Raises NotYours alike for unknown, used, withdrawn and old ones."""
    row = _row(token)
    if row is None:
        raise NotYours("not_found")
    return row.person


@transaction.atomic
def accept(token: str, *, password: str, again: str) -> Person:
    """Choose a password and be able to sign in. The link works once.

    Raises:
        NotYours: the link does not work (any longer).
        Missing: a password that is too weak, or two that are not the same.
    """
    row = _row(token)
    if row is None:
        raise NotYours("not_found")
    person = _people.locked(str(row.person_id))
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise Missing({"password": [Refusal("weak_password", reasons=" ".join(weak.messages))]}) from None
    if password != again:
        raise Missing({"again": [Refusal("not_the_same")]})
    # whoever comes second with the same link changes no row and is turned away
    if not Invitation.objects.filter(pk=row.pk, used_at=None).update(used_at=clock.now()):
        raise NotYours("not_found")
    person.set_password(password)
    person.is_active, person.joined_at, person.left_at = True, clock.now(), None
    person.save(update_fields=["password", "is_active", "joined_at", "left_at"])
    facts = PersonJoined(str(person.pk), _people.said(list(_people.held(person))))
    record(facts, actor=Actor("staff", str(person.pk)), subject=("person", str(person.pk)))
    return person


def _row(token: str) -> Invitation | None:
    if not token or len(token) > 100:
        return None
    open_ones = Invitation.objects.select_related("person").filter(used_at=None, withdrawn_at=None)
    return open_ones.filter(token_hash=_hash(token), expires_at__gt=clock.now(), person__is_active=False).first()


def _new_link(person: Person, actor: Actor) -> str:
    _end_links(person)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        person=person,
        token_hash=_hash(token),
        invited_by_id=int(actor.id) if actor.kind == "staff" else None,
        invited_at=clock.now(),
        expires_at=clock.now() + VALID_FOR,
    )
    return token


def _end_links(person: Person) -> None:
    Invitation.objects.filter(person=person, used_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())


def _hash(token: str) -> str:
    """The purpose is hashed along: a token of another kind never opens this door."""
    return sha256((_PURPOSE + token).encode()).hexdigest()
