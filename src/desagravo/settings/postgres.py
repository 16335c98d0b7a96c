"""How PostgreSQL is spoken to: psycopg 3 with a small pool in each process.

A connection from the pool is asked for a sign of life first, so that a restart of the server costs the requests that
were under way and no later one. Whoever waits for another's lock is told after five seconds that it is busy; a server
that fell silent is given up after fifteen. A transaction in which nothing happens for a minute is that of a process
that hangs, and is ended: it holds everybody up.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "2",
    "tcp_user_timeout": "15000",
    "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
}
"""How long is waited, where the address does not say otherwise (`docs/guide/operator/postgresql.md`)."""


def database(url: str, *, pool: bool = True) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/name?option=value`.

    A host that is a folder (a Unix socket) is written as `?host=/folder`, as libpq does.
    """
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", unquote(parts.hostname or ""))
    for name, value in _PATIENCE.items():
        options.setdefault(name, value)
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 3, "reconnect_timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": pool,
        "OPTIONS": options,
    }
