"""Reading checkpoints as they were published, and what can be said of them without the database."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from desagravo.history.findings import Finding
from desagravo.history.witness_keys import KEY_LABEL, LABEL, PublicKey, signed

_FACTS = {"number": int, "first": int, "last": int, "count": int, "root": str, "head": str, "made_at": str,
          "key": str, "before": str, "lost": list}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """One checkpoint as it was signed: ``payload`` is the text, ``told`` what it says."""

    payload: str
    signature: str
    key: str
    told: Mapping[str, Any]

    @property
    def number(self) -> int:
        return int(self.told["number"])

    @property
    def first(self) -> int:
        return int(self.told["first"])

    @property
    def last(self) -> int:
        return int(self.told["last"])

    @classmethod
    def of(cls, payload: str, signature: str, key: str) -> "Statement":
        """Raises ValueError where the text is no checkpoint."""
        told = json.loads(payload)
        if not isinstance(told, dict) or any(not isinstance(told.get(name), kind) for name, kind in _FACTS.items()):
            raise ValueError("not a checkpoint")
        if told["key"] != key:
            raise ValueError("the key in the checkpoint is not the one beside it")
        if told["count"] != told["last"] - told["first"] + 1 or told["count"] < 1:
            raise ValueError("the checkpoint does not count its events")
        return cls(payload, signature, key, told)

    def gives_up(self) -> Iterator[int]:
        """The numbers of published checkpoints that are not to be compared any more, since a backup was restored."""
        for first, last in self.told["lost"]:
            yield from range(first, last + 1)


@dataclass
class Published:
    """What lies in a folder: checkpoints by number, keys by id, and the first thing that is wrong with it."""

    statements: dict[int, Statement] = field(default_factory=dict)
    keys: dict[str, PublicKey] = field(default_factory=dict)
    finding: Finding | None = None

    @property
    def newest(self) -> int:
        return max(self.statements, default=0)

    def given_up(self) -> set[int]:
        return {number for each in self.statements.values() for number in each.gives_up()}


def read(folder: Path, *, trusted: frozenset[str] = frozenset()) -> Published:
    """Read a folder of checkpoints and check keys, signatures and order. ``trusted`` are ids of keys taken on trust."""
    found = Published()
    found.finding = _read_keys(found, folder, trusted) or _read_statements(found, folder) or check_order(found)
    return found


def _read_keys(found: Published, folder: Path, trusted: frozenset[str]) -> Finding | None:
    for path in sorted(folder.glob("checkpoint_key_*.json")):
        try:
            key = PublicKey.of(json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, OSError, AttributeError):
            return Finding(None, "unreadable_checkpoint", {"file": path.name})
        found.keys[key.id] = key
    return check_keys(found.keys, trusted)


def check_keys(keys: Mapping[str, PublicKey], trusted: frozenset[str] = frozenset()) -> Finding | None:
    """One key may stand at the beginning; every other one is signed by the one before it."""
    first = [key for key in keys.values() if not key.before and key.id not in trusted]
    for key in keys.values():
        if key.id in trusted or not key.before:
            continue
        before = keys.get(key.before)
        if before is None or not signed(before.public, KEY_LABEL, key.public, key.signature):
            return Finding(None, "foreign_key", {"key": key.id})
    return Finding(None, "foreign_key", {"key": ", ".join(sorted(key.id for key in first))}) if len(first) > 1 else None


def _read_statements(found: Published, folder: Path) -> Finding | None:
    for path in sorted(folder.glob("checkpoint_*.json")):
        name = path.stem.removeprefix("checkpoint_")
        if not name.isdigit():
            continue
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            one = Statement.of(told["payload"], told["signature"], told["key"])
        except (ValueError, KeyError, TypeError, OSError):
            return Finding(None, "unreadable_checkpoint", {"file": path.name})
        problem = check_signature(one, found.keys)
        if problem:
            return problem
        if one.number != int(name):
            return Finding(None, "checkpoint_out_of_place", {"file": path.name, "other": one.number})
        found.statements[one.number] = one
    return None


def check_signature(one: Statement, keys: Mapping[str, PublicKey]) -> Finding | None:
    """Is it signed, with a key that was published?"""
    key = keys.get(one.key)
    if key is None:
        return Finding(None, "unknown_key", {"number": one.number, "key": one.key})
    if not signed(key.public, LABEL, one.payload, one.signature):
        return Finding(None, "bad_signature", {"number": one.number})
    return None


def check_order(found: Published) -> Finding | None:
    """No number is missing, except the ones that a later checkpoint gives up."""
    numbers, given_up = sorted(found.statements), found.given_up()
    for number in range(1, found.newest + 1):
        if number not in found.statements and number not in given_up:
            return Finding(None, "missing_publication", {"number": number, "later": found.newest})
    kept = [found.statements[number] for number in numbers if number not in given_up]
    for before, one in pairwise(kept):
        if one.first != before.last + 1:
            return Finding(None, "broken_checkpoints", {"number": one.number, "before": before.number})
    return None
