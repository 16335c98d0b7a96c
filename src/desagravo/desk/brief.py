"""The brief at the side of the case page: what everybody who works on it should know without reading all of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desagravo.cases import queries as cases
from desagravo.cases.queries import CaseFile
from desagravo.cases.queries.limits import OpenLimit
from desagravo.cases.terms import CHANNEL, DECISION, STATUS, term
from desagravo.common import clock
from desagravo.common.dates import day
from desagravo.common.language import active
from desagravo.common.templatetags.desagravo import money
from desagravo.common.text import fold
from desagravo.departments import queries as departments
from desagravo.rulebook import queries as rulebook

DOCUMENTS = {
    "receipt": lambda: _("Receipt"),
    "letter": lambda: _("Letter to the customer"),
    "sign_off": lambda: _("Signed closing sheet"),
}


@dataclass(frozen=True)
class Asked:
    """A question to a department as the brief shows it."""

    row: Any
    department: str
    state: str
    tone: str


@dataclass(frozen=True)
class Brief:
    """What stands at the side."""

    wants: list[str]
    points: list[tuple[Any, str]]
    asks: list[str]
    asked: list[Asked]
    answer_by: datetime
    limits: list[OpenLimit]
    channel: str
    documents: list[tuple[Any, str]]
    earlier: list[tuple[Any, str]]
    inside: list[Any]


def brief_of(file: CaseFile) -> Brief:
    """The brief from the file, without a query of its own."""
    return Brief(
        wants=_wants(file.form.fields),
        points=[(point, term(DECISION, point.decision) if point.decision else "") for point in file.points],
        asks=not_named_yet(file.form, file.points),
        asked=[_asked(each, file) for each in file.consultations],
        answer_by=cases.promised(file.case),
        limits=file.limits,
        channel=term(CHANNEL, file.case.channel),
        documents=_told_apart([each for each in file.documents if each.stored]),
        earlier=[(each, term(STATUS, each.status)) for each in file.earlier],
        inside=[each for each in file.files if not each.for_customer],
    )


def _wants(fields: Mapping[str, Any]) -> list[str]:
    """What the customer ticked, and the money asked for."""
    remedies = {each.code: each.name for each in rulebook.remedies(active())}
    asked = money(fields.get("amount_requested"), departments.organisation().currency)
    return [*(remedies.get(code, code) for code in fields.get("remedy_requested") or ()), *([asked] if asked else [])]


def not_named_yet(form: Any, points: Iterable[Any]) -> list[str]:
    """The customer's own questions on the form that are not yet a point, in the customer's words."""
    named = {_compared(point.text) for point in points}
    return [each for each in form.fields.get("points_to_answer") or () if _compared(each) not in named]


def _named(document: Any) -> str:
    """A document by its kind and day: a form that was completed has a receipt of each version."""
    kind = DOCUMENTS[document.kind]()
    return f"{kind}, {day(document.made_at)}" if document.made_at else kind


def _told_apart(documents: list[Any]) -> list[tuple[Any, str]]:
    """Each with its name; of several with the same name the later ones bear a number."""
    named: list[tuple[Any, str]] = []
    seen: Counter[str] = Counter()
    for each in documents:
        name = _named(each)
        seen[name] += 1
        named.append((each, f"{name} ({seen[name]})" if seen[name] > 1 else name))
    return named


def _compared(text: str) -> str:
    return " ".join(fold(text).split())


def _asked(row: Any, file: CaseFile) -> Asked:
    late = row.status == "open" and row.due_at < clock.now()
    on = {"day": day(row.due_at)}
    words = {
        "open": (_("overdue since %(day)s") if late else _("due %(day)s")) % on,
        "answered": pgettext("department", "answered"),
        "declined": _("declined"),
        "withdrawn": _("taken back"),
    }
    tone = {"open": "late" if late else "", "answered": "kept"}.get(row.status, "")
    name = file.department_names.get(row.department, row.department)
    return Asked(row, name, words[row.status], tone)
