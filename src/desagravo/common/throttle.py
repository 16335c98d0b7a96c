"""How often one address may do what needs no sign-in, whatever door it comes to.

Each process counts for itself first, which costs nothing; only somebody who has used a quarter of what is allowed is
counted in the cache that all processes share. With n processes an address gets at most (3 + n)/4 of its allowance.
"""

from __future__ import annotations

import ipaddress
import threading
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from desagravo.common import clock

_MOST_REMEMBERED = 20_000
_counts: dict[tuple[str, str, int], int] = {}
_lock = threading.Lock()


class TooOften(Exception):
    """The allowance is used up for ``seconds`` more."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    @property
    def minutes(self) -> int:
        """The wait in whole minutes, at least one."""
        return -(-self.seconds // 60)


def allow(request: HttpRequest, kind: str, *, who: str = "") -> None:
    """Count this visit of an address (or of ``who``) under a kind of ``DESAGRAVO_THROTTLES``.

    Raises:
        TooOften: more than allowed in the present window.
    """
    allowed, seconds = settings.DESAGRAVO_THROTTLES[kind]
    now = int(clock.now().timestamp())
    window = now // seconds
    # what somebody typed may be long or strange: a key of the cache is neither
    who = sha256(who.encode()).hexdigest()[:32] if who else address_of(request)
    own = _count_here((kind, who, window))
    free = allowed // 4
    if own > free and _count_together(f"throttle:{kind}:{who}:{window}", seconds) > allowed - free:
        raise TooOften((window + 1) * seconds - now)


def _count_here(key: tuple[str, str, int]) -> int:
    with _lock:
        if len(_counts) >= _MOST_REMEMBERED:
            _counts.clear()
        _counts[key] = _counts.get(key, 0) + 1
        return _counts[key]


def _count_together(key: str, seconds: int) -> int:
    if cache.add(key, 1, timeout=seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # the window ended between the two
        return 1


def forget() -> None:
    """Begin to count anew (tests)."""
    _counts.clear()


def address_of(request: HttpRequest) -> str:
    """The visitor's address; of IPv6 the network, which one household shares.

    X-Forwarded-For is believed only behind a proxy of ours, and there only the entry that the proxy itself added.
    """
    told = request.META.get("REMOTE_ADDR", "")
    if settings.DESAGRAVO_PROXY:
        told = request.META.get("HTTP_X_FORWARDED_FOR", told).rsplit(",", 1)[-1]
    try:
        address = ipaddress.ip_address(told.strip())
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
