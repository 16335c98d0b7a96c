"""The customer's own page: where the complaint stands, what was said, and what can be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from desagravo.cases import queries as cases
from desagravo.cases.queries import TrackedCase
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.portal.door import door, page
from desagravo.portal.parcel import Parcel
from desagravo.rulebook import queries as rulebook

NOTICES = ("complaint", "message", "settled", "contested", "withdrawn", "completed", "added")
"""What may have just happened, as the address says it after a redirect."""


@door("GET", counted="tracking")
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the private link."""
    case, _customer = cases.case_behind(token)
    return tracked_page(request, token, cases.tracked(case))


def tracked_page(
    request: HttpRequest, token: str, tracked: TrackedCase, *, status: int = 200, **typed: Any
) -> HttpResponse:
    """The page, with what was typed into one of its forms where that was refused."""
    case = tracked.case
    sent = request.GET.get("sent", "")
    answers = sum(each.answer for each in tracked.conversation)
    due = cases.promised(case)
    context = {
        "token": token,
        "tracked": tracked,
        "case": case,
        "steps": _steps(tracked),
        "sent": sent if sent in NOTICES else "",
        "link": cases.tracking_url(case),
        "owes_answer": case.open and case.status != "answered",
        "answer_by": due,
        "late": due < clock.now(),
        "letters_to_come": answers > len([each for each in tracked.letters if each.stored]),
        "parcel": Parcel(),
        "limits": rulebook.form_limits(),
        "problems": {},
        "values": {},
        **typed,
    }
    response = page(request, "tracking", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _steps(tracked: TrackedCase) -> list[dict[str, Any]]:
    """The four stages: which are done, which is now, and when the first and the last ones were."""
    stages = rulebook.stages(active(), edition=cases.edition_of(tracked.case))
    now = [each.code for each in stages].index(tracked.stage.code)
    case = tracked.case
    dates = {"received": case.received_at, "answered": case.answered_at, "closed": case.closed_at}
    return [
        {
            "name": each.name,
            "done": number < now or case.status == "closed",
            "now": number == now,
            "at": dates.get(each.code) if number <= now else None,
        }
        for number, each in enumerate(stages)
    ]
