"""What can be done with a complaint: one verb, one function. Each checks, changes and records in one transaction."""

from desagravo.cases.actions._closing import ClosingSection
from desagravo.cases.actions._closing import today as closing_day
from desagravo.cases.actions._content import asked_by
from desagravo.cases.actions.answer_date import move_answer_date
from desagravo.cases.actions.assess import assess, overrule
from desagravo.cases.actions.assign import assign
from desagravo.cases.actions.bind import bind_what_is_left
from desagravo.cases.actions.clock_events import record_clock_event, take_back_event
from desagravo.cases.actions.complete import complete, waive_completion
from desagravo.cases.actions.confide import (
    break_glass,
    let_know,
    lift_confidentiality,
    make_confidential,
    no_longer_let_know,
)
from desagravo.cases.actions.confirm import confirm_content, take_back_confirmation
from desagravo.cases.actions.consult import Question, answer_consultation, consult, withdraw_consultation
from desagravo.cases.actions.deliver import keep_document, letter_delivered, letter_undeliverable
from desagravo.cases.actions.departments import merge_department, retire_department
from desagravo.cases.actions.draft import differences, save_draft
from desagravo.cases.actions.erase import (
    ask_erasure,
    erasure_list,
    reapply_erasures,
    still_here,
)
from desagravo.cases.actions.export import ask_for_case_file, ask_for_export, forget_exports
from desagravo.cases.actions.extend import extend_limit
from desagravo.cases.actions.follow_up import come_back, finish_follow_up, follow_up
from desagravo.cases.actions.form_draft import Draft, draft_of, drop_draft, forget_expired, keep_draft
from desagravo.cases.actions.hand_over import (
    hand_over,
    hand_over_again,
    hand_over_the_rest,
    person_leaves,
    problems_of_leaving,
)
from desagravo.cases.actions.holding import examined_holding, holding_values, send_holding_letter
from desagravo.cases.actions.import_cases import (
    Import,
    OldCase,
    Refused,
    begin_import,
    finish_import,
    import_cases,
)
from desagravo.cases.actions.investigate import add_point, decide_point, drop_point, find
from desagravo.cases.actions.leave import hold_back, hold_back_message
from desagravo.cases.actions.legal_hold import hold, lift_hold
from desagravo.cases.actions.look import forget_looks, look, note_look
from desagravo.cases.actions.move_edition import move_cases, move_edition, move_waiting_cases
from desagravo.cases.actions.notify import notices_mailed, read_all_notices, read_notice
from desagravo.cases.actions.outside import Outside, end_referral, forward, give_file, refer
from desagravo.cases.actions.react import react, withdraw
from desagravo.cases.actions.receive import Accepted, open_again, open_forgotten, receive
from desagravo.cases.actions.recode import recode
from desagravo.cases.actions.recompute import (
    accept_recomputation,
    propose_recomputation,
    recompute,
    reject_recomputation,
)
from desagravo.cases.actions.redact import (
    TEXTS,
    redact_file,
    redact_form,
    redact_message,
    redact_question,
    redact_text,
)
from desagravo.cases.actions.respond import approve, request_approval, respond, return_answer
from desagravo.cases.actions.retain import let_go, look_through, remind_of_retention
from desagravo.cases.actions.rulebooks import answer_attributes, apply_rulebook, end_rulebook, explain_missed
from desagravo.cases.actions.second_stage import begin_second_stage
from desagravo.cases.actions.sign_off import reopen, sign_off
from desagravo.cases.actions.sweep import sweep_files
from desagravo.cases.actions.track import ask_for_link, renew_tracking, send_tracking_again
from desagravo.cases.actions.try_out import HOUSE_TARGET, ask_for_try_out
from desagravo.cases.actions.warn import look_at_limits
from desagravo.cases.actions.write import add_files, add_message, note, seen, write
from desagravo.cases.complaint import Complaint, Signature, read_complaint
from desagravo.cases.erasing import also_forget, also_take_out
from desagravo.cases.files import KeptFile, keep, keep_bytes
from desagravo.cases.scrub import scrub

__all__ = [
    "HOUSE_TARGET",
    "TEXTS",
    "Accepted",
    "ClosingSection",
    "Complaint",
    "Draft",
    "Import",
    "KeptFile",
    "OldCase",
    "Outside",
    "Question",
    "Refused",
    "Signature",
    "accept_recomputation",
    "add_files",
    "add_message",
    "add_point",
    "also_forget",
    "also_take_out",
    "answer_attributes",
    "answer_consultation",
    "apply_rulebook",
    "approve",
    "ask_erasure",
    "ask_for_case_file",
    "ask_for_export",
    "ask_for_link",
    "ask_for_try_out",
    "asked_by",
    "assess",
    "assign",
    "begin_import",
    "begin_second_stage",
    "bind_what_is_left",
    "break_glass",
    "closing_day",
    "come_back",
    "complete",
    "confirm_content",
    "consult",
    "decide_point",
    "differences",
    "draft_of",
    "drop_draft",
    "drop_point",
    "end_referral",
    "end_rulebook",
    "erasure_list",
    "examined_holding",
    "explain_missed",
    "extend_limit",
    "find",
    "finish_follow_up",
    "finish_import",
    "follow_up",
    "forget_expired",
    "forget_exports",
    "forget_looks",
    "forward",
    "give_file",
    "hand_over",
    "hand_over_again",
    "hand_over_the_rest",
    "hold",
    "hold_back",
    "hold_back_message",
    "holding_values",
    "import_cases",
    "keep",
    "keep_bytes",
    "keep_document",
    "keep_draft",
    "let_go",
    "let_know",
    "letter_delivered",
    "letter_undeliverable",
    "lift_confidentiality",
    "lift_hold",
    "look",
    "look_at_limits",
    "look_through",
    "make_confidential",
    "merge_department",
    "move_answer_date",
    "move_cases",
    "move_edition",
    "move_waiting_cases",
    "no_longer_let_know",
    "note",
    "note_look",
    "notices_mailed",
    "open_again",
    "open_forgotten",
    "overrule",
    "person_leaves",
    "problems_of_leaving",
    "propose_recomputation",
    "react",
    "read_all_notices",
    "read_complaint",
    "read_notice",
    "reapply_erasures",
    "receive",
    "recode",
    "recompute",
    "record_clock_event",
    "redact_file",
    "redact_form",
    "redact_message",
    "redact_question",
    "redact_text",
    "refer",
    "reject_recomputation",
    "remind_of_retention",
    "renew_tracking",
    "reopen",
    "request_approval",
    "respond",
    "retire_department",
    "return_answer",
    "save_draft",
    "scrub",
    "seen",
    "send_holding_letter",
    "send_tracking_again",
    "sign_off",
    "still_here",
    "sweep_files",
    "take_back_confirmation",
    "take_back_event",
    "waive_completion",
    "withdraw",
    "withdraw_consultation",
    "write",
]
