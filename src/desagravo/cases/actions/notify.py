"""Notices: made by the worker, read by their person, mailed by the channel that does so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, QuerySet

from desagravo.cases.models.notice import Notice
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotYours
from desagravo.departments.queries import Told

MANY: Final = 5
"""So many unread lines of one kind within :data:`SOON` become one line with a count."""
SOON: Final = timedelta(minutes=5)
COUNTED: Final = frozenset({"assigned", "asked", "approval_wanted", "came_back"})
"""Kinds that have a list to look at; what a customer did on five cases stays five lines."""
_TOO_LATE: Final = timedelta(days=3)


@dataclass(frozen=True)
class Line:
    """What happened, as a notice keeps it."""

    kind: str
    case_number: str
    event_seq: int
    at: datetime
    subject: tuple[str, str] = ("", "")


def notify(people: Sequence[Told], line: Line) -> None:
    """A line for each of them. Runs in the transaction that makes it happen once."""
    mailed = clock.now() - line.at < _TOO_LATE  # old news is shown, but nobody is disturbed with it
    for person in people:
        to_mail = mailed and person.notices != "off"
        if line.kind in COUNTED and _count(person, line, to_mail=to_mail):
            continue
        Notice.objects.get_or_create(
            person_id=int(person.id),
            event_seq=line.event_seq,
            kind=line.kind,
            defaults={
                "case_number": line.case_number,
                "subject_kind": line.subject[0],
                "subject_id": line.subject[1],
                "at": line.at,
                "to_mail": to_mail,
            },
        )


def _count(person: Told, line: Line, *, to_mail: bool) -> bool:
    """Count the line to others of its kind, if there are many at once; False if it stands for itself."""
    unread = Notice.objects.filter(person_id=int(person.id), kind=line.kind, read_at=None, at__gte=line.at - SOON)
    many = unread.filter(count__gt=1).order_by("-pk").first()
    if many is None:
        single = list(unread.order_by("pk")[: MANY + 1])
        if len(single) < MANY - 1:
            return False
        many = single[-1]
        Notice.objects.filter(pk__in=[each.pk for each in single[:-1]]).delete()
        Notice.objects.filter(pk=many.pk).update(count=len(single), case_number="", subject_kind="", subject_id="")
    counted = Notice.objects.filter(pk=many.pk, read_at=None)
    return bool(counted.update(count=F("count") + 1, at=line.at, to_mail=to_mail))


def settle(case_number: str, kinds: Iterable[str], *, up_to: int, subject_id: str = "") -> int:
    """What these lines asked for was done: nobody is to look at them any more. Tells how many were unread."""
    found = Notice.objects.filter(case_number=case_number, kind__in=list(kinds), event_seq__lt=up_to, read_at=None)
    found = found.filter(subject_id=subject_id) if subject_id else found
    return _read(found.values_list("pk", flat=True))


def read_notice(key: int, *, actor: Actor) -> Notice:
    """Its person has seen this line.

    Raises:
        NotYours: there is none with this number, or it is somebody else's.
    """
    row = _of(actor).filter(pk=key).first()
    if row is None:
        raise NotYours("not_found")
    _read(_of(actor).filter(pk=key, read_at=None).values_list("pk", flat=True))
    return row


def read_all_notices(*, actor: Actor, up_to: int) -> int:
    """Its person has seen all lines up to this one, which stood on the page; tells how many were unread."""
    return _read(_of(actor).filter(pk__lte=up_to, read_at=None).values_list("pk", flat=True))


def _of(actor: Actor) -> QuerySet[Notice]:
    return Notice.objects.filter(person_id=int(actor.id)) if actor.kind == "staff" else Notice.objects.none()


def _read(keys: Iterable[int]) -> int:
    return Notice.objects.filter(pk__in=list(keys)).update(read_at=clock.now(), to_mail=False)


def notices_mailed(keys: Iterable[int]) -> int:
    """They stand in a mail now, which is kept in the same transaction; tells how many had not stood in one before."""
    return Notice.objects.filter(pk__in=list(keys), to_mail=True).update(to_mail=False, mailed_at=clock.now())
