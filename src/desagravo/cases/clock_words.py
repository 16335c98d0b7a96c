"""What people call the events that start, stop and fulfil time limits. Rulebooks name them by code."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

CLOCK_EVENT: Final[Mapping[str, object]] = {
    "received": _("The complaint was received"),
    "filed": _("The complaint was filed"),
    "registered": _("The complaint was registered"),
    "complaint_date": _("The complaint was dated"),
    "sent_to_company": _("The authority sent the complaint to us"),
    "contact_started": _("The customer began the contact"),
    "protocol_given": _("The customer was given the number"),
    "receipt_requested": _("The customer asked for a receipt"),
    "receipt_given": _("The customer was given the receipt"),
    "human_requested": _("The customer asked for a person"),
    "human_answered": _("A person answered"),
    "supervisor_requested": _("The customer asked for a supervisor"),
    "supervisor_called_back": _("A supervisor called back"),
    "history_requested": _("The customer asked for the history of the complaint"),
    "history_sent": _("The history was sent to the customer"),
    "call_date": _("A call was recorded"),
    "book_requested": _("The customer asked for the complaints book"),
    "book_handed_over": _("The complaints book was handed over"),
    "sheet_completed": _("The sheet of the complaints book was filled in"),
    "duplicate_given": _("The customer was given the duplicate of the sheet"),
    "original_sent_to_authority": _("The original of the sheet was sent to the authority"),
    "completion_requested": _("The customer was asked for what is missing"),
    "completed_by_customer": _("The customer completed the complaint"),
    "waiting_customer": _("We wait for the customer"),
    "customer_replied": _("The customer replied"),
    "acknowledged": _("The complaint was acknowledged"),
    "assessed": _("The complaint was assessed"),
    "last_customer_update": _("The customer was told how it stands"),
    "holding_sent": _("A holding reply was sent, with the reason and a new date"),
    "eight_week_letter_sent": _("The letter after eight weeks was sent"),
    "summary_resolution_sent": _("The summary resolution was sent"),
    "continuity_answered": _("The customer was told about the interruption"),
    "decided": _("The complaint was decided"),
    "decision_notified": _("The customer was told of the decision"),
    "final_response_sent": _("The answer was sent"),
    "resolved": _("The complaint was resolved"),
    "delivered": _("The product was delivered"),
    "negative_answer_sent": _("The customer was refused unequivocally"),
    "reasons_sent": _("The customer was told why it takes longer"),
    "rated": _("The customer rated the answer"),
    "referred": _("The customer turned to the body outside"),
    "reopened": _("The case was opened again"),
    "escalated": _("The customer asked for the second stage"),
    "stage2_acknowledged": _("The second stage was acknowledged"),
    "stage2_response_sent": _("The answer of the second stage was sent"),
    "survey_sent": _("The customer was asked about the handling"),
    "extension": _("The limit was extended"),
    "closed": _("The case was closed"),
    "withdrawn": _("The complaint was withdrawn"),
    "met": _("The duty was done"),
    "known": _("Something became known"),
}

TOLD_BY_ROWS: Final = frozenset(
    {
        "received", "acknowledged", "assessed", "last_customer_update", "decided", "final_response_sent",
        "closed", "reopened", "withdrawn", "known", "extension",
    }
)  # fmt: skip
"""What the case itself tells: nobody records it a second time."""


def event_words(name: str) -> str:
    """The event in the reader's language; one that only an edition knows is readable by its code."""
    found = CLOCK_EVENT.get(name)
    return str(found) if found is not None else name.replace("_", " ").capitalize()


LIMIT_STATE: Final[Mapping[str, object]] = {
    "not_started": _("not started"),
    "running": _("running"),
    "met": _("kept"),
    "missed": _("missed"),
    "replaced": _("replaced"),
    "lapsed": _("over"),
    "ended": _("ended"),
}
LIMIT_KIND: Final[Mapping[str, object]] = {
    "firm_obligation": _("Duty of the company"),
    "target": _("House target"),
    "customer_window": _("Time of the customer to act"),
    "retention_min": _("To be kept until then"),
    "route_option": _("A route that is open until then"),
}
BEARER: Final[Mapping[str, object]] = {"firm": _("the company"), "customer": _("the customer")}
EVIDENCE: Final[Mapping[str, object]] = {
    "V": _("the text of the rule was read"),
    "S": _("a secondary source was read"),
    "R": _("from memory, to be checked"),
    "I": _("our interpretation"),
}


def evidence_words(grade: str) -> str:
    """What the letters of an evidence grade say, "V/S" both."""
    return ", ".join(str(EVIDENCE.get(each, each)) for each in grade.split("/") if each)
