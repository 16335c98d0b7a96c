"""Does the private content that the rooms keep still match what events committed to?"""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from desagravo.history import registry
from desagravo.history.chain import commitment
from desagravo.history.findings import Finding
from desagravo.history.models import Event, Salt

AT_ONCE = 200
"""Subjects revealed at once: texts may have 100,000 characters."""
ERASED = ".erased"
"""How the kinds of events end that tell of the erasure of a whole case: of all that its earlier events committed to."""
REDACTED = ".redacted"
"""How the kinds end that tell what was taken out of a case; their fact ``taken`` names each piece (``named``)."""


def erases(kind: str) -> bool:
    """Does an event of this kind explain that content and its salt are gone?"""
    return kind.endswith((ERASED, REDACTED))


def named(seq: int, piece: str) -> str:
    """How an event that redacts names a piece of an earlier event: ``17:message``."""
    return f"{seq}:{piece}"


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
            finding = self._check_part(kind, part, show(sorted({promise.subject_id for promise in part})), salts)
            if finding:
                return finding
        return None

    def _check_part(
        self,
        kind: str,
        part: Sequence[Promise],
        shown: Mapping[str, Mapping[str, str | bytes | None]],
        salts: Mapping[tuple[int, str], bytes],
    ) -> Finding | None:
        suspects: list[tuple[Promise, str, str]] = []
        for promise in part:
            pieces = shown.get(promise.subject_id) or {}
            for piece, commit in promise.commits.items():
                problem = _problem(commit, pieces.get(piece), salts.get((promise.event, piece)))
                if problem:
                    suspects.append((promise, piece, problem))
                else:
                    self.pieces_checked += 1
        later = _Later.of(kind, [promise for promise, _piece, _problem in suspects])
        for promise, piece, problem in suspects:
            has_salt = (promise.event, piece) in salts
            if later.erased(promise, piece):
                if has_salt:
                    return _finding(promise, piece, "salt_left")
                self.erased += 1
            elif has_salt and later.recorded_again(promise, piece):
                self.superseded += 1
            else:
                return _finding(promise, piece, problem)
        return None


def _problem(commit: str, content: str | bytes | None, salt: bytes | None) -> str:
    """The code of the problem, or empty."""
    if content is None:
        return "missing_content"
    if salt is None:
        return "missing_salt"
    return "" if hmac.compare_digest(commitment(salt, content), commit) else "changed_content"


@dataclass
class _Later:
    """What later events of the same cases say: asked only where something does not match.

    A piece was recorded again by an event about the same subject; it was erased by an event of its case that says so.
    """

    pieces: dict[tuple[str, str], int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, kind: str, promises: Sequence[Promise]) -> "_Later":
        later = cls()
        if not promises:
            return later
        subjects = {promise.subject_id for promise in promises}
        events = Event.objects.filter(
            seq__gt=min(promise.event for promise in promises), case_number__in={promise.case for promise in promises}
        ).order_by("seq")
        columns = ("seq", "case_number", "kind", "subject_kind", "subject_id", "payload")
        for seq, case, event_kind, subject_kind, subject, payload in events.values_list(*columns):
            about_them = subject_kind == kind and subject in subjects
            if not about_them and not erases(event_kind):
                continue
            told = json.loads(payload)
            if event_kind.endswith(ERASED):
                later.cases[case] = seq
            elif event_kind.endswith(REDACTED):
                later.taken.update((case, each) for each in told["details"].get("taken", ()))
            if about_them:
                later.pieces.update({(subject, piece): seq for piece in told["commits"]})
        return later

    def recorded_again(self, promise: Promise, piece: str) -> bool:
        return self.pieces.get((promise.subject_id, piece), 0) > promise.event

    def erased(self, promise: Promise, piece: str) -> bool:
        """Names of pieces hold the number of their event, so one can only name what came before it: see ``taken``."""
        if self.cases.get(promise.case, 0) > promise.event:
            return True
        return (promise.case, named(promise.event, piece)) in self.taken


def salts_erased_by(event: Event) -> Iterable[tuple[int, str]]:
    """The salts that go with this event: (number of an earlier event of the case, piece)."""
    told: dict[str, Any] = json.loads(event.payload)
    earlier = Salt.objects.filter(event__case_number=event.case_number, event__lt=event.seq)
    pairs = earlier.values_list("event_id", "piece")
    if event.kind.endswith(ERASED):
        return list(pairs)
    taken = set(told["details"]["taken"])
    return [(seq, piece) for seq, piece in pairs if named(seq, piece) in taken]


def _salts(promises: Sequence[Promise]) -> dict[tuple[int, str], bytes]:
    seqs = [promise.event for promise in promises]
    found = Salt.objects.filter(event__gte=min(seqs), event__lte=max(seqs)).values_list("event", "piece", "salt")
    return {(event, piece): bytes(salt) for event, piece, salt in found}


def _finding(promise: Promise, piece: str, problem: str) -> Finding:
    subject = f"{promise.subject_kind} {promise.subject_id}"
    return Finding(promise.event, problem, {"piece": piece, "subject": subject, "case": promise.case})
