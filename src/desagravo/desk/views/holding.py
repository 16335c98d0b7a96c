"""The holding letter: the new day and the reason first, then the letter as it will be sent, and what it must say."""

from typing import Any

from django.http import HttpResponse

from desagravo.cases import actions, queries
from desagravo.common import clock
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import Missing, Refusal
from desagravo.desk import wording
from desagravo.desk.doors import StaffRequest, see, staff
from desagravo.desk.views._work import REFUSED, around, base_of, end_of, show


@staff
def holding(request: StaffRequest, number: str) -> HttpResponse:
    """Write it, see what is said of it, send it. Sending promises the new day."""
    case = queries.case_for(request.actor, number)
    if request.method != "POST":
        return _page(request, case)
    asked = request.POST.get("do", "show")
    reason, body = request.POST.get("reason", ""), request.POST.get("body", "")
    try:
        to = end_of(request.POST.get("answer_by", ""), "answer_by")
        if not reason.strip():
            raise Missing({"reason": [Refusal("needs_reason")]})
        if asked == "send":
            actions.send_holding_letter(case, body=body, to=to, reason=reason, actor=request.actor)
            return see(base_of(number))
    except REFUSED as refusal:
        return _page(request, case, body=body, refusal=refusal)
    if asked.startswith("better:"):
        body = wording.with_better(case, body, asked.partition(":")[2], where="message")
    elif asked == "fill" or not body.strip():
        values = {**queries.letter_values(case), **actions.holding_values(case, to=to, reason=reason)}
        body = queries.letter_with(case, "holding", values).strip()
    return _page(request, case, body=body, to=to, reason=reason)


def _page(
    request: StaffRequest,
    case: Any,
    *,
    body: str = "",
    to: Any = None,
    reason: str = "",
    refusal: Refusal | None = None,
) -> HttpResponse:
    promised = queries.promised(case)
    told = actions.examined_holding(case, body, to=to, reason=reason) if body.strip() and to else None
    context = around(
        case,
        promised=promised,
        late=promised < clock.now(),
        body=body,
        said=request.POST,
        language=LANGUAGES.get(case.language, case.language),
        marked=wording.marks_of_message(case, body),
        needs=wording.needed(told, {}) if told else [],
        shown=bool(body.strip()),
        may_send="move_answer_date" in queries.steps_open_to(request.actor, case),
    )
    return show(request, "desk/case/holding.html", context, refusal=refusal)
