"""The customer's private link: sent again, or replaced by a new one."""

import re
from hmac import compare_digest

from django.db import transaction

from desagravo.cases import tracking
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.events import TrackingRenewed, TrackingSentAgain
from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow

_NUMBER = re.compile(r"([0-9]{4})\s*[-–/ ]\s*([0-9]{1,9})", re.ASCII)


@transaction.atomic
def renew_tracking(case: Case, *, actor: Actor) -> str:
    """Replace the link; the old one stops working. Gives the new address. Its mail leaves through the outbox."""
    case = begin("renew_tracking", case, actor=actor)
    _replace(case)
    finish(case, "renew_tracking", TrackingRenewed(case.tracking_generation), actor=actor)
    return tracking.url_of(case)


@transaction.atomic
def send_tracking_again(case: Case, *, actor: Actor) -> None:
    """Mail the present link once more, to the address on record. Nothing that works stops working.

    One that has expired is replaced, because it may lie in any old mail.

    Raises:
        NotNow: ``no_address``.
    """
    case = begin("send_tracking_again", case, actor=actor)
    if not case.customer.email:
        raise NotNow("no_address")
    if not case.tracking_generation or (case.tracking_expires_at and case.tracking_expires_at <= clock.now()):
        _replace(case)
    finish(case, "send_tracking_again", TrackingSentAgain(case.tracking_generation), actor=actor)


def _replace(case: Case) -> None:
    case.tracking_generation += 1
    case.tracking_hash = tracking.hash_of(tracking.token_of(case))
    case.tracking_expires_at = tracking.end_after_closing() if case.closed_at else None


def _as_given(number: str) -> str:
    """A case number as it was given, from how somebody remembers it: "2026-34", " 2026 - 00034"."""
    found = _NUMBER.fullmatch(number.strip())
    return f"{found[1]}-{int(found[2]):05d}" if found else ""


def ask_for_link(*, email: str, number: str) -> bool:
    """Somebody without the link asks for it by mail.

    It goes only to the address on record, so the answer to the asker is the same whether it went or not;
    the return value is for tests and statistics, never for the page.
    """
    case = Case.objects.select_related("customer").filter(number=_as_given(number)).first()
    known = case.customer.email if case else ""
    matches = compare_digest(known.encode(), email.strip().lower().encode("utf-8", "replace"))
    if case is None or not known or not matches:
        return False
    send_tracking_again(case, actor=Actor("customer", case.number))
    return True
