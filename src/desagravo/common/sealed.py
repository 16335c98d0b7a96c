"""Secrets that must be used again (a mail server's password, a link that waits to be mailed), encrypted at rest.

AES-128 in CBC with HMAC-SHA-256 (Fernet) under a key that lies in the folder ``keys`` and not in the database: a copy
of the database alone opens nothing. The key's number stands before the text, so that a later key can take over while
older texts are still read.
"""

import base64
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from desagravo.settings import surroundings

_NEWEST = "1"


class Unreadable(ValueError):
    """The text cannot be opened: its key is not in the folder ``keys``, or it was changed."""


def seal(secret: str) -> str:
    """The secret as it may be stored; empty stays empty."""
    return f"{_NEWEST}:{_fernet(_NEWEST).encrypt(secret.encode()).decode()}" if secret else ""


def unseal(stored: str) -> str:
    """The secret again.

    Raises:
        Unreadable: another key, or a changed text.
    """
    if not stored:
        return ""
    number, _, text = stored.partition(":")
    if number != _NEWEST:
        raise Unreadable(f"key {number[:8]} is not known")
    try:
        return _fernet(number).decrypt(text.encode()).decode()
    except InvalidToken:
        raise Unreadable("the key in the folder keys is another one, or the text was changed") from None


@cache
def _fernet(number: str) -> Fernet:
    text = surroundings.key(Path(settings.DESAGRAVO_DATA), f"sealing_{number}")
    return Fernet(base64.urlsafe_b64encode(sha256(b"desagravo sealed 1\x00" + text.encode()).digest()))
