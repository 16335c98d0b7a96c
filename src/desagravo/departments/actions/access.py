"""Getting in: who signed in from where, ending sessions, and taking off a second factor that was lost."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction

from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.dates import day
from desagravo.common.refusals import NotNow, NotYours
from desagravo.departments import authority
from desagravo.departments.actions import _people
from desagravo.departments.models import Person, SignIn
from desagravo.departments.people_events import SecondFactorRemoved, SessionsEnded
from desagravo.history.actions import record

SEEN_EVERY = timedelta(minutes=5)
"""How fine we know when somebody was last here: no request but one in five minutes writes for it."""
KEPT_FOR = timedelta(days=180)
ADDRESS_SETTLES = timedelta(days=7)
"""How long after a change of address nobody takes off the second factor: the old address was told and can object."""


def session_hash(session_key: str | None) -> str:
    """How a session is named where it must not be usable."""
    return sha256(session_key.encode()).hexdigest() if session_key else ""


def note_signed_in(person: Person, *, address: str, agent: str, session_key: str | None) -> int:
    """Somebody came in; tells the key under which that is noted."""
    return _note(person, "signed_in", address, agent, session_hash(session_key))


def note_refused(person: Person | None, *, address: str, agent: str) -> None:
    """Somebody tried, with a wrong password or second factor, or an address that nobody here has."""
    _note(person, "refused", address, agent, "")


def note_signed_out(session_key: str | None) -> None:
    """Somebody went."""
    if named := session_hash(session_key):
        _end_rows([named], "signed_out")


def note_moved(key: int, session_key: str | None) -> None:
    """The same session under a new key, as after a change of password."""
    SignIn.objects.filter(pk=key, ended_at=None).update(session_hash=session_hash(session_key))


def note_seen(session_key: str | None) -> None:
    """Somebody is still here. The caller asks only every ``SEEN_EVERY``."""
    SignIn.objects.filter(session_hash=session_hash(session_key), ended_at=None).update(seen_at=clock.now())


def forget_old_sign_ins(now: datetime) -> int:
    """Remove what is older than half a year. The worker calls this; tells how many."""
    old = SignIn.objects.filter(at__lt=now - KEPT_FOR)
    keys = list(old.values_list("pk", flat=True)[:1000])
    return SignIn.objects.filter(pk__in=keys).delete()[0]


def end_session(key: int, *, actor: Actor) -> None:
    """End one session: the own, or as an administrator anybody's, which is on record. Raises NotYours."""
    row = SignIn.objects.filter(pk=key, ended_at=None).exclude(session_hash="").first()
    if row is None or (str(row.person_id) != actor.id and not authority.may(actor, "end_session")):
        raise NotYours("not_found")
    person_id = str(row.person_id)
    with transaction.atomic():
        _end([row.session_hash])
        if person_id != actor.id:
            record(SessionsEnded(person_id, 1, everywhere=False), actor=actor, subject=("person", person_id))


@transaction.atomic
def end_sessions(person_id: str, *, actor: Actor, but: str = "") -> int:
    """Sign somebody out everywhere, except in the session with the hash ``but``. Tells how many sessions ended.

    Everybody does so for themselves; what an administrator does for somebody else is on record.
    """
    own = actor.kind == "staff" and actor.id == person_id
    if not own:
        _people.may_manage(actor)
    person = _people.locked(person_id)
    count = end_all(person, but=but)
    if not own:
        record(SessionsEnded(person_id, count), actor=actor, subject=("person", person_id))
    return count


def end_all(person: Person, *, but: str = "") -> int:
    """End every session of a person, because rights, password or second factor changed."""
    rows = SignIn.objects.filter(person=person, ended_at=None).exclude(session_hash__in=["", but])
    return _end(list(rows.values_list("session_hash", flat=True)))


def remove_second_factor(person_id: str, *, actor: Actor) -> None:
    """Take off the second factor of somebody who lost it; they set up a new one when they next sign in.

    Raises:
        NotAllowed: another role, or the own one (which is changed with the own password, under preferences).
        NotNow: the person's address was changed lately. Who did both would be in the person's place.
    """
    _people.may_manage(actor, person_id, verb="remove_second_factor")
    with transaction.atomic():
        person = _people.locked(person_id)
        if person.email_changed_at and clock.now() < (until := person.email_changed_at + ADDRESS_SETTLES):
            raise NotNow("address_changed_lately", day=str(day(until.date())))
        Authenticator.objects.filter(user=person).delete()
        end_all(person)
        record(SecondFactorRemoved(person_id), actor=actor, subject=("person", person_id))


def code_is_right(person_id: str, code: str) -> bool:
    """Is this a code of the person's app, a recovery code, or what their passkey answered to :func:`ask_passkey`?

    It is used up by being right; a passkey's question also by a wrong answer.
    """
    if code.startswith("{"):
        return _passkey_answered(person_id, code)
    typed = Authenticator.objects.filter(user=int(person_id)).exclude(type=Authenticator.Type.WEBAUTHN)
    return any(each.wrap().validate_code(code) for each in typed.order_by("-type"))


def ask_passkey(person_id: str) -> dict[str, Any]:
    """The question that a page puts to the person's passkey. It lies in the session of this request until answered."""
    asked: dict[str, Any] = webauthn.begin_authentication(_people.somebody(person_id))
    return asked


def _passkey_answered(person_id: str, answer: str) -> bool:
    try:
        used = webauthn.complete_authentication(_people.somebody(person_id), json.loads(answer))
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return False
    finally:
        webauthn.clear_state()
    used.record_usage()
    return True


def _note(person: Person | None, outcome: str, address: str, agent: str, named: str) -> int:
    now = clock.now()
    row = SignIn.objects.create(
        person=person,
        outcome=outcome,
        at=now,
        seen_at=now if outcome == "signed_in" else None,
        address=address[:45],
        agent=agent[:200],
        session_hash=named,
    )
    return row.pk


def _end(hashes: Iterable[str]) -> int:
    """Remove the sessions themselves; their keys are known only to the browsers, so they are looked for."""
    wanted = {each for each in hashes if each}
    if not wanted:
        return 0
    living = Session.objects.filter(expire_date__gt=clock.now()).values_list("session_key", flat=True)
    keys = [key for key in living.iterator() if session_hash(key) in wanted]
    Session.objects.filter(session_key__in=keys).delete()
    _end_rows(wanted, "ended")
    return len(keys)


def _end_rows(hashes: Iterable[str], outcome: str) -> None:
    SignIn.objects.filter(session_hash__in=list(hashes), ended_at=None).update(
        ended_at=clock.now(), outcome=outcome, session_hash=""
    )
