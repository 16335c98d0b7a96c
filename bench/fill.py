"""Make the data set: ``python -m bench.fill --cases 100000 --data DIR --engine postgres``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.databases import database

IMPORTED = -1
"""Instead of a number of cases: the real complaints of ../shared/data, taken over by import-cases."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description="Make the data set of the figures.")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--verify", action="store_true", help="check the chain afterwards")
    asked = parser.parse_args()
    with database(asked.engine, asked.data):
        set_up(asked.data)
        fill_database(asked.cases, asked.data)
        return _verify() if asked.verify else 0


def _verify() -> int:
    from desagravo.history.verify import verify

    report = verify()
    print(report.sentence(), file=sys.stderr)
    return 0 if report.ok else 1


def set_up(data: Path) -> None:
    """Django on this data folder."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "desagravo.settings.base"
    os.environ["DESAGRAVO_DATA"] = str(data.absolute())
    import django

    django.setup()


def fill_database(cases: int, data: Path) -> None:
    """Bring the database up to date and fill it, unless that was done."""
    from django.core.management import call_command
    from django.db import connection

    from bench.generator import fill, fill_with_imported

    note = data / "bench.json"
    call_command("migrate", verbosity=0)
    if note.is_file():
        return
    if cases == IMPORTED:
        fill_with_imported(note)
    else:
        fill(cases, note)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    sys.exit(main())
