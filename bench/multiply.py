"""Ten times as many cases in a few minutes: ``python -m bench.multiply --data DIR --engine postgres --times 10``.

Copies the rows of a database that ``bench.fill`` made, inside the database, with new keys, numbers and names of files;
every list, index and search then carries so many more cases. For figures only: the copies' events repeat the hashes of
their originals, so the chain of such a database does not verify, and nothing else should be done with it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bench.databases import database
from bench.fill import set_up

COPIED = (
    "cases.Case",
    "cases.ComplaintForm",
    "cases.Assessment",
    "cases.Message",
    "cases.Response",
    "cases.SignOff",
    "cases.Consultation",
    "cases.FollowUp",
    "cases.Finding",
    "cases.Point",
    "history.Event",
    "history.Salt",
    "history.Delivery",
)
"""Models whose rows are copied; customers are not: they come back with more complaints."""
NUMBERS = {"number", "case_number"}
UNIQUE_TEXTS = {"tracking_hash", "stored"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.multiply", description="Copy the cases of a data set.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--times", type=int, default=10, help="so many times as many cases as there are")
    asked = parser.parse_args()
    with database(asked.engine, asked.data):
        set_up(asked.data)
        multiply(asked.times, asked.data / "bench.json")
    return 0


def multiply(times: int, note: Path) -> None:
    """Copy everything ``times - 1`` times and correct the note of the data set."""
    from django.apps import apps
    from django.db import connection

    from desagravo.cases.models import Case
    from desagravo.history.models import ChainHead, Event

    told = json.loads(note.read_text())
    models = [apps.get_model(name) for name in COPIED]
    steps = {model: _step(model) for model in models}
    with connection.cursor() as cursor:
        _unseal(cursor)
        for copy in range(1, times):
            for model in models:
                cursor.execute(_copying(model, steps, copy))
            cursor.execute(_copying_words(steps[Case], copy, told["rare"]))
            print(f"{(copy + 1) * told['cases']} cases", file=sys.stderr, flush=True)
        last = Event.objects.order_by("-seq").values_list("seq", "hash").first()
        assert last
        ChainHead.objects.update(seq=last[0], hash=last[1])
        _continue_numbers(cursor, models)
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            # no ANALYZE: the product makes none, and with its figures SQLite walks customers first in some lists
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    from desagravo.history import sealing

    sealing.seal()
    note.write_text(
        json.dumps({**told, "cases": told["cases"] * times, "common_hits": told["common_hits"] * times}, indent=1)
    )


def _unseal(cursor: Any) -> None:
    """Take the triggers away while rows are copied: they cost more than the copying."""
    from django.db import connection

    if connection.vendor == "postgresql":
        cursor.execute("SET session_replication_role = replica")
        return
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP TRIGGER "{name}"')
    cursor.execute("PRAGMA foreign_keys = OFF")


def _step(model: Any) -> int:
    """What is added to a key in each copy."""
    return int(model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _copying(model: Any, steps: dict[Any, int], copy: int) -> str:
    """The statement that copies one table once."""
    meta = model._meta  # noqa: SLF001  Django's documented way to a model's columns
    table, fields = meta.db_table, meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(field, model, steps, copy) for field in fields)
    originals = f'"{meta.pk.column}" <= {steps[model]}'
    return f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" WHERE {originals}'


def _value(field: Any, model: Any, steps: dict[Any, int], copy: int) -> str:
    column = f'"{field.column}"'
    if field.primary_key:
        return f"{column} + {steps[model] * copy}"
    if field.is_relation and field.related_model in steps:
        return f"{column} + {steps[field.related_model] * copy}"
    if field.column in NUMBERS:
        from desagravo.cases.models import Case

        longer = f"CAST(CAST(substr({column}, 6) AS integer) + {steps[Case] * copy} AS text)"
        return f"CASE WHEN {column} = '' THEN '' ELSE substr({column}, 1, 5) || {longer} END"
    if field.column in UNIQUE_TEXTS:
        return f"substr('{copy:02d}' || {column}, 1, {field.max_length})"
    return column


def _copying_words(step: int, copy: int, rare: str) -> str:
    """The words that the search knows, without the rare one: it stays as rare as it was."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return (
            "INSERT INTO cases_search (case_id, words, bytes) "
            f"SELECT case_id + {step * copy}, "
            f"ts_delete(words, '{rare}'), bytes FROM cases_search WHERE case_id <= {step}"
        )
    return (
        f"INSERT INTO cases_search (rowid, words) SELECT rowid + {step * copy}, replace(words, '{rare}', '') "
        f"FROM cases_search WHERE rowid <= {step}"
    )


def _continue_numbers(cursor: Any, models: list[Any]) -> None:
    """New rows and new cases get numbers after the copied ones."""
    from django.core.management.color import no_style
    from django.db import connection

    from desagravo.cases.models import Case, NumberSeries

    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        cursor.execute(statement)
    last = Case.objects.order_by("-pk").values_list("pk", flat=True).first()
    NumberSeries.objects.update(last=last)


if __name__ == "__main__":
    sys.exit(main())
