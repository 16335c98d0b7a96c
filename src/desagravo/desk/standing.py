"""How a case stands, in sentences: its status, why it is minor or major, and what the one who reads does next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from desagravo.cases.queries import CaseFile
from desagravo.cases.terms import NEXT_STEP, term
from desagravo.common import clock
from desagravo.common.dates import day, hour
from desagravo.common.language import active
from desagravo.departments import queries as departments
from desagravo.rulebook import queries as rulebook


@dataclass(frozen=True)
class Standing:
    """A status as a sentence. ``tone`` is that of the pill: waiting, soon, late, kept, done or empty."""

    sentence: str
    tone: str = ""


@dataclass(frozen=True)
class Way:
    """A step that is open: where it leads, what it is called, its key and symbol.

    ``post``: the step is one press of a button and no page of its own.
    """

    path: str
    words: str
    key: str = ""
    icon: str = ""
    post: bool = False


def standing(file: CaseFile) -> Standing:
    """Where the case stands, for whoever opens it."""
    if file.leaving and file.leaving.leaves_at:
        return Standing(_("The answer leaves at %(hour)s") % {"hour": hour(file.leaving.leaves_at)}, "waiting")
    return _STANDING[file.case.status](file)


def _in_work(file: CaseFile) -> Standing:
    open_ones = [each for each in file.consultations if each.status == "open"]
    if open_ones:
        names = [file.department_names.get(each.department, each.department) for each in open_ones]
        since = day(min(each.asked_at for each in open_ones))
        return Standing(
            _("Waiting for %(departments)s since %(day)s") % {"departments": listed(names), "day": since}, "waiting"
        )
    if file.returned:
        by = file.returned.decided_by.name if file.returned.decided_by else ""
        return Standing(_("The answer came back from %(name)s with a comment") % {"name": by}, "soon")
    if file.case.owner:
        return Standing(_("%(name)s is working on it") % {"name": file.case.owner.name})
    return Standing(_("In work, without an owner"), "soon")


def _incomplete(file: CaseFile) -> Standing:
    if file.case.customer.email:
        return Standing(_("Incomplete, we asked the customer for the rest"), "waiting")
    return Standing(_("Incomplete: call or write to the customer"), "soon")


def _awaiting_approval(file: CaseFile) -> Standing:
    if file.pending is None:
        return Standing(_("Waiting for approval"), "waiting")
    since = day(file.pending.requested_at)
    missing = [each.name for each in file.approvals if each.given_at is None]
    if len(file.approvals) > 1 and missing:
        return Standing(
            _("The answer has been waiting for approval since %(day)s; missing: %(roles)s")
            % {"day": since, "roles": listed(missing)},
            "waiting",
        )
    return Standing(_("The answer has been waiting for approval since %(day)s") % {"day": since}, "waiting")


def _answered(file: CaseFile) -> Standing:
    if file.case.customer_position == "accepted":
        return Standing(_("Answered, and the customer says that it is settled"), "kept")
    on = day(file.case.answered_at) if file.case.answered_at else ""
    return Standing(_("Answered on %(day)s, waiting for the customer's word") % {"day": on}, "waiting")


def _closed(file: CaseFile) -> Standing:
    if not file.sign_offs:  # one that was closed before may have been opened again and signed here since
        return Standing(_("Closed before Desagravo, not signed here"), "done")
    last = file.sign_offs[-1]
    return Standing(
        _("Closed and signed by %(name)s on %(day)s") % {"name": last.signer_name, "day": day(last.signed_at)}, "done"
    )


_STANDING: dict[str, Callable[[CaseFile], Standing]] = {
    "received": lambda file: Standing(_("New, nobody has assessed it yet")),
    "incomplete": _incomplete,
    "assessed": lambda file: Standing(_("Assessed, it has no owner yet"), "soon"),
    "in_work": _in_work,
    "awaiting_approval": _awaiting_approval,
    "answered": _answered,
    "closed": _closed,
    "withdrawn": lambda file: Standing(_("Withdrawn by the customer, not signed yet"), "waiting"),
}


def listed(names: Iterable[str]) -> str:
    """ "Finance, Legal and Logistics"."""
    names = list(names)
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def why(file: CaseFile) -> str:
    """Why the case is minor or major: the rule in words, or the person who decided otherwise and the reason."""
    done = file.overruled
    if done:
        by = done.overruled_by.name if done.overruled_by else ""
        return _("decided by %(name)s: %(reason)s") % {"name": by, "reason": done.overrule_reason}
    return rule_in_words(file.case.rule)


def rule_in_words(rule: str) -> str:
    """The sentence of a rule, or its code if this edition does not have it any more."""
    try:
        return rulebook.reason(rule, active(), departments.organisation().currency) if rule else ""
    except KeyError:
        return rule


def due_tone(file: CaseFile) -> str:
    """late: the next step is overdue; soon: it is due within a day."""
    due = file.case.next_due
    if due is None:
        return ""
    left = (due - clock.now()).total_seconds()
    return "late" if left < 0 else "soon" if left < 24 * 3600 else ""


def next_words(file: CaseFile) -> str:
    """What is to be done next, by whomever; who may not approve waits for it."""
    if file.case.next_step == "approve" and "approve" not in file.steps:
        return _("wait for the approval")
    return term(NEXT_STEP, file.case.next_step)


def ways(file: CaseFile) -> tuple[Way | None, list[Way], list[Way]]:
    """The one next step, the steps that stand beside it, and those that are rarer. Only open ones."""
    found = [way for verb, way in _ways(file) if verb in file.steps]
    first = _first(file, {way.path: way for way in found})
    rest = [way for way in found if first is None or way.path != first.path]
    often = [way for way in rest if way.path in _OFTEN]
    if file.case.owner_id:  # giving it to another is rare, giving it to somebody at all is not
        often = [way for way in often if way.path != "owner/"]
    return first, often, [way for way in rest if way not in often]


_OFTEN = ("assessment/", "completion/", "owner/", "answer/", "consultations/new/", "closure/")
_FIRST = {
    "assess": "assessment/",
    "await_completion": "completion/",
    "ask_customer": "completion/",
    "assign": "owner/",
    "look_after": "#follow-ups",
    "await_department": "answer/",
    "decide_points": "points/",
    "write_answer": "answer/",
    "revise_answer": "answer/",
    "approve": "approval/",
    "await_customer": "reaction/",
    "sign_off": "closure/",
}


def _first(file: CaseFile, open_ways: dict[str, Way]) -> Way | None:
    step = file.case.next_step
    if step == "read_customer" and "write" in file.steps:
        return Way("#reply-text", _("Reply to the customer"), "", "pen")
    if step == "look_after" and "finish_follow_up" in file.steps:
        return Way("#follow-ups", _("See what came back"), "", "undo")
    return open_ways.get(_FIRST.get(step, ""))


def _ways(file: CaseFile) -> list[tuple[str, Way]]:
    """Every step with a page of its own, by the verb that must be open for it."""
    owner = _("Give it to somebody else") if file.case.owner_id else _("Give it an owner")
    answer = _("Go on with the answer") if file.draft else _("Write the answer")
    return [
        ("assess", Way("assessment/", _("Assess the complaint") if not file.case.severity else _("Assess again"))),
        ("complete", Way("completion/", _("Complete the form"), "", "pen")),
        ("draft", Way("answer/", answer, "", "pen")),
        ("approve", Way("approval/", _("Read and approve the answer"), "", "check")),
        ("sign_off", Way("closure/", _("Sign the closure"), "", "seal")),
        ("consult", Way("consultations/new/", _("Ask a department"), "d", "question")),
        ("assign", Way("owner/", owner, "a", "user")),
        ("reassign", Way("owner/", owner, "a", "user")),
        ("decide_point", Way("points/", _("Decide the points"), "p", "check")),
        ("find", Way("findings/", _("Record a finding"), "f", "flag")),
        ("follow_up", Way("follow-ups/", _("Set a follow-up"), "w", "clock")),
        ("move_answer_date", Way("answer-date/", _("Move the date of the answer"), "", "clock")),
        ("move_answer_date", Way("holding-letter/", _("Send a holding letter"), "", "mail")),
        ("attach", Way("attachments/", _("Attach files"), "", "paperclip")),
        ("add_message", Way("customer-messages/", _("Write down what the customer said"), "", "phone")),
        ("settle", Way("reaction/", _("Record the customer's word on the answer"), "", "people")),
        ("make_confidential", Way("confidentiality/", _("Confidentiality"), "", "lock")),
        ("overrule", Way("assessment/overruling/", _("Decide the class otherwise"))),
        ("withdraw", Way("withdrawal/", _("Withdraw at the customer's request"))),
        ("second_stage", Way("second-stage/", _("Begin the second look"))),
        ("forward", Way("forwarding/", _("Send it on to whom it concerns"))),
        ("refer", Way("outside/", _("Before a body outside"))),
        *([("move_edition", Way("edition/", _("Go on under another edition")))] if rulebook.has_own_editions() else []),
        ("recode", Way("recoding/", _("Code it anew"))),
        ("reopen", Way("reopening/", _("Open the case again"), "", "undo")),
    ]
