"""What the pages of approval and of the closing section ask about the one who reads: the rules of the actions."""

from dataclasses import dataclass

from desagravo.cases.actions.respond import APPROVERS, APPROVERS_OF_MAJOR
from desagravo.cases.closing import currencies
from desagravo.cases.models import Case, Response
from desagravo.common.actor import Actor
from desagravo.departments import queries as departments


@dataclass(frozen=True)
class ClosureFacts:
    """``own``: the actor wrote in the answer; ``alone``: and nobody else may sign, so a reason is asked for.

    ``role``: the one in which the actor signs, "" for none.
    """

    own: bool
    alone: bool
    role: str
    needs_lesson: bool
    currencies: tuple[str, ...]


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
