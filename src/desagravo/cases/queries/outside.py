"""The stages of a case outside the house, and who may take its second look."""

from desagravo.cases import wording
from desagravo.cases.actions.second_stage import asks_for_another, who_handled_first
from desagravo.cases.editions import edition_of
from desagravo.cases.models import Case, Recoding, Referral, SignOff
from desagravo.cases.queries.letters import letter_body
from desagravo.common.refusals import NotYours
from desagravo.rulebook import queries as rulebook

__all__ = ["asks_for_another", "who_handled_first"]


def referrals_of(case: Case) -> list[Referral]:
    """All stages outside, and where the complaint was sent on to, newest first."""
    return list(case.referrals.select_related("recorded_by").order_by("-pk"))


def bodies_for(case: Case) -> tuple[str, ...]:
    """The name of the body that the rulebook holds responsible, to be proposed; none where it knows none."""
    body = wording.body_of(case)
    return (body.name,) if body else ()


def referral_of(case: Case, key: int) -> Referral:
    """One stage before a body. Raises NotYours."""
    row = case.referrals.select_related("recorded_by").filter(pk=key, kind="external").first()
    if row is None:
        raise NotYours("not_found")
    row.case = case
    return row


def last_codes(case: Case) -> tuple[SignOff | None, Recoding | None]:
    """The newest signed section and how it was last coded anew."""
    signed = case.sign_offs.order_by("-section").first()
    return signed, signed.recodings.order_by("-pk").first() if signed else None


def forwarding_letter(case: Case, signer: str) -> str:
    """The letter that tells the customer, as far as the case knows its gaps."""
    codes = {each.code for each in rulebook.letter_templates(case.language, edition=edition_of(case))}
    return letter_body(case, "forwarding", signer=signer) if "forwarding" in codes else ""
