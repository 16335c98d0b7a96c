"""Reading the history."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from desagravo.history import proofs as proving
from desagravo.history.chain import START
from desagravo.history.checkpoints import Standing, standing
from desagravo.history.models import ChainHead, Event
from desagravo.history.proofs import Printed as Printed  # noqa: PLC0414  (others name it by this window)
from desagravo.history.registry import Facts, Who, facts_from, kinds


@dataclass(frozen=True)
class EventView:
    """One event as the other rooms see it. ``n`` is its number within the case (0 without a case)."""

    seq: int
    case: str
    n: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor_kind: str
    actor_id: str
    subject: tuple[str, str]
    department: str
    because: str
    facts: Facts
    hash: str

    def sentence(self, who: Who | None = None) -> str:
        """What happened, as one sentence in the active language; ``who`` knows the names (see ``registry``)."""
        who = who or Who()
        return self.facts.sentence(replace(who, by=who.acting(self.actor_kind, self.actor_id)))


class CaseHead(NamedTuple):
    """The last event of a case: its number within the case, its number in the chain, its hash."""

    n: int
    seq: int
    hash: str


class Told(NamedTuple):
    """What one event says, as far as a room compares its rows with it; ``pieces`` are the names of what it bound in."""

    seq: int
    kind: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    pieces: tuple[str, ...]


def told_of(numbers: Collection[str]) -> dict[str, list[Told]]:
    """Case → what its events say, oldest first. One query; meant for comparing many cases, batch by batch."""
    found: dict[str, list[Told]] = {}
    columns = ("case_number", "seq", "kind", "subject_kind", "subject_id", "payload")
    events = Event.objects.filter(case_number__in=numbers).order_by("case_number", "n").values_list(*columns)
    for number, seq, kind, subject_kind, subject_id, payload in events:
        said = json.loads(payload)
        told = Told(seq, kind, subject_kind, subject_id, said["details"], tuple(said["commits"]))
        found.setdefault(number, []).append(told)
    return found


def told_apart(kind: str) -> list[Told]:
    """What the events of one kind say that belong to no case, oldest first. One query."""
    columns = ("seq", "kind", "subject_kind", "subject_id", "payload")
    events = Event.objects.filter(case_number="", kind=kind).order_by("seq").values_list(*columns)
    found: list[Told] = []
    for seq, of_kind, subject_kind, subject_id, payload in events:
        said = json.loads(payload)
        found.append(Told(seq, of_kind, subject_kind, subject_id, said["details"], tuple(said["commits"])))
    return found


def of_case(number: str) -> list[EventView]:
    """All events of a case, oldest first. One query."""
    return _views(Event.objects.filter(case_number=number, n__isnull=False).order_by("n"))


def since(seq: int, *, limit: int = 1000) -> list[EventView]:
    """The events after this number, oldest first, at most ``limit``; ask again with the last one's number."""
    return _views(Event.objects.filter(seq__gt=seq).order_by("seq")[:limit])


def numbered(seqs: Iterable[int]) -> dict[int, EventView]:
    """The events with these numbers. One query."""
    return {view.seq: view for view in _views(Event.objects.filter(pk__in=set(seqs)))}


def newest_about(subject_kind: str, subject_id: str, *, limit: int = 100) -> list[EventView]:
    """The newest events about one thing apart from cases (a person, a department), newest first."""
    apart = Event.objects.filter(case_number="", subject_kind=subject_kind, subject_id=subject_id)
    return _views(apart.order_by("-seq")[:limit])


def event(seq: int) -> EventView | None:
    """One event."""
    return next(iter(_views(Event.objects.filter(pk=seq))), None)


def kinds_of_case(number: str) -> list[str]:
    """The kinds of a case's events in their order, for recomputing its status."""
    return list(Event.objects.filter(case_number=number).order_by("n").values_list("kind", flat=True))


def kinds_of_cases(numbers: Collection[str], kinds: Collection[str]) -> dict[str, list[str]]:
    """Case → those of its events that are of these kinds, in their order. One query; for lists."""
    found: dict[str, list[str]] = {}
    events = Event.objects.filter(case_number__in=numbers, kind__in=kinds).order_by("case_number", "n")
    for number, kind in events.values_list("case_number", "kind"):
        found.setdefault(number, []).append(kind)
    return found


def moments_of(kind: str, actor_id: str, *, since: datetime) -> list[datetime]:
    """When this actor caused events of this kind since then, oldest first. Looks only at the end of the chain."""
    before = Event.objects.filter(recorded_at__lt=since).order_by("-seq").values_list("seq", flat=True).first()
    recent = Event.objects.filter(seq__gt=before or 0, kind=kind, actor_id=actor_id).order_by("seq")
    return list(recent.values_list("recorded_at", flat=True))


def head() -> tuple[int, str]:
    """Number and hash of the newest event; (0, 64 zeros) before the first."""
    found = ChainHead.objects.filter(pk=1).values_list("seq", "hash").first()
    return found or (0, START)


def case_head(number: str) -> CaseHead | None:
    """The newest event of a case, whose hash is printed on the final letter; None without events."""
    found = Event.objects.filter(case_number=number).order_by("-n").values_list("n", "seq", "hash").first()
    return CaseHead(found[0] or 0, found[1], found[2]) if found else None


def printed_proof(seq: int) -> Printed:
    """What a paper made after this event prints of it: first digits of its hash, number of its checkpoint."""
    return proving.printed(seq)


def proofs(case_number: str) -> dict[str, Any]:
    """The events of a case with what proves them (see ``history.proofs``), for whoever is given the case's record."""
    return proving.of_case(case_number)


def checkpoints() -> Standing:
    """How the checkpoints stand: for ``/health`` and the page of whoever looks after the product."""
    return standing()


def people_in(views: Iterable[EventView]) -> set[str]:
    """The ids of all people that the sentences of these events name, to be looked up at once."""
    known = kinds()
    people = set()
    for view in views:
        if view.actor_kind == "staff":
            people.add(view.actor_id)
        kind = known.get(view.kind)
        if kind and isinstance(view.facts, kind.shape):
            people |= _named(view.facts, kind.people)
    return people


def _named(facts: Any, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        value = getattr(facts, name)
        found |= set(value) if isinstance(value, list | tuple) else {value} if value else set()
    return found


def view_of(event: Event) -> EventView:
    """A stored event as a view."""
    return EventView(
        seq=event.seq,
        case=event.case_number,
        n=event.n or 0,
        kind=event.kind,
        at=event.occurred_at,
        recorded_at=event.recorded_at,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        subject=(event.subject_kind, event.subject_id),
        department=event.department,
        because=event.because,
        facts=facts_from(event.kind, event.version, json.loads(event.payload)["details"]),
        hash=event.hash,
    )


def _views(events: QuerySet[Event]) -> list[EventView]:
    return [view_of(each) for each in events]
