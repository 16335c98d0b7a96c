"""Is the history whole? Recomputes the chain and names the first event that is not as it was recorded.

What it proves: no event was changed, removed, added or moved by somebody who did not also recompute everything
after it. Against that stand checkpoints published outside the database (``witness``). A
cut tail is found by the counter; a case removed with its events by the gaps they leave and by the rooms that know
which cases there are. What events committed to is compared with what the rooms hold, and the rooms compare what
follows from events, and which rows there are, themselves.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.db.models import Count, F, Max, Min

from desagravo.history import checkpoints, registry, sealing, witness
from desagravo.history.chain import START, event_hash
from desagravo.history.content import ContentCheck, Promise, erases
from desagravo.history.findings import Finding, Report
from desagravo.history.models import ChainHead, Event

BATCH = 5000
"""Events read at once; memory does not grow with their number."""
_REPEATED = (
    "seq", "case_number", "n", "subject_kind", "subject_id", "kind", "version", "actor_kind", "actor_id", "department",
    "because",
)  # fmt: skip
_repeated = itemgetter(*_REPEATED)
_COLUMNS = (*_REPEATED, "occurred_at", "recorded_at", "payload", "prev_hash", "hash")
_Row = tuple[Any, ...]
_MOST_CASES_NAMED = 10


@dataclass
class _Walk:
    """Where the verification stands: everything up to ``seq`` is whole."""

    seq: int
    hash: str
    events: int = 0
    content: ContentCheck = field(default_factory=ContentCheck)
    erasures: list[tuple[int, str, str]] = field(default_factory=list)


def verify(
    *, since: int = 0, content: bool = True, published: Path | None = None, trusted: frozenset[str] = frozenset()
) -> Report:
    """Verify the events after number ``since`` (0: all), and unless told otherwise their private content.

    The event ``since`` itself is trusted. Cases are compared with their events only for the whole history; whether
    each case is in the state that its events lead to and has no row that no event tells of, only with content.
    ``published`` is the folder of the checkpoints, that of the settings if left out; ``trusted`` are ids of keys.
    Events recorded meanwhile do no harm. Measured at 80,000 (SQLite) and
    50,000 (PostgreSQL) events a second without content, on one core.
    """
    start = Event.objects.filter(pk=since).values_list("hash", flat=True).first() if since else START
    if start is None:
        return Report(ok=False, events=0, head="", **_bad(Finding(since, "missing_event", {"first": since})))
    walk = _Walk(since, start)
    finding = _walk_events(walk, content) or _check_counter(walk) or _check_numbering()
    if finding is None and not since:
        finding = _check_cases() or (_check_states() if content else None)
    testimony = witness.compare(published or checkpoints.folder(), since=since, trusted=trusted)
    finding = finding or testimony.finding
    return Report(
        ok=finding is None,
        events=walk.events,
        head=walk.hash,
        pieces_checked=walk.content.pieces_checked,
        erased=walk.content.erased,
        erasures=tuple(walk.erasures),
        superseded=walk.content.superseded,
        unchecked=walk.content.unchecked,
        unsealed=tuple(sealing.missing()),
        checkpoints=testimony.agreed,
        unpublished=testimony.unpublished,
        given_up=testimony.given_up,
        **(_bad(finding) if finding else {}),
    )


def _bad(finding: Finding) -> dict[str, Any]:
    return {"first_bad_event": finding.event, "problem": finding.problem, "facts": dict(finding.facts)}


def _walk_events(walk: _Walk, content: bool) -> Finding | None:
    for rows in _batches(walk):
        promises: list[Promise] = []
        finding = None
        for row in rows:
            finding = _check_event(walk, row, promises)
            if finding:
                break
        if content and promises:
            finding = walk.content.check(promises) or finding
        if finding:
            return finding
    return None


def _batches(walk: _Walk) -> Iterator[list[_Row]]:
    """Events after the walk's place. Short queries, so that no long transaction stands in anybody's way."""
    while rows := list(Event.objects.filter(seq__gt=walk.seq).order_by("seq").values_list(*_COLUMNS)[:BATCH]):
        yield rows


def _check_event(walk: _Walk, row: _Row, promises: list[Promise]) -> Finding | None:
    seq, own_hash = row[0], row[-1]
    if seq != walk.seq + 1:
        return _missing(walk.seq + 1, seq - 1)
    try:
        told = json.loads(row[-3])
        finding = _compare(row, told, walk)
    except (ValueError, KeyError, TypeError):
        finding = _changed(row, ["payload"])
    if finding:
        return finding
    if told["commits"]:
        promises.append(Promise(seq, row[1], row[3], row[4], told["commits"]))
    if erases(row[5]):
        walk.erasures.append((seq, row[5], row[1]))
    walk.seq, walk.hash = seq, own_hash
    walk.events += 1
    return None


def _compare(row: _Row, told: dict[str, Any], walk: _Walk) -> Finding | None:
    """The columns with the payload, the payload with its hash, the hash before with the event before."""
    seq, (*times, payload, previous, own_hash) = row[0], row[11:]
    if told["seq"] != seq:
        return _out_of_place(seq, told["seq"])
    repeated = _repeated(told)
    if repeated != row[:11]:
        return _changed(row, [name for name, one, other in zip(_REPEATED, repeated, row, strict=False) if one != other])
    if [datetime.fromisoformat(told["occurred_at"]), datetime.fromisoformat(told["recorded_at"])] != times:
        return _changed(row, ["occurred_at", "recorded_at"])
    if event_hash(previous, payload) != own_hash or told["prev"] != previous:
        return _changed(row, ["payload"])
    if previous != walk.hash:
        return Finding(walk.seq, "rewritten_event") if walk.seq else _changed(row, ["prev_hash"])
    return None


def _changed(row: _Row, what: list[str]) -> Finding:
    return Finding(row[0], "changed_event", {"kind": row[5], "case": row[1], "n": row[2], "differs": what})


def _out_of_place(seq: int, told: Any) -> Finding:
    """The payload here says it is another event's: were the two swapped, or was one copied over the other?"""
    there = Event.objects.filter(pk=told).values_list("payload", flat=True).first() if isinstance(told, int) else None
    try:
        swapped = there is not None and json.loads(there)["seq"] == seq
    except (ValueError, KeyError, TypeError):
        swapped = False
    if swapped:
        return Finding(min(seq, told), "swapped_events", {"other": max(seq, told)})
    return Finding(seq, "misplaced_event", {"other": told})


def _missing(first: int, last: int) -> Finding:
    """A gap in the chain: is a whole case gone, or single events?"""
    known = registry.expected_cases()
    bare = sorted(known - _cases_with_events()) if known else []
    if bare:
        facts = {"case": bare[0], "first": first, "last": last, "cases": bare[:_MOST_CASES_NAMED]}
        return Finding(first, "case_without_events", facts)
    facts = {"first": first, "last": last, "cases": _cases_with_gaps()}
    return Finding(first, "missing_event" if first == last else "missing_events", facts)


def _check_counter(walk: _Walk) -> Finding | None:
    """The counter names the last event; what was written meanwhile is walked too."""
    for _ in range(100):
        head = ChainHead.objects.filter(pk=1).values_list("seq", "hash").first()
        if head is None or head[0] < walk.seq:
            return Finding(walk.seq or None, "counter", {"last": walk.seq})
        if head[0] == walk.seq:
            return None if head[1] == walk.hash else Finding(walk.seq, "rewritten_event")
        before = walk.seq
        finding = _walk_events(walk, content=False)
        if finding:
            return finding
        if walk.seq == before:
            return _missing(walk.seq + 1, head[0])
    return None


def _check_numbering() -> Finding | None:
    bad = _cases_with_gaps()
    if not bad:
        return None
    first = Event.objects.filter(case_number=bad[0]).aggregate(first=Min("seq"))["first"]
    return Finding(first, "case_numbering", {"case": bad[0], "cases": bad})


def _cases_with_gaps() -> list[str]:
    cases = Event.objects.exclude(case_number="").order_by("case_number").values("case_number")
    counted = cases.annotate(last=Max("n"), first=Min("n"), count=Count("seq"))
    gaps = counted.exclude(last=F("count"), first=1).values_list("case_number", flat=True)
    return list(gaps[:_MOST_CASES_NAMED])


def _check_cases() -> Finding | None:
    """Every case has events and every event's case exists. What was made meanwhile is asked for a second time."""
    known = registry.expected_cases()
    if known is None:
        return None
    recorded = _cases_with_events()
    if known == recorded:
        return None
    removed = recorded - known - (registry.expected_cases() or set())
    if removed:
        first = Event.objects.filter(case_number__in=list(removed)[:BATCH]).order_by("seq").first()
        if first:
            return Finding(first.seq, "events_without_case", {"case": first.case_number})
    bare = sorted(known - recorded - _cases_with_events())
    return Finding(None, "unrecorded_case", {"case": bare[0], "cases": bare[:_MOST_CASES_NAMED]}) if bare else None


def _check_states() -> Finding | None:
    """What the rooms say of their rows."""
    return next((finding for check in registry.state_checks() if (finding := check())), None)


def _cases_with_events() -> set[str]:
    return set(Event.objects.exclude(case_number="").order_by().values_list("case_number", flat=True).distinct())
