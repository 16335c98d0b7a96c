"""`desagravo restore` and `restore-drill`: unpack and check beside what lives, then switch, or throw away.

The switch is a list of renames, written down first in `run/restoring.json`: one that was interrupted is finished by the
next start. What lived before is kept in `before-restore-…` (PostgreSQL: in a schema of that name) for
thirty days, see `aside`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from desagravo.common import crash
from desagravo.operations.backup import aside, known, places
from desagravo.operations.backup.archive import sync_folder
from desagravo.operations.backup.refusals import BackupProblem
from desagravo.operations.backup.sealed import Secret
from desagravo.operations.backup.unpacking import NOTE, SQLITE, unpack
from desagravo.operations.upgrade import copy_beside

_FOLDERS = ("files", "keys", "checkpoints", "erasures.jsonl")
_BESIDE = ("", "-wal", "-shm")


def restore(file: Path, data: Path, *, url: str, secret: Secret, force: int | None) -> dict[str, Any]:
    """Put the backup in the place of what lives on ``data``. Raises BackupProblem; then nothing has changed."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(data):
        finish_switch(data)
        place = places.place(url, data)
        place.refuse_if_used()
        with _staged(data, data) as (staging, name):
            manifest = unpack(file, staging, secret=secret)
            _not_over_newer(place.event(), manifest["event"], force)
            _still_erased(data, staging)
            told = _loaded(place, staging, name)
            place.refuse_if_used()
            kept = _switch(data, place, staging, name, keys=manifest["keys"])
    known.note_restored(data, file=str(file), event=manifest["event"], made_at=manifest["made_at"])
    return {**told, "made_at": manifest["made_at"], "files": manifest["files"], "keys": manifest["keys"], "kept": kept}


def drill(file: Path, data: Path, *, url: str, secret: Secret) -> dict[str, Any]:
    """Restore into a place of its own, compare, verify, throw away; noted for `/health`. Raises BackupProblem."""
    (data / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    place = places.place(url, data)
    with _staged(data / "run", data) as (staging, name):
        manifest = unpack(file, staging, secret=secret)
        _still_erased(data, staging)
        try:
            told = _loaded(place, staging, name)
        finally:
            place.drop(name)
    known.note_restored(data, file=str(file), event=manifest["event"], made_at=manifest["made_at"])
    return {**told, "made_at": manifest["made_at"], "files": manifest["files"], "keys": manifest["keys"]}


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    """No product runs on this folder, and none starts meanwhile."""
    run = data / "run"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    locks: list[IO[str]] = []
    try:
        for path in {run / "lock", *run.glob("*/lock")}:
            lock: IO[str] = path.open("a")
            locks.append(lock)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupProblem(f"the product is running with the folder {data}. Stop it first.") from None
        yield
    finally:
        for lock in locks:
            lock.close()


@contextlib.contextmanager
def _staged(folder: Path, data: Path) -> Iterator[tuple[Path, str]]:
    """A new folder in ``folder``, and a name for a schema; the folder is gone afterwards, but what was moved out."""
    with aside.working(data) as alone:
        if not alone:
            raise BackupProblem(f"another restore or trial is at work on the folder {data}. Wait until it ends.")
        for left in folder.glob("restoring-*"):
            shutil.rmtree(left, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(prefix=f"restoring-{datetime.now(UTC):%Y%m%d%H%M%S}-", dir=folder))
        try:
            yield staging, staging.name.lower().replace("-", "_")
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _not_over_newer(living: int | None, event: int, force: int | None) -> None:
    if living is None or living <= event or force == living:
        return
    raise BackupProblem(
        f"the database that lives there is newer: it ends with event {living}, the backup with event {event}. "
        f"{living - event} events would be put aside. If that is what you want, say --force {living}."
    )


def _still_erased(data: Path, staging: Path) -> None:
    """What was erased since the backup stands in the list of the living folder: the restored one knows it too."""
    living, restored = data / "erasures.jsonl", staging / "erasures.jsonl"
    if not living.is_file():
        return
    known = restored.read_text().splitlines() if restored.is_file() else []
    more = [line for line in living.read_text().splitlines() if line not in known]
    restored.write_text("".join(f"{line}\n" for line in [*known, *more]))
    restored.chmod(0o600)


def _loaded(place: Any, staging: Path, name: str) -> dict[str, Any]:
    """Fill, compare and verify in a process of its own; on PostgreSQL in a schema of its own."""
    place.begin(name)
    environment = {**os.environ, "DESAGRAVO_DATA": str(staging), "DESAGRAVO_DATABASE_URL": place.beside(staging, name)}
    for name_of_ours in ("DESAGRAVO_DEMO", "DESAGRAVO_CHECKPOINTS", "DESAGRAVO_NODE"):
        environment.pop(name_of_ours, None)  # it is compared with what was published until the backup
    command = [sys.executable, "-m", "desagravo.operations", "load-backup", "--data", str(staging)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        told = {"problem": "the restored database could not be checked; the lines above say why."}
    if told.get("problem"):
        place.drop(name)
        raise BackupProblem(told["problem"])
    return told


def _switch(data: Path, place: Any, staging: Path, name: str, *, keys: bool) -> str:
    """The renames, first on paper and then on the disk; gives where the old is kept, or empty.

    ``keys``: whether the backup brought them. The folder says nothing: what looked at the backup made one for itself.
    """
    before = data / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    ours = {staging / each: data / each for each in _FOLDERS if keys or each != "keys"}
    if isinstance(place, places.Sqlite):
        for end in _BESIDE:
            ours[staging / f"{SQLITE}{end}"] = place.path.with_name(place.path.name + end)
    old = [(to, before / to.name) for source, to in ours.items() if to.exists() and _replaces(source, to)]
    if isinstance(place, places.Sqlite) and (copy := copy_beside(place.path)).exists():
        old.append((copy, before / copy.name))  # of an upgrade that was killed: nothing to go back to any more
    new = [(source, to) for source, to in ours.items() if source.exists()]
    plan: dict[str, Any] = {"moves": [(str(one), str(other)) for one, other in (*old, *new)]}
    if isinstance(place, places.Postgres):
        plan |= {"url": place.url, "schema": name, "old": before.name.lower().replace("-", "_")}
    plan["checkpoints"] = str(before / "checkpoints")
    journal = data / "run" / "restoring.json"
    draft = journal.with_suffix(".part")
    draft.write_text(json.dumps(plan))
    draft.chmod(0o600)
    draft.replace(journal)
    sync_folder(journal.parent)
    finish_switch(data)
    kept = [str(before)] if before.exists() else []
    return " ".join(kept)


def _replaces(source: Path, living: Path) -> bool:
    """Keys that are not in the backup stay as they are, and so does what was published."""
    return (
        source.exists() or living.name.startswith(SQLITE) or living.name.endswith(_BESIDE[1:]) or living.name == "files"
    )


def finish_switch(data: Path) -> None:
    """Do what the paper says, as far as it is not done. Called by every start, too."""
    journal = data / "run" / "restoring.json"
    if not journal.is_file():
        return
    plan = json.loads(journal.read_text())
    for source, to in ((Path(one), Path(other)) for one, other in plan["moves"]):
        if source.exists() and not to.exists():
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _move(source, to)
            crash.point("restore.moved")
    if "schema" in plan:
        places.Postgres(plan["url"]).switch(plan["schema"], plan["old"])
    _keep_published(Path(plan["checkpoints"]), data / "checkpoints")
    os.sync()
    journal.unlink()


def _move(source: Path, to: Path) -> None:
    """A rename; between two disks a copy beside the place, then a rename."""
    try:
        source.rename(to)
    except OSError:
        draft = to.with_name(f".{to.name}.part")
        shutil.copyfile(source, draft)
        draft.chmod(0o600)
        draft.replace(to)
        source.unlink()


def _keep_published(old: Path, new: Path) -> None:
    """What was published stays published: a restore to an earlier moment must remain visible to `verify`."""
    for path in old.rglob("*") if old.is_dir() else ():
        to = new / path.relative_to(old)
        if path.is_file() and not to.exists():
            to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(path, to)


__all__ = ["NOTE", "drill", "finish_switch", "restore"]
