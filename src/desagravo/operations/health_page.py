"""`/administration/health/`: how the product is, for people: each number with what to do when it is bad."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import django
from babel.dates import format_timedelta
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo import __version__
from desagravo.cases import queries as cases
from desagravo.common import clock, dates
from desagravo.common.language import active, babel_locale
from desagravo.entrance import StaffRequest, door, page, standing
from desagravo.entrance.standing import Line
from desagravo.history import outbox
from desagravo.history import queries as history
from desagravo.operations import health
from desagravo.operations.backup import aside, known

_CHECKS = {
    "database": (
        gettext_lazy("Database"),
        gettext_lazy("See whether the database server runs and lets this product in."),
    ),
    "migrations": (gettext_lazy("Tables of the database"), gettext_lazy("Stop the product and start it again.")),
    "history": (gettext_lazy("Record of all steps"), gettext_lazy("Run desagravo verify and read what it says.")),
    "worker": (
        gettext_lazy("Worker that sends, prints and reminds"),
        gettext_lazy("Stop the product and start it again; the log says why the worker ended."),
    ),
    "disk": (gettext_lazy("Disk"), gettext_lazy("Make room on the disk of the data folder, or enlarge it.")),
}
_ALARMS = {
    "failed": gettext_lazy("The last automatic backup failed. See that the place of the backups can be written."),
    "never": gettext_lazy("Automatic backups are switched on, and none was made yet. Look again tomorrow."),
    "old": gettext_lazy("The last backup is more than a day old. See whether the worker runs and the place has room."),
    "not_restored": gettext_lazy(
        "No backup was restored for trial in the last eight days: run desagravo restore-drill."
    ),
}


@dataclass(frozen=True)
class Shown:
    """A line as the page shows it: the age of the oldest item in words."""

    line: Line
    oldest: str


@door("GET", roles=("administrator",), back_to="operations:health_page")
def health_page(request: StaffRequest) -> HttpResponse:
    """Checks, queues, safety and versions."""
    told = list(standing.lines())
    queues = [*_queues(), *(line for line in told if line.count is not None)]
    rest = [*(line for line in told if line.count is None), *_safety()]
    sections = [
        (_("Can complaints be taken?"), _shown(_checks())),
        (_("What waits"), _shown(queues)),
        (_("Safety and surroundings"), _shown(rest)),
    ]
    bad = [each.line for _title, shown in sections for each in shown if each.line.tone != "kept"]
    return page(request, "operations/health.html", {"sections": sections, "bad": len(bad), "versions": _versions()})


def _shown(lines: Sequence[Line]) -> list[Shown]:
    return [Shown(line, _age(line.oldest)) for line in lines]


def _age(age: timedelta | None) -> str:
    return str(format_timedelta(age, locale=babel_locale(active()))) if age is not None else ""


def _checks() -> list[Line]:
    made = []
    for name, check in health.CHECKS.items():
        answer = health.answer(check)
        what, advice = _CHECKS.get(name, (name, ""))
        ok = answer == "ok"
        words = _("In order.") if ok else answer
        made.append(Line(name, str(what), words, "kept" if ok else "late", advice="" if ok else str(advice)))
    return made


def _queues() -> list[Line]:
    work = reverse("operations:work")
    oldest, unopened, dead = outbox.oldest_waiting(), cases.unopened_count(), outbox.dead_count()
    late = oldest is not None and oldest > health.LATE
    first = next(iter(cases.unopened(limit=1)), None)
    letters = outbox.dead_letters(limit=1)
    return [
        Line(
            "work",
            _("Work that is due"),
            "",
            "soon" if late else "kept",
            count=outbox.waiting_count(),
            oldest=oldest,
            advice=_("The worker is slow or stands still: see whether it runs.") if late else "",
        ),
        Line(
            "unopened",
            _("Complaints that were kept and could not be opened"),
            "",
            "late" if unopened else "kept",
            count=unopened,
            oldest=clock.now() - first.received_at if first else None,
            advice=_("Read the cause, have it mended, and try again.") if unopened else "",
            url=work,
        ),
        Line(
            "dead_letters",
            _("Work that was given up"),
            "",
            "soon" if dead else "kept",
            count=dead,
            oldest=clock.now() - letters[0].given_up_at if letters else None,
            advice=_("Read the cause, have it mended, and try again.") if dead else "",
            url=work,
        ),
    ]


def backups() -> list[Line]:
    """The last backup, and the last that was restored; the list of next steps asks for them, too."""
    return [_backup(), _restore()]


def _safety() -> list[Line]:
    return [_checkpoint(), _put_aside(), _disk()]


def _backup() -> Line:
    how = known.state(settings.DESAGRAVO_DATA)
    what = _("Last backup")
    if how.backed_up_at is None:
        alarm = str(_ALARMS.get(how.alarm, ""))
        advice = alarm or _("Run desagravo backup; the operator's guide says how.")
        return Line("backup", what, _("Never."), "late" if alarm else "soon", advice=advice)
    advice = str(_ALARMS.get(how.alarm, "")) if how.alarm != "not_restored" else ""
    return Line("backup", what, dates.moment(how.backed_up_at), "late" if advice else "kept", advice=advice)


def _restore() -> Line:
    how = known.state(settings.DESAGRAVO_DATA)
    what = _("Last backup that was restored and compared")
    if how.restored_at is None:
        return Line(
            "restore",
            what,
            _("Never."),
            "soon",
            advice=_("A backup counts when it was restored: run desagravo restore-drill."),
        )
    advice = str(_ALARMS["not_restored"]) if how.alarm == "not_restored" else ""
    return Line("restore", what, dates.moment(how.restored_at), "soon" if advice else "kept", advice=advice)


def _checkpoint() -> Line:
    how = history.checkpoints()
    answer = health.answer(health.LEFT_LYING["checkpoints"])
    words = (
        _("Number %(number)s, %(moment)s.") % {"number": how.number, "moment": dates.moment(how.made_at)}
        if how.made_at
        else _("None yet; the first follows the first events.")
    )
    advice = "" if answer == "ok" else _("Run desagravo verify and read what it says.")
    return Line(
        "checkpoints", _("Checkpoint of the record"), words, "kept" if answer == "ok" else "late", advice=advice
    )


def _put_aside() -> Line:
    """Who is erased lives on in these until they go."""
    what, copies = _("Copies from before an upgrade or a restore"), aside.kept(Path(settings.DESAGRAVO_DATA))
    if not copies:
        return Line("put_aside", what, _("None."))
    oldest = copies[0]
    late = clock.now() - oldest.at > timedelta(days=aside.KEPT_DAYS + 1)
    words = _(
        "%(count)s, the oldest of %(moment)s. Each is removed after %(days)s days; who is erased is in it till then."
    )
    facts = {"count": len(copies), "moment": dates.moment(oldest.at), "days": aside.KEPT_DAYS}
    advice = _("This one should be gone; remove it by hand: %(place)s") % {"place": oldest.name()} if late else ""
    return Line("put_aside", what, words % facts, "late" if late else "kept", advice=advice)


def _disk() -> Line:
    free = shutil.disk_usage(settings.DESAGRAVO_DATA).free
    low = free < 5 * health.ROOM_BYTES
    return Line(
        "disk_free",
        _("Free disk space"),
        filesizeformat(free),
        "soon" if low else "kept",
        advice=_("Make room on the disk of the data folder, or enlarge it.") if low else "",
    )


def _versions() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("SELECT sqlite_version()" if sqlite else "SHOW server_version")
        number = str(cursor.fetchone()[0])
        mode = ""
        if sqlite:
            cursor.execute("PRAGMA journal_mode")
            mode = str(cursor.fetchone()[0]).upper()
    found = [
        ("Desagravo", __version__),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("SQLite" if sqlite else "PostgreSQL", number),
    ]
    return [*found, (_("Journal of the database"), mode)] if mode else found
