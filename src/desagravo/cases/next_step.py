"""What is to be done next on a case, and by when: kept on the row with every step, read by the inbox."""

from datetime import datetime

from desagravo.cases.models import Case, Consultation, FollowUp, Point
from desagravo.common import clock
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.calendar import due_after


def renew_next_step(case: Case) -> None:
    """Set ``next_step``, ``next_due`` and ``came_back_at`` from what is open on the case. Does not save."""
    case.came_back_at = None
    chosen = _NEXT.get(case.status)
    case.next_step, case.next_due = chosen(case) if chosen else ("", None)


def _target(code: str, start: datetime) -> datetime:
    return due_after(start, rulebook.target(code))


def _completion(case: Case) -> tuple[str, datetime]:
    return "await_completion", _target("answer", case.received_at)


def _assess(case: Case) -> tuple[str, datetime]:
    return "assess", _target("triage", case.received_at)


def _assign(case: Case) -> tuple[str, datetime]:
    return "assign", _target("triage", case.received_at)


def _work(case: Case) -> tuple[str, datetime]:
    answer_by = _target("answer", case.received_at)
    if case.customer_wrote_at:
        return "read_customer", min(answer_by, _target("triage", case.customer_wrote_at))
    follow_ups = list(FollowUp.objects.filter(case=case, done_at=None).order_by("due_at"))
    back = [each for each in follow_ups if each.came_back_at]
    if back:
        case.came_back_at = back[0].came_back_at
        return "look_after", min(back[0].due_at, answer_by)
    if Consultation.objects.filter(case=case, status="open").exists():
        dates = [each.due_at for each in follow_ups]
        return "await_department", min([*dates, answer_by])
    if follow_ups and follow_ups[0].due_at < answer_by:
        return _write_or_decide(case), follow_ups[0].due_at
    return _write_or_decide(case), answer_by


def _write_or_decide(case: Case) -> str:
    undecided = Point.objects.filter(case=case, decision="").exists()
    return "decide_points" if undecided else "write_answer"


def _approve(case: Case) -> tuple[str, datetime]:
    return "approve", min(_target("acknowledge", clock.now()), _target("answer", case.received_at))


def _answered(case: Case) -> tuple[str, datetime]:
    if case.customer_wrote_at:
        return "read_customer", _target("triage", case.customer_wrote_at)
    if case.customer_position == "accepted":
        return "sign_off", _target("acknowledge", case.answered_at or clock.now())
    return "await_customer", _target("answer", case.answered_at or clock.now())


def _withdrawn(case: Case) -> tuple[str, datetime]:
    return "sign_off", _target("acknowledge", clock.now())


_NEXT = {
    "incomplete": _completion,
    "received": _assess,
    "assessed": _assign,
    "in_work": _work,
    "awaiting_approval": _approve,
    "answered": _answered,
    "withdrawn": _withdrawn,
}
