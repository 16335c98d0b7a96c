"""The file of a backup: a tar of small members, written and read from front to back with constant memory.

A backup that is not sealed opens with every `tar`. Each member's digest enters one running digest; the last member but
one, `manifest.json`, says it, and the very last, `end`, is the manifest's own SHA-256. So a part that is changed,
missing, added or moved is found, and a file without its end is no backup.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tarfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from desagravo.operations.backup.refusals import BackupProblem, Damaged
from desagravo.operations.backup.sealed import Closing, Opening, Secret, is_sealed

BLOCK, AT_ONCE = 512, 2**20
FORMAT = 1
MANIFEST, END = "manifest.json", "end"
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/){0,4}[A-Za-z0-9_-][A-Za-z0-9._-]*")
_LONGEST = tarfile.LENGTH_NAME
_SMALL = 64 * 2**20


def is_name(name: str) -> bool:
    """May a member be called so? The same for who writes and who reads."""
    return bool(_NAME.fullmatch(name)) and ".." not in name and len(name) <= _LONGEST


class _Sink(Protocol):
    def write(self, content: bytes) -> int: ...


@dataclass
class Writer:
    """An archive being written. Members are told in the order in which they come."""

    sink: _Sink
    running: Any = field(default_factory=hashlib.sha256)
    members: int = 0

    def add(self, name: str, content: bytes) -> str:
        """A member that is in memory; gives its SHA-256."""
        return self.stream(name, len(content), [content])

    def stream(self, name: str, size: int, content: Iterable[bytes]) -> str:
        """A member of exactly ``size`` bytes; gives its SHA-256."""
        if not is_name(name):
            raise BackupProblem(f"a file of the name {name!r} cannot be restored, so it is not backed up.")
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(time.time())
        self.sink.write(info.tobuf(tarfile.GNU_FORMAT))
        digest, written = hashlib.sha256(), 0
        for some in content:
            digest.update(some)
            written += len(some)
            self.sink.write(some)
        if written != size:
            raise BackupProblem(f"{name} changed its size while it was copied, from {size} to {written} bytes.")
        self.sink.write(b"\0" * (-size % BLOCK))
        self._tell(name, size, digest.hexdigest())
        return digest.hexdigest()

    def _tell(self, name: str, size: int, sha256: str) -> None:
        self.running.update(f"{name} {size} {sha256}\n".encode())
        self.members += 1

    def close(self, manifest: dict[str, Any]) -> None:
        """The manifest, its digest and the end of the tar."""
        manifest |= {"members": self.members, "members_sha256": self.running.hexdigest()}
        told = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        self.add(MANIFEST, told)
        self.add(END, hashlib.sha256(told).hexdigest().encode())
        self.sink.write(b"\0" * BLOCK * 2)


@contextlib.contextmanager
def writing(target: Path, secret: Secret) -> Iterator[Writer]:
    """The archive at ``target``, there under its name only when it is complete and on the disk; mode 0600."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb", buffering=AT_ONCE) as out:
            closing = Closing(out, secret) if secret else None
            yield Writer(closing or out)
            if closing:
                closing.finish()
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """A new name in a folder may be lost with the power until the folder itself is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass
class Member:
    """One member while it is read: go through ``pieces`` before you ask for the next."""

    name: str
    size: int
    pieces: Iterator[bytes]

    def content(self) -> bytes:
        """All of a small member."""
        if self.size > _SMALL:
            raise Damaged(f"the backup is damaged: {self.name} is too large for what it is.")
        return b"".join(self.pieces)


class Reader:
    """Goes through an archive once, front to back, and checks everything on the way.

    ``manifest`` is there, and believed, only when :meth:`members` has come to its end.
    """

    def __init__(self, source: IO[bytes], secret: Secret) -> None:
        head = source.read(64)
        source.seek(0)
        self._source: Any = Opening(source, secret) if is_sealed(head) else source
        self.sealed = is_sealed(head)
        self._running, self._count = hashlib.sha256(), 0
        self.manifest: dict[str, Any] = {}

    def members(self) -> Iterator[Member]:
        """Each member but the manifest. Raises Damaged as soon as something is not as it was written."""
        while True:
            name, size = self._header()
            if name == MANIFEST:
                break
            digest = hashlib.sha256()
            member = Member(name, size, self._pieces(name, size, digest))
            yield member
            for _rest in member.pieces:
                pass
            self._running.update(f"{name} {size} {digest.hexdigest()}\n".encode())
            self._count += 1
        self._conclude(size)

    def _header(self) -> tuple[str, int]:
        block = self._exactly(BLOCK, "its end is missing")
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, ValueError):
            raise Damaged(
                "this is no backup of Desagravo."
                if not self._count
                else f"the backup is damaged after {self._count} of its parts."
            ) from None
        if info.type != tarfile.REGTYPE or not is_name(info.name):
            raise Damaged(f"the backup is damaged: it holds a part that no backup has, {info.name!r}.")
        return info.name, info.size

    def _pieces(self, name: str, size: int, digest: Any) -> Iterator[bytes]:
        left = size
        while left:
            piece = self._exactly(min(left, AT_ONCE), f"it ends within {name}")
            digest.update(piece)
            left -= len(piece)
            yield piece
        if self._exactly(-size % BLOCK, f"it ends after {name}").strip(b"\0"):
            raise Damaged(f"the backup is damaged after {name}.")

    def _exactly(self, size: int, problem: str) -> bytes:
        content: bytes = self._source.read(size)
        if len(content) != size:
            raise Damaged(f"the backup is cut off: {problem}.")
        return content

    def _conclude(self, size: int) -> None:
        told = b"".join(self._pieces(MANIFEST, size, hashlib.sha256()))
        name, size = self._header()
        end = b"".join(self._pieces(END, size, hashlib.sha256()))
        if name != END or end != hashlib.sha256(told).hexdigest().encode():
            raise Damaged("the backup is damaged: its manifest is not as it was written.")
        if self._exactly(BLOCK * 2, "its last bytes are missing").strip(b"\0") or self._source.read(1):
            raise Damaged("the backup is damaged: something stands after its end.")
        manifest = json.loads(told)
        if manifest["members"] != self._count or manifest["members_sha256"] != self._running.hexdigest():
            raise Damaged("the backup is damaged: its parts are not those that its manifest names.")
        self.manifest = manifest
