"""A copy as one ZIP: a PDF to read, the same as JSON for machines, and the files. Made by the worker.

What we hold about a person is told from the customer's own page of each case (``queries.customer``): what they wrote,
what we wrote to them, the papers. Nothing internal is read for it unless the copy was asked for with internal notes;
what is left out is listed with its number. Colleagues appear by their role, except where they signed a letter.
"""

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO

from babel.dates import format_date
from django.utils.translation import gettext as _

from desagravo.cases import papers
from desagravo.cases.models import Attachment, Case, Document, Export
from desagravo.cases.papers import local
from desagravo.cases.queries.casefile import history_of
from desagravo.cases.queries.customer import TrackedCase, tracked
from desagravo.cases.terms import CHANNEL, STATUS, term
from desagravo.common import clock, files
from desagravo.common.documents import kinds, render
from desagravo.common.language import active, babel_locale
from desagravo.departments import queries as departments
from desagravo.history import queries as history

FORMAT = "desagravo.export"
VERSION = 1
"""Of the JSON; docs/guide/data-keeper.md describes it. A change of meaning takes the next number."""
_CHUNK = 1 << 20


def cases_of(row: Export) -> list[Case]:
    """The cases of the copy, in the order of their numbers."""
    return list(Case.objects.filter(number__in=row.cases).select_related("customer", "owner").order_by("number"))


def subject_zip(row: Export) -> Iterator[bytes]:
    """What we hold about a person. In the active language, which is the person's."""
    told = [_Told(case, with_internal=row.with_internal) for case in cases_of(row)]
    facts = {**_head("subject"), "cases": [each.facts() for each in told], "others": _others()}
    letter = kinds.Letter(
        organisation=papers.sender(),
        recipient=papers.addressee(told[-1].case) if told else ("",),
        date=local(clock.now()).date(),
        reference=", ".join(each.case.number for each in told[:6]),
        subject=_("What we hold about you"),
        salutation="",
        paragraphs=(_opening(), _others()),
        sections=tuple(section for each in told for section in each.sections()),
    )
    pdf = render("letter", letter, row.language)
    return _zipped({_("about-you") + ".pdf": pdf, "data.json": _json(facts)}, _files_of(told))


def case_zip(row: Export) -> Iterator[bytes]:
    """One whole case: the history to read, events with their proofs, and every file with its fingerprint."""
    case = cases_of(row)[0]
    head = history.case_head(case.number)
    rows = history_of(case)
    document = kinds.CaseHistory(
        organisation=papers.sender(),
        case_number=case.number,
        subject=case.subject,
        entries=tuple(
            kinds.HistoryEntry(number=view.n, at=local(view.at), who=who, what=sentence) for view, who, sentence in rows
        ),
        event_hash=head.hash if head else "",
    )
    attached = list(Attachment.objects.filter(case=case).order_by("pk"))
    made = list(Document.objects.filter(case=case).exclude(stored="").order_by("pk"))
    facts = {
        **_head("case"),
        "number": case.number,
        "status": case.status,
        "events": [
            {"seq": view.seq, "n": view.n, "kind": view.kind, "at": view.at.isoformat(), "hash": view.hash}
            for view, _who, _sentence in rows
        ],
        "proofs": history.proofs(case.number),
        "files": [_file_facts(each) for each in attached] + [_paper_facts(each) for each in made],
    }
    inside = [*(_file_of(each) for each in attached), *(_paper_of(each) for each in made)]
    pdf = render("case_history", document, row.language)
    return _zipped({f"{case.number}.pdf": pdf, "data.json": _json(facts)}, inside)


class _Told:
    """One case as the person may read it."""

    def __init__(self, case: Case, *, with_internal: bool) -> None:
        self.case = case
        self.page: TrackedCase = tracked(case)
        notes = case.messages.filter(kind__in=("note", "reason")).order_by("pk")
        self.notes = list(notes) if with_internal else []
        self.withheld = {
            "internal_notes": 0 if with_internal else notes.count(),
            "questions_to_departments": case.consultations.count(),
            "findings": case.findings.count(),
        }

    def said(self) -> list[dict[str, Any]]:
        return [
            {
                "at": each.at.isoformat(),
                "from": (each.who if each.answer else _("our staff")) if each.by_us else "you",
                "answer": each.answer,
                "text": each.body,
                "files": [_name_of(file) for file in each.files],
            }
            for each in self.page.conversation
        ]

    def facts(self) -> dict[str, Any]:
        case, customer = self.case, self.case.customer
        return {
            "number": case.number,
            "status": case.status,
            "channel": case.channel,
            "received_at": case.received_at.isoformat(),
            "answered_at": _iso(case.answered_at),
            "closed_at": _iso(case.closed_at),
            "person": {
                "name": customer.name,
                "email": customer.email,
                "phone": customer.phone,
                "postal_address": customer.postal_address,
                "language": customer.language,
            },
            "form": [{"field": label, "text": text} for label, text, _long in self.page.form_rows],
            "conversation": self.said(),
            "files": [_file_facts(each) for each in self.files()],
            "papers": [_paper_facts(each) for each in self.papers()],
            "recipients": sorted({*self.case.consultations.values_list("department", flat=True)}),
            "internal_notes": [{"at": each.at.isoformat(), "text": each.body} for each in self.notes],
            "withheld": {name: count for name, count in self.withheld.items() if count},
        }

    def files(self) -> list[Attachment]:
        return [*self.page.files, *(file for each in self.page.conversation for file in each.files)]

    def papers(self) -> list[Document]:
        receipt = [self.page.receipt] if self.page.receipt else []
        return [each for each in (*receipt, *self.page.letters) if each.stored]

    def sections(self) -> list[tuple[str, tuple[str, ...]]]:
        """The case as the letter tells it: what was filed, what was written, what else there is and what is not."""
        case = self.case
        number = {"number": case.number}
        stands = _("Received on %(day)s (%(channel)s). It stands: %(status)s.") % {
            "day": _day(case.received_at),
            "channel": term(CHANNEL, case.channel),
            "status": term(STATUS, case.status),
        }
        form = [
            f"{label}{'' if label.endswith('?') else ':'} {text}" for label, text, _long in self.page.form_rows if text
        ]
        written = [f"{_day(each.at)}, {_who_said(each)}: {each.body}" for each in self.page.conversation]
        notes = [f"{_day(each.at)}: {each.body}" for each in self.notes]
        found: list[tuple[str, list[str]]] = [
            (_("Complaint %(number)s") % number, [stands, *form]),
            (_("Complaint %(number)s: what was written since") % number, written),
            (_("Complaint %(number)s: internal notes") % number, notes),
            (_("Complaint %(number)s: files, and what was left out") % number, self._beside()),
        ]
        return [(heading, tuple(texts)) for heading, texts in found if texts]

    def _beside(self) -> list[str]:
        names = departments.department_names()
        asked = [names.get(code, code) for code in self.facts()["recipients"]]
        texts = []
        if asked:
            texts.append(_("Departments that were asked about it: %(names)s.") % {"names": ", ".join(asked)})
        here = [each for each in self.files() if not each.redacted_at]
        texts.append(_("Files in this copy: %(count)s.") % {"count": len(here) + len(self.papers())})
        if any(self.withheld.values()):
            texts.append(
                _(
                    "Left out, because they are our internal work and speak of other people: internal notes "
                    "(%(internal_notes)s), questions to departments and their answers (%(questions_to_departments)s), "
                    "findings (%(findings)s)."
                )
                % self.withheld
            )
        return texts


def _day(moment: datetime) -> str:
    """With its year: who reads it may have complained over many."""
    return str(format_date(local(moment).date(), "long", locale=babel_locale(active())))


def _who_said(each: Any) -> str:
    if not each.by_us:
        return _("you")
    return each.who if each.answer else _("our staff")


def _opening() -> str:
    return _(
        "You asked which personal data we hold about you. This letter tells it for each of your complaints; the "
        "folder with it holds the files that you sent us and that we sent you, and the same facts in a form that "
        "machines can read."
    )


def _others() -> str:
    return _(
        "Colleagues are named by their role, unless they signed a letter to you. What other people told us about "
        "themselves is not part of this copy."
    )


def _head(kind: str) -> dict[str, Any]:
    return {
        "format": f"{FORMAT}.{kind}",
        "version": VERSION,
        "made_at": clock.now().isoformat(),
        "organisation": departments.organisation().name,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _json(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=1, default=str).encode()


def _name_of(file: Attachment) -> str:
    return f"files/{file.case_id}-{file.pk}-{files.display_name(file.name)}"


def _name_of_paper(paper: Document) -> str:
    return f"papers/{paper.case_id}-{paper.pk}-{paper.kind.replace('_', '-')}.pdf"


def _file_facts(file: Attachment) -> dict[str, Any]:
    facts = {"name": _name_of(file), "size": file.size, "sha256": file.sha256, "media_type": file.media_type}
    return {**facts, "taken_out": True} if file.redacted_at else facts


def _paper_facts(paper: Document) -> dict[str, Any]:
    return {"name": _name_of_paper(paper), "size": paper.size, "sha256": paper.sha256, "media_type": "application/pdf"}


def _file_of(file: Attachment) -> tuple[str, str]:
    """Name and place; no place where it was taken out or erased."""
    return _name_of(file), "" if file.redacted_at else file.stored


def _paper_of(paper: Document) -> tuple[str, str]:
    return _name_of_paper(paper), paper.stored


def _files_of(told: Iterable[_Told]) -> list[tuple[str, str]]:
    found = []
    for each in told:
        found += [_file_of(file) for file in each.files()]
        found += [_paper_of(paper) for paper in each.papers()]
    return found


def _zipped(made: dict[str, bytes], stored: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The ZIP in pieces; files go through the disk, never through memory as a whole."""
    with tempfile.TemporaryFile() as folder:
        with zipfile.ZipFile(folder, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in made.items():
                archive.writestr(name, content)
            for name, key in stored:
                if key:  # one that was erased has none
                    with files.path(key).open("rb") as source, archive.open(name, "w") as target:
                        _copy(source, target)
        folder.seek(0)
        while piece := folder.read(_CHUNK):
            yield piece


def _copy(source: BinaryIO, target: Any) -> None:
    while piece := source.read(_CHUNK):
        target.write(piece)


__all__ = ["FORMAT", "VERSION", "case_zip", "cases_of", "subject_zip"]
