"""What can be asked about complaints. ``visible_to`` is the only way to a case."""

from desagravo.cases.actions.satisfy import unsatisfied
from desagravo.cases.closing import DETAILS as CLOSING_DETAILS
from desagravo.cases.deciding import approvals_needed, known_beside
from desagravo.cases.editions import edition_of
from desagravo.cases.next_step import promised
from desagravo.cases.papers import answer_letter, form_field_rows, form_rows, local
from desagravo.cases.procedure.live import as_pdf as paper_as_pdf
from desagravo.cases.procedure.live import how_long_kept, procedure, supervisor_of_data
from desagravo.cases.procedure.live import staff_handbook as handbook
from desagravo.cases.queries.approving import (
    ApprovalRow,
    Waiting,
    approver,
    case_now,
    case_to_approve,
    how_many_wait_for_me,
    waiting_for_me,
)
from desagravo.cases.queries.by_edition import open_by_edition
from desagravo.cases.queries.casefile import (
    CaseFile,
    TimelineEntry,
    case_file,
    earlier_of,
    history_of,
    steps_open_to,
)
from desagravo.cases.queries.choosing import Proposed, proposed_handler
from desagravo.cases.queries.closing import closure_facts, proposed_details
from desagravo.cases.queries.customer import Said, TrackedCase, tracked, tracking_url
from desagravo.cases.queries.department import Brief, QuestionRow, brief, open_of_departments, questions
from desagravo.cases.queries.exports import ExportRow, Found, FoundCase, cases_of_person, export_for, exports_of
from desagravo.cases.queries.holdings import WORKS_ON_CASES, Holdings, holdings
from desagravo.cases.queries.inbox import MOST_COUNTED, PAGE, VIEWS, Page, Row, counts, how_many_of, inbox, search
from desagravo.cases.queries.letters import (
    awaits_remedy,
    letter_body,
    letter_subject,
    letter_values,
    letter_with,
    open_placeholders,
    points_not_as_decided,
)
from desagravo.cases.queries.looks import LookRow, LooksOf, looks_at, looks_of
from desagravo.cases.queries.mentions import Reach, reach_of
from desagravo.cases.queries.moving import (
    editions_to_move_to,
    moves_of_case,
    moves_of_edition,
    open_cases_of,
    preview,
    previews,
)
from desagravo.cases.queries.notices import (
    MOST_NOTICES,
    NoticeRow,
    Notices,
    notice_row,
    notices,
    people_to_mail,
    summary,
    to_mail,
    unread_notices,
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
from desagravo.cases.queries.privacy import Knows, who_knows
from desagravo.cases.queries.unopened import Unopened, paper_given_up, unopened, unopened_count
from desagravo.cases.queries.visible import (
    attachment_for,
    case_behind,
    case_for,
    confidential_to,
    consultation_for,
    consultations_for,
    document_for,
    visible_to,
)
from desagravo.cases.tracking import MARK as PRIVATE_PAGE
from desagravo.cases.working_days import due_after, target_after

__all__ = [
    "CLOSING_DETAILS",
    "MOST_COUNTED",
    "MOST_NOTICES",
    "PAGE",
    "PRIVATE_PAGE",
    "VIEWS",
    "WORKS_ON_CASES",
    "ApprovalRow",
    "Brief",
    "CaseFile",
    "ExportRow",
    "Found",
    "FoundCase",
    "Holdings",
    "Knows",
    "LookRow",
    "LooksOf",
    "NoticeRow",
    "Notices",
    "Page",
    "Proposed",
    "QuestionRow",
    "Reach",
    "Row",
    "Said",
    "TimelineEntry",
    "TrackedCase",
    "Unopened",
    "Waiting",
    "answer_letter",
    "approvals_needed",
    "approver",
    "assessment_of",
    "attachment_for",
    "awaits_remedy",
    "brief",
    "case_behind",
    "case_file",
    "case_for",
    "case_now",
    "case_to_approve",
    "cases_of_person",
    "closure_facts",
    "confidential_to",
    "consultation_for",
    "consultations_for",
    "counts",
    "document_for",
    "due_after",
    "earlier_of",
    "edition_of",
    "editions_to_move_to",
    "export_for",
    "exports_of",
    "findings_of",
    "form_field_rows",
    "form_of",
    "form_rows",
    "handbook",
    "history_of",
    "holdings",
    "how_long_kept",
    "how_many_of",
    "how_many_wait_for_me",
    "inbox",
    "known_beside",
    "letter_body",
    "letter_subject",
    "letter_values",
    "letter_with",
    "local",
    "looks_at",
    "looks_of",
    "moves_of_case",
    "moves_of_edition",
    "notice_row",
    "notices",
    "open_by_edition",
    "open_cases_of",
    "open_of_departments",
    "open_placeholders",
    "open_questions",
    "paper_as_pdf",
    "paper_given_up",
    "people_to_mail",
    "point_of",
    "points_not_as_decided",
    "points_of",
    "preview",
    "previews",
    "procedure",
    "promised",
    "proposals",
    "proposed_details",
    "proposed_handler",
    "question_of",
    "questions",
    "reach_of",
    "search",
    "sheet_of",
    "steps_open_to",
    "summary",
    "supervisor_of_data",
    "target_after",
    "to_mail",
    "tracked",
    "tracking_url",
    "unopened",
    "unopened_count",
    "unread_notices",
    "unsatisfied",
    "visible_to",
    "waiting_for_me",
    "who_knows",
]
