"""What is known of backups, for `/health` and the health page: `run/backups.json` in the data folder.

    {"first_backup": "2026-…", "last_backup": {"at", "file", "event", "bytes", "sealed"},
     "last_restored": {"at", "file", "event", "made_at"}, "last_problem": {"at", "words"}}

A backup counts only when it was restored: `restored` is written by `restore-drill` and by `restore`, never by `backup`.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from desagravo.common import dates

DRILL_AT_MOST = timedelta(days=8)
BACKUP_AT_MOST = timedelta(hours=26)


@dataclass(frozen=True)
class State:
    """The last backup, the last that was restored and compared, and what is wrong with it: empty, or a code."""

    backed_up_at: datetime | None = None
    backup_file: str = ""
    backup_event: int = 0
    backup_bytes: int = 0
    backup_sealed: bool = False
    restored_at: datetime | None = None
    restored_event: int = 0
    problem_at: datetime | None = None
    problem: str = ""
    alarm: str = ""

    def sentence(self) -> str:
        """The alarm in words, in the reader's language; empty if there is none."""
        if self.alarm == "failed":
            return _("the last automatic backup failed: %(problem)s") % {"problem": self.problem}
        if self.alarm == "never":
            return _("automatic backups are switched on, and none has been made yet")
        if self.alarm == "old" and self.backed_up_at:
            return _("the last backup is from %(moment)s") % {"moment": dates.moment(self.backed_up_at)}
        if self.alarm == "not_restored":
            return _("no backup was restored for trial in the last 8 days: run desagravo restore-drill")
        return ""


def state(folder: Path | None = None) -> State:
    """What is known now. ``folder``: the data folder, by default the product's."""
    told = _read(folder or Path(os.environ["DESAGRAVO_DATA"]))
    last, drill, problem = (told.get(name) or {} for name in ("last_backup", "last_restored", "last_problem"))
    facts: dict[str, Any] = {
        "backed_up_at": _moment(last.get("at")),
        "backup_file": last.get("file", ""),
        "backup_event": last.get("event", 0),
        "backup_bytes": last.get("bytes", 0),
        "backup_sealed": last.get("sealed", False),
        "restored_at": _moment(drill.get("at")),
        "restored_event": drill.get("event", 0),
        "problem_at": _moment(problem.get("at")),
        "problem": problem.get("words", ""),
    }
    return State(**facts, alarm=_alarm(facts, _moment(told.get("first_backup"))))


def _alarm(facts: dict[str, Any], first: datetime | None) -> str:
    now = datetime.now(UTC)
    wanted = bool(os.environ.get("DESAGRAVO_BACKUPS"))
    if facts["problem_at"] and (not facts["backed_up_at"] or facts["problem_at"] > facts["backed_up_at"]):
        return "failed"
    if wanted and not facts["backed_up_at"]:
        return "never"
    if wanted and facts["backed_up_at"] and now - facts["backed_up_at"] > BACKUP_AT_MOST:
        return "old"
    since = facts["restored_at"] or first
    return "not_restored" if since and now - since > DRILL_AT_MOST else ""


def note_backup(folder: Path, **facts: Any) -> None:
    """A backup was made. Facts: file, event, bytes, sealed."""
    told = _read(folder)
    told.setdefault("first_backup", _now())
    _write(folder, told | {"last_backup": {"at": _now(), **facts}})


def note_restored(folder: Path, **facts: Any) -> None:
    """A backup was restored and compared, for trial or in earnest. Facts: file, event, made_at."""
    _write(folder, _read(folder) | {"last_restored": {"at": _now(), **facts}})


def note_problem(folder: Path, words: str) -> None:
    """An automatic backup failed."""
    _write(folder, _read(folder) | {"last_problem": {"at": _now(), "words": words[:500]}})


def _read(folder: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(_file(folder).read_text())
        if isinstance(told, dict):
            return told
    return {}


def _write(folder: Path, told: dict[str, Any]) -> None:
    file = _file(folder)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".backups.{os.getpid()}")
    draft.write_text(json.dumps(told, indent=1))
    draft.chmod(0o600)
    draft.replace(file)


def _file(folder: Path) -> Path:
    return folder / "run" / "backups.json"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _moment(told: Any) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
