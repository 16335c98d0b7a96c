"""Open cases of one edition go on under another: what would change, the reason, and how far the worker is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.administration.rulebook.doors import writes
from desagravo.administration.rulebook.views import at_hand
from desagravo.cases import actions, queries
from desagravo.common.refusals import Missing, NotNow
from desagravo.entrance import Problem as Line
from desagravo.entrance import StaffRequest, problems, see, wrong

SHOWN = 25
"""Cases whose dates are computed for the page; each costs some milliseconds."""


@writes
def move(request: StaffRequest, code: str) -> HttpResponse:
    """Choose the other edition, see the first cases with old and new dates, say why; then the worker moves them."""
    shown, _world = at_hand.look(code)
    sent = request.POST if request.method == "POST" else request.GET
    to, reason = sent.get("to", ""), sent.get("reason", "").strip()
    found: list[Line] = []
    status = 200
    if request.method == "POST":
        try:
            actions.move_cases(code, to=to, reason=reason, actor=request.actor)
        except Missing as missing:
            found, status = problems(missing), 422
        except NotNow as refusal:
            found, status = [Line("", "main", refusal.sentence())], 409
        else:
            messages.success(request, _("The cases are being moved. This page shows how far it is."))
            return see("administration:rulebook_move", code)
    others = queries.editions_to_move_to(code)
    looked = queries.previews(request.actor, code, to, most=SHOWN) if to in {row.code for row in others} else []
    context = {
        "others": others,
        "to": to if to in {row.code for row in others} else "",
        "reason": reason,
        "open_cases": queries.open_cases_of(code),
        "looked": [each for each in looked if each.changes],
        "looked_at": len(looked),
        "moves": queries.moves_of_edition(code),
        "problems": found,
        "wrong": wrong(found),
    }
    return at_hand.show(request, "move", shown, context, status=status)
