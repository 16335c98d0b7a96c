"""Writing the history: the last act of every verb, in the transaction of its change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Subquery

from desagravo.common import clock, crash
from desagravo.common.actor import Actor
from desagravo.history import chain, registry, sealing
from desagravo.history.canonical import canonical
from desagravo.history.content import erases, salts_erased_by
from desagravo.history.models import ChainHead, Delivery, Event, Salt

BATCH = 500
"""Rows in one INSERT, at most; Django sends SQLite fewer (999 values)."""
LONGEST_FACT = 1000
"""Characters. What is longer was written by somebody and belongs in a room's own table, as private content."""


@dataclass(frozen=True)
class Entry:
    """One event to be written.

    ``case`` is the case number or empty; ``subject`` the (kind, id) of what it is about, by default the case itself;
    ``because`` the rule that decided (``edition#rule``); ``private`` the content that is committed to but not kept
    here; ``not_before`` the earliest moment for the work that follows; ``occurred_at`` when it happened, where that
    was not now (a paper form that arrived yesterday).
    """

    facts: Any
    actor: Actor
    case: str = ""
    subject: tuple[str, str] = ("", "")
    because: str = ""
    department: str = ""
    private: Mapping[str, str | bytes] | None = None
    not_before: datetime | None = None
    occurred_at: datetime | None = None


def record(
    facts: Any,
    *,
    actor: Actor,
    case: str = "",
    subject: tuple[str, str] = ("", ""),
    because: str = "",
    department: str = "",
    private: Mapping[str, str | bytes] | None = None,
    not_before: datetime | None = None,
    occurred_at: datetime | None = None,
) -> Event:
    """Write one event and the work that follows from it; see :class:`Entry` for the arguments.

    Call it inside ``transaction.atomic()`` as the last act of a verb: it locks the counter of the chain until the
    transaction ends. Four queries, with private content five.

    Raises:
        RuntimeError: not inside a transaction.
        LookupError: the kind of event is not registered.
        TypeError, ValueError: facts that an event cannot hold.
    """
    entry = Entry(facts, actor, case, subject, because, department, private, not_before, occurred_at)
    return record_many([entry])[0]


def record_many(entries: Iterable[Entry]) -> list[Event]:
    """Write many events in the given order with a few queries for each batch. Otherwise as :func:`record`."""
    entries = list(entries)
    if not entries:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("an event is written in the transaction of its change: use transaction.atomic()")
    prepared = [_details(entry) for entry in entries]
    head, last_n = _take_counter(sorted({entry.case for entry in entries if entry.case}))
    now = clock.now()
    events: list[Event] = []
    salts: list[Salt] = []
    deliveries: list[Delivery] = []
    previous = head.hash
    for seq, (entry, (kind, details)) in enumerate(zip(entries, prepared, strict=True), start=head.seq + 1):
        n = None
        if entry.case:
            n = last_n[entry.case] = last_n.get(entry.case, 0) + 1
        commits, new_salts = _commit(seq, entry.private)
        event = _event(entry, kind, details, commits, seq=seq, n=n, previous=previous, now=now)
        previous = event.hash
        events.append(event)
        salts += new_salts
        deliveries += _deliveries(event, entry.not_before or now)
    _write(head, events, salts, deliveries)
    crash.point("history.recorded")
    return events


def erase_salts(case: str) -> int:
    """Delete the salts of what the newest event says was erased from this case; tells how many.

    The only way to a salt. Call it in the transaction of the erasure, straight after its event was recorded: the
    triggers of the database, too, let salts go only while such an event is the newest. Afterwards nobody can prove,
    or find out by guessing, what the commitments held.

    Raises:
        RuntimeError: the newest event of the chain is not an erasure of this case.
    """
    newest = Event.objects.filter(pk=ChainHead.objects.select_for_update().get(pk=1).seq).first()
    if not connection.in_atomic_block or newest is None or newest.case_number != case or not erases(newest.kind):
        raise RuntimeError("salts are erased with the event that says so, in its transaction")
    gone = list(salts_erased_by(newest))
    for start in range(0, len(gone), BATCH):
        part = gone[start : start + BATCH]
        rows = Salt.objects.filter(event__in={seq for seq, _piece in part}).values_list("pk", "event_id", "piece")
        wanted = set(part)
        with sealing.erasing():
            Salt.objects.filter(pk__in=[key for key, seq, piece in rows if (seq, piece) in wanted]).delete()
    return len(gone)


def end_work(case: str) -> None:
    """Nothing more follows from the events of this case so far, and no message of an error about it stays.

    Work that a worker has in hand is left to it. What came before, and was done or given up, keeps only that.
    """
    mine = Delivery.objects.filter(event__in=Event.objects.filter(case_number=case).values("seq"))
    mine.filter(state=Delivery.WAITING).update(state=Delivery.DONE, due_at=None, ended_at=clock.now())
    mine.exclude(last_error="").update(last_error="")


def _details(entry: Entry) -> tuple[registry.Kind, registry.Details]:
    kind = registry.kind_of(entry.facts)
    details = registry.details_of(entry.facts)
    for name, fact in details.items():
        if isinstance(fact, str) and len(fact) > LONGEST_FACT:
            raise ValueError(f"{kind.name}: {name} is too long for a fact; pass it as private content")
    return kind, details


def _take_counter(cases: Sequence[str]) -> tuple[ChainHead, dict[str, int]]:
    """Lock the counter; tell the last number within each of these cases.

    For one case both come from one query. PostgreSQL may have waited for the lock with an older view of the events;
    then the last event seen is not the one that the counter names, and the number is asked for again.
    """
    heads = ChainHead.objects.select_for_update()
    if len(cases) == 1:
        newest = Event.objects.order_by("-seq").values("seq")[:1]
        of_case = Event.objects.filter(case_number=cases[0]).order_by("-n").values("n")[:1]
        head = heads.annotate(seen=Subquery(newest), last_n=Subquery(of_case)).get(pk=1)
        if (head.seen or 0) == head.seq:
            return head, {cases[0]: head.last_n or 0}
        return head, _last_numbers(cases)
    return heads.get(pk=1), _last_numbers(cases)


def _last_numbers(cases: Sequence[str]) -> dict[str, int]:
    last: dict[str, int] = {}
    for start in range(0, len(cases), BATCH):
        chosen = Event.objects.filter(case_number__in=cases[start : start + BATCH])
        last.update(chosen.values_list("case_number").annotate(Max("n")))
    return last


def _commit(seq: int, private: Mapping[str, str | bytes] | None) -> tuple[dict[str, str], list[Salt]]:
    commits: dict[str, str] = {}
    salts: list[Salt] = []
    for piece, content in (private or {}).items():
        salt = chain.new_salt()
        commits[piece] = chain.commitment(salt, content)
        salts.append(Salt(event_id=seq, piece=piece, salt=salt))
    return commits, salts


def _event(
    entry: Entry,
    kind: registry.Kind,
    details: registry.Details,
    commits: Mapping[str, str],
    *,
    seq: int,
    n: int | None,
    previous: str,
    now: datetime,
) -> Event:
    subject_kind, subject_id = entry.subject if entry.subject[0] else ("case", entry.case)
    columns: dict[str, Any] = {
        "case_number": entry.case,
        "n": n,
        "subject_kind": subject_kind,
        "subject_id": str(subject_id),
        "kind": kind.name,
        "version": kind.version,
        "actor_kind": entry.actor.kind,
        "actor_id": str(entry.actor.id),
        "department": entry.department,
        "because": entry.because,
    }
    occurred = entry.occurred_at or now
    payload = canonical(
        {
            **columns,
            "seq": seq,
            "occurred_at": chain.instant(occurred),
            "recorded_at": chain.instant(now),
            "details": details,
            "commits": commits,
            "prev": previous,
        }
    )
    return Event(
        **columns,
        seq=seq,
        occurred_at=occurred,
        recorded_at=now,
        payload=payload,
        prev_hash=previous,
        hash=chain.event_hash(previous, payload),
    )


def _deliveries(event: Event, due: datetime) -> list[Delivery]:
    return [
        Delivery(event_id=event.seq, subscriber=each.name, due_at=due, max_attempts=each.attempts)
        for each in registry.subscribers(event.kind)
    ]


def _write(head: ChainHead, events: list[Event], salts: list[Salt], deliveries: list[Delivery]) -> None:
    Event.objects.bulk_create(events, batch_size=BATCH)
    if salts:
        Salt.objects.bulk_create(salts, batch_size=BATCH)
    if deliveries:
        Delivery.objects.bulk_create(deliveries, batch_size=BATCH)
    ChainHead.objects.filter(pk=head.pk).update(seq=events[-1].seq, hash=events[-1].hash)
