"""Moving the promised date of the answer: the customer is told, so the words are the customer's to read."""

from django.http import HttpResponse

from desagravo.cases import actions, queries
from desagravo.common import clock
from desagravo.desk.doors import StaffRequest, see, staff
from desagravo.desk.views._work import REFUSED, around, base_of, end_of, show


@staff
def answer_date(request: StaffRequest, number: str) -> HttpResponse:
    """Promise the answer for a later day, with the words that the customer reads."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            to = end_of(request.POST.get("answer_by", ""), "answer_by")
            actions.move_answer_date(case, to=to, reason=request.POST.get("reason", ""), actor=request.actor)
            return see(base_of(number))
        except REFUSED as refused:
            refusal = refused
    promised = queries.promised(case)
    context = around(case, promised=promised, late=promised < clock.now())
    return show(request, "desk/case/answer_date.html", context, refusal=refusal)
