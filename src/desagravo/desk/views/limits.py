"""The time limits of a case: what is due, why that day, and what starts, stops and moves it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from desagravo.cases import actions, queries
from desagravo.cases.queries import limits as found
from desagravo.common import clock
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk.doors import StaffRequest, see, staff, staff_reads
from desagravo.desk.views._work import REFUSED, around, day_of, show

_VERBS = (
    "apply_rulebook",
    "end_rulebook",
    "answer_attributes",
    "record_clock_event",
    "take_back_event",
    "extend_limit",
    "explain_missed",
)


@staff_reads
def limits(request: StaffRequest, number: str) -> HttpResponse:
    """Every limit: the open ones first, each with its day count; then the rulebooks and what was recorded."""
    case = queries.case_for(request.actor, number)
    steps = queries.steps_open_to(request.actor, case)
    told = found.limits_of(case)
    context = around(case, told=told, may={verb: verb in steps for verb in _VERBS}, zone=departments.organisation())
    return show(request, "desk/case/limits.html", context)


@staff
def reason(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """Say why a limit was missed."""
    case = queries.case_for(request.actor, number)
    row = found.limit_of(case, key)
    refusal = None
    if request.method == "POST":
        try:
            actions.explain_missed(case, limit=key, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:limits", number=number)
        except REFUSED as refused:
            refusal = refused
    context = around(case, limit=found.name_of(row), row=row, said={"reason": row.missed_reason})
    return show(request, "desk/case/limit_reason.html", context, refusal=refusal)


@staff
def extension(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """Make a limit longer, with everything that its rulebook requires."""
    case = queries.case_for(request.actor, number)
    row = found.limit_of(case, key)
    room = found.extension_of(case, row)
    refusal = None
    if request.method == "POST":
        said = request.POST
        try:
            actions.extend_limit(
                case,
                limit=key,
                reason=said.get("reason", ""),
                notice=said.get("notice", ""),
                new_date=_day(said.get("new_date", "")),
                actor=request.actor,
            )
            return see("desk:limits", number=number)
        except REFUSED as refused:
            refusal = refused
    context = around(
        case,
        limit=found.name_of(row),
        due=room.limit.due_on,
        longest=room.longest,
        requires=room.extension.requires,
        times_left=room.times_left,
        source=room.extension.source,
        may_extend=may(request.actor, "extend_limit"),
        said={"new_date": room.longest.isoformat()},
    )
    return show(request, "desk/case/limit_extension.html", context, refusal=refusal)


@staff
def event(request: StaffRequest, number: str) -> HttpResponse:
    """Record something that a clock asks about and that stands nowhere else on the case."""
    case = queries.case_for(request.actor, number)
    refusal = None
    now = timezone.localtime(clock.now())
    if request.method == "POST":
        said = request.POST
        try:
            actions.record_clock_event(
                case,
                name=said.get("name", ""),
                at=_moment(said.get("day", ""), said.get("hour", "")),
                note=said.get("note", ""),
                actor=request.actor,
            )
            return see("desk:limits", number=number)
        except REFUSED as refused:
            refusal = refused
    context = around(
        case,
        choices=found.recordable(case),
        said={"name": request.GET.get("name", ""), "day": day_of(clock.now()), "hour": f"{now:%H:%M}"},
        zone=timezone.get_current_timezone_name(),
    )
    anchors = {"name": "f_name_1", "at": "f_day"}
    return show(request, "desk/case/limit_event.html", context, refusal=refusal, anchors=anchors)


@staff
def event_removal(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """Take back what was recorded by mistake."""
    case = queries.case_for(request.actor, number)
    row = found.clock_event_of(case, key)
    refusal = None
    if request.method == "POST":
        try:
            actions.take_back_event(case, event=key, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:limits", number=number)
        except REFUSED as refused:
            refusal = refused
    words = next((each.words for each in found.limits_of(case).events if each.key == key), row.name)
    return show(request, "desk/case/limit_event_removal.html", around(case, row=row, words=words), refusal=refusal)


@staff
def rulebook(request: StaffRequest, number: str) -> HttpResponse:
    """Apply a rulebook to the case, although no rule said so."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        said = request.POST
        try:
            actions.apply_rulebook(
                case, policy=said.get("policy", ""), reason=said.get("reason", ""), actor=request.actor
            )
            return see("desk:limits", number=number)
        except REFUSED as refused:
            refusal = refused
    context = around(case, choices=found.applicable(case))
    anchors = {"policy": "f_policy_1"}
    return show(request, "desk/case/rulebook_apply.html", context, refusal=refusal, anchors=anchors)


@staff
def rulebook_end(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """A rulebook does not bind this case after all."""
    case = queries.case_for(request.actor, number)
    row = found.applied_of(case, key)
    refusal = None
    if request.method == "POST":
        try:
            actions.end_rulebook(case, applied=key, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:limits", number=number)
        except REFUSED as refused:
            refusal = refused
    names = {each.applied: each.name for each in found.limits_of(case).rulebooks}
    context = around(case, row=row, name=names.get(key, row.policy))
    return show(request, "desk/case/rulebook_end.html", context, refusal=refusal)


@staff
def questions(request: StaffRequest, number: str) -> HttpResponse:
    """Answer what the rulebooks ask about the case."""
    case = queries.case_for(request.actor, number)
    asked = found.questions_of(case)
    refusal = None
    if request.method == "POST":
        try:
            answers = {each.code: _answer(request.POST.get(each.code, ""), each.kind) for each in asked}
            actions.answer_attributes(case, answers=answers, actor=request.actor)
            return see("desk:limits", number=number)
        except REFUSED as refused:
            refusal = refused
    said: Mapping[str, Any] = request.POST if refusal else {each.code: each.answer for each in asked}
    rows = [(each, said.get(each.code, "")) for each in asked]
    return show(request, "desk/case/limit_questions.html", around(case, rows=rows), refusal=refusal)


def _answer(text: str, kind: str) -> object:
    """The answer as the case keeps it; None where nothing is known."""
    if kind == "yes_no":
        return {"yes": True, "no": False, "": None}.get(text, text)
    return text or None


def _day(typed: str) -> date | None:
    """The day that was typed, or None for nothing. Raises Missing for what is no day."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Missing({"new_date": [Refusal("bad_date")]}) from None


def _moment(day: str, hour: str) -> datetime | None:
    """The moment that was typed, in the reader's zone. Raises Missing for what is none."""
    try:
        moment = datetime.fromisoformat(f"{day.strip()}T{hour.strip() or '00:00'}")
    except ValueError:
        raise Missing({"at": [Refusal("bad_date")]}) from None
    moment = moment.replace(tzinfo=None).replace(tzinfo=timezone.get_current_timezone())
    return min(moment, clock.now()) if (moment - clock.now()).total_seconds() < 60 else moment
