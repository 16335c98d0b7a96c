"""Does the private content that the rooms keep still match what events committed to?"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from desagravo.history import registry
from desagravo.history.chain import commitment
from desagravo.history.findings import Finding
from desagravo.history.models import Event, Salt

AT_ONCE = 200
"""Subjects revealed at once: texts may have 100,000 characters."""


@dataclass(frozen=True)
class Promise:
    """What one event committed to: a commitment for each piece of its subject."""

    event: int
    case: str
    subject_kind: str
    subject_id: str
    commits: Mapping[str, str]


@dataclass
class ContentCheck:
    """Counts what was compared while the chain is walked."""

    pieces_checked: int = 0
    erased: int = 0
    superseded: int = 0
    unchecked: int = 0

    def check(self, promises: Sequence[Promise]) -> Finding | None:
        """Compare; give back the first piece (in the order of events) that does not match."""
        salts = _salts(promises)
        findings = []
        by_kind = attrgetter("subject_kind")
        for kind, group in groupby(sorted(promises, key=by_kind), key=by_kind):
            finding = self._check_kind(kind, list(group), salts)
            if finding:
                findings.append(finding)
        return min(findings, key=lambda finding: finding.event or 0, default=None)

    def _check_kind(
        self, kind: str, promises: Sequence[Promise], salts: Mapping[tuple[int, str], bytes]
    ) -> Finding | None:
        show = registry.revealed_by(kind)
        if show is None:
            self.unchecked += sum(len(promise.commits) for promise in promises)
            return None
        for start in range(0, len(promises), AT_ONCE):
            part = promises[start : start + AT_ONCE]
            shown = show(sorted({promise.subject_id for promise in part}))
            for promise in part:
                pieces = shown.get(promise.subject_id) or {}
                for piece in promise.commits:
                    problem = self._check_piece(promise, piece, pieces.get(piece), salts.get((promise.event, piece)))
                    if problem:
                        return _finding(promise, piece, problem)
        return None

    def _check_piece(self, promise: Promise, piece: str, content: str | bytes | None, salt: bytes | None) -> str:
        """The code of the problem, or empty."""
        if salt is None and content is None:
            self.erased += 1
            return ""
        if salt is not None and content is not None:
            if hmac.compare_digest(commitment(salt, content), promise.commits[piece]):
                self.pieces_checked += 1
                return ""
            problem = "changed_content"
        else:
            problem = "missing_content" if content is None else "missing_salt"
        if _recorded_again(promise, piece):
            self.superseded += 1
            return ""
        return problem


def _salts(promises: Sequence[Promise]) -> dict[tuple[int, str], bytes]:
    seqs = [promise.event for promise in promises]
    found = Salt.objects.filter(event__gte=min(seqs), event__lte=max(seqs)).values_list("event", "piece", "salt")
    return {(event, piece): bytes(salt) for event, piece, salt in found}


def _recorded_again(promise: Promise, piece: str) -> bool:
    """Did a later event commit to a newer version of this piece? Asked only where something does not match."""
    later = Event.objects.filter(
        seq__gt=promise.event,
        case_number=promise.case,
        subject_kind=promise.subject_kind,
        subject_id=promise.subject_id,
    )
    return any(piece in json.loads(payload)["commits"] for payload in later.values_list("payload", flat=True))


def _finding(promise: Promise, piece: str, problem: str) -> Finding:
    subject = f"{promise.subject_kind} {promise.subject_id}"
    return Finding(promise.event, problem, {"piece": piece, "subject": subject, "case": promise.case})
