"""One case with everything on it, for the case page: gathered in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from desagravo.cases import deciding
from desagravo.cases.events import AnswerHeldBack, MessageHeldBack
from desagravo.cases.lifecycle import STEPS, WAITS_WHILE_LEAVING, asked_as, verbs_from
from desagravo.cases.models import (
    AnswerDraft,
    Assessment,
    Attachment,
    Case,
    ComplaintForm,
    Consultation,
    Document,
    Finding,
    FollowUp,
    Message,
    Point,
    Referral,
    Response,
    SignOff,
)
from desagravo.cases.papers import form_rows
from desagravo.cases.queries.approving import ApprovalRow, approvals_of
from desagravo.cases.queries.limits import OpenLimit, open_limits
from desagravo.cases.queries.visible import visible_to
from desagravo.common.actor import Actor
from desagravo.customers import queries as customers
from desagravo.departments import authority
from desagravo.departments import queries as departments
from desagravo.history import queries as history
from desagravo.history.registry import Who


@dataclass(frozen=True)
class TimelineEntry:
    """One thing on the timeline. ``surface`` says who reads it and never changes:

    ``customer_in``, ``customer_out``, ``answer`` (the customer sees them), ``leaving``, ``held_back`` (a message
    that the customer does not see yet, or never did), ``note``, ``reason`` (internal),
    ``returned`` (the approver's comment, internal), ``question``, ``reply`` (a department's), ``event`` (what
    happened, as a sentence). ``by_staff``: false for what customers wrote themselves.
    """

    surface: str
    at: datetime
    who: str
    body: str
    key: str
    department: str = ""
    files: tuple[Attachment, ...] = ()
    consultation: Consultation | None = None
    by_staff: bool = True
    leaves_at: datetime | None = None
    message: int = 0
    released_by: str = ""


_MOST_EARLIER = 5


class EarlierCase(NamedTuple):
    """Another case of the same customer that the reader may see."""

    number: str
    subject: str
    status: str


@dataclass(frozen=True)
class CaseFile:
    """Everything on one case that the desk shows. ``overruled`` is the assessment that a person decided otherwise.

    ``newest_message`` is the key of the last message shown (0 without any): what comes later was not seen on this page.
    """

    case: Case
    form: ComplaintForm
    form_rows: list[tuple[str, str, bool]]
    versions: int
    files: list[Attachment]
    overruled: Assessment | None
    consultations: list[Consultation]
    follow_ups: list[FollowUp]
    findings: list[Finding]
    points: list[Point]
    draft: AnswerDraft | None
    responses: list[Response]
    sign_offs: list[SignOff]
    documents: list[Document]
    timeline: list[TimelineEntry]
    department_names: dict[str, str]
    steps: frozenset[str]
    limits: list[OpenLimit] = field(default_factory=list)
    newest_message: int = 0
    earlier: list[EarlierCase] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    held_back_because: str = ""
    held_back_by: str = ""
    approvals: list[ApprovalRow] = field(default_factory=list)

    @property
    def pending(self) -> Response | None:
        """The text that waits for approval."""
        return next((each for each in self.responses if each.state == "pending"), None)

    @property
    def leaving(self) -> Response | None:
        """The answer that was released and has not left yet."""
        return next((each for each in self.responses if each.state == "leaving"), None)

    @property
    def messages_leaving(self) -> list[TimelineEntry]:
        """The messages that were released and have not left yet."""
        return [each for each in self.timeline if each.surface == "leaving"]

    @property
    def held_back(self) -> Response | None:
        """The newest text, if it was held back and nothing was put up or sent since."""
        newest = self.responses[-1] if self.responses else None
        return newest if newest and newest.state == "held_back" else None

    @property
    def returned(self) -> Response | None:
        """The newest text that came back with a comment, if nothing was put up or sent since."""
        newest = self.responses[-1] if self.responses else None
        return newest if newest and newest.state == "returned" and newest.comment else None

    @property
    def answer(self) -> Response | None:
        """The newest answer that was sent."""
        return next((each for each in reversed(self.responses) if each.state == "sent"), None)


_SURFACE = {
    "from_customer": "customer_in",
    "to_customer": "customer_out",
    "note": "note",
    "reason": "reason",
    "question": "question",
    "reply": "reply",
}
_SHOWN_AS_MESSAGE = frozenset({"case.noted", "case.customer_wrote", "case.wrote_to_customer", "message.released"})
_SHOWN_AS_LIMIT = frozenset({"limit.near"})
_HELD_BACK = frozenset({"answer.held_back", "approval.held_back"})
_SHOWN_AS_QUESTION = frozenset({"consultation.asked", "consultation.answered"})


_TELLS_OF = {
    "assessments": {"case.overruled"},
    "consultations": {"consultation.asked"},
    "follow_ups": {"follow_up.set", "consultation.asked", "letter.undeliverable"},
    "findings": {"finding.recorded"},
    "points": {"point.added"},
    "responses": {"case.answered", "approval.requested", "answer.released"},
    "sign_offs": {"case.closed"},
    "documents": {"document.made"},
    "referrals": {"referral.opened", "case.forwarded"},
}
_TAKEN_OVER = {"case.imported", "case.imported_closed"}


class _Asked:
    """What the history says exists is asked for; what never happened costs no query."""

    def __init__(self, case: Case, views: Iterable[history.EventView]) -> None:
        self.case = case
        self.kinds = {view.kind for view in views}

    def __call__(self, rows: str, *order: str, joined: Iterable[str] = ()) -> list[Any]:
        if self.kinds.isdisjoint(_TELLS_OF[rows] | _TAKEN_OVER):
            return []
        found = getattr(self.case, rows).order_by(*order)
        return list(found.select_related(*joined) if joined else found)


def case_file(actor: Actor, case: Case) -> CaseFile:
    """The whole file of a case that ``case_for`` gave."""
    views = history.of_case(case.number)
    asked = _Asked(case, views)
    forms = list(case.forms.order_by("version"))
    messages = list(case.messages.order_by("pk"))
    attachments = list(case.attachments.order_by("pk"))
    consultations = asked("consultations", "pk", joined=("asked_by", "answered_by"))
    responses = asked("responses", "pk", joined=("requested_by", "decided_by"))
    names = departments.department_names()
    text = next((each for each in responses if each.state in _GOING_OUT), None)
    pending = text is not None and text.state == "pending"
    needed, found = approvals_of(actor, text, names) if text is not None and pending else ([], None)
    return CaseFile(
        case=case,
        form=forms[-1],
        form_rows=form_rows(forms[-1]),
        versions=len(forms),
        files=attachments,
        overruled=next(
            (each for each in asked("assessments", "-pk", joined=("overruled_by",)) if each.overruled_to), None
        ),
        consultations=consultations,
        follow_ups=[each for each in asked("follow_ups", "due_at") if each.done_at is None],
        findings=asked("findings", "pk", joined=("by",)),
        points=asked("points", "position"),
        draft=getattr(case, "draft", None),
        responses=responses,
        sign_offs=asked("sign_offs", "section"),
        documents=asked("documents", "pk"),
        referrals=asked("referrals", "pk"),
        timeline=_timeline(views, messages, consultations, responses, attachments, names),
        department_names=names,
        steps=_steps(actor, case, text, found),
        approvals=needed,
        held_back_by=next(
            (str(view.actor_id) for view in reversed(views) if view.kind in _HELD_BACK and view.actor_kind == "staff"),
            "",
        ),
        held_back_because=next(
            (view.facts.why for view in reversed(views) if isinstance(view.facts, AnswerHeldBack)), ""
        ),
        limits=open_limits(case),
        newest_message=messages[-1].pk if messages else 0,
        earlier=_earlier(actor, case),
    )


def _earlier(actor: Actor, case: Case) -> list[EarlierCase]:
    return [EarlierCase(each.number, each.subject, each.status) for each in earlier_of(actor, case)]


def earlier_of(actor: Actor, case: Case) -> list[Case]:
    """The newest other cases of who is likely the same customer, as far as the actor may see them."""
    others = visible_to(actor).filter(customer__in=customers.same_person(case.customer)).exclude(pk=case.pk)
    return list(others.order_by("-pk")[:_MOST_EARLIER])


def steps_open_to(actor: Actor, case: Case) -> frozenset[str]:
    """The verbs that the path has now and authority does not refuse this actor, for showing and hiding buttons.

    What depends on more (four eyes, an open question) is told when the step is tried, with its reason.
    """
    waits = case.status in STEPS["release"].leaves
    text = case.responses.filter(state__in=_GOING_OUT).first() if waits else None
    return _steps(actor, case, text, _standing(actor, text) if text and text.state == "pending" else None)


def _standing(actor: Actor, text: Response) -> deciding.Standing:
    rows = list(text.required_approvals.order_by("pk"))
    return deciding.standing(text, actor.id, rows=rows, among=deciding.colleagues())


_GOING_OUT = ("pending", "leaving")
"""The states of a text that waits for its approvals, or was released and has not left; a case has one at most."""


def _steps(actor: Actor, case: Case, text: Response | None, found: deciding.Standing | None) -> frozenset[str]:
    leaving = text if text is not None and text.state == "leaving" else None
    facts: dict[str, Any] = {
        "major": case.severity == "major",
        "department": next(iter(actor.departments), ""),
        "own": str(case.owner_id) == actor.id,
    }
    if found is not None:
        # four eyes are told when the step is tried; whoever is alone is asked for the reason then
        facts["verdict"] = "" if found.refusal == "four_eyes" else found.refusal
        facts["asked"] = found.refusal != "not_asked"
    if leaving is not None:
        facts["held_by"] = (str(leaving.decided_by_id or leaving.requested_by_id), str(case.owner_id))
    hidden = WAITS_WHILE_LEAVING if leaving else {"hold_back", "hold_back_approved"}
    there = (verb for verb in verbs_from(case.status) if verb not in hidden)
    return frozenset(verb for verb in there if authority.may(actor, asked_as(verb), facts))


def history_of(case: Case) -> list[tuple[history.EventView, str, str]]:
    """The whole history of a case: each event, who did it, and what happened as a sentence in the active language."""
    views = history.of_case(case.number)
    who = _who(views)
    return [(view, who.acting(view.actor_kind, view.actor_id), view.sentence(who)) for view in views]


def _who(views: Iterable[history.EventView]) -> Who:
    views = list(views)
    return Who(people=departments.names(history.people_in(views)), departments=departments.department_names())


def _timeline(
    views: list[history.EventView],
    messages: list[Message],
    consultations: list[Consultation],
    responses: list[Response],
    attachments: list[Attachment],
    names: dict[str, str],
) -> list[TimelineEntry]:
    who = Who(people=departments.names(history.people_in(views)), departments=names)
    attached: dict[int | None, list[Attachment]] = {}
    for file in attachments:
        attached.setdefault(file.message_id, []).append(file)
    entries = [_of_message(each, who, tuple(attached.get(each.pk, ()))) for each in messages if each.kind != "reply"]
    restored = {int(v.subject[1]) for v in views if isinstance(v.facts, MessageHeldBack) and v.facts.why == "restored"}
    entries = [replace(each, surface="perhaps_left") if each.message in restored else each for each in entries]
    replies = {each.consultation_id: tuple(attached.get(each.pk, ())) for each in messages if each.kind == "reply"}
    for each in consultations:
        entries += _of_consultation(each, names, replies.get(each.pk, ()))
    entries += [_of_answer(each) for each in responses if each.state == "sent"]
    entries += [_of_return(each) for each in responses if each.state == "returned" and each.comment]
    hidden = _SHOWN_AS_MESSAGE | _SHOWN_AS_QUESTION | _SHOWN_AS_LIMIT
    entries += [
        TimelineEntry("event", view.at, who.acting(view.actor_kind, view.actor_id), view.sentence(who), f"e{view.n}")
        for view in views
        if view.kind not in hidden
    ]
    return sorted(entries, key=lambda entry: entry.at)


def _of_message(message: Message, who: Who, attached: tuple[Attachment, ...]) -> TimelineEntry:
    on_its_way = "held_back" if message.held_back_at else "leaving" if message.leaves_at else ""
    return TimelineEntry(
        surface=on_its_way or _SURFACE[message.kind],
        at=message.at,
        who=who.acting(message.actor_kind, message.actor_id),
        body=message.body,
        key=f"m{message.pk}",
        files=attached,
        by_staff=message.actor_kind == "staff",
        leaves_at=message.leaves_at,
        message=message.pk,
        released_by=message.actor_id,
    )


def _of_consultation(row: Consultation, names: dict[str, str], attached: tuple[Attachment, ...]) -> list[TimelineEntry]:
    department = names.get(row.department, row.department)
    asked_by = row.asked_by.name if row.asked_by else ""
    entries = [
        TimelineEntry("question", row.asked_at, asked_by, row.question, f"q{row.pk}", department, consultation=row)
    ]
    if row.answered_at:
        by = row.answered_by.name if row.answered_by else ""
        entries.append(TimelineEntry("reply", row.answered_at, by, row.answer, f"r{row.pk}", department, attached, row))
    return entries


def _of_answer(response: Response) -> TimelineEntry:
    return TimelineEntry(
        "answer", response.sent_at or response.requested_at, response.signer_name, response.body, f"a{response.pk}"
    )


def _of_return(response: Response) -> TimelineEntry:
    by = response.decided_by.name if response.decided_by else ""
    return TimelineEntry(
        "returned", response.decided_at or response.requested_at, by, response.comment, f"a{response.pk}"
    )
