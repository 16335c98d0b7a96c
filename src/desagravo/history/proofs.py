"""Proofs for single events: under a letter, and in what is given to somebody about a case."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desagravo.history import published
from desagravo.history.checkpoints import folder, hashes_of, keys_folder, number_for
from desagravo.history.findings import Finding
from desagravo.history.merkle import Tree
from desagravo.history.models import Checkpoint, Event
from desagravo.history.witness import compare
from desagravo.history.witness_keys import own

PRINTED = 16
"""Hex digits of an event's hash that stand on a paper."""
FORMAT = "desagravo-proofs-1"


@dataclass(frozen=True)
class Printed:
    """What stands on a paper about the event before it: the same whenever the paper is made."""

    hash: str
    n: int
    seq: int
    checkpoint: int


@dataclass(frozen=True)
class Told:
    """Whether what stands on a paper is true.

    ``verdict``: ``proved``; ``waiting`` (the event is there, its checkpoint is not made yet); ``not_found``;
    ``broken`` (the history does not agree with its checkpoints, as ``finding`` says).
    """

    verdict: str
    case: str = ""
    n: int = 0
    at: str = ""
    finding: Finding | None = None


def printed(seq: int) -> Printed:
    """What a paper that is made after this event prints."""
    event = Event.objects.get(pk=seq)
    return Printed(event.hash[:PRINTED], event.n or 0, seq, number_for(seq))


def look_up(sign: str, *, checkpoint: int, where: Path | None = None) -> Told:
    """Is there an event with these first digits under this checkpoint, and is that stretch of the history whole?"""
    sign = sign.strip().lower()
    row = Checkpoint.objects.filter(pk=checkpoint).first()
    last = Checkpoint.objects.order_by("-number").first()
    if row:
        events = Event.objects.filter(seq__gte=row.first_seq, seq__lte=row.last_seq)
    else:
        events = Event.objects.filter(seq__gt=last.last_seq if last else 0)
    event = events.filter(hash__startswith=sign).first() if len(sign) >= PRINTED else None
    testimony = compare(where or folder())
    if testimony.finding:
        return Told("broken", finding=testimony.finding)
    if event is None:
        return Told("not_found")
    if row is None and number_for(event.seq) != checkpoint:
        return Told("not_found")
    return Told("proved" if row else "waiting", event.case_number, event.n or 0, event.occurred_at.isoformat())


def of_case(number: str) -> dict[str, Any]:
    """The events of a case with what proves each: to be put into an export, and checked without any database.

    ``events`` hold the text that was hashed, the hash before, number and place under a checkpoint and the path to its
    root; ``checkpoints`` the signed statements; ``keys`` the public keys. Events after the newest checkpoint have none.
    """
    events = Event.objects.filter(case_number=number).order_by("n")
    shown: list[dict[str, Any]] = []
    needed: dict[int, tuple[Checkpoint, Tree]] = {}
    for event in events:
        row = _covering(event.seq, needed)
        told: dict[str, Any] = {"n": event.n, "payload": event.payload, "before": event.prev_hash, "hash": event.hash}
        if row:
            place = event.seq - row.first_seq
            told |= {"checkpoint": row.number, "place": place, "path": needed[row.number][1].path(place)}
        shown.append(told)
    return {
        "format": FORMAT,
        "case": number,
        "events": shown,
        "checkpoints": [
            {"payload": row.payload, "signature": row.signature, "key": row.key_id} for row, _tree in needed.values()
        ],
        "keys": [
            {"key": key.id, "public": key.public, "before": key.before, "signature": key.signature}
            for key in own(keys_folder())
        ],
    }


def _covering(seq: int, needed: dict[int, tuple[Checkpoint, Tree]]) -> Checkpoint | None:
    for known, _tree in needed.values():
        if known.first_seq <= seq <= known.last_seq:
            return known
    row = Checkpoint.objects.filter(last_seq__gte=seq).order_by("last_seq").first()
    if row:
        needed[row.number] = (row, Tree(hashes_of(row.first_seq, row.last_seq)))
    return row


def published_beside(told: dict[str, Any], where: Path) -> list[int]:
    """The numbers of the checkpoints in such an export that are not the ones lying in this folder."""
    there = published.read(where)
    differ = []
    for each in told["checkpoints"]:
        one = published.Statement.of(each["payload"], each["signature"], each["key"])
        said = there.statements.get(one.number)
        if said is None or said.payload != one.payload:
            differ.append(one.number)
    return differ
