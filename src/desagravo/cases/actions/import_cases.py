"""Take cases over from elsewhere, in batches: what was closed there is closed "before Desagravo", the rest is new work.

Nobody is written to and no paper is made: these customers were acknowledged where they complained. A closed case that
is taken over was never signed here and says so. Only what the data say is kept; an unknown day of closing stays empty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases import search
from desagravo.cases.actions.bind import keep_many
from desagravo.cases.complaint import Complaint, read_complaint
from desagravo.cases.contents import content
from desagravo.cases.events import CaseImported, CaseImportedClosed
from desagravo.cases.lifecycle import OPEN, STEPS
from desagravo.cases.models import Case, ComplaintForm, ImportedCase, ImportRun, NumberSeries
from desagravo.cases.next_step import renew_next_step
from desagravo.common import clock, crash
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, Refusal, words
from desagravo.common.text import headline
from desagravo.customers import actions as customers
from desagravo.departments import authority
from desagravo.history.actions import Entry, record_many
from desagravo.rulebook import queries as rulebook

LONGEST_REFERENCE = 80
MOST_KEPT = 200
"""Refused rows that the database remembers of one file; all of them stand in the report beside the data."""

words(
    {
        "no_reference": _("The row has no number of its own, so that it could be taken twice."),
        "reference_too_long": _("The number of the row is longer than %(limit)s characters."),
        "reference_known": _("This complaint is here already, as case %(case_number)s."),
        "reference_twice": _("This number stands twice in the file; the first row was taken."),
        "import_moved_on": _("The same file is being imported by another process. Wait for that one to end."),
    }
)


@dataclass(frozen=True)
class OldCase:
    """A complaint as it is told elsewhere. ``received_at`` is None where that is not told: then it is now.

    ``closed`` says that it was closed there, with ``response`` and ``timely`` in the words of the data. ``fields`` are
    fields of the model form, ``facts`` whatever else is worth keeping.
    """

    row: int
    reference: str
    description: str
    received_at: datetime | None = None
    closed: bool = False
    response: str = ""
    timely: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A row that was not taken: where it stands, its number, and why."""

    row: int
    reference: str
    problem: Refusal


@dataclass(frozen=True)
class Import:
    """How far a file has been taken: rows read, cases taken, rows that were here already, rows refused."""

    key: int
    position: int
    taken: int
    known: int
    finished: bool

    @property
    def refused(self) -> int:
        """Rows that were neither taken nor here already."""
        return self.position - self.taken - self.known


def begin_import(*, file_sha256: str, file_name: str, mapping: str, actor: Actor) -> Import:
    """Begin with a file, or go on where an earlier run of the same file ended."""
    authority.require(actor, "receive")
    run, _new = ImportRun.objects.get_or_create(
        file_sha256=file_sha256,
        mapping=mapping,
        defaults={"file_name": file_name[:200], "started_at": clock.now()},
    )
    return _state(run)


@transaction.atomic
def import_cases(
    state: Import,
    cases: Sequence[OldCase],
    *,
    source: str,
    language: str,
    position: int,
    actor: Actor,
    unreadable: Sequence[Refused] = (),
) -> tuple[Import, list[Refused]]:
    """Take one batch over, whole or not at all; the file was then read up to ``position``.

    ``unreadable`` are rows of this batch that could not even be read. Gives the new state and all rows of the batch
    that were not taken, in the order of the file.

    Raises:
        NotNow: somebody else is importing the same file.
    """
    run = ImportRun.objects.select_for_update().get(pk=state.key)
    if run.position != state.position:
        raise NotNow("import_moved_on")
    refused = list(unreadable)
    known = _sort_out(cases, source, refused)
    new: list[tuple[OldCase, Complaint]] = []
    for told in cases:
        if told.row in known:
            continue
        complaint = _read(told, refused)
        if complaint:
            new.append((told, complaint))
    crash.point("import.before_batch")
    _take(new, source, language, actor)
    run.position = position
    run.taken += len(new)
    run.known += sum(1 for each in refused if each.problem.code == "reference_known")
    run.refused = [*run.refused, *map(_remembered, refused)][:MOST_KEPT]
    run.save()
    return _state(run), sorted(refused, key=lambda each: each.row)


def finish_import(state: Import) -> Import:
    """The file is at its end."""
    run = ImportRun.objects.get(pk=state.key)
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    return _state(run)


def _state(run: ImportRun) -> Import:
    return Import(run.pk, run.position, run.taken, run.known, run.finished_at is not None)


def _remembered(refused: Refused) -> dict[str, Any]:
    return {"row": refused.row, "problem": refused.problem.code}


def _sort_out(cases: Sequence[OldCase], source: str, refused: list[Refused]) -> set[int]:
    """The rows whose number is missing, stands twice in the batch, or is here already; says so in ``refused``."""
    references = {told.reference for told in cases}
    here = dict(
        ImportedCase.objects.filter(source=source, reference__in=references).values_list("reference", "case__number")
    )
    out: set[int] = set()
    seen: set[str] = set()
    for told in cases:
        problem = _problem_with(told.reference, here, seen)
        seen.add(told.reference)
        if problem:
            refused.append(Refused(told.row, told.reference, problem))
            out.add(told.row)
    return out


def _problem_with(reference: str, here: Mapping[str, str], seen: set[str]) -> Refusal | None:
    if not reference:
        return Refusal("no_reference")
    if len(reference) > LONGEST_REFERENCE:
        return Refusal("reference_too_long", limit=LONGEST_REFERENCE)
    if reference in here:
        return Refusal("reference_known", case_number=here[reference])
    return Refusal("reference_twice") if reference in seen else None


def _read(told: OldCase, refused: list[Refused]) -> Complaint | None:
    """The complaint, checked as any other is; None and a word in ``refused`` if it cannot be one."""
    now = clock.now()
    try:
        if told.received_at and told.received_at.date() > now.date():
            raise Missing({"received_at": [Refusal("future_date")]})
        return read_complaint({"description": told.description, **told.fields}, today=now.date())
    except Missing as problem:
        refused.append(Refused(told.row, told.reference, problem))
        return None


def _take(new: Sequence[tuple[OldCase, Complaint]], source: str, language: str, actor: Actor) -> None:
    if not new:
        return
    strangers = customers.strangers(len(new), language=language)
    numbers = _numbers([told.received_at or clock.now() for told, _complaint in new])
    rows = [
        _row(told, complaint, number=number, customer_id=stranger.pk, language=language)
        for (told, complaint), number, stranger in zip(new, numbers, strangers, strict=True)
    ]
    Case.objects.bulk_create(rows)
    forms = ComplaintForm.objects.bulk_create(
        [
            ComplaintForm(
                case=row, description=complaint.description, fields=complaint.fields, filed_at=row.received_at
            )
            for row, (_told, complaint) in zip(rows, new, strict=True)
        ]
    )
    ImportedCase.objects.bulk_create(
        [
            ImportedCase(case=row, source=source, reference=told.reference, facts=dict(told.facts))
            for row, (told, _complaint) in zip(rows, new, strict=True)
        ]
    )
    search.add_many(
        [(row.pk, _findable(row, told, form)) for row, (told, _), form in zip(rows, new, forms, strict=True)]
    )
    keep_many(rows)
    record_many([_entry(row, told, form, source, actor) for row, (told, _), form in zip(rows, new, forms, strict=True)])


def _numbers(received: Sequence[datetime]) -> list[str]:
    """A number for each, in the series of the year in which it was received, so that numbers keep that order."""
    last: dict[int, int] = {}
    numbers = []
    for year in sorted({moment.year for moment in received}):
        series, _new = NumberSeries.objects.select_for_update().get_or_create(year=year)
        last[year] = series.last
    for moment in received:
        last[moment.year] += 1
        numbers.append(f"{moment.year}-{last[moment.year]:05d}")
    for year, number in last.items():
        NumberSeries.objects.filter(year=year).update(last=number)
    return numbers


def _row(told: OldCase, complaint: Complaint, *, number: str, customer_id: int, language: str) -> Case:
    step = STEPS["import_closed" if told.closed else "import_open"]
    assert step.reaches
    now = clock.now()
    row = Case(
        number=number,
        status=step.reaches,
        open=step.reaches in OPEN,
        version=1,
        subject=headline(complaint.description),
        customer_id=customer_id,
        language=language,
        channel="import",
        received_at=told.received_at or now,
        registered_at=now,
        closed_before=told.closed,
        edition=rulebook.edition(),
    )
    renew_next_step(row)
    return row


def _findable(row: Case, told: OldCase, form: ComplaintForm) -> str:
    return " ".join([row.number, told.reference, row.subject, form.description, told.response, *told.facts.values()])


def _entry(row: Case, told: OldCase, form: ComplaintForm, source: str, actor: Actor) -> Entry:
    facts: CaseImported | CaseImportedClosed = CaseImported(source=source)
    if told.closed:
        facts = CaseImportedClosed(source=source, response=told.response, timely=told.timely)
    return Entry(
        facts,
        actor=actor,
        case=row.number,
        subject=("form", str(form.pk)),
        private={"form": content(form)},
    )
