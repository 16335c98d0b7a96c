"""`GET /health`: can this product take a complaint now? Nothing is written, no session is opened."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from desagravo import __version__

SILENT_SECONDS = 30
ROOM_BYTES = 200 * 1024 * 1024
_up_to_date = False


class Unwell(Exception):
    """One check failed; the text says what is wrong, without secrets."""


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 with `status`, `version` and `checks` when all is well, otherwise 503 with the cause in `checks`."""
    checks = {name: _answer(check) for name, check in CHECKS.items()}
    well = all(answer == "ok" for answer in checks.values())
    body: dict[str, Any] = {"status": "ok" if well else "unavailable", "version": __version__, "checks": checks}
    response = JsonResponse(body, status=200 if well else 503)
    response.headers["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001  a check every second is no news
    return response


def _answer(check: Callable[[], None]) -> str:
    try:
        check()
    except Unwell as problem:
        return str(problem)
    except Exception as problem:
        return f"failed: {type(problem).__name__}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    """Looked for until they have all been applied; that cannot become untrue for the code that is running."""
    global _up_to_date
    if not _up_to_date:
        executor = MigrationExecutor(connection)
        if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise Unwell(f"{len(waiting)} changes of the database are still to be made")
        _up_to_date = True


def _history() -> None:
    from desagravo.history import queries

    queries.head()


def _worker() -> None:
    heartbeat = Path(settings.DESAGRAVO_DATA) / "run" / "worker"
    try:
        silent = time.time() - heartbeat.stat().st_mtime
    except FileNotFoundError:
        raise Unwell("the worker has not started") from None
    if silent > SILENT_SECONDS:
        raise Unwell(f"the worker has been silent for {silent:.0f} seconds")


def _disk() -> None:
    if shutil.disk_usage(settings.DESAGRAVO_DATA).free < ROOM_BYTES:
        raise Unwell("less than 200 MB of disk space is left")
    if not os.access(settings.DESAGRAVO_DATA, os.W_OK):
        raise Unwell("the data folder cannot be written")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "history": _history,
    "worker": _worker,
    "disk": _disk,
}
