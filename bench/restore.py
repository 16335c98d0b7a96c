"""How long a backup and its restore take, and how much memory: ``python -m bench.restore --data DIR --gigabytes 10``.

``DIR`` was filled by ``python -m bench.fill --cases 100000 --data DIR``. Files of 5 MB of chance are attached to its
newest cases, each with its event, until there are so many gigabytes. Every step is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SIZE = 5 * 2**20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.restore", description="Time and memory of a restore.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--gigabytes", type=float, default=10)
    parser.add_argument("--attach", action="store_true", help="only attach the files (started by itself)")
    asked = parser.parse_args()
    if asked.attach:
        _attach(asked.data, int(asked.gigabytes * 2**30 / SIZE))
        return 0
    run = [sys.executable, "-m", "bench.restore", "--data", str(asked.data), "--gigabytes", str(asked.gigabytes)]
    subprocess.run([*run, "--attach"], check=True)
    archive, clean = asked.data / "figure.backup", asked.data.with_name(asked.data.name + "-restored")
    for words, command in {
        "backup": ["backup", "--to", str(archive), "--data", str(asked.data)],
        "restore": ["restore", str(archive), "--data", str(clean)],
    }.items():
        print(json.dumps(_measure(words, command)), flush=True)
    return 0


def _measure(words: str, command: list[str]) -> dict[str, Any]:
    """Seconds, and the greatest memory of one process of the command so far."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "desagravo.operations", *command], check=True, stdout=sys.stderr)
    seconds = time.monotonic() - started
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"step": words, "seconds": round(seconds, 1), "memory_mb": round(most / 1024)}


def _attach(data: Path, wanted: int) -> None:
    from bench.fill import set_up

    set_up(data)
    from django.db import transaction

    from desagravo.cases.contents import file_pieces
    from desagravo.cases.events import FilesAdded
    from desagravo.cases.files import attach, keep_bytes
    from desagravo.cases.models import Attachment, Case
    from desagravo.common.actor import SYSTEM
    from desagravo.history.actions import record

    there = Attachment.objects.count()
    for case in Case.objects.order_by("-pk")[there:wanted]:
        kept = keep_bytes("photograph.jpg", os.urandom(SIZE))
        with transaction.atomic():
            rows = attach(case, [kept], actor=SYSTEM, for_customer=False)
            record(FilesAdded(1), actor=SYSTEM, case=case.number, private=file_pieces(rows))


if __name__ == "__main__":
    sys.exit(main())
