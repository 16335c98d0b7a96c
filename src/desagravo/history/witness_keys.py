"""The keys that checkpoints are signed with: Ed25519, one file each, and what is published of them.

The private key lies in ``keys/checkpoint_<id>.pem`` (0600) of the data folder, its id being the first 16 hex digits of
the SHA-256 of the public key. What everybody may see, ``checkpoint_key_<id>.json``, lies beside it and in the folder of
the checkpoints: a new key is signed by the one before it, so that nobody can bring in a key of their own.
"""

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LABEL = b"checkpoint-v1\n"
KEY_LABEL = b"checkpoint-key-v1\n"
CURRENT = "checkpoint_current"


class NoKey(Exception):
    """The key that should sign is not there; the text names its file."""


@dataclass(frozen=True)
class PublicKey:
    """A published key: ``before`` is the id of the key that signed it, empty for the first one."""

    id: str
    public: str
    before: str
    signature: str

    def text(self) -> str:
        """The file as it is published."""
        return json.dumps(
            {"key": self.id, "public": self.public, "before": self.before, "signature": self.signature}, indent=1
        )

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "PublicKey":
        """What such a file says. Raises ValueError where it says nothing sensible, or the id is another key's."""
        try:
            key = cls(str(told["key"]), str(told["public"]), str(told["before"]), str(told["signature"]))
            raw = base64.b64decode(key.public, validate=True)
        except (KeyError, TypeError, binascii.Error) as problem:
            raise ValueError("not a published key") from problem
        if key_id(raw) != key.id:
            raise ValueError("the key has not the id that it is named with")
        return key


def key_id(public: bytes) -> str:
    """16 hex digits."""
    return hashlib.sha256(public).hexdigest()[:16]


def signed(public: str, label: bytes, text: str, signature: str) -> bool:
    """Is this the signature of the text by this key? (both base64)"""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), label + text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def current(folder: Path) -> str:
    """The id of the key that signs now; a first one is made where there is none. Several workers agree on one.

    Raises:
        NoKey: the key that was in use is gone.
    """
    pointer = folder / CURRENT
    if not pointer.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = _make(folder, before="")
        if not write_once(pointer, made.id):  # another worker was faster; the key that nobody uses goes
            _private_file(folder, made.id).unlink(missing_ok=True)
            public_file(folder, made.id).unlink(missing_ok=True)
    chosen = pointer.read_text().strip()
    if not _private_file(folder, chosen).is_file():
        raise NoKey(str(_private_file(folder, chosen)))
    return chosen


def replace(folder: Path) -> str:
    """A new key, signed by the present one, takes its place. Gives its id. Raises NoKey."""
    made = _make(folder, before=current(folder))
    draft = folder / f".{CURRENT}.{secrets.token_hex(4)}"
    write_once(draft, made.id)
    draft.replace(folder / CURRENT)
    return made.id


def sign(folder: Path, key: str, text: str, label: bytes = LABEL) -> str:
    """The signature, base64. Raises NoKey."""
    return base64.b64encode(_private(folder, key).sign(label + text.encode())).decode()


def own(folder: Path) -> list[PublicKey]:
    """The public parts of the keys that this installation has had: the present one and those before it."""
    found: list[PublicKey] = []
    pointer = folder / CURRENT
    key = pointer.read_text().strip() if pointer.exists() else ""
    while key:
        found.append(PublicKey.of(json.loads(public_file(folder, key).read_text())))
        key = found[-1].before
    return found


def public_file(folder: Path, key: str) -> Path:
    """Where the public part lies."""
    return folder / f"checkpoint_key_{key}.json"


def write_once(path: Path, text: str) -> bool:
    """Put a file in place whole and on the disk; False, and nothing is changed, where there is one already."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    finally:
        draft.unlink(missing_ok=True)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return True


def _make(folder: Path, *, before: str) -> PublicKey:
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    public = base64.b64encode(raw).decode()
    signature = sign(folder, before, public, KEY_LABEL) if before else ""
    key = PublicKey(key_id(raw), public, before, signature)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_once(_private_file(folder, key.id), pem.decode())
    write_once(public_file(folder, key.id), key.text())
    return key


def _private_file(folder: Path, key: str) -> Path:
    return folder / f"checkpoint_{key}.pem"


def _private(folder: Path, key: str) -> Ed25519PrivateKey:
    path = _private_file(folder, key)
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (FileNotFoundError, ValueError) as problem:
        raise NoKey(str(path)) from problem
    if not isinstance(private, Ed25519PrivateKey):
        raise NoKey(str(path))
    return private
