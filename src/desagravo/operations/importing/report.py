"""The report of an import: every row that was not taken, its line, and why. A CSV file beside the data."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_COLUMNS = ("row", "line", "reference", "code", "problem")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Line(NamedTuple):
    """One row that was not taken."""

    row: int
    line: int
    reference: str
    code: str
    problem: str


class Report:
    """Written batch by batch; ``by_code`` counts the reasons. It goes on where an interrupted import had come to."""

    def __init__(self, path: Path, *, position: int) -> None:
        self.path = path
        self.by_code: Counter[str] = Counter()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keep_up_to(position)

    def _keep_up_to(self, position: int) -> None:
        """Leave out what an interrupted batch had written: its rows come again."""
        draft = self.path.with_name(f".{self.path.name}.part")
        with draft.open("w", newline="", encoding="utf-8") as file:
            draft.chmod(0o600)
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            if self.path.is_file() and position:
                with self.path.open(newline="", encoding="utf-8") as old:
                    for row in csv.reader(old):
                        if len(row) == len(_COLUMNS) and row[0].isdigit() and int(row[0]) <= position:
                            writer.writerow(row)
                            self.by_code[row[3]] += 1
        draft.replace(self.path)

    def write(self, lines: Iterable[Line]) -> None:
        """Add rows, on the disk when this returns."""
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            for line in lines:
                writer.writerow([line.row, line.line, _harmless(line.reference), line.code, line.problem])
                self.by_code[line.code] += 1
            file.flush()
            os.fsync(file.fileno())


def _harmless(text: str) -> str:
    """A spreadsheet takes a text that begins like a formula for one."""
    return f"'{text}" if text.startswith(_FORMULA) else text
