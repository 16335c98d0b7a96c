"""A letter of an edition as it would be sent on a real case: to look at, in any language. Nothing is kept."""

from copy import copy
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from desagravo.cases import wording
from desagravo.cases.models import Case
from desagravo.cases.papers import answer_letter
from desagravo.cases.queries.letters import letter_values, letter_with
from desagravo.common.documents import kinds
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.letters import fill, names_in
from desagravo.rulebook.phrases import Mark


@dataclass(frozen=True)
class SampleLetter:
    """``gaps`` are what the person who writes fills in; ``marks`` what the edition's own lists find in it."""

    subject: str
    body: str
    gaps: tuple[str, ...]
    marks: tuple[Mark, ...]
    paper: kinds.Letter


def sample_letter(case: Case, *, edition: str, letter: str, language: str) -> SampleLetter:
    """The letter of this edition, a draft perhaps, filled from the case as if its customer wrote in this language.

    Raises:
        KeyError: the edition has no such letter.
    """
    shown = copy(case)
    shown.edition, shown.language = edition, language
    values = letter_values(shown)
    body = letter_with(shown, letter, values, edition=edition).strip()
    subject = fill(rulebook.letter(letter, language, edition=edition).subject, values)
    paper = answer_letter(shown, body=body, on=None, preview=True, signer=str(case.owner_id or ""))
    return SampleLetter(
        subject=subject,
        body=body,
        gaps=tuple(sorted(names_in(body) - {"private_page"})),
        marks=wording.marks_in(shown, body, where="letter"),
        paper=replace(paper, subject=subject),
    )


def sample_cases(visible: QuerySet[Case], chosen: Case | None) -> list[tuple[str, str]]:
    """Cases to choose from, number and subject: the one that is shown, and the newest."""
    rows = [*([chosen] if chosen else []), *visible.order_by("-pk")[:20]]
    return list({each.number: (each.number, each.subject) for each in rows}.values())
