"""How long trying a draft on past cases takes: ``python -m bench.try_out --data DIR``.

DIR is a COPY of a data set of ``bench.fill`` (``--cases -1``: the 14,132 real complaints of ../shared/data). The script
migrates it and writes a draft edition to it: another limit for money, another target for the answer, legal called in
for a group of categories, an approval more. Measured are the time, the peak of memory, and how often progress was told.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

from bench.databases import database, version
from bench.fill import set_up

MOST = 14_132


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.try_out", description="Try a draft on past cases.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    asked = parser.parse_args()
    with database(asked.engine, asked.data):
        set_up(asked.data)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps({"engine": version(asked.engine), **measure()}, indent=1))
    return 0


def measure() -> dict[str, Any]:
    """Ask, run, report; the first ``MOST`` cases by their day."""
    from desagravo.cases.actions.try_out import ask_for_try_out, run_try_out
    from desagravo.cases.models import Case

    days = Case.objects.order_by("received_at", "pk").values_list("received_at", flat=True)
    first, last = days[0].date(), days[min(MOST, len(days)) - 1].date()
    row = ask_for_try_out(_draft(), from_day=first, to_day=last, actor=_manager())
    told: list[int] = []
    begun, cpu = time.perf_counter(), time.process_time()
    row = run_try_out(row, progress=told.append)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    found = row.result
    return {
        "cases": found["cases"],
        "assessed": found["assessed"],
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "progress_told": len(told),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "differing": found["differing"],
        "groups": {name: len(keys) for name, keys in found["groups"].items()},
        "totals": found["totals"],
    }


def _manager() -> Any:
    from desagravo.common.actor import Actor
    from desagravo.departments.models import Person

    person = Person.objects.filter(grants__role="manager").first()
    return Actor("staff", str(person.pk) if person else "1", frozenset({"manager"}))


def _draft() -> str:
    from desagravo.common import clock
    from desagravo.rulebook import edition
    from desagravo.rulebook.models import Edition
    from desagravo.rulebook.plain import to_json

    whole = edition.whole()
    books = {name: deepcopy(dict(book)) for name, book in whole.books.items()}
    next(row for row in books["targets"]["target"] if row["code"] == "answer")["days"] = 5
    books["triage"]["result"]["major_from"] = 6
    books["routing"]["rule"].append(
        {
            "code": "route.bench",
            "department": "legal",
            "question": "wording",
            "reason": dict.fromkeys(("en", "pt-pt", "es"), "For the figures."),
            "when": [{"keywords": {"en": ["fraud", "scam", "identity theft"]}}, {"categories": ["PRI.*"]}],
        }
    )
    code = f"bench-{time.time_ns()}"
    Edition.objects.create(
        code=code,
        based_on=whole.code,
        books=to_json(books),
        policies=to_json(dict(whole.policies)),
        created_at=clock.now(),
        changed_at=clock.now(),
    )
    return code


if __name__ == "__main__":
    sys.exit(main())
