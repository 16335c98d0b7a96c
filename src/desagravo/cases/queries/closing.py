"""What the pages of approval and of the closing section ask about the one who reads: the rules of the actions."""

from dataclasses import dataclass

from desagravo.cases.actions.respond import APPROVERS, APPROVERS_OF_MAJOR
from desagravo.cases.closing import currencies
from desagravo.cases.models import Case, Response
from desagravo.common.actor import Actor
from desagravo.departments import queries as departments


@dataclass(frozen=True)
class ApprovalFacts:
    """``own``: the actor wrote in the text; ``alone``: and nobody else may approve it, so a reason is asked for."""

    own: bool
    alone: bool


@dataclass(frozen=True)
class ClosureFacts:
    """As ``ApprovalFacts``, for a signature; ``role``: the one in which the actor signs, "" for none."""

    own: bool
    alone: bool
    role: str
    needs_lesson: bool
    currencies: tuple[str, ...]


def approval_facts(actor: Actor, case: Case, text: Response) -> ApprovalFacts:
    """For the text that waits for approval."""
    own = actor.id in text.authors
    return ApprovalFacts(own, own and departments.is_alone(actor.id, _approvers(case)))


def closure_facts(actor: Actor, case: Case, answer: Response | None) -> ClosureFacts:
    """For the closing section. ``answer``: the newest that was sent; a minor case may be signed by who wrote it."""
    major = case.severity == "major"
    own = major and answer is not None and actor.id in answer.authors
    return ClosureFacts(
        own=own,
        alone=own and departments.is_alone(actor.id, _approvers(case)),
        role=next((role for role in reversed(APPROVERS) if role in actor.roles), ""),
        needs_lesson=major and case.status != "withdrawn",
        currencies=currencies(),
    )


def proposed_details(case: Case) -> dict[str, str]:
    """What the case itself already says of what closing codes may ask for: the body before which it is."""
    body = case.referrals.filter(kind="external").order_by("ended_on", "-pk").values_list("body", flat=True).first()
    return {"body": body} if body else {}


def _approvers(case: Case) -> tuple[str, ...]:
    return APPROVERS_OF_MAJOR if case.severity == "major" else APPROVERS
