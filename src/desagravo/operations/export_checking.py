"""`desagravo verify-export FILE`: is what somebody was given about a case what was recorded? Needs no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from desagravo.history import published
from desagravo.history.chain import event_hash
from desagravo.history.merkle import root_by_path
from desagravo.history.published import Statement
from desagravo.history.witness_keys import PublicKey

FORMAT = "desagravo-proofs-1"


class NotWhole(Exception):
    """What is wrong with the file, in words."""


def run(path: Path, *, folder: Path | None, as_json: bool) -> int:
    """Print the result; 0 where everything is proved that can be, 1 otherwise."""
    try:
        facts: dict[str, Any] = {"ok": True, **check(path, folder)}
        words = (
            f"Case {facts['case']}: {facts['events']} events are as they were recorded; {facts['proved']} of them "
            f"stand under {facts['checkpoints']} signed checkpoints (keys: {', '.join(facts['keys']) or 'none'})."
        )
        if facts["events"] > facts["proved"]:
            words += " The others are newer than the last checkpoint."
        if folder is None and facts["keys"]:
            words += " Compare the keys with the published ones, or name their folder with --checkpoints."
    except NotWhole as problem:
        facts, words = {"ok": False, "problem": str(problem)}, f"desagravo: {problem}"
    print(json.dumps(facts, ensure_ascii=False) if as_json else words)
    return 0 if facts["ok"] else 1


def check(path: Path, folder: Path | None = None) -> dict[str, Any]:
    """What is proved by the file alone, or together with a folder of published checkpoints. Raises NotWhole."""
    told = _proofs(path)
    try:
        keys = {key.id: key for key in map(PublicKey.of, told["keys"])}
        statements = _statements(told, keys)
        proved = sum(_check_event(each, n, told["case"], statements) for n, each in enumerate(told["events"], start=1))
    except (KeyError, TypeError, ValueError) as problem:
        raise NotWhole(f"the proofs in {path} are not complete ({type(problem).__name__}: {problem})") from problem
    if folder:
        _compare(statements, folder)
    return {
        "case": told["case"],
        "events": len(told["events"]),
        "proved": proved,
        "checkpoints": len(statements),
        "keys": sorted({one.key for one in statements.values()}),
    }


def _proofs(path: Path) -> dict[str, Any]:
    """The proofs of a case: the file itself, or its part ``proofs``."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise NotWhole(f"{path} cannot be read: {problem}") from problem
    if isinstance(told, dict) and isinstance(told.get("proofs"), dict):
        told = told["proofs"]
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise NotWhole(f"{path} holds no proofs")
    return told


def _statements(told: dict[str, Any], keys: dict[str, PublicKey]) -> dict[int, Statement]:
    if published.check_keys(keys):
        raise NotWhole("a key in the file was not signed by the key before it")
    found = {}
    for each in told["checkpoints"]:
        one = Statement.of(each["payload"], each["signature"], each["key"])
        if published.check_signature(one, keys):
            raise NotWhole(f"the signature under checkpoint {one.number} is not valid")
        found[one.number] = one
    return found


def _check_event(each: dict[str, Any], n: int, case: str, statements: dict[int, Statement]) -> bool:
    """Is this event whole, and is it proved by a checkpoint?"""
    said = json.loads(each["payload"])
    if each["n"] != n or said["n"] != n or said["case_number"] != case:
        raise NotWhole(f"event {n} of the case is missing or stands elsewhere")
    if said["prev"] != each["before"] or event_hash(each["before"], each["payload"]) != each["hash"]:
        raise NotWhole(f"event {n} of the case is not as it was recorded")
    if "checkpoint" not in each:
        return False
    one = statements[each["checkpoint"]]
    root = root_by_path(each["hash"], index=each["place"], count=one.told["count"], path=each["path"])
    if root != one.told["root"] or one.first + each["place"] != said["seq"]:
        raise NotWhole(f"event {n} of the case does not stand under checkpoint {one.number}")
    return True


def _compare(statements: dict[int, Statement], folder: Path) -> None:
    there = published.read(folder)
    if there.finding:
        raise NotWhole(f"the published checkpoints in {folder} are not in order: {there.finding.problem}")
    for number, one in statements.items():
        if number not in there.statements or there.statements[number].payload != one.payload:
            raise NotWhole(f"checkpoint {number} in the file is not the one that was published in {folder}")
