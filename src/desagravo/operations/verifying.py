"""`desagravo verify`: is the history whole?"""

from __future__ import annotations

import dataclasses
import json
import sys

import django


def run(*, as_json: bool) -> int:
    """Print what was found; 0 for a whole chain, 1 otherwise."""
    django.setup()
    from desagravo.history.verify import verify

    report = verify()
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False, default=str))
    elif report.ok:
        print(f"The history is whole: {report.events} events, each following from the one before.")
    else:
        print(f"The history is broken at event {report.first_bad_event}: {report.problem}", file=sys.stderr)
    return 0 if report.ok else 1
