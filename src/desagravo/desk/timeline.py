"""The timeline as rows to show: surfaces that cannot be confused, long texts folded, events as quiet lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from desagravo.cases.queries import CaseFile, TimelineEntry
from desagravo.desk.words import readable

LONG = 900
"""Characters of a text that are shown at once; what is longer is folded after a paragraph, a line or a word."""
QUIET = 3
"""So many events in a row are shown; longer rows of them are folded to one line."""


@dataclass(frozen=True)
class Line:
    """Something that happened, said in one quiet line."""

    at: datetime
    sentence: str
    who: str


@dataclass(frozen=True)
class Shown:
    """One row. ``surface``: paper (the customer sees it), note, department, or lines (events)."""

    surface: str
    key: str = ""
    at: datetime | None = None
    reads: str = ""
    icon: str = ""
    who: str = ""
    first: str = ""
    rest: str = ""
    files: tuple[Any, ...] = ()
    department: str = ""
    question: Any = None
    lines: list[Line] = field(default_factory=list)


def rows(file: CaseFile) -> list[Shown]:
    """All rows, oldest first, the complaint itself before everything else."""
    return [_complaint(file), *_grouped(file)]


def fold(text: str, length: int = LONG) -> tuple[str, str]:
    """The beginning of a long text and its rest; nothing is lost between them."""
    if len(text) <= length + length // 4:
        return text, ""
    head = text[:length]
    for mark in ("\n\n", "\n", " "):
        at = head.rfind(mark)
        if at > length // 2:
            return text[:at], text[at + len(mark) :]
    return head, text[length:]


def _complaint(file: CaseFile) -> Shown:
    first, rest = fold(file.form.description)
    return Shown(
        "paper",
        key="complaint",
        at=file.case.received_at,
        reads=_("The complaint, as filed"),
        icon="paper",
        who=file.case.customer.name,
        first=first,
        rest=rest,
        files=tuple(each for each in file.files if each.message_id is None and each.for_customer),
    )


def _grouped(file: CaseFile) -> Iterator[Shown]:
    lines: list[Line] = []
    for entry in file.timeline:
        if entry.surface == "event":
            lines.append(Line(entry.at, entry.body, entry.who))
            continue
        if lines:
            yield Shown("lines", lines=lines)
            lines = []
        yield _shown(entry, file)
    if lines:
        yield Shown("lines", lines=lines)


def _shown(entry: TimelineEntry, file: CaseFile) -> Shown:
    surface, icon, reads, who = _READS[entry.surface](entry, file)
    first, rest = fold(readable(entry.body) if entry.by_staff else entry.body)
    return Shown(
        surface,
        key=entry.key,
        at=entry.at,
        reads=reads,
        icon=icon,
        who=who,
        first=first,
        rest=rest,
        files=entry.files,
        department=entry.consultation.department if entry.consultation else "",
        question=entry.consultation if entry.surface == "question" else None,
    )


def _from_customer(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    name = file.case.customer.name or _("The customer")
    who = _("%(customer)s, taken down by %(name)s") % {"customer": name, "name": entry.who} if entry.by_staff else name
    return "paper", "eye", _("The customer sees this"), who


def _to_customer(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "paper", "eye", _("The customer sees this"), _("%(name)s to the customer") % {"name": entry.who}


def _leaving(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "note", "clock", _("On its way, the customer does not see this yet"), entry.who


def _held_back(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "note", "lock", _("Held back, the customer never saw this"), entry.who


def _perhaps_left(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "note", "lock", _("Held back when a backup was restored, it may have left before"), entry.who


def _answer(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "paper", "eye", _("The answer, the customer sees this"), entry.who


def _note(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "note", "lock", _("Internal note"), entry.who


def _reason(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "note", "lock", _("Internal, the reason of a step"), entry.who


def _returned(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "note", "lock", _("Internal, why the answer was returned"), entry.who


def _question(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    return "department", "bar", entry.department, _("%(name)s asks") % {"name": entry.who or "Desagravo"}


def _reply(entry: TimelineEntry, file: CaseFile) -> tuple[str, str, str, str]:
    declined = entry.consultation is not None and entry.consultation.status == "declined"
    words = _("%(name)s declines") if declined else _("%(name)s answers")
    return "department", "bar", entry.department, words % {"name": entry.who}


_READS = {
    "customer_in": _from_customer,
    "customer_out": _to_customer,
    "leaving": _leaving,
    "held_back": _held_back,
    "perhaps_left": _perhaps_left,
    "answer": _answer,
    "note": _note,
    "reason": _reason,
    "returned": _returned,
    "question": _question,
    "reply": _reply,
}
