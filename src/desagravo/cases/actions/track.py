"""The customer's private link: sent again, or replaced by a new one."""

from django.db import transaction

from desagravo.cases import tracking
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.events import TrackingRenewed
from desagravo.cases.models import Case
from desagravo.common.actor import Actor


@transaction.atomic
def renew_tracking(case: Case, *, actor: Actor) -> str:
    """Replace the link; the old one stops working. Gives the new address. Its mail leaves through the outbox."""
    case = begin("renew_tracking", case, actor=actor)
    case.tracking_generation += 1
    case.tracking_hash = tracking.hash_of(tracking.token_of(case))
    case.tracking_expires_at = None
    finish(case, "renew_tracking", TrackingRenewed(case.tracking_generation), actor=actor)
    return tracking.url_of(case)


def ask_for_link(*, email: str, number: str) -> bool:
    """Somebody without a working link asks for a new one by mail.

    It goes only to the address on record, so the answer to the asker is the same whether it went or not;
    the return value is for tests and statistics, never for the page.
    """
    case = Case.objects.select_related("customer").filter(number=number.strip()).first()
    if case is None or not case.customer.email or case.customer.email != email.strip().lower():
        return False
    renew_tracking(case, actor=Actor("customer", case.number))
    return True
