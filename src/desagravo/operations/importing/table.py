"""Reading a file of rows, in constant memory, without ever losing a row unseen.

Python's csv reader takes everything after a quote that is not closed for one long field. Here the first line of such a
row is refused, by its line number, and reading goes on with the very next line.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext_lazy as _

from desagravo.common.refusals import Refusal, words

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 1_000_000
"""Characters; a file with longer lines is something else."""
MOST_LINES = 1000
"""Lines that one row may go over, its texts with line breaks included."""

words(
    {
        "not_compressed": _("The file is called .gz but is not compressed with gzip, or it is damaged."),
        "no_rows": _("The file is empty."),
        "no_text": _("This is no file of text; rows separated by commas or semicolons are expected."),
        "other_columns": _(
            "The columns are not those of this mapping. Found: %(found)s. Expected at least: %(expected)s."
        ),
        "column_twice": _("The column “%(column)s” stands twice in the first line. Rename one of them."),
        "quote_open": _("A quotation mark is opened in this line and not closed as it should be."),
        "columns_wrong": _("The row has %(found)s columns, and the first line has %(expected)s."),
        "line_too_long": _("The line is longer than %(limit)s characters."),
    }
)


class NotThisFile(Refusal):
    """The file as a whole cannot be read with this mapping."""


@dataclass(frozen=True)
class Looked:
    """What a first reading of the whole file tells: its digest and how its text is encoded."""

    sha256: str
    encoding: str


@dataclass(frozen=True)
class Row:
    """One row: its number among the rows, the line on which it begins, and its values, or why it cannot be read."""

    number: int
    line: int
    values: dict[str, str]
    problem: Refusal | None = None


def look(path: Path) -> Looked:
    """Read the file once, for its digest and encoding: UTF-8, UTF-16 with a mark, otherwise Windows-1252.

    Raises:
        NotThisFile: it is not compressed as its name says, or it is empty.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, first = "utf-8-sig", True
    for chunk in _chunks(path):
        digest.update(chunk)
        if first and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
        if first and b"\0" in chunk[:4096].split(b"\n", 1)[0] and encoding != "utf-16":
            raise NotThisFile("no_text")
        first = False
        encoding = _still(encoding, decoder, chunk)
    if first:
        raise NotThisFile("no_rows")
    return Looked(digest.hexdigest(), _still(encoding, decoder, b"", final=True))


def _still(encoding: str, decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> str:
    if encoding != "utf-8-sig":
        return encoding
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return "cp1252"
    return encoding


def _chunks(path: Path) -> Iterator[bytes]:
    with _opened(path) as file:
        while True:
            try:
                chunk = file.read(1 << 20)
            except (OSError, EOFError, zlib.error) as problem:
                raise NotThisFile("not_compressed") from problem
            if not chunk:
                return
            yield chunk


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def rows(path: Path, encoding: str, expected: Iterable[frozenset[str]]) -> tuple[frozenset[str], Iterator[Row]]:
    """Which of the expected sets of columns the file has, and its rows.

    The first line names the columns; it also tells what separates them.

    Raises:
        NotThisFile: it has none of them, or a column stands twice.
    """
    file = io.TextIOWrapper(_opened(path), encoding=encoding, errors="replace", newline="")
    lines = _lines(file)
    header = next(lines, "")
    sets = list(expected)
    delimiter, columns = _columns(header, sets)
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise NotThisFile("column_twice", column=twice)
    chosen = next(each for each in sets if each <= set(columns))
    return chosen, _rows(lines, delimiter, columns)


def _columns(header: str, expected: list[frozenset[str]]) -> tuple[str, list[str]]:
    names: list[str] = []
    for delimiter in DELIMITERS:
        parsed = _parsed(header, delimiter)
        found = [name.strip() for name in parsed] if parsed else []
        if any(each <= set(found) for each in expected):
            return delimiter, found
        names = max(names, found, key=len)
    shown = ", ".join(name[:40] for name in names[:20])
    wanted = " / ".join(", ".join(sorted(each)) for each in expected)
    raise NotThisFile("other_columns", found=shown or "–", expected=wanted)


def _lines(file: IO[str]) -> Iterator[str]:
    """The lines of the file with their ends; one that is too long comes as its beginning, without an end."""
    while line := file.readline(LONGEST_LINE):
        yield line
        while line and len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            line = file.readline(LONGEST_LINE)


def _rows(lines: Iterator[str], delimiter: str, columns: list[str]) -> Iterator[Row]:
    ahead: deque[str] = deque()
    line = 2
    number = 0
    while True:
        first = _next(ahead, lines)
        if first is None:
            return
        if not first.strip():
            line += 1
            continue
        number += 1
        values, used, problem = _row(first, ahead, lines, delimiter, len(columns))
        yield Row(number, line, dict(zip(columns, values, strict=False)), problem)
        line += used


def _next(ahead: deque[str], lines: Iterator[str]) -> str | None:
    return ahead.popleft() if ahead else next(lines, None)


def _row(
    first: str, ahead: deque[str], lines: Iterator[str], delimiter: str, width: int
) -> tuple[list[str], int, Refusal | None]:
    """The values of the row that begins with this line, and how many lines it took."""
    if len(first) >= LONGEST_LINE:
        return [], 1, Refusal("line_too_long", limit=LONGEST_LINE)
    more = 0
    values = _parsed(first, delimiter)
    if values is None and first.count('"') % 2:
        more = _closing(ahead, lines)
        values = _parsed(first + "".join(ahead[i] for i in range(more)), delimiter)
    if values is None or (more and len(values) != width):
        return _parsed_anyhow(first, delimiter), 1, Refusal("quote_open")
    for _used in range(more):
        ahead.popleft()
    if len(values) != width:
        return values, 1 + more, Refusal("columns_wrong", found=len(values), expected=width)
    return values, 1 + more, None


def _closing(ahead: deque[str], lines: Iterator[str]) -> int:
    """How many further lines the row goes over until its quotation marks are even; 0 if they never are."""
    size = 0
    for i in range(MOST_LINES):
        if i == len(ahead):
            further = next(lines, None)
            if further is None:
                return 0
            ahead.append(further)
        size += len(ahead[i])
        if size > LONGEST_LINE:
            return 0
        if ahead[i].count('"') % 2:
            return i + 1
    return 0


def _parsed(text: str, delimiter: str) -> list[str] | None:
    csv.field_size_limit(2 * LONGEST_LINE)
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _parsed_anyhow(text: str, delimiter: str) -> list[str]:
    """The values before the trouble, so that the report can name the row."""
    return text.split('"', 1)[0].rstrip("\r\n").split(delimiter)[:-1]
