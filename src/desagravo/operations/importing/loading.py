"""Loading one file: rows become old cases by the mapping, batches go through the verb, the rest to the report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from desagravo.cases import actions
from desagravo.common import crash
from desagravo.common.actor import SYSTEM
from desagravo.common.refusals import Missing, Refusal
from desagravo.common.text import tidy_line
from desagravo.departments import queries as departments
from desagravo.operations.importing import BATCH, Progress, Result
from desagravo.operations.importing.mappings import Mapping, Shape
from desagravo.operations.importing.report import Line, Report
from desagravo.operations.importing.table import Looked, Row, look, rows


def load(file: Path, name: str, mapping: Mapping, report: Path | None) -> Result:
    """Take the cases of a file over, from where an earlier run ended.

    Raises:
        NotThisFile: the file cannot be read with this mapping.
        NotNow: another process is importing the same file.
    """
    looked = look(file)
    columns, table = rows(file, looked.encoding, [shape.columns for shape in mapping.shapes])
    shape = next(each for each in mapping.shapes if each.columns == columns)
    _tell_beginning(file, shape, looked)
    state = actions.begin_import(file_sha256=looked.sha256, file_name=file.name, mapping=name, actor=SYSTEM)
    written = Report(report or _beside_the_data(looked), position=state.position)
    if state.finished:
        _say(_("This file was taken before; nothing is new."))
    elif state.position:
        _say(_("Going on after row %(row)s, where the last attempt ended.") % {"row": state.position})
    progress = Progress()
    if not state.finished:
        for batch in _batches(islice(table, state.position, None)):
            state = _take(batch, state, shape, mapping, written)
            progress(state.position, state.taken)
        state = actions.finish_import(state)
    return _told(file, name, state, written)


def _batches(table: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(table, BATCH)):
        yield batch


def _take(batch: list[Row], state: actions.Import, shape: Shape, mapping: Mapping, report: Report) -> actions.Import:
    zone = ZoneInfo(departments.organisation().time_zone)
    told: list[actions.OldCase] = []
    unreadable: list[actions.Refused] = []
    for row in batch:
        reference = _reference(row, shape)
        try:
            if row.problem:
                raise row.problem
            told.append(_old_case(row, reference, shape, zone))
        except Refusal as problem:
            unreadable.append(actions.Refused(row.number, reference, problem))
    lines = {row.number: row.line for row in batch}
    with transaction.atomic():
        after, refused = actions.import_cases(
            state,
            told,
            source=mapping.source,
            language=mapping.language,
            position=batch[-1].number,
            actor=SYSTEM,
            unreadable=unreadable,
        )
        # Before the commit: if this is the end, the batch comes again and the report forgets these lines first.
        report.write(_line(each, lines[each.row]) for each in refused)
        crash.point("import.reported")
    return after


def _old_case(row: Row, reference: str, shape: Shape, zone: ZoneInfo) -> actions.OldCase:
    response = tidy_line(row.values.get(shape.response, ""))
    closed = response in shape.closed
    if shape.response and not closed and response not in shape.open:
        raise Missing({"response": [Refusal("unknown_code", value=response[:60])]})
    return actions.OldCase(
        row=row.number,
        reference=reference,
        description=_joined(row, shape.description) or _joined(row, shape.product),
        received_at=_noon(row.values[shape.received], zone) if shape.received else None,
        closed=closed,
        response=response,
        timely=tidy_line(row.values.get(shape.timely, "")).lower(),
        fields={"product": _joined(row, shape.product)},
        facts={name: value for name, column in shape.facts.items() if (value := tidy_line(row.values[column]))},
    )


def _reference(row: Row, shape: Shape) -> str:
    own = tidy_line(row.values.get(shape.reference, ""))
    return f"{shape.prefix}{own}" if own else ""


def _joined(row: Row, columns: tuple[str, ...]) -> str:
    """The values of these columns as one text; codes such as "credit_card" become words."""
    values = [row.values[column].strip() for column in columns]
    words = [value.replace("_", " ").capitalize() if " " not in value and "_" in value else value for value in values]
    return ": ".join(word for word in words if word)


def _noon(text: str, zone: ZoneInfo) -> datetime:
    """Noon at the organisation's place on that day: the data have no time of day, and noon is the same day everywhere
    near."""
    try:
        day = date.fromisoformat(text.strip()) if len(text.strip()) == len("2026-01-31") else None
    except ValueError:
        day = None
    if day is None or day.year < 1900:
        raise Missing({"received_at": [Refusal("bad_date")]})
    return datetime.combine(day, time(12), zone)


def _line(refused: actions.Refused, line: int) -> Line:
    problem = refused.problem
    if isinstance(problem, Missing):
        field, first = next((field, each[0]) for field, each in problem.fields.items())
        return Line(refused.row, line, refused.reference, first.code, f"{field}: {problem.sentence()}")
    return Line(refused.row, line, refused.reference, problem.code, problem.sentence())


def _beside_the_data(looked: Looked) -> Path:
    return Path(os.environ["DESAGRAVO_DATA"]) / "imports" / f"{looked.sha256[:16]}-not-taken.csv"


def _tell_beginning(file: Path, shape: Shape, looked: Looked) -> None:
    _say(_("Reading %(file)s (%(shape)s) …") % {"file": file.name, "shape": shape.name})
    if looked.encoding == "cp1252":
        _say(_("The text is not UTF-8; it is read as Windows-1252. Check the accents of some cases."))


def _told(file: Path, name: str, state: actions.Import, report: Report) -> Result:
    result = Result(
        file=file.name,
        mapping=name,
        rows=state.position,
        taken=state.taken,
        known=state.known,
        refused=state.refused,
        report=str(report.path),
        reasons=dict(report.by_code.most_common()),
    )
    _say(
        _("%(rows)s rows: %(taken)s cases taken, %(known)s were here already, %(refused)s refused.")
        % {"rows": result.rows, "taken": result.taken, "known": result.known, "refused": result.refused}
    )
    if result.reasons:
        reasons = ", ".join(f"{code} ({count})" for code, count in result.reasons.items())
        _say(_("Not taken: %(reasons)s. Every row and why: %(report)s") % {"reasons": reasons, "report": report.path})
    return result


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
