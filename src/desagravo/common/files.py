"""The safe file store: random names outside the web root, digest kept, written through to the disk.

A customer's evidence is never refused for its type; what a browser could run is only ever offered as a
download.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import puremagic
from django.conf import settings

from desagravo.common.text import tidy_line

_PREVIEWS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u180e\u034f\u115f\u3164]")
_RESERVED = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_NAME = re.compile(r"[0-9a-f]{40}")

FENCE = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; sandbox"
"""Content-Security-Policy of a file that somebody sent: shown or not, nothing in it runs."""


@dataclass(frozen=True)
class Stored:
    """A file in the store: its random name, size in bytes and SHA-256 in hex."""

    name: str
    size: int
    sha256: str


def root() -> Path:
    """The folder of the store."""
    return Path(settings.DESAGRAVO_DATA) / "files"


def path(name: str) -> Path:
    """Where the file of this stored name lies.

    Raises:
        ValueError: not a name that :func:`store` ever gave.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("not a stored name")
    return root() / name[:2] / name


def store(content: bytes | Iterable[bytes]) -> Stored:
    """Write the content under a new random name; on return it is on the disk, not only in memory."""
    name = secrets.token_hex(20)
    target = path(name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in [content] if isinstance(content, bytes) else content:
                digest.update(chunk)
                size += file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        target.unlink(missing_ok=True)  # a half-written file must not look like evidence
        raise
    _sync_folder(target.parent)
    return Stored(name, size, digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    # without this the new name itself may be lost with the power, though the bytes are there
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(name: str) -> bytes:
    """The bytes of a stored file. Raises FileNotFoundError if it is gone."""
    return path(name).read_bytes()


def discard(name: str) -> None:
    """Remove a stored file; nothing happens if it is gone already."""
    path(name).unlink(missing_ok=True)


def sniff(head: bytes, filename: str = "") -> str:
    """The media type by content (the first few kilobytes are enough), by name only for plain text.

    The type that the sender claims is never believed.
    """
    start = head[:512].lstrip().lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html", b"<script")):
        return "image/svg+xml" if b"<svg" in head[:4096].lower() else "text/html"
    try:
        found = puremagic.from_string(head[:8192], mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found and found != "text/plain":
        return found
    return "text/plain" if _looks_like_text(head) else "application/octet-stream"


def _looks_like_text(head: bytes) -> bool:
    if not head or b"\x00" in head:
        return False
    try:
        head[:4000].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head[:4000]) - 3  # cut in the middle of a character
    return True


def safe_preview(media_type: str) -> bool:
    """May a browser show this in the page? Everything else is offered as a download only."""
    return media_type in _PREVIEWS


def display_name(filename: str) -> str:
    """A file name fit to show and to offer: no path, no invisible or direction characters, at most 120 long."""
    name = _HIDDEN.sub("", tidy_line(filename)).replace("\\", "/").rsplit("/", 1)[-1]
    name = _RESERVED.sub("_", name).strip(". ")
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = stem[: 119 - len(ending)] + dot + ending if dot and len(ending) < 12 else name[:120]
    return name or "file"
