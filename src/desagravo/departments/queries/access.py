"""Who can come in, who did, and from where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Max, Q

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.text import whole_number
from desagravo.departments.models import Person, SignIn
from desagravo.departments.queries.absence import Away, away_now

STATES = ("active", "away", "invited", "expired", "left")
"""How somebody stands: works here, is away, was invited, was invited and did not come, left."""
SIGN_INS_ON_A_PAGE = 100


@dataclass(frozen=True)
class PersonRow:
    """Somebody as the administration lists and shows them. ``roles`` are (role, department code or empty)."""

    id: str
    name: str
    email: str
    language: str
    team: str
    state: str
    roles: tuple[tuple[str, str], ...]
    joined_at: datetime
    left_at: datetime | None
    last_seen: datetime | None
    invited_until: datetime | None
    away: Away | None
    second_factor: bool


@dataclass(frozen=True)
class SignInRow:
    """One sign-in, or one that was refused. ``current`` marks the session of the page that shows it."""

    key: int
    person: str
    name: str
    outcome: str
    at: datetime
    seen_at: datetime | None
    ended_at: datetime | None
    address: str
    agent: str
    open: bool
    current: bool = False


def everybody(*, words: str = "", state: str = "", role: str = "") -> list[PersonRow]:
    """Everybody who works, worked or was invited here, whom these words, state and role describe, by name."""
    people = Person.objects.all()
    for word in words.split()[:8]:
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if role:
        people = people.filter(grants__role=role).distinct()
    rows = _rows(list(people.select_related("team").prefetch_related("grants__department").order_by("name", "pk")))
    return [row for row in rows if not state or row.state == state]


def somebody(person_id: str) -> PersonRow | None:
    """One person; None if nobody has this id."""
    key = whole_number(person_id)
    if key is None:
        return None
    found = Person.objects.filter(pk=key).select_related("team").prefetch_related("grants__department")
    return next(iter(_rows(list(found))), None)


def _rows(people: list[Person]) -> list[PersonRow]:
    keys = [each.pk for each in people]
    away = away_now([str(key) for key in keys])
    seen = dict(
        SignIn.objects.filter(person__in=keys)
        .values("person")
        .annotate(last=Max("seen_at"))
        .values_list("person", "last")
    )
    invited = dict(
        Person.objects.filter(pk__in=keys, invitations__used_at=None, invitations__withdrawn_at=None).values_list(
            "pk", "invitations__expires_at"
        )
    )
    secured = set(_second_factors().filter(user__in=keys).values_list("user", flat=True))
    return [
        PersonRow(
            id=str(each.pk),
            name=each.name,
            email=each.email,
            language=each.language,
            team=each.team.code if each.team else "",
            state=_state(each, away.get(str(each.pk)), invited.get(each.pk)),
            roles=tuple(
                sorted((grant.role, grant.department.code if grant.department else "") for grant in each.grants.all())
            ),
            joined_at=each.joined_at,
            left_at=each.left_at,
            last_seen=seen.get(each.pk),
            invited_until=invited.get(each.pk),
            away=away.get(str(each.pk)),
            second_factor=each.pk in secured,
        )
        for each in people
    ]


def _state(person: Person, away: Away | None, invited_until: datetime | None) -> str:
    if person.is_active:
        return "away" if away else "active"
    if person.left_at is not None:
        return "left"
    return "invited" if invited_until and invited_until > clock.now() else "expired"


def sign_ins(
    *, person: str = "", refused_only: bool = False, before: int = 0, current: str = "", limit: int = SIGN_INS_ON_A_PAGE
) -> list[SignInRow]:
    """The newest sign-ins and refused ones, of one person or all; ``before`` is the last key of the page before."""
    rows = SignIn.objects.select_related("person").order_by("-at", "-pk")
    if person:
        rows = rows.filter(person_id=whole_number(person) or 0)
    if refused_only:
        rows = rows.filter(outcome="refused")
    if before:
        rows = rows.filter(pk__lt=before)
    return [_sign_in(each, current) for each in rows[:limit]]


def open_sessions(person: str, *, current: str = "") -> list[SignInRow]:
    """Where somebody is signed in now, the newest first. ``current`` is the hash of the session that asks."""
    rows = SignIn.objects.select_related("person").filter(person_id=whole_number(person) or 0, ended_at=None)
    rows = rows.exclude(session_hash="").filter(at__gt=clock.now() - settings.DESAGRAVO_SESSION_LONGEST)
    return [_sign_in(each, current) for each in rows.order_by("-at", "-pk")[:SIGN_INS_ON_A_PAGE]]


def _sign_in(row: SignIn, current: str) -> SignInRow:
    living = bool(row.session_hash) and row.ended_at is None
    return SignInRow(
        key=row.pk,
        person=str(row.person_id or ""),
        name=row.person.name if row.person else "",
        outcome=row.outcome,
        at=row.at,
        seen_at=row.seen_at,
        ended_at=row.ended_at,
        address=row.address,
        agent=row.agent,
        open=living and row.at > clock.now() - settings.DESAGRAVO_SESSION_LONGEST,
        current=living and row.session_hash == current,
    )


def needs_second_factor(actor: Actor) -> bool:
    """Do the roles of this person ask for a second factor?"""
    return actor.kind == "staff" and roles_need_second_factor(actor.roles)


def roles_need_second_factor(roles: Iterable[str]) -> bool:
    """Does one of these roles ask for a second factor?"""
    return not set(settings.DESAGRAVO_SECOND_FACTOR).isdisjoint(roles)


def has_second_factor(person_id: str) -> bool:
    """Has this person one besides the password? Recovery codes alone are none."""
    key = whole_number(person_id)
    return key is not None and _second_factors().filter(user=key).exists()


def has_code_app(person_id: str) -> bool:
    """Has this person an app that shows codes?"""
    key = whole_number(person_id)
    return key is not None and Authenticator.objects.filter(user=key, type=Authenticator.Type.TOTP).exists()


def signs_with_passkey(person_id: str) -> bool:
    """Is a passkey all that this person has besides the password (and recovery codes)?"""
    key = whole_number(person_id)
    passkeys = Authenticator.objects.filter(user=key, type=Authenticator.Type.WEBAUTHN)
    return key is not None and not has_code_app(person_id) and passkeys.exists()


def _second_factors() -> Any:  # allauth has no types
    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
