"""The path of a case, on one page: pure, without a database.

From this table come the buttons on the desk, the check constraint on the column, the diagram in the
documentation, and :func:`replay`, which recomputes a status from the events of a case.

Parallel work is not more statuses: a question to a department, an approval, a follow-up each have their
own small path, and closing asks whether one is open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

STATUSES: Final = (
    "received",
    "incomplete",
    "assessed",
    "in_work",
    "awaiting_approval",
    "answered",
    "closed",
    "withdrawn",
)
OPEN: Final = frozenset(STATUSES) - {"closed", "withdrawn"}
"""A case in one of these still owes the customer something, or the customer owes us a word."""

_WORKING: Final = frozenset({"received", "incomplete", "assessed", "in_work", "awaiting_approval", "answered"})
_DESK: Final = frozenset({"assessed", "in_work"})
_ANY: Final = frozenset(STATUSES)


@dataclass(frozen=True)
class Step:
    """One thing that can happen: from which statuses, to which (None: the status stays), and its event.

    ``leaves`` holds "" for a case that does not exist yet; ``event`` is "" for what the record need not know.
    """

    verb: str
    leaves: frozenset[str]
    reaches: str | None
    event: str


def _step(verb: str, leaves: Iterable[str], reaches: str | None, event: str) -> Step:
    return Step(verb, frozenset(leaves), reaches, event)


PATH: Final = (
    _step("receive", {""}, "received", "case.received"),
    _step("receive_incomplete", {""}, "incomplete", "case.received_incomplete"),
    _step("import_open", {""}, "received", "case.imported"),
    _step("import_closed", {""}, "closed", "case.imported_closed"),
    _step("add_to_form", {"incomplete"}, None, "case.form_extended"),
    _step("complete", {"incomplete"}, "received", "case.completed"),
    _step("waive_completion", {"incomplete"}, "received", "case.completion_waived"),
    _step("assess", {"received", "assessed"}, "assessed", "case.assessed"),
    _step("overrule", {"assessed", "in_work"}, None, "case.overruled"),
    _step("assign", {"assessed", "in_work"}, "in_work", "case.assigned"),
    _step("reassign", {"awaiting_approval", "answered", "received"}, None, "case.reassigned"),
    _step("hand_over", _ANY, None, "case.handed_over"),
    _step("consult", _DESK | {"awaiting_approval", "answered"}, None, "consultation.asked"),
    _step("answer_consultation", _WORKING, None, "consultation.answered"),
    _step("withdraw_consultation", _WORKING, None, "consultation.withdrawn"),
    _step("follow_up", _WORKING, None, "follow_up.set"),
    _step("come_back", _WORKING | {"closed"}, None, "follow_up.came_back"),
    _step("finish_follow_up", _ANY, None, "follow_up.done"),
    _step("note", _ANY, None, "case.noted"),
    _step("attach", _ANY, None, "case.files_added"),
    _step("seen", _ANY, None, "case.customer_read"),
    _step("move_answer_date", _WORKING - {"answered"}, None, "case.date_moved"),
    _step("write", _WORKING, None, "case.wrote_to_customer"),
    _step("release_message", _WORKING, None, "message.released"),
    _step("message_leaves", _ANY, None, "case.wrote_to_customer"),  # by the worker, at its moment
    _step("hold_back_message", _ANY, None, "message.held_back"),
    _step("add_message", _ANY, None, "case.customer_wrote"),
    _step("find", _WORKING, None, "finding.recorded"),
    _step("point", _DESK, None, "point.added"),
    _step("drop_point", _DESK, None, "point.dropped"),
    _step("decide_point", _DESK, None, "point.decided"),
    _step("draft", _DESK, None, ""),  # kept for the desk only; what was sent is recorded
    _step("request_approval", {"in_work"}, "awaiting_approval", "approval.requested"),
    _step("return_answer", {"awaiting_approval"}, "in_work", "approval.returned"),
    _step("give_approval", {"awaiting_approval"}, None, "approval.given"),
    _step("approve", {"awaiting_approval"}, "answered", "approval.granted"),
    _step("respond", _DESK, "answered", "case.answered"),
    _step("release", _DESK | {"awaiting_approval"}, None, "answer.released"),
    _step("leave", _DESK, "answered", "case.answered"),  # by the worker, at its moment
    _step("leave_approved", {"awaiting_approval"}, "answered", "approval.granted"),  # by the worker, at its moment
    _step("hold_back", _DESK, None, "answer.held_back"),
    _step("hold_back_approved", {"awaiting_approval"}, "in_work", "approval.held_back"),
    _step("settle", {"answered"}, None, "case.settled"),
    _step("contest", {"answered"}, "in_work", "case.contested"),
    _step("withdraw", _WORKING, "withdrawn", "case.withdrawn"),
    _step("sign_off", {"answered", "withdrawn"}, "closed", "case.closed"),
    _step("reopen", {"closed", "withdrawn"}, "in_work", "case.reopened"),
    _step("reopen_unassessed", {"closed", "withdrawn"}, "received", "case.reopened_unassessed"),
    _step("send_tracking_again", _ANY, None, "tracking.sent_again"),
    _step("renew_tracking", _ANY, None, "tracking.renewed"),
    _step("make_confidential", _ANY, None, "case.made_confidential"),
    _step("lift_confidentiality", _ANY, None, "case.confidentiality_lifted"),
    _step("let_know", _ANY, None, "case.let_know"),
    _step("no_longer_let_know", _ANY, None, "case.no_longer_let_know"),
    _step("break_glass", _ANY, None, "case.glass_broken"),
    _step("refer", _ANY, None, "referral.opened"),
    _step("give_file", _ANY, None, "referral.file_given"),
    _step("end_referral", _ANY, None, "referral.ended"),
    _step("answer_anew", {"answered"}, "in_work", "referral.answer_reopened"),
    _step("forward", _DESK, "answered", "case.forwarded"),
    _step("second_stage", {"in_work", "answered"}, "in_work", "case.second_stage"),
    _step("move_edition", _WORKING, None, "case.edition_moved"),
    _step("recode", {"closed"}, None, "case.recoded"),
    _step("apply_rulebook", _ANY, None, "rulebook.applied"),
    _step("end_rulebook", _ANY, None, "rulebook.ended"),
    _step("answer_attributes", _ANY, None, "case.attributes_answered"),
    _step("record_clock_event", _ANY, None, "clock.recorded"),
    _step("take_back_event", _ANY, None, "clock.taken_back"),
    _step("extend_limit", _WORKING, None, "limit.extended"),
    _step("explain_missed", _ANY, None, "limit.explained"),
    _step("limit_comes_near", _ANY, None, "limit.near"),  # by the worker, in working hours
    _step("limit_passes", _ANY, None, "limit.missed"),  # by the worker, in working hours
)

WAITS_WHILE_LEAVING: Final = frozenset(
    {
        "assess",
        "overrule",
        "consult",
        "point",
        "drop_point",
        "decide_point",
        "draft",
        "request_approval",
        "return_answer",
        "give_approval",
        "approve",
        "respond",
        "forward",
        "second_stage",
    }
)
"""What would change the ground under an answer that was released and has not left yet."""

STEPS: Final = {step.verb: step for step in PATH}
_REACHES: Final = {step.event: step.reaches for step in PATH}


_ASKED_AS: Final = {
    "reassign": "assign",
    "decide_point": "point",
    "drop_point": "point",
    "finish_follow_up": "follow_up",
    "come_back": "follow_up",
    "give_approval": "approve",
    "settle": "record_reaction",
    "contest": "record_reaction",
    "add_to_form": "complete",
    "reopen_unassessed": "reopen",
    "hold_back_approved": "hold_back",
    "hold_back_message": "hold_back",
    "give_file": "refer",
    "answer_anew": "end_referral",
}


def asked_as(verb: str) -> str:
    """The name under which authority knows this verb."""
    return _ASKED_AS.get(verb, verb)


def allowed(verb: str, status: str) -> bool:
    """Does the path have this verb in this status?"""
    return status in STEPS[verb].leaves


def verbs_from(status: str) -> tuple[str, ...]:
    """All verbs that the path has in this status, in the order of the path."""
    return tuple(step.verb for step in PATH if status in step.leaves)


def replay(kinds: Iterable[str]) -> str:
    """The status that follows from a case's events, oldest first; kinds that are no steps change nothing.

    >>> replay(["case.received", "case.assessed", "case.noted", "case.assigned"])
    'in_work'
    """
    status = ""
    for kind in kinds:
        status = _REACHES.get(kind) or status
    return status
