"""No process outlives its parent, not even when the parent is killed with -9.

The web server granian leaves its processes behind when it is killed: they would keep the port and the database. Linux
is asked to end a child with its parent (PR_SET_PDEATHSIG); a small thread watches as well, for other systems
and for the moment between the start of the child and its request.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1


PARENT = "DESAGRAVO_PARENT"
"""Environment variable in which a parent tells a child its process number, for a child that starts after its death."""


def end_with_parent(parent: int | None = None, *, every: float = 1.0) -> None:
    """From now on this process is killed as soon as its parent is gone. `every`: seconds between two looks."""
    parent = parent or os.getppid()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_watch, args=(parent, every), name="parent-watch", daemon=True).start()


def _watch(parent: int, every: float) -> None:
    while os.getppid() == parent:
        time.sleep(every)
    os.kill(os.getpid(), signal.SIGKILL)
