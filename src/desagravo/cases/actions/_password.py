"""The password that is given again for a signature: wrong ones are on record, and after a few of them nobody signs
for a while, not even with the right one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases.actions._path import entry
from desagravo.cases.events import SignOffRefused
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Refusal, words
from desagravo.departments import actions as people
from desagravo.departments import queries as departments
from desagravo.history import queries as history
from desagravo.history.actions import record_many
from desagravo.history.registry import Facts

MOST_TRIES = 5
WITHIN = timedelta(minutes=15)
_KINDS = ("sign_off.refused", "privacy.erasure_refused")

words(
    {
        "no_passkey": _("The passkey did not confirm this signature. Sign again, or type a recovery code."),
        "wrong_code": _("This code is not right. Take the newest one from your app; each works once."),
        "too_many_tries": _("A wrong password was given too often. You can sign again in %(minutes)s minutes."),
    }
)


def _tries(actor: Actor, *, since: datetime) -> list[datetime]:
    return sorted(at for kind in _KINDS for at in history.moments_of(kind, actor.id, since=since))


def problem_with_code(code: str, case: Case, *, actor: Actor) -> Refusal | None:
    """Why this code does not sign; None if it is right, or the actor has no second factor.

    Asked after the password and after everything else, because a code works once (ASVS 6.3.3, 7.5.1). Wrong ones count
    with wrong passwords. Who has a passkey and no app gives what the passkey answered to the page, or a recovery code.
    """
    if actor.kind != "staff" or not departments.has_second_factor(actor.id):
        return None
    if code.strip() and people.code_is_right(actor.id, code.strip()):
        return None
    tries = _tries(actor, since=clock.now() - WITHIN)
    with transaction.atomic():
        record_many([entry(case, SignOffRefused(len(tries) + 1), actor=actor)])
    return Refusal("no_passkey" if departments.signs_with_passkey(actor.id) else "wrong_code")


def problem_with(
    password: str, case: Case, *, actor: Actor, refused: Callable[[int], Facts] = SignOffRefused
) -> Refusal | None:
    """Why this password does not sign; None if it is the actor's own. A wrong one is recorded at once.

    Tries of one person count together, on whatever case and for whatever purpose; ``refused`` is the event that says
    what it was for. Call it outside a transaction: what is recorded must stay
    when the signature is refused. Requests at the same moment may each have one try more.
    """
    person = departments.person(actor.id) if actor.kind == "staff" else None
    if person is None or not password:
        return Refusal("wrong_password")
    now = clock.now()
    tries = _tries(actor, since=now - WITHIN)
    if len(tries) >= MOST_TRIES:
        left = tries[-MOST_TRIES] + WITHIN - now
        return Refusal("too_many_tries", minutes=max(1, -(-left // timedelta(minutes=1))))
    if person.check_password(password):
        return None
    with transaction.atomic():
        record_many([entry(case, refused(len(tries) + 1), actor=actor)])
    return Refusal("wrong_password")
