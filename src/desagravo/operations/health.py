"""`GET /health`: can this product take a complaint now, and does something need a person? Nothing is written."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from desagravo import __version__
from desagravo.cases import queries as cases
from desagravo.history import outbox
from desagravo.operations import backup, heartbeat, node

SILENT_SECONDS = 30
LONG_JOB_SECONDS = 120
LONGEST_JOB_SECONDS = 900
"""A job that takes longer is no longer believed to end."""
LATE = timedelta(minutes=15)
ROOM_BYTES = 200 * 1024 * 1024
"""Less is time to make room; complaints are still taken."""
LEAST_BYTES = 32 * 1024 * 1024
"""Less is not enough for one complaint with all the files that a form may bring."""
_up_to_date = False


class Unwell(Exception):
    """One check failed; the text says what is wrong, in the reader's language and without secrets."""


@require_safe
@translation.override("en")  # programs read it
def health(request: HttpRequest) -> JsonResponse:
    """`status`, `version` and `checks`, each "ok" or the cause.

    503 and "unavailable": complaints cannot be taken. 200 and "attention": they can, but something lies that a
    person must look at. 200 and "ok": all is well.
    """
    able = {name: answer(check) for name, check in CHECKS.items()}
    left = {name: answer(check) for name, check in LEFT_LYING.items()} if able["database"] == "ok" else {}
    if node.web_only():  # its pages take complaints whether or not a worker elsewhere is alive
        left["worker"] = able.pop("worker")
    ready, tidy = (set(answers.values()) <= {"ok"} for answers in (able, left))
    status = ("ok" if tidy else "attention") if ready else "unavailable"
    body: dict[str, Any] = {"status": status, "version": __version__, "checks": {**able, **left}}
    if node.name():
        body["node"] = node.name()
    response = JsonResponse(body, status=200 if ready else 503)
    response.headers["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001  a check every second is no news
    return response


def answer(check: Callable[[], None]) -> str:
    """ "ok", or the cause."""
    try:
        check()
    except Unwell as problem:
        return str(problem)
    except Exception as problem:
        return _("failed: %(error)s") % {"error": type(problem).__name__}
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
            raise Unwell(_("%(count)s changes of the database are still to be made") % {"count": len(waiting)})
        _up_to_date = True


def _history() -> None:
    from desagravo.history import queries

    queries.head()


def _worker() -> None:
    """Silent is a worker that died or hangs. One that is known to be busy may be so for as long as a lease lasts."""
    told = heartbeat.read(Path(settings.DESAGRAVO_DATA))
    if told is None:
        raise Unwell(_("the worker has not started"))
    if told.silent > (LONGEST_JOB_SECONDS if told.job else SILENT_SECONDS):
        silent = _("the worker has been silent for %(seconds)s seconds")
        if told.job:
            silent = _("the worker has been silent for %(seconds)s seconds, since it began %(job)s")
        raise Unwell(silent % {"seconds": f"{told.silent:.0f}", "job": told.job})


def _job() -> None:
    told = heartbeat.read(Path(settings.DESAGRAVO_DATA))
    if told and told.job and told.silent > LONG_JOB_SECONDS:
        busy = _("the worker has been busy with %(job)s for %(seconds)s seconds")
        raise Unwell(busy % {"seconds": f"{told.silent:.0f}", "job": told.job})


def _work() -> None:
    oldest = outbox.oldest_waiting()
    if oldest is not None and oldest > LATE:
        late = _("%(count)s pieces of work wait, the oldest for %(minutes)s minutes")
        raise Unwell(late % {"count": outbox.waiting_count(), "minutes": _minutes(oldest)})


def _dead_letters() -> None:
    if dead := outbox.dead_count():
        raise Unwell(_("%(count)s pieces of work were given up; see /operations/work/") % {"count": dead})


def _submissions() -> None:
    if count := cases.unopened_count():
        kept = _("%(count)s complaints were kept and could not be opened; see /operations/work/")
        raise Unwell(kept % {"count": count})


def _checkpoints() -> None:
    """Without them nothing is lost, but the history could be rewritten unnoticed by whoever owns the database."""
    from desagravo.history import queries

    how = queries.checkpoints()
    if how.problem == "behind":
        behind = _(
            "checkpoint %(published)s was published and the database knows only %(number)s: an older copy was put "
            "back; see desagravo verify, and desagravo checkpoint --give-up"
        )
        raise Unwell(behind % {"published": how.published, "number": how.number})
    if how.problem:
        raise Unwell(_("the folder of the checkpoints cannot be read"))
    if how.late:
        uncovered = _("%(count)s events have waited for a checkpoint for more than an hour")
        raise Unwell(uncovered % {"count": how.uncovered})
    if how.published < how.number:
        missing = _("checkpoint %(number)s is not published; the newest file is that of %(published)s")
        raise Unwell(missing % {"published": how.published, "number": how.number})


def _backup() -> None:
    if words := backup.state(Path(settings.DESAGRAVO_DATA)).sentence():
        raise Unwell(words)


def _minutes(time: timedelta) -> int:
    return int(time.total_seconds() // 60)


def _disk() -> None:
    for what, folder in places().items():
        if not _takes_a_file(folder):
            raise Unwell(_("the folder of %(what)s cannot be written") % {"what": what})
        if shutil.disk_usage(folder).free < LEAST_BYTES:
            raise Unwell(_("less than 32 MB of disk space is left for %(what)s") % {"what": what})


def _takes_a_file(folder: Path) -> bool:
    """Asked with a file that has no name and is gone at once: a disk that failed need not say that it is read-only."""
    nameless = getattr(os, "O_TMPFILE", 0)
    if not nameless or not os.access(folder, os.W_OK):
        return os.access(folder, os.W_OK)
    try:
        os.close(os.open(folder, nameless | os.O_WRONLY, 0o600))
    except OSError as problem:
        return problem.errno not in {errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}  # others: no such files here
    return True


def _room() -> None:
    for what, folder in places().items():
        if shutil.disk_usage(folder).free < ROOM_BYTES:
            raise Unwell(_("less than 200 MB of disk space is left for %(what)s") % {"what": what})


def places() -> dict[str, Path]:
    """What needs room on this machine, and where it lies: each may be a disk of its own."""
    data = Path(settings.DESAGRAVO_DATA)
    found = {_("the data"): data}
    if (data / "files").is_dir():
        found[_("the files")] = data / "files"
    if connection.vendor == "sqlite" and (base := Path(str(connection.settings_dict["NAME"]))).is_file():
        found[_("the database")] = base.parent
    return found


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "history": _history,
    "worker": _worker,
    "disk": _disk,
}
"""Without these no complaint can be taken, or nothing follows from it."""
LEFT_LYING: dict[str, Callable[[], None]] = {
    "work": _work,
    "job": _job,
    "dead letters": _dead_letters,
    "submissions": _submissions,
    "backup": _backup,
    "checkpoints": _checkpoints,
    "room": _room,
}
"""These lose nothing and stop nobody, but do not mend themselves."""
