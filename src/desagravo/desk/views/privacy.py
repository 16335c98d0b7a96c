"""The keeper of data: taking something out of a case, putting a case on hold, erasing a person."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from desagravo.cases import actions, queries
from desagravo.cases.grounds import BY_RULE, ERASURE, REDACTION
from desagravo.cases.queries import erasing
from desagravo.common import throttle
from desagravo.common.refusals import Missing, NotNow, Refusal
from desagravo.common.text import tidy_line, whole_number
from desagravo.departments.authority import require
from desagravo.desk.doors import Problem, StaffRequest, page, problems, see, staff, staff_acts, wrong
from desagravo.desk.views._work import REFUSED, around, show


@staff
def redaction(request: StaffRequest, number: str) -> HttpResponse:
    """Choose what is taken out, whole or word by word, and why; and see what was taken out before."""
    case = queries.case_for(request.actor, number)
    require(request.actor, "redact")
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _take_out(request, case)
            return see("desk:redaction", number)
        except REFUSED as refused:
            refusal = refused
    pieces = erasing.pieces_of(case) if case.erased_at is None else []
    context = around(
        case,
        pieces=pieces,
        chosen=request.POST.get("piece", request.GET.get("piece", "")),
        grounds=[(code, str(words)) for code, words in REDACTION.items() if code not in BY_RULE],
        taken_out=erasing.taken_out_of(case),
        on_hold=erasing.is_on_hold(case),
        erased=erasing.erasure_of(case),
    )
    anchors = {"piece": "f_piece_1", "ground": "f_ground_1"}
    return show(request, "desk/case/redaction.html", context, refusal=refusal, anchors=anchors)


def _take_out(request: StaffRequest, case: Any) -> None:
    kind, _colon, key = request.POST.get("piece", "").partition(":")
    ground, actor = request.POST.get("ground", ""), request.actor
    whole = request.POST.get("how") == "whole"
    passages = None if whole else request.POST.get("passages", "").splitlines()
    row = whole_number(key) or 0
    if kind == "message":
        actions.redact_message(case, row, passages=passages, ground=ground, actor=actor)
    elif kind in {"question", "answer"}:
        actions.redact_question(case, row, answer=kind == "answer", passages=passages, ground=ground, actor=actor)
    elif kind in actions.TEXTS:
        actions.redact_text(case, kind, row, passages=passages, ground=ground, actor=actor)
    elif kind == "file":
        actions.redact_file(case, row, ground=ground, actor=actor)
    elif kind == "form":
        actions.redact_form(case, key, passages=passages, ground=ground, actor=actor)
    else:
        raise Missing({"piece": [Refusal("no_piece_chosen")]})


@staff_acts
def legal_hold(request: StaffRequest, number: str) -> HttpResponse:
    """Put the case on legal hold, or lift it, with a reason."""
    case = queries.case_for(request.actor, number)
    act = actions.lift_hold if request.POST.get("do") == "lift" else actions.hold
    act(case, reason=request.POST.get("reason", ""), actor=request.actor)
    return see("desk:redaction", number)


@sensitive_post_parameters("password")
@staff
def privacy(request: StaffRequest) -> HttpResponse:
    """Find a person, see the cases and what stands in the way, and have them erased."""
    require(request.actor, "erase")
    told: list[Problem] = []
    if request.method == "POST":
        try:
            actions.ask_erasure(
                request.POST.getlist("number"),
                ground=request.POST.get("ground", ""),
                password=request.POST.get("password", ""),
                actor=request.actor,
                confirmed=request.POST.get("confirmed") == "yes",
            )
            return see("desk:privacy")
        except Missing as refused:
            anchors = {"cases": "f_number_1", "ground": "f_ground_1"}
            told = problems(refused, anchors=anchors)
        except NotNow as refused:
            told = [Problem("cases", "f_number_1", refused.sentence())]
    words = tidy_line(request.POST.get("q", request.GET.get("q", "")))
    if words:
        throttle.allow(request, "search", who=f"person {request.actor.id}")
    found = queries.cases_of_person(request.actor, words)
    held = erasing.on_hold_among([each.number for each in found.cases])
    undone, undone_hidden = erasing.redactions_undone(request.actor)
    context = {
        "undone": undone,
        "undone_hidden": undone_hidden,
        "person_words": words,
        "found": [(each, *_in_the_way(each, on_hold=each.number in held)) for each in found.cases],
        "hidden": found.hidden,
        "more": found.more,
        "ticked": request.POST.getlist("number"),
        "grounds": [(code, str(sentence)) for code, sentence in ERASURE.items() if code not in BY_RULE],
        "rows": erasing.erasures(request.actor),
        "said": request.POST,
        "problems": told,
        "wrong": wrong(told),
    }
    return page(request, "desk/privacy.html", context, status=422 if told else 200)


def _in_the_way(case: queries.FoundCase, *, on_hold: bool) -> tuple[str, bool]:
    """Why this case cannot be erased now (empty if it can), and whether it ended so lately that one should ask."""
    if case.erased:
        return _("erased already"), False
    if case.open:
        return _("not closed yet"), False
    return (_("on legal hold"), False) if on_hold else ("", erasing.ended_lately(case.closed_at))
