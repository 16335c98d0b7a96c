"""`desagravo verify`: is the history whole, and does it agree with the checkpoints that were published?"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import django


class NeverStarted(Exception):
    """The database has no history at all."""


def run(*, as_json: bool, published: Path | None = None, since: int = 0, trusted: frozenset[str] = frozenset()) -> int:
    """Print what was found; 0 for a whole chain, 1 otherwise. Raises NeverStarted."""
    _begin()
    from desagravo.history.verify import verify

    report = verify(since=since, published=published, trusted=trusted)
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, default=str))
    else:
        print(report.sentence(), file=sys.stdout if report.ok else sys.stderr)
        if report.unsealed:
            print(f"The database does not refuse changes of the history: {', '.join(report.unsealed)}", file=sys.stderr)
    return 0 if report.ok else 1


def letter(signs: str, *, checkpoint: int, published: Path | None, as_json: bool) -> int:
    """Is what stands under a customer's letter true? 0 for yes, 1 for no. Raises NeverStarted."""
    _begin()
    from desagravo.history import proofs
    from desagravo.history.findings import Report

    told = proofs.look_up(signs, checkpoint=checkpoint, where=published)
    there = f"event {told.n} of case {told.case}, of {told.at[:16].replace('T', ' ')} UTC"
    words = {
        "proved": f"Yes: {there}, stands in the history, and checkpoint {checkpoint} was signed for it.",
        "waiting": f"Yes: {there}, stands in the history; checkpoint {checkpoint} will be signed for it.",
        "not_found": f"No: no event with these signs stands under checkpoint {checkpoint}.",
        "broken": "The history does not agree with the published checkpoints.",
    }[told.verdict]
    if told.finding:
        words += " " + Report(False, 0, "", told.finding.event, told.finding.problem, told.finding.facts).sentence()
    good = told.verdict in {"proved", "waiting"}
    if as_json:
        print(json.dumps({"ok": good, **dataclasses.asdict(told)}, ensure_ascii=False, default=str))
    else:
        print(words, file=sys.stdout if good else sys.stderr)
    return 0 if good else 1


def _begin() -> None:
    django.setup()
    from django.db import connection

    if "history_event" not in connection.introspection.table_names():
        raise NeverStarted
