"""What lies on a case that ``case_for`` gave, one kind at a time, for pages that show only that."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from desagravo.cases import deciding
from desagravo.cases.editions import edition_of
from desagravo.cases.models import Assessment, Case, ComplaintForm, Consultation, Document, Finding, Point
from desagravo.common.refusals import NotYours
from desagravo.departments import queries as departments
from desagravo.rulebook import decide

Row = TypeVar("Row")


def form_of(case: Case) -> ComplaintForm | None:
    """The form in its newest version."""
    return case.forms.order_by("-version").first()


def assessment_of(case: Case) -> Assessment | None:
    """The newest assessment, with who answered and who decided otherwise."""
    return case.assessments.select_related("by", "overruled_by").order_by("-pk").first()


def proposals(
    case: Case, *, assessment: Assessment | None, form: ComplaintForm | None, flags: Iterable[str]
) -> list[decide.Proposal]:
    """The departments that the structured answers and the form propose; ``flags`` are what only routing asks."""
    told = deciding.facts(case, assessment=assessment, form=form, flags=flags)
    return _who_is_there(decide.route(told, edition=edition_of(case)))


def _who_is_there(proposed: Iterable[decide.Proposal]) -> list[decide.Proposal]:
    """Rules name departments by code; one that was merged is asked under its new name, one that was retired is not."""
    instead = departments.who_answers()
    kept: dict[str, decide.Proposal] = {}
    for each in proposed:
        code = instead.get(each.department, "")
        if not code:
            continue
        before = kept.get(code)
        because = tuple(dict.fromkeys((*(before.because if before else ()), *each.because)))
        words = tuple(dict.fromkeys((*(before.words if before else ()), *each.words)))
        only = each.only_words and (before is None or before.only_words)
        kept[code] = replace(before or each, department=code, because=because, words=words, only_words=only)
    return list(kept.values())


def findings_of(case: Case) -> list[Finding]:
    """What was established, oldest first."""
    return list(case.findings.select_related("by").order_by("pk"))


def points_of(case: Case) -> list[Point]:
    """The points of the complaint in their order."""
    return list(case.points.order_by("position"))


def point_of(case: Case, key: int) -> Point:
    """One point. Raises NotYours."""
    return _there(case.points.filter(pk=key).first())


def question_of(case: Case, key: int) -> Consultation:
    """One question of this case. Raises NotYours."""
    return _there(case.consultations.filter(pk=key).first())


def open_questions(case: Case) -> list[Consultation]:
    """The questions that departments still owe an answer, first due first."""
    return list(case.consultations.filter(status="open").order_by("due_at"))


def sheet_of(case: Case, section: int) -> Document:
    """The sealed sheet of a closing section. Raises NotYours, also while it is being made."""
    signed = _there(case.sign_offs.filter(section=section).first())
    return _there(case.documents.filter(kind="sign_off", subject=signed.pk).exclude(stored="").first())


def _there(row: Row | None) -> Row:
    if row is None:
        raise NotYours("not_found")
    return row
