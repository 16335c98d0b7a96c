"""The words that rulebooks may use: events, attributes, and what else is a code in their files. Pure, without Django.

A rulebook that uses another word is refused, so that a slip of the pen cannot switch an obligation off.
"""

from __future__ import annotations

from collections.abc import Mapping

COMING_IN = (
    "received",
    "filed",
    "registered",
    "complaint_date",
    "sent_to_company",
    "filed_or_completed",
    "contact_started",
    "book_requested",
    "sheet_completed",
    "receipt_requested",
    "human_requested",
    "supervisor_requested",
    "history_requested",
    "call_date",
    "completed_by_customer",
    "customer_replied",
    "escalated",
    "delivered",
    "rated",
    "referred",
    "withdrawn",
)
"""What customers, authorities and platforms do."""

BY_THE_FIRM = (
    "acknowledged",
    "assessed",
    "last_customer_update",
    "waiting_customer",
    "completion_requested",
    "holding_sent",
    "eight_week_letter_sent",
    "summary_resolution_sent",
    "final_response_sent",
    "continuity_answered",
    "stage2_acknowledged",
    "stage2_response_sent",
    "decided",
    "decision_notified",
    "negative_answer_sent",
    "resolved",
    "closed",
    "reopened",
    "history_sent",
    "original_sent_to_authority",
    "duplicate_given",
    "book_handed_over",
    "protocol_given",
    "receipt_given",
    "human_answered",
    "supervisor_called_back",
    "survey_sent",
    "reasons_sent",
    "extension",
)
"""What the firm does."""

EVENTS = frozenset({*COMING_IN, *BY_THE_FIRM})

ATTRIBUTES: Mapping[str, tuple[str, ...] | None] = {
    "format": ("physical", "electronic"),
    "topic": ("billing", "improper_charge", "continuity", "other"),
    "status": ("received", "in_progress", "answered", "closed"),
    "basic_service": None,
    "psd_or_emd": None,
    "holding_sent": None,
    "reason_beyond_control": None,
    "resolved_by_summary_route": None,
    "durable": None,
}
"""What conditions may ask about a case: the codes it may have, or None for true or false."""

BOOLEANS = frozenset(name for name, codes in ATTRIBUTES.items() if codes is None)
