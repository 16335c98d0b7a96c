"""How long the limits of all open cases take after a calendar changed: ``python -m bench.recompute --data DIR``.

DIR is a COPY of a data set of ``bench.fill``: the script migrates it, opens all of its cases (for this figure they all
wait for their answer), and writes to it. Measured are the first limits for cases that have none, the proposal (what a
changed calendar would do), and taking it over; each with its peak of memory. The closed day that is added lies in the
middle of most limits, so that most of them move.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.databases import database, version
from bench.fill import set_up


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.recompute", description="Recompute all limits.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--policy", default="pt-livro-reclamacoes", help="a second rulebook on every case")
    asked = parser.parse_args()
    with database(asked.engine, asked.data):
        set_up(asked.data)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps({"engine": version(asked.engine), **measure(asked.policy)}, indent=1))
    return 0


def measure(policy: str) -> dict[str, Any]:
    """All three, in this order."""
    from desagravo.cases.actions import accept_recomputation, propose_recomputation
    from desagravo.cases.models import Case, ProposedDate, Recomputation, TimeLimit
    from desagravo.common.actor import Actor
    from desagravo.departments.models import Person

    _open_all()
    told: dict[str, Any] = {"open_cases": Case.objects.filter(open=True).count()}
    told["first_limits"] = _timed(lambda: _first(policy))
    told["limits"] = TimeLimit.objects.count()
    _close_a_day()
    person = Person.objects.filter(grants__role="manager").first()
    actor = Actor("staff", str(person.pk) if person else "1", frozenset({"manager"}))
    row = propose_recomputation(actor=actor)
    told["proposal"] = _timed(_until_done)
    found = Recomputation.objects.get(pk=row.pk)
    told["dates_that_move"], told["cases_that_move"] = found.changed, found.cases
    assert ProposedDate.objects.filter(recomputation=row).count() == found.changed
    accept_recomputation(row.pk, actor=actor)
    told["taking_over"] = _timed(_until_done)
    return told


def _open_all() -> None:
    from desagravo.cases.models import AppliedRulebook, Case, ProposedDate, Recomputation, TimeLimit

    for model in (ProposedDate, Recomputation, TimeLimit, AppliedRulebook):
        model.objects.all().delete()
    Case.objects.exclude(status="in_work").update(status="in_work", open=True, closed_at=None, answered_at=None)
    newest = Case.objects.order_by("-received_at").values_list("received_at", flat=True)[0]
    from desagravo.common import clock

    _stand_at(clock, newest + timedelta(hours=1))


def _stand_at(clock: Any, moment: Any) -> None:
    """The data set has its own days: the clock stands shortly after its newest complaint."""
    clock._fixed.set(moment)  # noqa: SLF001  (for the whole process)


def _first(policy: str) -> None:
    """The house's rulebook as the worker applies it; the other one as if every case had come through the book."""
    from desagravo.cases import binding
    from desagravo.cases.actions import bind, bind_what_is_left
    from desagravo.common import clock
    from desagravo.rulebook.applying import Binding

    bindings = binding.bindings
    binding.bindings = lambda case, fields=None: (*bindings(case, fields), Binding(policy, "bench"))
    bind._after = 0  # noqa: SLF001
    while bind_what_is_left(clock.now()):
        pass
    binding.bindings = bindings


def _close_a_day() -> None:
    """A day is closed from now on, in the middle of what is running."""
    from desagravo.cases import binding
    from desagravo.common import clock
    from desagravo.rulebook.calendars import ClosedDay

    before = binding.calendar_for
    today = clock.now().date()
    days = (today + timedelta(days=n) for n in range(1, 9))
    kept: dict[str, Any] = {}

    def calendar_for(case: Any, policy: Any) -> Any:
        calendar = before(case, policy)
        if calendar.sha256 not in kept:
            day = next(each for each in days if not calendar.why_closed(each))
            closed: dict[date, ClosedDay] = {**calendar.closed, day: ClosedDay(day, {"en": "Closed"}, "own")}
            kept[calendar.sha256] = replace(calendar, closed=MappingProxyType(closed))
        return kept[calendar.sha256]

    binding.calendar_for = calendar_for


def _until_done() -> None:
    from desagravo.cases.actions import recompute
    from desagravo.common import clock

    while recompute(clock.now()):
        pass


def _timed(work: Callable[[], None]) -> dict[str, float]:
    started, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    sys.exit(main())
