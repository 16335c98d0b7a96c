"""How an event is hashed and how private content is committed to. Pure: runs without a database."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

LABEL = b"event-v1"
START = "0" * 64
"""What the first event carries as the hash of the one before."""
SALT_BYTES = 32


def event_hash(previous: str, payload: str) -> str:
    """SHA-256 of ``event-v1``, the 32 bytes of the previous hash and the UTF-8 payload, as 64 hex digits."""
    return hashlib.sha256(LABEL + bytes.fromhex(previous) + payload.encode()).hexdigest()


def new_salt() -> bytes:
    """32 random bytes. Whoever erases content erases its salt too; then nobody can guess what the commitment held."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: bytes, content: str | bytes) -> str:
    """HMAC-SHA-256 of the content under its salt, as 64 hex digits. A text counts as its UTF-8 bytes."""
    return hmac.new(salt, content.encode() if isinstance(content, str) else content, hashlib.sha256).hexdigest()


def instant(moment: datetime) -> str:
    """An instant as events write it: UTC with microseconds, ``2026-01-05T10:00:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
