"""`desagravo import-cases`: load complaints from a file of another system.

Works in batches of 500 rows, each one transaction. Interrupted at any moment, even by kill -9, it goes on where it was
when it is started again with the same file; a file that was taken already gives nothing new.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from desagravo.operations.importing import mappings

BATCH = 500
NOT_THIS = 2
"""Exit code: the words or the file were not understood; nothing was done."""


@dataclass(frozen=True)
class Result:
    """What came of it, as --json prints it."""

    file: str
    mapping: str
    rows: int
    taken: int
    known: int
    refused: int
    report: str
    reasons: dict[str, int]


def not_understood(file: Path, mapping: str) -> str:
    """What is wrong with the words of the command, before anything is made ready; empty if nothing is."""
    if not file.is_file():
        return f"there is no file {file}."
    if mapping not in mappings.names():
        return f"there is no mapping {mapping!r}. There are: {', '.join(mappings.names())}."
    return ""


def run(file: Path, *, mapping: str, report: Path | None = None, as_json: bool = False) -> int:
    """Import the file into the database, which is ready.

    Gives 0 when it is done, also with rows that were refused; 1 if another process is at it; 2 for a file that is not
    of this mapping.
    """
    from desagravo.common.refusals import NotNow, Refusal
    from desagravo.operations.importing.loading import load

    try:
        result = load(file, mapping, mappings.mapping(mapping), report)
    except NotNow as problem:
        _say(f"desagravo: {problem.sentence()}")
        return 1
    except Refusal as problem:
        _say(f"desagravo: {file}: {problem.sentence()}")
        return NOT_THIS
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False), flush=True)
    return 0


class Progress:
    """Words on standard error now and then, so that somebody who waits sees that it goes on."""

    def __init__(self, every: float = 2.0) -> None:
        self.every = every
        self.said = time.monotonic()

    def __call__(self, rows: int, taken: int) -> None:
        if time.monotonic() - self.said >= self.every:
            self.said = time.monotonic()
            _say(f"{rows} rows read, {taken} cases taken …")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
