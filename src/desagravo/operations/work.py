"""The worker: runs the subscribers of events that are due, and the clock's ticks.

Any number of workers may run; each claims deliveries with a lease. A worker that dies loses nothing: its lease ends and
another takes over.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import django
import structlog

from desagravo.operations import heartbeat

AT_ONCE = 10
GLANCE_SECONDS = 0.1
BEAT_SECONDS = 5
"""Between two signs of life of an idle worker."""
LONGEST_SLEEP = 1.0

log = structlog.get_logger("desagravo.work")


@dataclass
class Tick:
    """What the clock does every so many seconds: `where` is `module:function`, called with the present moment; it
    tells how many things it did."""

    where: str
    every: float
    due: float = 0.0

    def function(self) -> Callable[[datetime], int]:
        module, _, name = self.where.partition(":")
        function: Callable[[datetime], int] = getattr(importlib.import_module(module), name)
        return function


TICKS = [
    Tick("desagravo.cases.actions:forget_exports", every=600),
    Tick("desagravo.cases.actions:forget_looks", every=3600),
    Tick("desagravo.cases.actions:come_back", every=30),
    Tick("desagravo.cases.actions:remind_of_retention", every=3600),
    Tick("desagravo.cases.actions:open_forgotten", every=30),
    Tick("desagravo.cases.actions:look_at_limits", every=30),
    Tick("desagravo.cases.actions:bind_what_is_left", every=60),
    Tick("desagravo.cases.actions:recompute", every=5),
    Tick("desagravo.cases.actions:move_waiting_cases", every=5),
    Tick("desagravo.cases.actions:forget_expired", every=600),
    Tick("desagravo.channels.mail.house:mail_notices", every=10),
    Tick("desagravo.channels.mail.outgoing:send_due", every=3),
    Tick("desagravo.cases.actions:sweep_files", every=3600),
    Tick("desagravo.operations.checkpointing:tick", every=60),
    Tick("desagravo.operations.backup.automatic:tick", every=20),
    Tick("desagravo.operations.backup.aside:tick", every=3600),
    Tick("desagravo.operations.work:forget_old_sessions", every=6 * 3600),
    Tick("desagravo.departments.actions:forget_old_sign_ins", every=6 * 3600),
]


def run() -> int:
    """Work until told to stop; what is in hand is finished first."""
    django.setup()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _beat()
    changes = _Changes()
    sleep = GLANCE_SECONDS
    while not stop.is_set():
        _beat()
        worked = _round()
        if worked or changes.seen():
            sleep = GLANCE_SECONDS
            continue
        until = time.monotonic() + sleep
        while not stop.is_set() and time.monotonic() < until:
            stop.wait(GLANCE_SECONDS)
            if changes.seen():
                sleep = GLANCE_SECONDS
                break
        sleep = min(sleep * 1.5, LONGEST_SLEEP)
    return 0


def _round() -> bool:
    """One look at ticks and deliveries; True if something was done. A database that is away is waited for."""
    from django.db import Error, close_old_connections

    from desagravo.departments import queries

    try:
        with queries.at_home():
            ticked = _tick()
            return _deliver() or ticked
    except Error as problem:
        log.warning("the database did not answer", exc_info=problem)
        close_old_connections()
        time.sleep(1)
        return False


def _tick() -> bool:
    from desagravo.common import clock

    ticked = False
    for tick in TICKS:
        if time.monotonic() < tick.due:
            continue
        tick.due = time.monotonic() + tick.every
        _beat(tick.where.partition(":")[2])
        try:
            ticked = tick.function()(clock.now()) > 0 or ticked
        except Exception as problem:
            log.error("tick failed", tick=tick.where, exc_info=problem)
        _beat()
    return ticked


def _deliver() -> bool:
    from desagravo.history import outbox

    return outbox.run_due(limit=AT_ONCE, begin=_beat) > 0


def forget_old_sessions(_now: datetime) -> int:
    """Sign-ins that have run out leave the database. Nobody waits for the number, so it is always 0."""
    from django.core.management import call_command

    call_command("clearsessions", verbosity=0)
    return 0


def _beat(job: str = "") -> None:
    """A sign of life, from the loop itself: a worker that hangs gives none, and `/health` says in what it hangs."""
    global _last
    now = time.monotonic()
    if job or _last[1] or now - _last[0] > BEAT_SECONDS:
        with contextlib.suppress(OSError):  # a full disk is told by its own check; work on the database goes on
            heartbeat.beat(Path(os.environ["DESAGRAVO_DATA"]), job)
        _last = (now, job)


_last = (float("-inf"), "")
"""When the last sign of life was given, and with which job."""


class _Changes:
    """Whether another process has written to an SQLite database since the last look.

    A look at the size and time of its log costs microseconds, so the worker notices an event at once and still asks the
    database only once a second while nothing happens. On PostgreSQL there is no such file: the pace is the sleep's.
    """

    def __init__(self) -> None:
        from django.db import connection

        name = str(connection.settings_dict["NAME"])
        self._file = Path(f"{name}-wal" if connection.vendor == "sqlite" else "/nowhere")
        self._last = self._look()

    def seen(self) -> bool:
        now = self._look()
        changed, self._last = now != self._last, now
        return changed

    def _look(self) -> tuple[int, int]:
        try:
            state = self._file.stat()
        except OSError:  # no such file, as on PostgreSQL
            return (0, 0)
        return (state.st_size, state.st_mtime_ns)
