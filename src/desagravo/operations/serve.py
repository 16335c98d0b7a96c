"""The web server: granian, with processes of four threads each. Started by `processes`, one per product."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from desagravo.operations import family


def main() -> None:
    if parent := os.environ.pop(family.PARENT, ""):
        family.end_with_parent(int(parent))
    os.umask(0o077)
    host, port = sys.argv[1], int(sys.argv[2])
    _load_once()
    Server(
        "desagravo.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=int(os.environ.get("DESAGRAVO_WEB_PROCESSES", "2")),
        blocking_threads=int(os.environ.get("DESAGRAVO_WEB_THREADS", "4")),
        # A thread keeps its connection to the database; it need not end after half a minute without work.
        blocking_threads_idle_timeout=600,
        websockets=False,
        backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
    ).serve()


def _load_once() -> None:
    """Load the product before the processes are forked: they share its memory and start at once.

    Where processes are spawned instead (Python 3.14 and later), each loads it for itself.
    """
    if multiprocessing.get_start_method() != "fork":
        return
    from django.db import connections

    import desagravo.wsgi  # noqa: F401

    connections.close_all()
    gc.collect()
    gc.freeze()
    os.register_at_fork(after_in_child=family.end_with_parent)


if __name__ == "__main__":
    main()
