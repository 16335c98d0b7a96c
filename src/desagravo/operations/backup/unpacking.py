"""An archive onto the disk, beside everything that lives, and checked to its last byte while it is written."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from desagravo.operations.backup.archive import FORMAT, Member, Reader
from desagravo.operations.backup.refusals import BackupProblem, Damaged
from desagravo.operations.backup.sealed import Secret

SQLITE = "desagravo.sqlite3"
NOTE = "backup-manifest.json"
_KNOWN = ("files", "keys", "checkpoints", "erasures.jsonl", "database")


def unpack(file: Path, staging: Path, *, secret: Secret) -> dict[str, Any]:
    """Write the content of ``file`` into the empty folder ``staging``; gives the manifest.

    Raises Damaged, WrongKey, BackupProblem; what was written until then is to be thrown away.
    """
    with _opened(file) as source:
        reader = Reader(source, secret)
        for member in reader.members():
            _place(member, staging)
    manifest = reader.manifest
    if manifest.get("format") != FORMAT:
        raise BackupProblem("this backup was made by a newer version of Desagravo: restore it with that version.")
    (staging / NOTE).write_text(json.dumps(manifest))
    os.sync()
    return manifest


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        with file.open("rb", buffering=2**20) as source:
            yield source
    except OSError as problem:
        raise BackupProblem(f"the backup could not be read or unpacked: {problem}.") from problem


def _place(member: Member, staging: Path) -> None:
    if member.name == "backup.json":
        if json.loads(_whole(member)).get("format") != FORMAT:
            raise BackupProblem("this backup was made by a newer version of Desagravo: restore it with that version.")
        return
    if member.name.split("/")[0] not in _KNOWN:
        raise Damaged(f"the backup is damaged: it holds a part that no backup has, {member.name!r}.")
    if member.name.startswith(f"database/{SQLITE}/"):
        try:
            _append(staging / SQLITE, [zlib.decompress(member.content(), 31)])
        except zlib.error:
            raise Damaged(f"the backup is damaged within {member.name}.") from None
        return
    _append(staging / member.name, member.pieces)


def _whole(member: Member) -> bytes:
    content = member.content()
    try:
        json.loads(content)
    except ValueError:
        raise Damaged("the backup is damaged at its beginning.") from None
    return content


def _append(path: Path, pieces: Any) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as out:
        for piece in pieces:
            out.write(piece)
