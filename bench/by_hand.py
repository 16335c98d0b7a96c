"""The same questions without Django: the statements of a page, sent through the database's own driver.

``python -m bench.by_hand --data DIR --engine sqlite`` prints JSON: ms of CPU (driver and database) for each.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from bench.databases import database
from bench.fill import set_up
from bench.queries import questions, server_seconds

ROUNDS = 100
ASKED = {
    "W2 all": "inbox all, agent",
    "W2 own": "inbox mine, agent",
    "W3": "case_file of 20 messages",
    "W4 rare": "search rare, manager",
    "W4 common": "search common, manager",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.by_hand", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    asked = parser.parse_args()
    with database(asked.engine, asked.data):
        set_up(asked.data)
        told = json.loads((asked.data / "bench.json").read_text())
        by_name = dict(questions(told))
        print(json.dumps({key: by_hand(by_name[name]) for key, name in ASKED.items() if name in by_name}))
    return 0


def by_hand(question) -> float:
    """CPU ms of the statements that this question sends."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        question()
    statements = [each["sql"] for each in captured.captured_queries]
    cursor = connection.connection.cursor()
    started, served = time.process_time(), server_seconds()
    for _round in range(ROUNDS):
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()
    return round((time.process_time() - started + server_seconds() - served) * 1000 / ROUNDS, 2)


if __name__ == "__main__":
    sys.exit(main())
