"""What is to be done next on a case, and by when: kept on the row with every step, read by the inbox."""

from datetime import datetime

from desagravo.cases.limits import last_moment
from desagravo.cases.models import Case, Consultation, FollowUp, Point, Response
from desagravo.cases.working_days import target_after
from desagravo.common import clock


def renew_next_step(case: Case) -> None:
    """Set ``next_step``, ``next_due`` and ``came_back_at`` from what is open on the case. Does not save.

    Dates count from what happened, never from the moment of asking, so that touching a case postpones nothing.
    """
    case.came_back_at = None
    chosen = _NEXT.get(case.status)
    step, due = chosen(case) if chosen else ("", None)
    if case.open and due is not None and case.pk:  # one that is about to be saved has nothing on it yet
        step, due = _looked_after_first(case, step, due)
    elif not case.open and case.customer_wrote_at:
        # nobody expects a word on a case that ended; it must still be read
        step, due = "read_customer", target_after(case, "triage", case.customer_wrote_at)
    elif case.status == "closed" and case.erased_at is None and (back := _came_back(case)):
        # what was promised must arrive, also after the signature
        step, due, case.came_back_at = "look_after", back.due_at, back.came_back_at
    if case.open and case.duty_due is not None:  # what a rulebook asks for goes before every target of the house
        due = min(last_moment(case.duty_due), due) if due else last_moment(case.duty_due)
    case.next_step, case.next_due = step, due


def _looked_after_first(case: Case, step: str, due: datetime) -> tuple[str, datetime]:
    """What came back goes before everything but the customer's own words, in whatever status the case is."""
    back = _came_back(case)
    if back is None:
        return step, due
    case.came_back_at = back.came_back_at
    return step if step == "read_customer" else "look_after", min(back.due_at, due)


def _came_back(case: Case) -> FollowUp | None:
    if not case.pk:  # one that is about to be saved, as an import does with closed cases, has nothing on it yet
        return None
    return FollowUp.objects.filter(case=case, done_at=None).exclude(came_back_at=None).order_by("due_at").first()


def promised(case: Case) -> datetime:
    """By when the customer was promised the answer: the house's target, or the day to which it was moved; never later
    than the earliest limit of a rulebook that an answer fulfils."""
    house = case.answer_by or target_after(case, "answer", case.received_at)
    return min(house, last_moment(case.answer_due)) if case.answer_due else house


def _completion(case: Case) -> tuple[str, datetime]:
    return "await_completion" if case.customer.email else "ask_customer", promised(case)


def _assess(case: Case) -> tuple[str, datetime]:
    return "assess", target_after(case, "triage", case.received_at)


def _assessed(case: Case) -> tuple[str, datetime]:
    leaving = Response.objects.filter(case=case, state="leaving").values_list("leaves_at", flat=True).first()
    return ("leave", leaving) if leaving else _assign(case)


def _assign(case: Case) -> tuple[str, datetime]:
    return "assign", target_after(case, "triage", case.received_at)


def _work(case: Case) -> tuple[str, datetime]:
    newest = Response.objects.filter(case=case).order_by("-pk").first()
    if newest and newest.state == "leaving" and newest.leaves_at:
        return "leave", newest.leaves_at
    answer_by = promised(case)
    if case.customer_wrote_at:
        if newest and newest.state == "held_back":  # an answer was on its way: what stopped it is shown as come back
            case.came_back_at = case.customer_wrote_at
        return "read_customer", min(answer_by, target_after(case, "triage", case.customer_wrote_at))
    dates = FollowUp.objects.filter(case=case, done_at=None).values_list("due_at", flat=True)
    by = min([*dates, answer_by])
    if Consultation.objects.filter(case=case, status="open").exists():
        return "await_department", by
    if newest and newest.state == "returned" and newest.comment:  # without a comment it ended with a withdrawal
        case.came_back_at = newest.decided_at
        return "revise_answer", by
    undecided = Point.objects.filter(case=case, decision="").exists()
    return "decide_points" if undecided else "write_answer", by


def _approve(case: Case) -> tuple[str, datetime]:
    waits = Response.objects.filter(case=case, state__in=("pending", "leaving")).first()
    if waits and waits.state == "leaving" and waits.leaves_at:
        return "leave", waits.leaves_at
    asked = waits.requested_at if waits else None
    return "approve", min(target_after(case, "acknowledge", asked or clock.now()), promised(case))


def _answered(case: Case) -> tuple[str, datetime]:
    if case.customer_wrote_at:
        return "read_customer", target_after(case, "triage", case.customer_wrote_at)
    if case.customer_position == "accepted":
        return "sign_off", target_after(case, "acknowledge", case.answered_at or clock.now())
    return "await_customer", target_after(case, "answer", case.answered_at or clock.now())


def _withdrawn(case: Case) -> tuple[str, datetime]:
    return "sign_off", target_after(case, "acknowledge", case.withdrawn_at or clock.now())


_NEXT = {
    "incomplete": _completion,
    "received": _assess,
    "assessed": _assessed,
    "in_work": _work,
    "awaiting_approval": _approve,
    "answered": _answered,
    "withdrawn": _withdrawn,
}
