"""The nouns of a complaint. Touched only inside this room."""

from desagravo.cases.models.answer import (
    AnswerDraft,
    Document,
    ImportedCase,
    ImportRun,
    Response,
    SignOff,
)
from desagravo.cases.models.case import Case, NumberSeries
from desagravo.cases.models.form import ComplaintForm, FormDraft, Submission
from desagravo.cases.models.limits import AppliedRulebook, CalendarSnapshot, ClockEvent, TimeLimit
from desagravo.cases.models.message import Attachment, Message
from desagravo.cases.models.notice import Notice
from desagravo.cases.models.outside import (
    CaseMove,
    EditionMove,
    Recoding,
    Referral,
    RequiredApproval,
    RetentionRun,
    TryOut,
)
from desagravo.cases.models.privacy import Erasure, Export, Look, NeedToKnow, Redaction
from desagravo.cases.models.recomputing import ProposedDate, Recomputation
from desagravo.cases.models.work import Assessment, Consultation, Finding, FollowUp, Point

__all__ = [
    "AnswerDraft",
    "AppliedRulebook",
    "Assessment",
    "Attachment",
    "CalendarSnapshot",
    "Case",
    "CaseMove",
    "ClockEvent",
    "ComplaintForm",
    "Consultation",
    "Document",
    "EditionMove",
    "Erasure",
    "Export",
    "Finding",
    "FollowUp",
    "FormDraft",
    "ImportRun",
    "ImportedCase",
    "Look",
    "Message",
    "NeedToKnow",
    "Notice",
    "NumberSeries",
    "Point",
    "ProposedDate",
    "Recoding",
    "Recomputation",
    "Redaction",
    "Referral",
    "RequiredApproval",
    "Response",
    "RetentionRun",
    "SignOff",
    "Submission",
    "TimeLimit",
    "TryOut",
]
