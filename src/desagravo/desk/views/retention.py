"""Retention, for the keeper of data: the rules, a look that touches nothing, and letting go with the own password."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from desagravo.cases import actions
from desagravo.cases.queries import retaining
from desagravo.cases.terms import term
from desagravo.common import throttle
from desagravo.common.language import active
from desagravo.common.refusals import Missing, NotNow
from desagravo.departments.authority import require
from desagravo.desk.doors import Problem, StaffRequest, page, problems, see, staff, staff_acts, staff_reads, wrong


@staff
def retention(request: StaffRequest) -> HttpResponse:
    """What keeps cases, what a look found, and what was let go so far."""
    return _page(request)


@staff_acts
def look(request: StaffRequest) -> HttpResponse:
    """Have all cases looked through; nothing goes."""
    throttle.allow(request, "export", who=f"person {request.actor.id}")
    actions.look_through(actor=request.actor)
    return see("desk:retention")


@sensitive_post_parameters("password")
@staff_acts
def letting_go(request: StaffRequest, key: int) -> HttpResponse:
    """Let go what the look found."""
    run = retaining.run_of(request.actor, key)
    try:
        actions.let_go(
            run,
            password=request.POST.get("password", ""),
            confirmed=request.POST.get("confirmed") == "yes",
            actor=request.actor,
        )
    except Missing as refused:
        return _page(request, problems(refused), status=422)
    except NotNow as refused:
        return _page(request, [Problem("", "main", refused.sentence())], status=409)
    messages.success(request, _("What need not be kept goes now, case by case."))
    return see("desk:retention")


def _page(request: StaffRequest, told: list[Problem] | None = None, *, status: int = 200) -> HttpResponse:
    found = told or []
    context: dict[str, Any] = {
        "look": retaining.look_of(request.actor),
        "orders": retaining.orders(request.actor),
        "rules": retaining.rules_in_force(active()),
        "problems": found,
        "wrong": wrong(found),
        "said": request.POST,
    }
    return page(request, "desk/retention.html", context, status=status)


@staff_reads
def table(request: StaffRequest) -> StreamingHttpResponse:
    """Every case with the reason why it may go or stays, as a file for a spreadsheet: numbers, days and rules."""
    require(request.actor, "erase")
    throttle.allow(request, "export", who=f"person {request.actor.id}")
    answer = StreamingHttpResponse(_lines(request), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="retention.csv"'
    return answer


def _lines(request: StaffRequest) -> Iterator[str]:
    yield "\ufeffcase;verdict;keep_until;rule;words\r\n"
    for each in retaining.judged_cases(request.actor):
        until = each.until.isoformat() if each.until else ""
        words = term(retaining.WHY, each.why).replace(";", ",")
        yield f"{each.number};{each.why};{until};{each.rule};{words}\r\n"
