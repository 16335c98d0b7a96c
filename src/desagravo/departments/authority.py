"""Who may do what: one table, asked inside every action, and again by screens to hide what would be refused.

The facts that a rule may need (is the case major, who wrote the text, is anybody else there) are passed
in; this file reads no case and no rulebook.
"""

from collections.abc import Mapping
from typing import Any

from desagravo.common.actor import Actor
from desagravo.common.refusals import NotAllowed

_DESK = frozenset({"handler", "supervisor", "manager"})
_LEADS = frozenset({"supervisor", "manager"})
_TOP = frozenset({"manager", "senior_manager"})
_ENTRY = _DESK | {"intake"}
_KEEP = frozenset({"manager", "data_keeper"})
_RULES = frozenset({"administrator", "manager"})

STAFF: Mapping[str, frozenset[str]] = {
    "receive": _ENTRY,
    "complete": _ENTRY,
    "waive_completion": _DESK | {"intake"},
    "assess": _LEADS,
    "overrule": _LEADS,
    "assign": _DESK,
    "consult": _DESK,
    "answer_consultation": frozenset({"contact", "senior_manager"}),
    "withdraw_consultation": _DESK,
    "seen": _DESK,
    "note": _DESK | {"intake", "senior_manager"},
    "write": _DESK,
    "find": _DESK,
    "point": _DESK,
    "draft": _DESK,
    "move_answer_date": _DESK,
    "follow_up": _DESK,
    "attach": _ENTRY,
    "add_message": _ENTRY,
    "request_approval": _DESK,
    "approve": _LEADS | _TOP | {"contact"},
    "return_answer": _LEADS | _TOP | {"contact"},
    "respond": _DESK,
    "hold_back": _DESK | _TOP,
    "record_reaction": _ENTRY,
    "withdraw": _ENTRY,
    "sign_off": _LEADS | _TOP,
    "reopen": _LEADS | _TOP,
    "refer": _DESK | _TOP,
    "end_referral": _DESK | _TOP,
    "forward": _DESK | _TOP,
    "second_stage": _LEADS,
    "recode": _TOP,
    "report_codes": _TOP | {"auditor"},
    "send_tracking_again": _ENTRY,
    "renew_tracking": _ENTRY,
    "make_confidential": _DESK,
    "lift_confidentiality": _DESK,
    "let_know": _DESK,
    "no_longer_let_know": _DESK,
    "break_glass": _LEADS | {"senior_manager", "auditor", "data_keeper"},
    "apply_rulebook": _LEADS,
    "end_rulebook": _LEADS,
    "answer_attributes": _ENTRY,
    "record_clock_event": _ENTRY,
    "take_back_event": _DESK,
    "extend_limit": _LEADS,
    "explain_missed": _DESK,
    "recompute_limits": frozenset({"manager", "administrator"}),
    "read_looks": _KEEP | {"auditor"},
    "export_case": _LEADS | {"auditor", "data_keeper"},
    "export_subject": _KEEP,
    "redact": _KEEP,
    "erase": _KEEP,
    "edit_rulebook": _RULES,
    "publish_rulebook": _RULES,
    "move_edition": _RULES,
    "try_out": frozenset({"manager", "administrator"}),
    "note_duty": _RULES,
    "manage_people": frozenset({"administrator"}),
    "manage_organisation": frozenset({"administrator"}),
    "manage_calendar": _RULES,
    "manage_departments": frozenset({"administrator"}),
    "hand_over": frozenset({"administrator"}),
    "end_session": frozenset({"administrator"}),
    "read_mail": _LEADS | {"auditor", "administrator"},
    "send_mail_again": _LEADS | {"administrator"},
    "connect_mail_server": frozenset({"administrator"}),
}
"""Verb → the roles of which a member of staff needs at least one."""

CUSTOMER = frozenset(
    {"receive", "complete", "add_message", "attach", "record_reaction", "withdraw", "send_tracking_again"}
)
"""What the holder of a tracking link may do on the own case. Replacing the link is not among it: whoever knows a
number and an address could lock the customer out."""


def refusal(actor: Actor, verb: str, facts: Mapping[str, Any]) -> str:
    """Why the actor may not do this, as a code of ``words``; empty if it is allowed.

    Facts: ``major`` (bool), ``authors`` (ids of those who wrote the text at stake), ``alone`` (nobody else
    could do it), ``alone_reason`` (str), ``verdict`` (why the rules do not let this person approve, as a code; "" if
    they do), ``asked`` (the rules ask for this person's approval), ``approval_needed`` (they ask for one before the
    answer leaves), ``department`` (code of the department asked), ``own`` (the actor owns the case), ``held_by`` (who
    released what is leaving, and who owns the case).
    """
    if actor.kind in {"system", "rule"}:
        return ""
    if actor.kind in {"customer", "api"}:
        return "" if verb in CUSTOMER else "role"
    if not actor.has(*STAFF.get(verb, ())):
        return "role"
    check = _CHECKS.get(verb)
    return check(actor, facts) if check else ""


def may(actor: Actor, verb: str, facts: Mapping[str, Any] | None = None) -> bool:
    """May the actor do this?"""
    return not refusal(actor, verb, facts or {})


def require(actor: Actor, verb: str, facts: Mapping[str, Any] | None = None) -> None:
    """Go on, or raise NotAllowed with the reason."""
    code = refusal(actor, verb, facts or {})
    if code:
        raise NotAllowed(code, verb=verb)


def _second_pair_of_eyes(actor: Actor, facts: Mapping[str, Any]) -> str:
    if facts.get("major") and not actor.has(*_TOP):
        return "major_needs_manager"
    if actor.id not in facts.get("authors", ()):
        return ""
    if not facts.get("alone"):
        return "four_eyes"
    return "" if facts.get("alone_reason", "").strip() else "alone_needs_reason"


def _closing_signature(actor: Actor, facts: Mapping[str, Any]) -> str:
    if not facts.get("major"):
        return ""  # a minor case may be finished at once by the supervisor who handled it
    return _second_pair_of_eyes(actor, facts)


def _approving(actor: Actor, facts: Mapping[str, Any]) -> str:
    """Where the rules were asked, they decide. Screens that know no text go by the class and the rank."""
    if "verdict" not in facts:
        ranked = _TOP if facts.get("major") else _LEADS | _TOP
        return "" if actor.has(*ranked) else "major_needs_manager" if facts.get("major") else "role"
    if facts["verdict"] == "not_asked" and facts.get("major") and not actor.has(*_TOP):
        return "major_needs_manager"
    if facts["verdict"]:
        return "not_asked_to_approve" if facts["verdict"] == "not_asked" else str(facts["verdict"])
    return "alone_needs_reason" if facts.get("alone") and not facts.get("alone_reason", "").strip() else ""


def _returning(actor: Actor, facts: Mapping[str, Any]) -> str:
    """Who leads returns what others wrote; who is asked for an approval may say no."""
    if actor.has(*_LEADS, *_TOP):
        return ""
    return "" if facts.get("asked") else "role"


def _sending(actor: Actor, facts: Mapping[str, Any]) -> str:
    if facts.get("approved"):
        return ""
    if facts.get("major"):
        return "major_needs_manager"
    return "approval_needed" if facts.get("approval_needed") else ""


def _forwarding(actor: Actor, facts: Mapping[str, Any]) -> str:
    return "major_needs_manager" if facts.get("major") and not actor.has(*_TOP) else ""


def _own_department(actor: Actor, facts: Mapping[str, Any]) -> str:
    return "" if facts.get("department", "") in actor.departments else "another_department"


def _own_case(actor: Actor, facts: Mapping[str, Any]) -> str:
    return "" if actor.has(*_LEADS) or facts.get("own") else "not_your_case"


def _holding_back(actor: Actor, facts: Mapping[str, Any]) -> str:
    if actor.has(*_LEADS, *_TOP) or "held_by" not in facts:
        return ""
    return "" if actor.id in facts["held_by"] else "not_released_by_you"


def _publishing(actor: Actor, facts: Mapping[str, Any]) -> str:
    """Nobody puts rules of their own in force, unless nobody else could and a reason stays on record."""
    if actor.id not in facts.get("authors", ()):
        return ""
    if not facts.get("alone"):
        return "four_eyes_rules"
    return "" if facts.get("alone_reason", "").strip() else "alone_needs_reason"


_CHECKS = {
    "publish_rulebook": _publishing,
    "hold_back": _holding_back,
    "make_confidential": _own_case,
    "lift_confidentiality": _own_case,
    "let_know": _own_case,
    "no_longer_let_know": _own_case,
    "approve": _approving,
    "return_answer": _returning,
    "sign_off": _closing_signature,
    "respond": _sending,
    "forward": _forwarding,
    "answer_consultation": _own_department,
}
