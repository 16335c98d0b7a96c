"""Triage: the questions, minor or major with its rule, the departments to call in, and an owner at once."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.lifecycle import allowed
from desagravo.cases.terms import ROLE, term
from desagravo.common import money
from desagravo.common.language import active
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk import words
from desagravo.desk.doors import StaffRequest, page, problems, see, staff, staff_acts, wrong
from desagravo.rulebook import decide
from desagravo.rulebook import queries as rulebook

_ANCHORS = {"to": "f_to", "reason": "f_reason", "money_amount": "f_money_amount", "answers": "f_answers"}


@dataclass(frozen=True)
class Proposed:
    """A department to call in, with every reason in words."""

    code: str
    name: str
    reasons: list[str]


@staff
def assessment(request: StaffRequest, number: str) -> HttpResponse:
    """Answer the triage questions, or read what came of them."""
    case = cases.case_for(request.actor, number)
    if request.method != "POST":
        return _show(request, case)
    try:
        actions.assess(case, answers=_answers(request), actor=request.actor)
    except Missing as missing:
        return _show(request, case, missing)
    return _to_the_result(request, number)


def _to_the_result(request: StaffRequest, number: str) -> HttpResponse:
    """The page again, with what only routing asks kept in its address."""
    known = {each.code for each in rulebook.flags("en")}
    flags = [("flag", each) for each in request.POST.getlist("flag") if each in known]
    response = HttpResponseRedirect(
        reverse("desk:assessment", args=[number]) + (f"?{urlencode(flags)}" if flags else "")
    )
    response.status_code = 303
    return response


def _answers(request: StaffRequest) -> dict[str, str]:
    answers: dict[str, str] = {}
    questions = rulebook.triage_questions("en")
    if not any(request.POST.get(question.code) for question in questions):
        return answers  # a button pressed by mistake decides nothing
    for question in questions:
        answers[question.code] = request.POST.get(question.code) or decide.UNKNOWN
        amount = request.POST.get(question.code + decide.AMOUNT_SUFFIX, "").strip()
        if question.asks_amount and amount and answers[question.code] == decide.YES:
            answers[question.code + decide.AMOUNT_SUFFIX] = _amount(amount, question.code + decide.AMOUNT_SUFFIX)
    return answers


def _amount(told: str, field: str) -> str:
    """An amount as people write it, as decimal text."""
    try:
        return str(money.read(told))
    except ValueError:
        raise Missing({field: [Refusal("bad_amount")]}) from None


@staff
def overruling(request: StaffRequest, number: str) -> HttpResponse:
    """Decide otherwise than the rule, with a reason."""
    case = cases.case_for(request.actor, number)
    if request.method != "POST":
        return see("desk:assessment", number=number)
    try:
        outcome, reason = request.POST.get("outcome", ""), request.POST.get("reason", "")
        actions.overrule(case, outcome=outcome, reason=reason, actor=request.actor)
    except Missing as missing:
        return _show(request, case, missing)
    return see("desk:assessment", number=number)


@staff_acts
def owner(request: StaffRequest, number: str) -> HttpResponse:
    """Give the assessed case an owner, or take it on and write the answer at once."""
    case = cases.case_for(request.actor, number)
    at_once = request.POST.get("way") == "at_once"
    to = request.actor.id if at_once else request.POST.get("to", "")
    try:
        meant = bool(request.POST.get("although_away"))
        case = actions.assign(case, to=to, actor=request.actor, although_away=meant)
    except Missing as missing:
        return _show(request, case, missing)
    if at_once:
        return see("desk:answer", number=number)
    named = case.owner.name if case.owner else ""
    messages.success(request, _("Case %(number)s now belongs to %(name)s.") % {"number": number, "name": named})
    visible = cases.visible_to(request.actor).filter(pk=case.pk).exists()
    return see("desk:case", number=number) if visible else see("desk:start")


def _show(request: StaffRequest, case: Any, missing: Missing | None = None) -> HttpResponse:
    actor, language = request.actor, active()
    latest, form = cases.assessment_of(case), cases.form_of(case)
    found = problems(missing, anchors=_ANCHORS) if missing else []
    answering = allowed("assess", case.status) and may(actor, "assess")
    context = {
        "case": case,
        "form": form,
        "currency": departments.organisation().currency,
        "why": words.why(case.rule, case.severity),
        "assessment": latest,
        "reasons": _further_reasons(latest, language),
        "goes_to": _goes_to(case.severity, language),
        "questions": _questions(request, latest, language),
        "answering": answering,
        "flags": rulebook.flags(language),
        "flagged": _flags(request),
        "proposed": _proposed(case, latest, form, _flags(request), language),
        "query": urlencode([("flag", each) for each in _flags(request)]),
        "may_overrule": latest and allowed("overrule", case.status) and may(actor, "overrule"),
        "may_assign": case.status == "assessed" and may(actor, "assign"),
        "may_finish": case.status == "assessed" and case.severity == "minor" and actor.has("supervisor", "manager"),
        "people": _people(actor.id, case.severity) if case.status == "assessed" else [],
        "typed": request.POST,
        "away": departments.away_now() if case.status == "assessed" else {},
        "problems": found,
        "wrong": wrong(found),
    }
    return page(request, "desk/assessment.html", context, status=422 if missing else 200)


def _flags(request: StaffRequest) -> list[str]:
    return request.POST.getlist("flag") or request.GET.getlist("flag")


def _questions(request: StaffRequest, latest: Any, language: str) -> list[dict[str, Any]]:
    """Each question with the answer that is ticked: as just typed, as answered before, or none."""
    before = latest.answers if latest else {}
    typed = request.POST if request.method == "POST" and "outcome" not in request.POST else {}
    return [
        {
            "code": each.code,
            "text": each.text,
            "hint": each.hint,
            "asks_amount": each.asks_amount,
            "answer": typed.get(each.code) or before.get(each.code, ""),
            "amount": typed.get(each.code + decide.AMOUNT_SUFFIX) or before.get(each.code + decide.AMOUNT_SUFFIX, ""),
        }
        for each in rulebook.triage_questions(language)
    ]


def _further_reasons(latest: Any, language: str) -> list[str]:
    """The other rules that point the same way."""
    if latest is None:
        return []
    try:
        decision = decide.triage(latest.answers)
        return _in_words(tuple(rule for rule in decision.reasons if rule != latest.rule), language)
    except (ValueError, KeyError):  # answers to questions of an earlier edition
        return []


def _goes_to(severity: str, language: str) -> str:
    """Who takes such a case on, in words."""
    if severity == "major":
        return _("It goes to a complaints manager or the %(service)s.") % {
            "service": rulebook.service_name("complaints_office", language)
        }
    return _("It goes to a supervisor, who can finish it at once.") if severity == "minor" else ""


def _proposed(case: Any, latest: Any, form: Any, flags: list[str], language: str) -> list[Proposed]:
    if latest is None:
        return []
    names = departments.department_names()
    return [
        Proposed(each.department, names.get(each.department, each.department), _in_words(each.because, language))
        for each in cases.proposals(case, assessment=latest, form=form, flags=flags)
    ]


def _in_words(rules: tuple[str, ...], language: str) -> list[str]:
    currency = departments.organisation().currency
    return [rulebook.reason(rule, language, currency) for rule in rules]


_FITTING = {"major": ("manager", "supervisor", "handler"), "minor": ("supervisor", "handler", "manager")}


def _people(me: str, severity: str) -> list[dict[str, Any]]:
    """Who can own it, by role, the role it should go to first; each person once."""
    colleagues = departments.people("handler", "supervisor", "manager")
    seen: set[str] = set()
    grouped = []
    for role in _FITTING.get(severity, _FITTING["minor"]):
        chosen = [each for each in colleagues if role in each.roles and each.id not in seen]
        seen |= {each.id for each in chosen}
        people = [{"id": each.id, "name": each.name, "me": each.id == me} for each in chosen]
        if people:
            grouped.append({"role": term(ROLE, role).capitalize(), "people": people})
    return grouped
