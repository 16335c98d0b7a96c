"""The closing section: codes on four axes, name, role, date, and a re-entered password. Nothing closes without it."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from desagravo.cases import tracking
from desagravo.cases.actions._closing import ClosingSection, kept_columns, problems_of
from desagravo.cases.actions._password import problem_with, problem_with_code
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, write_message
from desagravo.cases.actions.consult import end_open_questions, require_nothing_open
from desagravo.cases.actions.follow_up import see_that_it_is_kept
from desagravo.cases.actions.leave import require_no_message_leaving
from desagravo.cases.actions.respond import four_eyes
from desagravo.cases.actions.satisfy import require_satisfied
from desagravo.cases.contents import content
from desagravo.cases.events import CaseClosed, CaseReopened, UnassessedReopened
from desagravo.cases.models import Case, Response, SignOff
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing
from desagravo.common.text import tidy_text
from desagravo.departments import queries as departments

_RANK = ("senior_manager", "manager", "supervisor")


def sign_off(case: Case, *, section: ClosingSection, password: str, actor: Actor, code: str = "") -> SignOff:
    """Sign the closure of an answered or withdrawn case.

    Raises:
        Missing: codes, what they require or the lesson are missing (each beside its field), or the password is wrong,
            or was so too often within a quarter of an hour.
        NotAllowed: the role, or an own text without anybody else to sign and a reason for it.
        NotNow: an open required question, or a status from which nothing can be closed.
    """
    case = Case.objects.get(pk=case.pk)  # the page that was signed on may be old
    problems = problems_of(case, section, actor)
    if (wrong := problem_with(password, case, actor=actor)) is not None:  # slow on purpose, so not under the lock
        problems["password"] = [wrong]
    if not problems and (wrong := problem_with_code(code, case, actor=actor)) is not None:
        problems["code"] = [wrong]
    if problems:
        raise Missing(problems)
    person = departments.person(actor.id)
    assert person is not None
    with transaction.atomic():
        case = begin("sign_off", case, actor=actor, facts=lambda now: _at_stake(now, section, actor))
        response = _answer_of(case)
        if case.status != "withdrawn":  # of a complaint that was withdrawn, nobody needs an answer any more
            require_nothing_open(case)
        require_no_message_leaving(case)
        require_satisfied(case)
        besides = end_open_questions(case, actor=actor)
        alone = case.severity == "major" and response is not None and actor.id in response.authors
        row = SignOff.objects.create(
            case=case,
            section=(case.sign_offs.aggregate(last=Max("section"))["last"] or 0) + 1,
            signer=person,
            signer_name=person.name,
            signer_role=next(role for role in _RANK if role in actor.roles),
            signed_at=clock.now(),
            codes={axis: list(codes) for axis, codes in section.codes.items()},
            amount=section.amount,
            currency=section.currency if section.amount else "",
            remedy_delivered=section.remedy_delivered,
            lesson=tidy_text(section.lesson).strip(),
            alone_reason=section.alone_reason.strip() if alone else "",
            response=response,
            **kept_columns(case, section),
        )
        case.closed_at = row.signed_at
        case.tracking_expires_at = tracking.end_after_closing()
        closed = CaseClosed(
            section=row.section,
            sign_off=row.pk,
            role=row.signer_role,
            codes=dict(row.codes),
            alone=alone,
            edition=row.edition,
            settled_by=row.settled_by,
        )
        if row.remedy_delivered == "no":
            besides.append(see_that_it_is_kept(case, actor=actor))
        finish(
            case,
            "sign_off",
            closed,
            actor=actor,
            subject=("sign_off", str(row.pk)),
            private={"sign_off": content(row)},
            words=" ".join([row.lesson, *row.details.values()]),
            besides=besides,
        )
    return row


def _answer_of(case: Case) -> Response | None:
    return Response.objects.filter(case=case, state="sent").order_by("-pk").first()


def _at_stake(case: Case, section: ClosingSection, actor: Actor) -> dict[str, Any]:
    """What authority must know about the answer that is signed off, as it is under the lock."""
    return four_eyes(case, _answer_of(case), actor, section.alone_reason)


@transaction.atomic
def reopen(case: Case, *, reason: str, actor: Actor) -> Case:
    """Open a closed case again. It keeps its number, history and dates; the next closing gets a section of its own.

    It goes back into work; one that was never assessed (withdrawn early, or closed before Desagravo) is new again,
    because nobody knows yet whether it is a major one.

    Raises:
        Missing: no reason.
    """
    case = begin("reopen", case, actor=actor)
    message = write_message(case, "reason", needed("reason", reason, otherwise="needs_reason"), actor=actor)
    case.closed_at = None
    case.tracking_expires_at = None
    case.customer_position = ""
    if case.severity and case.owner_id is None and actor.kind == "staff":
        case.owner_id = int(actor.id)
        case.team = actor.team or case.team
    return finish(
        case,
        "reopen" if case.severity else "reopen_unassessed",
        CaseReopened(message.pk) if case.severity else UnassessedReopened(message.pk),
        actor=actor,
        subject=("message", str(message.pk)),
        private={"message": content(message)},
        words=message.body,
    )
