"""Trying an edition on past cases: the period, the progress, what was found in words, the cases, a file."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from desagravo.administration.rulebook import trying
from desagravo.administration.rulebook.doors import reads, writes
from desagravo.administration.rulebook.views import at_hand
from desagravo.cases import actions
from desagravo.cases.queries import try_outs as query
from desagravo.common import throttle
from desagravo.common.refusals import Missing, NotYours
from desagravo.common.tables import lines_of_csv
from desagravo.common.text import day_typed, whole_number
from desagravo.departments import queries as people
from desagravo.departments.authority import may
from desagravo.entrance import StaffRequest, problems, see, sees_cases, wrong


@writes
def try_out(request: StaffRequest, code: str) -> HttpResponse:
    """Choose the days, and see what was found before."""
    shown, _world = at_hand.look(code)
    missing = None
    if request.method == "POST":
        try:
            from_day, to_day = (day_typed(request.POST.get(name, "")) for name in ("from_day", "to_day"))
            row = actions.ask_for_try_out(code, from_day=from_day, to_day=to_day, actor=request.actor)
            return see("administration:rulebook_tried", code, row.pk)
        except Missing as refused:
            missing = refused
    found = problems(missing) if missing else []
    periods = trying.periods(people.today_here())
    context = {
        "may_try": may(request.actor, "try_out"),
        "earlier": query.try_outs(code),
        "periods": periods,
        "typed": request.POST if missing else {"from_day": str(periods[1].from_day), "to_day": str(periods[1].to_day)},
        "problems": found,
        "wrong": wrong(found),
    }
    return at_hand.show(request, "try_out", shown, context, status=422 if missing else 200)


@reads
def tried(request: StaffRequest, code: str, key: int) -> HttpResponse:
    """How far it is, or what was found."""
    shown, _world = at_hand.look(code)
    view = query.try_out(code, key)
    context: dict[str, Any] = {"tried": view}
    if view.done:
        context |= {"summary": trying.summary(view), "chapters": trying.chapters(view)}
    return at_hand.show(request, "tried", shown, context)


@reads
def cases(request: StaffRequest, code: str, key: int, group: str) -> HttpResponse:
    """The cases of one difference, as far as the reader may see them."""
    shown, _world = at_hand.look(code)
    view = query.try_out(code, key)
    found = query.cases_of(request.actor, code, key, group, whole_number(request.GET.get("page", "")) or 1)
    context = {
        "tried": view,
        "words": trying.Words(code).group(group),
        "found": found,
        "hidden": found.count - found.seen,
        "linked": sees_cases(request.actor),
        "previous_page": found.page - 1,
        "next_page": found.page + 1,
    }
    return at_hand.show(request, "tried_cases", shown, context)


@reads
def table(request: StaffRequest, code: str, key: int) -> HttpResponseBase:
    """Every difference of every case that the reader sees, as CSV."""
    view = query.try_out(code, key)
    if not view.done:
        raise NotYours("not_found")
    if request.method == "HEAD":  # the page asks whether it is there
        return HttpResponse(content_type="text/csv; charset=utf-8")
    throttle.allow(request, "export", who=f"person {request.actor.id}")
    words = trying.Words(code)
    rows = ((number, day, group, words.group(group)) for number, day, group in query.rows_of(request.actor, code, key))
    lines = lines_of_csv(chain([("case", "received_on", "difference", "words")], rows))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="try-out-{key}.csv"'
    return answer
