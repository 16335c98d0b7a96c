"""A stream that only the holder of a key can read, and that shows every change.

The file begins with a mark, a short open header and the header's SHA-256. Then come pieces of one megabyte,
each under ChaCha20-Poly1305. The nonce of a piece is its number and whether it is the last, so that a piece that is
missing, doubled, moved or cut off is found. The key of a file is its own: made by HKDF from a fresh
salt, the header, and a secret. The secret is an X25519 exchange with a key that lives for one file (the machine that
makes backups then needs only the public half), or scrypt of a passphrase.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from desagravo.operations.backup.refusals import BackupProblem, Damaged, WrongKey

MARK = b"desagravo sealed backup 1\n"
PIECE = 2**20
_TAG = 16
_HEADER_AT_MOST = 4096
_SCRYPT = {"n": 2**16, "r": 8, "p": 1}
"""64 MB and about a quarter of a second for each guess."""


@dataclass(frozen=True)
class Secret:
    """What a backup is closed or opened with: a key file, or a passphrase. Neither: it is not sealed."""

    key: Path | None = None
    passphrase: Path | None = None

    def __bool__(self) -> bool:
        return self.key is not None or self.passphrase is not None


def make_key(file: Path) -> str:
    """Write a new private key to ``file`` and the public half beside it (``.pub``); gives the key's short name."""
    private = X25519PrivateKey.generate()
    kinds = serialization.Encoding.PEM
    closed = private.private_bytes(kinds, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = private.public_key().public_bytes(kinds, serialization.PublicFormat.SubjectPublicKeyInfo)
    for path, content in ((file, closed), (file.with_name(file.name + ".pub"), public)):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as problem:
            raise BackupProblem(f"the key cannot be written to {path}: {problem.strerror}.") from None
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    return _name_of(private.public_key())


class Closing:
    """Takes bytes and writes them sealed to ``out``. Nothing but :meth:`finish` makes the file a whole one."""

    def __init__(self, out: IO[bytes], secret: Secret) -> None:
        header, shared = _closing_secret(secret)
        self._out, self._number, self._rest = out, 0, bytearray()
        told = json.dumps(header, sort_keys=True).encode()
        key, header["check"] = _keys(shared, header, told)
        told = json.dumps(header, sort_keys=True).encode()
        self._cipher = ChaCha20Poly1305(key)
        out.write(MARK + struct.pack(">I", len(told)) + told + hashlib.sha256(told).digest())

    def write(self, content: bytes) -> int:
        self._rest += content
        while len(self._rest) > PIECE:
            self._piece(bytes(self._rest[:PIECE]), last=False)
            del self._rest[:PIECE]
        return len(content)

    def finish(self) -> None:
        """The last piece, which says that it is the last."""
        self._piece(bytes(self._rest), last=True)
        self._rest.clear()

    def _piece(self, content: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last=last), content, None))
        self._number += 1


class Opening:
    """Reads what :class:`Closing` wrote; ``read`` gives exactly so many bytes, or fewer at the end.

    Raises:
        Damaged, WrongKey: at construction for the header, at reading for a piece.
    """

    def __init__(self, source: IO[bytes], secret: Secret) -> None:
        self._source, self._number, self._last = source, 0, False
        self._have = bytearray()
        header = _read_header(source)
        check = header.pop("check")
        shared = _opening_secret(header, secret)
        key, expected = _keys(shared, header, json.dumps(header, sort_keys=True).encode())
        if check != expected:
            raise WrongKey("this passphrase does not open the backup.")
        self._cipher = ChaCha20Poly1305(key)
        self._next = source.read(PIECE + _TAG)

    def read(self, size: int) -> bytes:
        while len(self._have) < size and not self._last:
            self._open_piece()
        content = bytes(self._have[:size])
        del self._have[:size]
        return content

    def _open_piece(self) -> None:
        piece, self._next = self._next, self._source.read(PIECE + _TAG)
        self._last = not self._next
        try:
            self._have += self._cipher.decrypt(_nonce(self._number, last=self._last), piece, None)
        except (InvalidTag, ValueError):
            where = f"the piece that begins at byte {self._number * PIECE} of the content"
            if self._last:
                raise Damaged(
                    f"the backup is cut off or damaged: {where} is not the last one as it was written."
                ) from None
            raise Damaged(f"the backup is damaged: {where} is not as it was written.") from None
        self._number += 1


def is_sealed(head: bytes) -> bool:
    """Do these first bytes begin a sealed backup?"""
    return head.startswith(MARK[:20])


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _keys(shared: bytes, header: dict[str, Any], told: bytes) -> tuple[bytes, str]:
    """The key of the file, and a value by which a wrong passphrase is told from a damaged file."""
    salt = bytes.fromhex(header["salt"])
    both = HKDF(SHA256(), 64, salt, b"desagravo backup 1 " + told).derive(shared)
    return both[:32], both[32:].hex()


def _closing_secret(secret: Secret) -> tuple[dict[str, Any], bytes]:
    header: dict[str, Any] = {"salt": os.urandom(32).hex()}
    if secret.passphrase:
        return {**header, "with": "passphrase", **_SCRYPT}, _stretch(secret.passphrase, header["salt"], _SCRYPT)
    assert secret.key
    theirs = _public(secret.key)
    ours = X25519PrivateKey.generate()
    header |= {"with": "key", "key": _name_of(theirs), "ours": ours.public_key().public_bytes_raw().hex()}
    return header, ours.exchange(theirs)


def _opening_secret(header: dict[str, Any], secret: Secret) -> bytes:
    if header["with"] == "passphrase":
        if not secret.passphrase:
            raise WrongKey(
                "this backup is sealed with a passphrase: name a file that holds it, --passphrase-file FILE."
            )
        return _stretch(secret.passphrase, header["salt"], {name: header[name] for name in _SCRYPT})
    if not secret.key:
        raise WrongKey(f"this backup is sealed for the key {header['key']}: name its private file, --key FILE.")
    private = _load(secret.key)
    if not isinstance(private, X25519PrivateKey):
        raise WrongKey(f"{secret.key} holds the public half of a key; the private one opens a backup.")
    name = _name_of(private.public_key())
    if name != header["key"]:
        raise WrongKey(f"this backup is sealed for the key {header['key']}; the key in {secret.key} is {name}.")
    return private.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(header["ours"])))


def _read_header(source: IO[bytes]) -> dict[str, Any]:
    damaged = Damaged("the backup is damaged: its first bytes are not as they were written.")
    if source.read(len(MARK)) != MARK:
        raise damaged
    size = struct.unpack(">I", source.read(4).ljust(4, b"\xff"))[0]
    told = source.read(size) if size <= _HEADER_AT_MOST else b""
    if not told or hashlib.sha256(told).digest() != source.read(32):
        raise damaged
    header: dict[str, Any] = json.loads(told)
    return header


def _stretch(file: Path, salt: str, cost: dict[str, int]) -> bytes:
    try:
        words = file.read_bytes().strip()
    except OSError as problem:
        raise BackupProblem(f"the passphrase cannot be read from {file}: {problem.strerror}.") from None
    if len(words) < 12:
        raise BackupProblem(f"the passphrase in {file} is too short: twelve characters at least.")
    return Scrypt(salt=bytes.fromhex(salt), length=32, **cost).derive(words)


def _public(file: Path) -> X25519PublicKey:
    key = _load(file)
    return key.public_key() if isinstance(key, X25519PrivateKey) else key


def _load(file: Path) -> X25519PrivateKey | X25519PublicKey:
    try:
        content = file.read_bytes()
        if b"PRIVATE KEY" in content:
            key: Any = serialization.load_pem_private_key(content, None)
        else:
            key = serialization.load_pem_public_key(content)
    except OSError as problem:
        raise BackupProblem(f"the key cannot be read from {file}: {problem.strerror}.") from None
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, X25519PrivateKey | X25519PublicKey):
        raise BackupProblem(f"{file} holds no key for backups. `desagravo backup-key FILE` makes one.")
    return key


def _name_of(public: X25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]
