"""Checkpoints: signed statements about a stretch of the chain, published outside the database.

The chain alone cannot speak against somebody who owns the database and recomputes everything. A checkpoint can: it
holds the Merkle root over the hashes of the events since the one before, is signed with a key that does not lie in the
database, and its file is put where files are only ever added (``DESAGRAVO_CHECKPOINTS``, best on another machine).
Letters print its number, so every customer becomes a witness too.

A checkpoint covers everything that was committed before it, at most :data:`MOST` events: it locks the counter of the
chain. So it is known beforehand under which number an event will stand (:func:`number_for`).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from desagravo.common import clock
from desagravo.history import witness_keys
from desagravo.history.canonical import canonical
from desagravo.history.chain import START, instant
from desagravo.history.merkle import Tree
from desagravo.history.models import ChainHead, Checkpoint, Event

EVERY = timedelta(minutes=15)
EVENTS = 1000
"""A checkpoint is due so long after the last one, or after so many events."""
MOST = 20_000
"""Events under one checkpoint, at most: the counter is locked while their root is computed."""
AT_ONCE = 50
LATE = timedelta(hours=1)
"""Events that no checkpoint covers for so long need a person."""


class Behind(Exception):
    """More was published than the database knows of: it is an older copy. ``known`` and ``published`` are numbers."""

    def __init__(self, known: int, published: int) -> None:
        super().__init__(known, published)
        self.known, self.published = known, published


class Contradicted(Exception):
    """The published file of this number says something else. ``args[0]`` is the number."""


@dataclass(frozen=True)
class Standing:
    """How the checkpoints stand: for ``/health`` and for the page of whoever looks after the product.

    ``number`` is that of the newest one (0: none yet), ``uncovered`` how many events it does not cover, ``published``
    the newest number in the folder (0: none). ``late`` where events wait for longer than an hour; ``problem`` is empty
    or one of ``behind`` (see :class:`Behind`), ``no_folder`` (it cannot be read).
    """

    number: int
    made_at: datetime | None
    uncovered: int
    published: int
    late: bool
    problem: str = ""


def folder() -> Path:
    """Where checkpoints are published."""
    return Path(settings.DESAGRAVO_CHECKPOINTS)


def keys_folder() -> Path:
    """Where the keys are."""
    return Path(settings.DESAGRAVO_DATA) / "keys"


def make_due(now: datetime) -> list[Checkpoint]:
    """The checkpoints that are due now, made and published. Any number of workers may ask at once.

    Raises:
        Behind, Contradicted, NoKey, OSError: nothing, or nothing more, was made.
    """
    made: list[Checkpoint] = []
    while _due(now) and len(made) < AT_ONCE:
        one = make()
        if one is None:
            break
        made.append(one)
    publish()
    return made


def _due(now: datetime) -> bool:
    last = Checkpoint.objects.order_by("-number").values_list("last_seq", "made_at").first()
    head = ChainHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    if last is None:
        return head > 0
    waiting = head - last[0]
    # a clock that was set back must not keep the next one waiting
    return waiting >= EVENTS or (waiting > 0 and not timedelta(0) <= now - last[1] < EVERY)


def make(*, give_up: bool = False) -> Checkpoint | None:
    """One checkpoint over what has happened since the last; None where nothing has. Published by :func:`publish`.

    ``give_up``: this database is meant to be an older copy (a backup was restored after a loss). The checkpoint takes
    the number after the last published one and says, signed, which ones are given up.

    Raises:
        Behind: more was published than this database knows of.
        NoKey: the key is gone.
    """
    published = newest_published()
    key = witness_keys.current(keys_folder())
    with transaction.atomic():
        head = ChainHead.objects.select_for_update().get(pk=1)
        last = Checkpoint.objects.order_by("-number").first()
        known = last.number if last else 0
        if published > known and not give_up:
            # another worker may have made and published one since we looked: its row is there by now
            raise Behind(known, published)
        first = last.last_seq + 1 if last else 1
        if head.seq < first:
            return None
        lost = [[known + 1, published]] if published > known else []
        return _write(max(known, published) + 1, first, min(head.seq, first + MOST - 1), last, key, lost)


def _write(
    number: int, first: int, last: int, before: Checkpoint | None, key: str, lost: Sequence[Sequence[int]]
) -> Checkpoint:
    hashes = hashes_of(first, last)
    now = clock.now()
    facts: dict[str, Any] = {
        "number": number,
        "first": first,
        "last": last,
        "count": len(hashes),
        "root": Tree(hashes).root,
        "head": hashes[-1],
        "made_at": instant(now),
        "key": key,
        "before": fingerprint(before.payload) if before else START,
        "lost": list(lost),
    }
    payload = canonical(facts)
    return Checkpoint.objects.create(
        number=number,
        first_seq=first,
        last_seq=last,
        root=facts["root"],
        head=facts["head"],
        made_at=now,
        key_id=key,
        signature=witness_keys.sign(keys_folder(), key, payload),
        payload=payload,
    )


def hashes_of(first: int, last: int) -> list[str]:
    """The hashes of these events, in their order."""
    return list(Event.objects.filter(seq__gte=first, seq__lte=last).order_by("seq").values_list("hash", flat=True))


def fingerprint(payload: str) -> str:
    """What a checkpoint carries of the one before it."""
    return hashlib.sha256(payload.encode()).hexdigest()


def publish(where: Path | None = None) -> int:
    """Put every checkpoint and key that is not there yet into the folder; how many checkpoints that were.

    Raises:
        Contradicted: a file of this number is there and says something else. It is left as it is.
        OSError: the folder cannot be written.
    """
    where = where or folder()
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    for key in witness_keys.own(keys_folder()):
        witness_keys.write_once(witness_keys.public_file(where, key.id), key.text())
    there = {path.name for path in where.glob("checkpoint_*.json")}
    count = 0
    numbers = list(Checkpoint.objects.order_by("number").values_list("number", flat=True))
    for number in numbers:
        if file_name(number) not in there or number == numbers[-1]:  # the newest is compared each time
            count += _publish_one(where, Checkpoint.objects.get(pk=number))
    return count


def _publish_one(where: Path, one: Checkpoint) -> int:
    path = where / file_name(one.number)
    if witness_keys.write_once(path, published_text(one)):
        return 1
    if path.read_text(encoding="utf-8") != published_text(one):
        raise Contradicted(one.number)
    return 0


def published_text(one: Checkpoint) -> str:
    """The file: the text that was signed, letter by letter, its signature, and the key's id."""
    return json.dumps({"payload": one.payload, "signature": one.signature, "key": one.key_id}, indent=1) + "\n"


def file_name(number: int) -> str:
    """``checkpoint_00000012.json``"""
    return f"checkpoint_{number:08d}.json"


def newest_published(where: Path | None = None) -> int:
    """The highest number in the folder; 0 for none."""
    names = [path.stem.removeprefix("checkpoint_") for path in (where or folder()).glob("checkpoint_*.json")]
    return max((int(name) for name in names if name.isdigit()), default=0)


def number_for(seq: int) -> int:
    """The number of the checkpoint under which this event stands, or will stand: the same before and after."""
    covering = Checkpoint.objects.filter(last_seq__gte=seq).order_by("last_seq").values_list("number", flat=True)
    if (found := covering.first()) is not None:
        return found
    last = Checkpoint.objects.order_by("-number").values_list("number", "last_seq").first() or (0, 0)
    return last[0] + -(-(seq - last[1]) // MOST)


def standing() -> Standing:
    """How the checkpoints stand now."""
    last = Checkpoint.objects.order_by("-number").first()
    head = ChainHead.objects.filter(pk=1).values_list("seq", flat=True).first() or 0
    covered = last.last_seq if last else 0
    oldest = Event.objects.filter(seq=covered + 1).values_list("recorded_at", flat=True).first()
    number = last.number if last else 0
    try:
        published, problem = newest_published(), ""
    except OSError:
        published, problem = 0, "no_folder"
    return Standing(
        number=number,
        made_at=last.made_at if last else None,
        uncovered=head - covered,
        published=published,
        late=oldest is not None and clock.now() - oldest > LATE,
        problem="behind" if published > number else problem,
    )


def listing() -> list[dict[str, Any]]:
    """All checkpoints as they were signed, oldest first."""
    return [json.loads(payload) for payload in Checkpoint.objects.order_by("number").values_list("payload", flat=True)]
