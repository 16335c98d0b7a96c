"""Closed cases with their codes, ours and what others call them, for a file: as signed, and as coded anew since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from desagravo.cases.models import Recoding, SignOff
from desagravo.cases.queries.visible import visible_to
from desagravo.common.actor import Actor
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.rulebook import closing
from desagravo.rulebook.edition import STARTER

AXES: Final = ("outcome", "relief", "customer_position", "cause")
SCHEMES: Final = ("cfpb", "fca", "consumidor_gov_br", "livro")
HEAD: Final = (
    "case", "section", "received_on", "closed_on", "edition", *AXES, "amount", "currency", "remedies",
    "settled_by", "delivered", "delivered_on", *SCHEMES,
    "recoded_on", "recoded_edition", *(f"recoded_{axis}" for axis in AXES),
    *(f"recoded_{scheme}" for scheme in SCHEMES),
)  # fmt: skip
"""The columns of the file; docs/guide/manager.md says what they mean."""
_AT_ONCE: Final = 500


def coded_cases(actor: Actor, begin: date, end: date) -> Iterator[list[str]]:
    """A row for every closing section that was signed from ``begin`` to ``end``, both included. NotAllowed.

    Case by case in the order of the signatures; memory does not grow with their number.
    """
    authority.require(actor, "report_codes")
    return _rows(actor, begin, end)


def _rows(actor: Actor, begin: date, end: date) -> Iterator[list[str]]:
    zone = ZoneInfo(departments.organisation().time_zone)
    since = datetime.combine(begin, time(0), zone)
    before = datetime.combine(end + timedelta(days=1), time(0), zone)
    signed = SignOff.objects.filter(signed_at__gte=since, signed_at__lt=before, case__in=visible_to(actor).values("pk"))
    last = 0
    while batch := list(signed.filter(pk__gt=last).select_related("case").order_by("pk")[:_AT_ONCE]):
        recoded: dict[int, Recoding] = {}
        for each in Recoding.objects.filter(sign_off__in=[row.pk for row in batch]).order_by("pk"):
            recoded[each.sign_off_id] = each
        for row in batch:
            yield _row(row, recoded.get(row.pk), zone)
        last = batch[-1].pk


def _row(row: SignOff, anew: Recoding | None, zone: ZoneInfo) -> list[str]:
    edition = row.edition or STARTER
    return [
        row.case.number,
        str(row.section),
        row.case.received_at.astimezone(zone).date().isoformat(),
        row.signed_at.astimezone(zone).date().isoformat(),
        edition,
        *_codes(row.codes),
        f"{row.amount:.2f}" if row.amount is not None else "",
        row.currency,
        " ".join(row.remedies),
        row.settled_by,
        row.remedy_delivered,
        row.delivered_on.isoformat() if row.delivered_on else "",
        *_reported(row.codes, edition),
        anew.at.astimezone(zone).date().isoformat() if anew else "",
        anew.edition if anew else "",
        *(_codes(anew.codes) if anew else [""] * len(AXES)),
        *(_reported(anew.codes, anew.edition) if anew else [""] * len(SCHEMES)),
    ]


def _codes(codes: Mapping[str, Sequence[str]]) -> list[str]:
    return [" ".join(codes.get(axis, ())) for axis in AXES]


def _reported(codes: Mapping[str, Any], edition: str) -> list[str]:
    found = closing.reported_codes(codes, edition=edition)
    return [found.get(scheme, "") for scheme in SCHEMES]
