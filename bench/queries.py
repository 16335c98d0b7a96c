"""What the desk's questions cost in the database: ``python -m bench.queries --data DIR --engine sqlite [--explain]``.

Runs inside one process, without HTTP: the median of the wall time and of this process' CPU time, and the statements.
Meant for finding what is slow; the figures of docs/measured come from ``bench.run``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from bench.databases import database
from bench.fill import fill_database, set_up

ROUNDS = 40


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.queries", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--explain", action="store_true", help="print each statement and its plan")
    parser.add_argument("--only", default="", help="only questions whose name contains this")
    asked = parser.parse_args()
    with database(asked.engine, asked.data):
        set_up(asked.data)
        fill_database(0, asked.data)
        told = json.loads((asked.data / "bench.json").read_text())
        for name, question in questions(told):
            if asked.only in name:
                measure(name, question, explain=asked.explain)
    return 0


def questions(told: dict) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that the desk asks, by name."""
    from desagravo.cases import queries
    from desagravo.departments.models import Person
    from desagravo.departments.queries import actor_for

    agent = actor_for(Person.objects.get(email=told["agents"][0]))
    manager = actor_for(Person.objects.get(email=told["manager"]))
    for who, actor in (("agent", agent), ("manager", manager)):
        for view in queries.VIEWS:
            yield f"inbox {view}, {who}", lambda actor=actor, view=view: queries.inbox(actor, view)
        page = queries.inbox(actor, "all")
        yield f"inbox all, page 2, {who}", lambda actor=actor, page=page: queries.inbox(actor, "all", after=page.next)
        yield f"counts, {who}", lambda actor=actor: queries.counts(actor)
        for word in ("rare", "common"):
            yield f"search {word}, {who}", lambda actor=actor, word=word: queries.search(actor, told[word])
        for what, words in (
            ("number", (told["long_cases"] or ["2015-00417"])[0]),
            ("prefix", told["common"][:3]),
            ("nothing", "xyzzy"),
        ):
            yield f"search {what}, {who}", lambda actor=actor, words=words: queries.search(actor, words)
    if told["long_cases"]:
        case = queries.case_for(manager, told["long_cases"][7])
        yield "case_file of 20 messages", lambda: queries.case_file(manager, case)


def measure(name: str, question: Callable[[], object], *, explain: bool) -> None:
    """Ask so often, print the median and the statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    question()
    wall, processor = [], []
    served = server_seconds()
    for _round in range(ROUNDS):
        wall_start, processor_start = time.perf_counter(), time.process_time()
        question()
        wall.append(time.perf_counter() - wall_start)
        processor.append(time.process_time() - processor_start)
    in_server = (server_seconds() - served) / ROUNDS * 1000
    with CaptureQueriesContext(connection) as captured:
        question()
    print(
        f"{name:<28} {statistics.median(wall) * 1000:8.2f} ms  CPU {statistics.median(processor) * 1000:6.2f} ms here, "
        f"{in_server:6.2f} ms in the server   {len(captured):3} statements",
        flush=True,
    )
    if explain:
        for each in captured.captured_queries:
            print(f"    {each['time']} {each['sql'][:1500]}")
            for line in _plan(each["sql"]):
                print(f"        {line}")


def server_seconds() -> float:
    """CPU time of the backend that serves this process; none for SQLite, which runs inside it."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return 0.0
    connection.ensure_connection()
    times = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    return times.user + times.system


def _plan(sql: str) -> list[str]:
    from django.db import connection

    if not sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return []
    words = "EXPLAIN (ANALYZE, BUFFERS)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"{words} {sql}")
        except Exception as problem:
            return [str(problem).splitlines()[0]]
        return [str(row[-1]) for row in cursor.fetchall()]


if __name__ == "__main__":
    sys.exit(main())
