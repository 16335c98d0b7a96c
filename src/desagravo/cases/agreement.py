"""Do the rows of this room agree with the events? Every case in the state that its events lead to, and no row that no
event speaks of.

Cases are read in batches, rows first and their events after: a row that is seen has its event, because both were
committed together. What does not agree is looked at again with the case locked, as every verb locks it, before it is
called a finding.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import models, transaction

from desagravo.cases.lifecycle import replay
from desagravo.cases.models import (
    Assessment,
    Attachment,
    Case,
    CaseMove,
    ClockEvent,
    ComplaintForm,
    Consultation,
    Document,
    Finding,
    Message,
    Point,
    Recoding,
    Referral,
    Response,
    SignOff,
)
from desagravo.history.findings import Finding as Found
from desagravo.history.queries import Told, told_of

AT_ONCE = 300
"""Cases looked at together; memory does not grow with their number."""
_DECIDED: Final = {"case.assessed": "outcome", "case.overruled": "after"}
"""Kind of event → the fact that holds the severity from then on."""
_SPOKEN_OF: Final[Mapping[str, models.Manager[Any]]] = {
    "form": ComplaintForm.objects,
    "message": Message.objects,
    "assessment": Assessment.objects,
    "consultation": Consultation.objects,
    "finding": Finding.objects,
    "point": Point.every,
    "response": Response.objects,
    "sign_off": SignOff.objects,
    "referral": Referral.objects,
    "case_move": CaseMove.objects,
    "clock_event": ClockEvent.objects,
    "document": Document.objects,
}
"""The kind of subject under which events speak of the rows of a table."""


def check_agreement() -> Found | None:
    """The first case, in the order of their making, whose rows and events do not agree."""
    last = 0
    while batch := list(Case.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for suspect, _finding in _differences(batch):
            with transaction.atomic():
                locked = Case.objects.select_for_update(of=("self",)).get(pk=suspect.pk)
                if still := next(_differences([locked]), None):
                    return still[1]
        last = batch[-1].pk
    return None


def _differences(batch: Sequence[Case]) -> Iterator[tuple[Case, Found]]:
    rows = _rows_of([case.pk for case in batch])
    on_their_way = _on_their_way([case.pk for case in batch])
    told = told_of([case.number for case in batch])
    for case in batch:
        events = told.get(case.number, [])
        finding = (
            _state(case, events) or _left(case, on_their_way[case.pk], events) or _unspoken(case, rows[case.pk], events)
        )
        if finding:
            yield case, finding


def _state(case: Case, events: Sequence[Told]) -> Found | None:
    """The columns that follow from the events."""
    expected = {"status": replay(event.kind for event in events), "severity": _severity(events)}
    for name, value in expected.items():
        if getattr(case, name) != value:
            facts = {"case": case.number, "differs": name, "stored": getattr(case, name), "told": value}
            return Found(events[-1].seq if events else None, "changed_state", facts)
    return None


_LEFT: Final = {"case.wrote_to_customer": "left", "message.released": "leaving", "message.held_back": "held back"}


def _left(case: Case, stored: Mapping[int, str], events: Iterable[Told]) -> Found | None:
    """What was released and held back is not the customer's: the newest event about a message says where it is."""
    told = {int(event.subject_id): (_LEFT[event.kind], event.seq) for event in events if event.kind in _LEFT}
    for key in sorted({*told, *stored}):
        state, seq = told.get(key, ("left", None))
        if stored.get(key, "left") != state:
            facts = {"case": case.number, "differs": f"message {key}", "stored": stored.get(key, "left"), "told": state}
            return Found(seq, "changed_state", facts)
    return None


def _on_their_way(cases: Sequence[int]) -> Mapping[int, dict[int, str]]:
    """Case → its messages that are not the customer's yet, or never were."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    columns = ("case", "pk", "held_back_at")
    for case, key, held_back_at in Message.objects.exclude(leaves_at=None).filter(case__in=cases).values_list(*columns):
        found[case][key] = "held back" if held_back_at else "leaving"
    return found


def _severity(events: Iterable[Told]) -> str:
    decided = [event.details[_DECIDED[event.kind]] for event in events if event.kind in _DECIDED]
    return str(decided[-1]) if decided else ""


def _unspoken(case: Case, rows: Sequence[str], events: Iterable[Told]) -> Found | None:
    spoken = {f"{event.subject_kind}:{event.subject_id}" for event in events}
    spoken.update(piece for event in events for piece in event.pieces)
    for row in rows:
        if row not in spoken:
            return Found(None, "row_without_event", {"case": case.number, "row": row.replace(":", " ")})
    return None


def _rows_of(cases: Sequence[int]) -> Mapping[int, list[str]]:
    """Case → its rows as events name them: ``message:17``, ``file:…``."""
    rows: dict[int, list[str]] = defaultdict(list)
    for kind, table in _SPOKEN_OF.items():
        for case, key in table.filter(case__in=cases).order_by("pk").values_list("case", "pk"):
            rows[case].append(f"{kind}:{key}")
    recodings = Recoding.objects.filter(sign_off__case__in=cases).order_by("pk")
    for case, key in recodings.values_list("sign_off__case", "pk"):
        rows[case].append(f"recoding:{key}")
    for case, stored in Attachment.objects.filter(case__in=cases).order_by("pk").values_list("case", "stored"):
        rows[case].append(f"file:{stored}")
    return rows
