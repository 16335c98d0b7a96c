"""What can be asked about complaints. ``visible_to`` is the only way to a case."""

from desagravo.cases.papers import answer_letter, form_field_rows, form_rows, local
from desagravo.cases.queries.casefile import (
    CaseFile,
    TimelineEntry,
    case_file,
    earlier_of,
    history_of,
    steps_open_to,
)
from desagravo.cases.queries.closing import approval_facts, closure_facts
from desagravo.cases.queries.customer import Said, TrackedCase, tracked, tracking_url
from desagravo.cases.queries.department import Brief, QuestionRow, brief, questions
from desagravo.cases.queries.inbox import MOST_COUNTED, PAGE, VIEWS, Page, Row, counts, how_many_of, inbox, search
from desagravo.cases.queries.letters import (
    letter_body,
    letter_subject,
    letter_values,
    open_placeholders,
    points_not_as_decided,
)
from desagravo.cases.queries.parts import (
    assessment_of,
    findings_of,
    form_of,
    open_questions,
    point_of,
    points_of,
    proposals,
    question_of,
    sheet_of,
)
from desagravo.cases.queries.unopened import Unopened, paper_given_up, unopened, unopened_count
from desagravo.cases.queries.visible import (
    attachment_for,
    case_behind,
    case_for,
    consultation_for,
    consultations_for,
    document_for,
    visible_to,
)
from desagravo.cases.tracking import MARK as PRIVATE_PAGE

__all__ = [
    "MOST_COUNTED",
    "PAGE",
    "PRIVATE_PAGE",
    "VIEWS",
    "Brief",
    "CaseFile",
    "Page",
    "QuestionRow",
    "Row",
    "Said",
    "TimelineEntry",
    "TrackedCase",
    "Unopened",
    "answer_letter",
    "approval_facts",
    "assessment_of",
    "attachment_for",
    "brief",
    "case_behind",
    "case_file",
    "case_for",
    "closure_facts",
    "consultation_for",
    "consultations_for",
    "counts",
    "document_for",
    "earlier_of",
    "findings_of",
    "form_field_rows",
    "form_of",
    "form_rows",
    "history_of",
    "how_many_of",
    "inbox",
    "letter_body",
    "letter_subject",
    "letter_values",
    "local",
    "open_placeholders",
    "open_questions",
    "paper_given_up",
    "point_of",
    "points_not_as_decided",
    "points_of",
    "proposals",
    "question_of",
    "questions",
    "search",
    "sheet_of",
    "steps_open_to",
    "tracked",
    "tracking_url",
    "unopened",
    "unopened_count",
    "visible_to",
]
