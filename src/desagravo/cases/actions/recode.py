"""A closed case coded anew: under a later list its codes may be called otherwise. Both are kept."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from desagravo.cases.actions._closing import problems_of_codes, problems_of_order
from desagravo.cases.actions._path import begin, finish
from desagravo.cases.actions._words import needed
from desagravo.cases.contents import content
from desagravo.cases.events.outside import CaseRecoded
from desagravo.cases.models import Case, Recoding
from desagravo.common import clock
from desagravo.common.actor import Actor
from desagravo.common.refusals import Missing, NotNow, Refusal, words
from desagravo.rulebook import edition as editions
from desagravo.rulebook.reporting import Codes

words(
    {
        "not_signed_here": _("This case was not closed and signed here, so there are no codes that could change."),
        "coded_so_already": _("The case has these codes already."),
        "no_amount_signed": _("No amount was signed. Open the case again to give one; it cannot be added by coding."),
    }
)


@transaction.atomic
def recode(case: Case, *, codes: Codes, reason: str, actor: Actor) -> Recoding:
    """Give a closed case codes of the list in force. The signed section and its sheet stay as they are.

    Raises:
        NotNow: not signed here, or the very same codes of the same list.
        Missing: an axis without a code of today's list, one that cannot follow, or no reason.
    """
    case = begin("recode", case, actor=actor)
    signed = case.sign_offs.order_by("-section").first()
    if signed is None:
        raise NotNow("not_signed_here")
    edition = editions.in_force()
    last = signed.recodings.order_by("-pk").first()
    before = last.codes if last else signed.codes
    told = {axis: list(dict.fromkeys(ticked)) for axis, ticked in codes.items()}
    problems = problems_of_codes(told, edition=edition) or problems_of_order(before, told, edition)
    if "monetary" in told.get("relief", ()) and not signed.amount:
        problems["relief"] = [Refusal("no_amount_signed")]
    if not reason.strip():
        problems["reason"] = [Refusal("needs_reason")]
    if problems:
        raise Missing(problems)
    if _same(before, told) and edition == (last.edition if last else signed.edition or editions.STARTER):
        raise NotNow("coded_so_already")
    row = Recoding.objects.create(
        sign_off=signed,
        edition=edition,
        codes=told,
        reason=needed("reason", reason, otherwise="needs_reason"),
        by_id=int(actor.id) if actor.kind == "staff" else None,
        at=clock.now(),
    )
    facts = CaseRecoded(recoding=row.pk, sign_off=signed.pk, edition=edition, codes=told)
    about = ("recoding", str(row.pk))
    finish(case, "recode", facts, actor=actor, subject=about, private={"recoding": content(row)}, words=row.reason)
    return row


def _same(before: Codes, now: Codes) -> bool:
    return {axis: sorted(codes) for axis, codes in before.items()} == {axis: sorted(each) for axis, each in now.items()}
