"""The closing section: codes on four axes, name, role, date, and a re-entered password. Nothing closes without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from desagravo.cases import tracking
from desagravo.cases.actions._password import problem_with, problem_with_code
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed, write_message
from desagravo.cases.actions.consult import end_open_questions, require_nothing_open
from desagravo.cases.actions.follow_up import see_that_it_is_kept
from desagravo.cases.actions.leave import require_no_message_leaving
from desagravo.cases.actions.respond import four_eyes
from desagravo.cases.contents import content
from desagravo.cases.events import CaseClosed, CaseReopened, UnassessedReopened
from desagravo.cases.models import Case, Response, SignOff
from desagravo.common import clock, money
from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import Missing, Refusal
from desagravo.common.text import tidy_text
from desagravo.departments import queries as departments
from desagravo.rulebook import queries as rulebook

CURRENCIES = ("EUR", "BRL", "USD", "GBP")
DELIVERED = ("", "yes", "no", "none_due")
_RANK = ("senior_manager", "manager", "supervisor")


@dataclass(frozen=True)
class ClosingSection:
    """What the manager fills in. ``codes``: axis → ticked codes; ``amount`` in ``currency`` for monetary relief."""

    codes: Mapping[str, Sequence[str]]
    amount: Decimal | None = None
    currency: str = ""
    remedy_delivered: str = ""
    lesson: str = ""
    alone_reason: str = ""


def currencies() -> tuple[str, ...]:
    """In which relief may have been given: that of the house first."""
    house = departments.organisation().currency
    return (house, *(each for each in CURRENCIES if each != house))


def sign_off(case: Case, *, section: ClosingSection, password: str, actor: Actor, code: str = "") -> SignOff:
    """Sign the closure of an answered or withdrawn case.

    Raises:
        Missing: codes, amount or lesson are missing (each beside its field), or the password is wrong, or was so too
            often within a quarter of an hour.
        NotAllowed: the role, or an own text without anybody else to sign and a reason for it.
        NotNow: an open required question, or a status from which nothing can be closed.
    """
    case = Case.objects.get(pk=case.pk)  # the page that was signed on may be old
    problems = _problems(case, section)
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
        )
        case.closed_at = row.signed_at
        case.tracking_expires_at = tracking.end_after_closing()
        closed = CaseClosed(
            section=row.section, sign_off=row.pk, role=row.signer_role, codes=dict(row.codes), alone=alone
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
            words=row.lesson,
            besides=besides,
        )
    return row


def _answer_of(case: Case) -> Response | None:
    return Response.objects.filter(case=case, state="sent").order_by("-pk").first()


def _at_stake(case: Case, section: ClosingSection, actor: Actor) -> dict[str, Any]:
    """What authority must know about the answer that is signed off, as it is under the lock."""
    return four_eyes(case, _answer_of(case), actor, section.alone_reason)


def _problems(case: Case, section: ClosingSection) -> dict[str, list[Refusal]]:
    problems: dict[str, list[Refusal]] = {}
    axes = rulebook.closing_codes(active())
    for axis in axes:
        ticked = list(section.codes.get(axis.code, ()))
        unknown = set(ticked) - {code.code for code in axis.codes}
        if unknown:
            problems[axis.code] = [Refusal("unknown_code", value=min(unknown)[:60])]
        elif not ticked:
            problems[axis.code] = [Refusal("axis_missing", axis=axis.name)]
        elif len(ticked) > 1 and not axis.several:
            problems[axis.code] = [Refusal("axis_single", axis=axis.name)]
    for axis_code in set(section.codes) - {axis.code for axis in axes}:
        problems[axis_code] = [Refusal("unknown_field")]
    problems.update(_problems_of_money(section))
    if section.remedy_delivered not in DELIVERED:
        problems["remedy_delivered"] = [Refusal("unknown_code", value=section.remedy_delivered[:60])]
    if case.severity == "major" and case.status != "withdrawn" and not section.lesson.strip():
        problems["lesson"] = [Refusal("lesson_missing")]
    return problems


def _problems_of_money(section: ClosingSection) -> dict[str, list[Refusal]]:
    amount, known = section.amount, section.currency in currencies()
    if amount is not None and not _keepable(amount):
        return {"amount": [Refusal("bad_amount")]}
    if "monetary" in section.codes.get("relief", ()) and not (amount and amount > 0 and known):
        return {"amount": [Refusal("needs_amount")]}
    if amount and amount < 0:
        return {"amount": [Refusal("bad_amount")]}
    return {"currency": [Refusal("unknown_code", value=section.currency[:60])]} if amount and not known else {}


def _keepable(amount: Decimal) -> bool:
    """A number that is kept as it is, without cutting decimals."""
    return amount.is_finite() and abs(amount) < money.MOST and amount == amount.quantize(Decimal("0.01"))


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
