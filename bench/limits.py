"""What cannot be beaten: a Django view with a one-line template under the same server, and one durable commit.

``python -m bench.limits PORT`` serves the view with as many processes and threads as the product has.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from pathlib import Path

ROUNDS = 300


def commits(folder: Path) -> dict[str, float]:
    """One row and one commit in SQLite as the product sets it up (WAL, synchronous=FULL): ms of CPU and of wall."""
    path = folder / "commit.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t (x);")
    processor, wall = time.process_time(), time.perf_counter()
    for number in range(ROUNDS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (?)", (number,))
        connection.execute("COMMIT")
    told = {
        "cpu_ms": (time.process_time() - processor) * 1000 / ROUNDS,
        "wall_ms": (time.perf_counter() - wall) * 1000 / ROUNDS,
    }
    connection.close()
    path.unlink()
    return told


def _application():
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.template import engines
    from django.urls import path

    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()
    template = engines["django"].from_string("<p>Hello, {{ name }}.</p>")

    def hello(_request):
        return HttpResponse(template.render({"name": "world"}))

    globals()["urlpatterns"] = [path("", hello)]
    return get_wsgi_application()


if __name__ == "__main__":
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "bench.limits:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=int(os.environ.get("DESAGRAVO_WEB_PROCESSES", "2")),
        blocking_threads=int(os.environ.get("DESAGRAVO_WEB_THREADS", "4")),
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
elif "granian" in sys.modules:
    application = _application()
