"""`desagravo verify`: is the history whole?"""

from __future__ import annotations

import dataclasses
import json
import sys

import django


class NeverStarted(Exception):
    """The database has no history at all."""


def run(*, as_json: bool) -> int:
    """Print what was found; 0 for a whole chain, 1 otherwise. Raises NeverStarted."""
    django.setup()
    from django.db import connection

    from desagravo.history.verify import verify

    if "history_event" not in connection.introspection.table_names():
        raise NeverStarted
    report = verify()
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, default=str))
    else:
        print(report.sentence(), file=sys.stdout if report.ok else sys.stderr)
        if report.unsealed:
            print(f"The database does not refuse changes of the history: {', '.join(report.unsealed)}", file=sys.stderr)
    return 0 if report.ok else 1
