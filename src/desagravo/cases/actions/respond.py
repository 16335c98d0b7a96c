"""The answer: put up for approval, returned or approved, and released. What leaves is exactly what was shown."""

import hashlib
from typing import Any

from django.db import transaction

from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.actions.consult import require_nothing_open
from desagravo.cases.actions.leave import release_or_send
from desagravo.cases.contents import content
from desagravo.cases.events import ApprovalRequested, ApprovalReturned
from desagravo.cases.models import AnswerDraft, Case, Point, Response
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import NotNow
from desagravo.departments import queries as departments
from desagravo.rulebook.letters import PLACEHOLDERS, names_in

APPROVERS_OF_MAJOR = ("manager", "senior_manager")
APPROVERS = ("supervisor", *APPROVERS_OF_MAJOR)


@transaction.atomic
def request_approval(case: Case, *, draft_version: int, actor: Actor) -> Response:
    """Put the draft, as it stands in this version, up for approval.

    Raises:
        NotNow: an open required question (named), an undecided point, no text, or the draft changed since.
    """
    case = begin("request_approval", case, actor=actor)
    response = _exact_text(case, draft_version, actor)
    response.state = "pending"
    response.save()
    finish(
        case,
        "request_approval",
        ApprovalRequested(response.pk),
        actor=actor,
        subject=("response", str(response.pk)),
        private={"response": content(response)},
    )
    return response


@transaction.atomic
def return_answer(case: Case, *, comment: str, actor: Actor) -> Response:
    """Give the text back with a comment that says what should change.

    Raises:
        Missing: no comment.
    """
    case = begin("return_answer", case, actor=actor)
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
def approve(case: Case, *, response_sha256: str, actor: Actor, alone_reason: str = "") -> Response:
    """Approve exactly the text with this digest, which sends it, after the delay of the house.

    Raises:
        NotAllowed: an own text, or a major case without a manager; alone only with a reason.
        NotNow: the text is not the one that was put up.
    """
    case = begin("approve", case, actor=actor, facts=lambda now: _at_stake(now, actor, alone_reason))
    response = _pending(case)
    if response.body_sha256 != response_sha256:
        raise NotNow("another_text")
    require_nothing_open(case)
    alone = actor.id in response.authors
    response.alone_reason = alone_reason.strip() if alone else ""
    response.decided_by_id, response.decided_at = int(actor.id), clock.now()
    release_or_send(case, response, verb="approve", actor=actor)
    return response


@transaction.atomic
def respond(case: Case, *, draft_version: int, actor: Actor) -> Response:
    """Send the answer without approval, as a minor case allows, after the delay of the house.

    Raises:
        NotAllowed: a major case; ask for approval.
        NotNow: as :func:`request_approval`.
    """
    case = begin("respond", case, actor=actor)
    response = _exact_text(case, draft_version, actor)
    release_or_send(case, response, verb="respond", actor=actor)
    return response


def _at_stake(case: Case, actor: Actor, alone_reason: str) -> dict[str, Any]:
    """What authority must know about the text that waits, as it is under the lock."""
    response = Response.objects.filter(case=case, state="pending").first()
    return four_eyes(case, response, actor, alone_reason)


def four_eyes(case: Case, response: Response | None, actor: Actor, alone_reason: str) -> dict[str, Any]:
    """Who wrote the text, and whether nobody else could decide on it."""
    roles = APPROVERS_OF_MAJOR if case.severity == "major" else APPROVERS
    return {
        "authors": tuple(response.authors) if response else (),
        "alone": departments.is_alone(actor.id, roles),
        "alone_reason": alone_reason,
    }


def _exact_text(case: Case, draft_version: int, actor: Actor) -> Response:
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
