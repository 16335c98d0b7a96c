"""Tables for spreadsheets, in which no cell can run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

_RUNS = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(str(cell)) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def lines_of_csv(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """As :func:`as_csv`, line by line for answers that stream, with the semicolons that spreadsheets here expect."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff"
    for row in rows:
        yield writer.writerow([harmless(str(cell)) for cell in row])


class _Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(_RUNS) else cell
