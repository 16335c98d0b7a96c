"""The answer: put up for approval, returned or approved, and released. What leaves is exactly what was shown."""

import hashlib
from typing import Any

from django.db import transaction

from desagravo.cases import deciding
from desagravo.cases.actions._content import kept, needs_no_second_person, require_content, say_reasons
from desagravo.cases.actions._path import because, begin, entry, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.actions.consult import require_nothing_open
from desagravo.cases.actions.leave import release_or_send
from desagravo.cases.contents import content
from desagravo.cases.events import ApprovalGiven, ApprovalRequested, ApprovalReturned
from desagravo.cases.models import AnswerDraft, Case, Point, RequiredApproval, Response
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow
from desagravo.departments import queries as departments
from desagravo.history.actions import record_many
from desagravo.rulebook import decide
from desagravo.rulebook.letters import PLACEHOLDERS, names_in

APPROVERS_OF_MAJOR = ("manager", "senior_manager")
APPROVERS = ("supervisor", *APPROVERS_OF_MAJOR)


@transaction.atomic
def request_approval(case: Case, *, draft_version: int, actor: Actor, admission_reason: str = "") -> Response:
    """Put the draft, as it stands in this version, up for every approval that the case's edition asks for.

    Where it asks for none, the approval of somebody who leads is wanted all the same. ``admission_reason`` says why a
    text that admits fault or liability shall leave as it is.

    Raises:
        NotNow: an open required question (named), an undecided point, no text, or the draft changed since; or something
            is missing that the answer must contain.
        Missing: the text admits something, and nobody says why.
    """
    case = begin("request_approval", case, actor=actor)
    response = _exact_text(case, draft_version, actor, admission_reason)
    response.state = "pending"
    response.save()
    rows = _ask_for_what_is_needed(case, response)
    finish(
        case,
        "request_approval",
        ApprovalRequested(response.pk, [row.role for row in rows]),
        actor=actor,
        subject=("response", str(response.pk)),
        because=rows[0].rule,
        private={"response": content(response)},
    )
    return response


@transaction.atomic
def return_answer(case: Case, *, comment: str, actor: Actor) -> Response:
    """Give the text back with a comment that says what should change. Approvals that it had are void with it.

    Raises:
        NotAllowed: somebody who neither leads nor is asked for an approval.
        Missing: no comment.
    """
    case = begin("return_answer", case, actor=actor, facts=lambda now: _is_asked(now, actor))
    response = _pending(case)
    response.comment = needed("comment", comment, otherwise="nothing_to_return")
    response.state = "returned"
    response.decided_by_id, response.decided_at = int(actor.id), clock.now()
    response.save()
    finish(
        case,
        "return_answer",
        ApprovalReturned(response.pk),
        actor=actor,
        subject=("response", str(response.pk)),
        private={"response": content(response)},
    )
    return response


@transaction.atomic
def approve(case: Case, *, response_sha256: str, actor: Actor, alone_reason: str = "", role: str = "") -> Response:
    """Approve exactly the text with this digest. The last approval that it needs sends it, after the house's delay.

    ``role`` says as which of those who are asked, where the actor could be several; else the one that fits.

    Raises:
        NotAllowed: an own text, a role that nobody asks for, or a second approval by the same person; where there is
            nobody else only with a reason.
        NotNow: the text is not the one that was put up.
    """
    case = begin("approve", case, actor=actor, facts=lambda now: _at_stake(now, actor, alone_reason, role))
    response = _pending(case)
    if response.body_sha256 != response_sha256:
        raise NotNow("another_text")
    require_nothing_open(case)
    found = _standing(case, response, actor)
    row = _give(response, found, role or found.mine[0], actor, alone_reason)
    if not [each for each in found.missing if each.pk != row.pk]:
        response.decided_by_id, response.decided_at = int(actor.id), clock.now()
        if len(found.rows) > 1 or row.instead_of_id:
            record_many([entry(case, _given(row), actor=actor, subject=_about(response), because=row.rule)])
        release_or_send(case, response, verb="approve", actor=actor)
        return response
    response.save()
    told = {"subject": _about(response), "because": row.rule, "private": {"response": content(response)}}
    finish(case, "give_approval", _given(row), actor=actor, **told)  # type: ignore[arg-type]
    return response


def _give(response: Response, found: deciding.Standing, role: str, actor: Actor, alone_reason: str) -> RequiredApproval:
    row, verdict = next(each for each in found.missing if each.role == role), found.verdicts[role]
    row.given_by_id, row.given_at = int(actor.id), clock.now()
    row.alone = verdict.needs_reason
    row.instead_of_id = int(verdict.instead_of) if verdict.instead_of else None
    row.save()
    if row.alone:
        response.alone_reason = "\n".join(each for each in (response.alone_reason, alone_reason.strip()) if each)
    return row


def _given(row: RequiredApproval) -> ApprovalGiven:
    return ApprovalGiven(row.response_id, row.role, row.rule, str(row.instead_of_id or ""), row.alone)


def _about(response: Response) -> tuple[str, str]:
    return ("response", str(response.pk))


@transaction.atomic
def respond(case: Case, *, draft_version: int, actor: Actor) -> Response:
    """Send the answer without approval where the case's edition asks for none, after the delay of the house.

    Raises:
        NotAllowed: the edition asks for an approval; ask for it.
        NotNow: as :func:`request_approval`; or the text admits something, so a second person must agree.
    """
    case = begin("respond", case, actor=actor, facts=_asks_for_approval)
    response = _exact_text(case, draft_version, actor)
    release_or_send(case, response, verb="respond", actor=actor)
    return response


def _asks_for_approval(case: Case) -> dict[str, Any]:
    return {"approval_needed": case.severity != "major" and bool(deciding.approvals_needed(case))}


def _ask_for_what_is_needed(case: Case, response: Response) -> list[RequiredApproval]:
    """A row for every approval that is asked for and has none yet."""
    needed = deciding.approvals_needed(case) or (decide.Approval("supervisor", deciding.ASKED_FOR, ()),)
    there = {row.role: row for row in response.required_approvals.select_for_update().order_by("pk")}
    highest = max((decide.RANKS.index(role) for role in there if role in decide.RANKS), default=-1)
    for each in needed:
        ranked = each.role in decide.RANKS
        if each.role in there or (ranked and highest >= decide.RANKS.index(each.role)):
            continue  # a rank includes those below it
        if ranked:
            _no_longer_enough(there)
        there[each.role] = RequiredApproval.objects.create(
            response=response, role=each.role, rule=because(case, each.rule), because=list(each.because)
        )
    return [there[role] for role in sorted(there, key=lambda role: there[role].pk)]


def _no_longer_enough(there: dict[str, RequiredApproval]) -> None:
    """A higher rank is asked since the text was put up: nobody need give the lower one any more."""
    for role in [role for role in there if role in decide.RANKS and there[role].given_at is None]:
        there.pop(role).delete()


def _standing(case: Case, response: Response, actor: Actor) -> deciding.Standing:
    """As the rules say now, under the lock: what was put up before the case weighed more needs more."""
    rows = _ask_for_what_is_needed(case, response)
    return deciding.standing(response, actor.id, rows=rows, among=deciding.colleagues())


def _at_stake(case: Case, actor: Actor, alone_reason: str, role: str = "") -> dict[str, Any]:
    """What authority must know about the text that waits, as it is under the lock."""
    response = Response.objects.filter(case=case, state="pending").first()
    if response is None:
        return {}
    found = _standing(case, response, actor)
    verdict = found.verdicts.get(role, decide.Verdict("not_asked")) if role else None
    if verdict is None:
        alone = bool(found.mine) and found.verdicts[found.mine[0]].needs_reason
        return {"verdict": found.refusal, "alone": alone, "alone_reason": alone_reason}
    return {"verdict": verdict.refusal, "alone": verdict.needs_reason, "alone_reason": alone_reason}


def _is_asked(case: Case, actor: Actor) -> dict[str, Any]:
    response = Response.objects.filter(case=case, state="pending").first()
    return {"asked": response is not None and actor.id in deciding.who_may_give(response)}


def four_eyes(case: Case, response: Response | None, actor: Actor, alone_reason: str) -> dict[str, Any]:
    """Who wrote the text, and whether nobody else could decide on it."""
    roles = APPROVERS_OF_MAJOR if case.severity == "major" else APPROVERS
    return {
        "authors": tuple(response.authors) if response else (),
        "alone": departments.is_alone(actor.id, roles),
        "alone_reason": alone_reason,
    }


def _exact_text(case: Case, draft_version: int, actor: Actor, admission_reason: str | None = None) -> Response:
    """The draft as a response. ``admission_reason`` is None where nobody else would agree to an admission."""
    require_nothing_open(case)
    points = list(Point.objects.filter(case=case).order_by("position"))
    undecided = next((point for point in points if not point.decision), None)
    if undecided:
        raise NotNow("points_undecided", position=undecided.position)
    if not points:
        raise NotNow("no_points")
    draft = AnswerDraft.objects.select_for_update().filter(case=case).first()
    if draft is None or not draft.body.strip():
        raise NotNow("no_answer_text")
    if draft.version != draft_version:
        raise NotNow("another_text")
    unfilled = sorted(names_in(draft.body) & set(PLACEHOLDERS))
    if unfilled:
        raise NotNow("placeholder_left", name="{" + unfilled[0] + "}")
    told = require_content(case, draft)
    if admission_reason is None:
        needs_no_second_person(told)
    reason = say_reasons(case, told, draft, admission_reason or "", actor=actor)
    body = draft.body.strip()
    same = Response.objects.filter(case=case, body_sha256=digest_of(body)).values_list("authors", flat=True)
    return Response(
        case=case,
        template=draft.template,
        language=case.language,
        body=body,
        points=[_point_as_answered(point) for point in points],
        body_sha256=digest_of(body),
        authors=sorted({*draft.authors, actor.id}.union(*same)),
        requested_by_id=int(actor.id) if actor.kind == "staff" else None,
        requested_at=clock.now(),
        content={**kept(told, draft), **({"note": reason.pk} if reason else {})},
    )


def digest_of(body: str) -> str:
    """SHA-256 of a text in UTF-8, as hex: one changed letter is another text."""
    return hashlib.sha256(body.encode()).hexdigest()


def _point_as_answered(point: Point) -> dict[str, Any]:
    return {
        "position": point.position,
        "text": point.text,
        "decision": point.decision,
        "reasons": point.reasons,
        "remedy": point.remedy,
    }


def _pending(case: Case) -> Response:
    response = Response.objects.select_for_update().filter(case=case, state="pending").first()
    if response is None:
        raise NotNow("no_answer_text")
    return response
