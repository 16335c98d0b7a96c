"""The code with which whoever started the product shows the first page that they did. Runs without Django.

Sixteen letters and digits (80 random bits) that are hard to take for each other. The code itself is printed and kept
nowhere; its digest lies in the keys of the data folder until there is an administrator.
"""

from __future__ import annotations

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32: without I, L, O and U."""
_TAKEN_FOR = str.maketrans({"I": "1", "L": "1", "O": "0"})
_LENGTH = 16


def new() -> str:
    """A code as people read it: ``7K2M-9QXA-…``."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(drawn[at : at + 4] for at in range(0, _LENGTH, 4))


def digest(code: str) -> str:
    """What is kept of a code, however it was typed: small letters, spaces, a letter O for a zero."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_TAKEN_FOR)
    return sha256(plain[:100].encode()).hexdigest()


def keep(folder: Path, code_digest: str) -> None:
    """Only the code with this digest is right from now on."""
    draft = _file(folder).with_suffix(f".{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(code_digest)
    draft.replace(_file(folder))


def kept(folder: Path) -> str:
    """The digest of the present code; "" if there is none."""
    try:
        return _file(folder).read_text().strip()
    except OSError:
        return ""


def forget(folder: Path) -> None:
    """No code is right any more."""
    _file(folder).unlink(missing_ok=True)


def is_right(folder: Path, code: str) -> bool:
    """Is this the present code?"""
    present = kept(folder)
    return bool(present) and hmac.compare_digest(present, digest(code))


def _file(folder: Path) -> Path:
    return folder / "keys" / "setup_code"
