"""Triage: the questions, minor or major with its rule, the departments to call in, and an owner at once."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.lifecycle import allowed
from desagravo.cases.terms import ROLE, term
from desagravo.common import money
from desagravo.common.language import active
from desagravo.common.refusals import Missing, Refusal
from desagravo.common.templatetags import desagravo as tags
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk import why, words
from desagravo.desk.doors import StaffRequest, page, problems, see, staff, staff_acts, wrong
from desagravo.rulebook import decide
from desagravo.rulebook import queries as rulebook

_ANCHORS = {
    "to": "f_to",
    "reason": "f_reason",
    "money_amount": "f_money_amount",
    "answers": "f_answers",
    "about": "f_about",
}


@dataclass(frozen=True)
class Proposed:
    """A department to call in, with every reason in words and its rule.

    ``words`` were found in the customer's text; ``only_words``: nothing else speaks for it.
    """

    code: str
    name: str
    reasons: list[tuple[str, str]]
    words: str
    only_words: bool


@staff
def assessment(request: StaffRequest, number: str) -> HttpResponse:
    """Answer the triage questions, or read what came of them."""
    case = cases.case_for(request.actor, number)
    if request.method != "POST":
        return _show(request, case)
    try:
        about = request.POST.get("about", "")
        actions.assess(case, answers=_answers(request, case), about=about, actor=request.actor)
    except Missing as missing:
        return _show(request, case, missing)
    return _to_the_result(request, case)


def _to_the_result(request: StaffRequest, case: Any) -> HttpResponse:
    """The page again, with what only routing asks kept in its address."""
    known = {each.code for each in rulebook.flags("en", edition=_edition(case))}
    flags = [("flag", each) for each in request.POST.getlist("flag") if each in known]
    response = HttpResponseRedirect(
        reverse("desk:assessment", args=[case.number]) + (f"?{urlencode(flags)}" if flags else "")
    )
    response.status_code = 303
    return response


def _edition(case: Any) -> str:
    return case.edition or rulebook.STARTER


def _answers(request: StaffRequest, case: Any) -> dict[str, str]:
    answers: dict[str, str] = {}
    questions = rulebook.triage_questions("en", edition=_edition(case))
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
        case = actions.assign(case, to=to, actor=request.actor, although_away=meant, rule=request.POST.get("rule", ""))
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
        "why": words.why(case.rule, case.severity, edition=_edition(case)),
        "assessment": latest,
        "weighing": why.weighing(case, latest) if latest else None,
        "rule": why.named(f"{_edition(case)}#{case.rule}"),
        "goes_to": _goes_to(case, language),
        "questions": _questions(request, case, latest, form, language),
        "known": _known(case, form, language) if answering else [],
        "about": request.POST.get("about") or (latest.answers.get(decide.ABOUT, "") if latest else ""),
        "colleagues": departments.mentionable() if answering else [],
        "answering": answering,
        "flags": rulebook.flags(language, edition=_edition(case)),
        "flagged": _flags(request),
        "proposed": _proposed(case, latest, form, _flags(request)),
        "query": urlencode([("flag", each) for each in _flags(request)]),
        "may_overrule": latest and allowed("overrule", case.status) and may(actor, "overrule"),
        "may_assign": case.status == "assessed" and may(actor, "assign"),
        "may_finish": case.status == "assessed" and case.severity == "minor" and actor.has("supervisor", "manager"),
        "people": _people(actor.id, case.severity) if case.status == "assessed" else [],
        "handler": why.handler(case, latest, form) if case.status == "assessed" and may(actor, "assign") else None,
        "typed": request.POST,
        "away": departments.away_now() if case.status == "assessed" else {},
        "problems": found,
        "wrong": wrong(found),
    }
    return page(request, "desk/assessment.html", context, status=422 if missing else 200)


def _flags(request: StaffRequest) -> list[str]:
    return request.POST.getlist("flag") or request.GET.getlist("flag")


def _questions(request: StaffRequest, case: Any, latest: Any, form: Any, language: str) -> list[dict[str, Any]]:
    """Each question with the answer that is ticked: as just typed, as answered before, or none.

    What the customer asks for stands in the field of the amount until somebody writes another one.
    """
    before = latest.answers if latest else {}
    claimed = str(form.fields.get("amount_requested") or "") if form and not latest else ""
    typed = request.POST if request.method == "POST" and "outcome" not in request.POST else {}
    return [
        {
            "code": each.code,
            "text": each.text,
            "hint": each.hint,
            "asks_amount": each.asks_amount,
            "answer": typed.get(each.code) or before.get(each.code, ""),
            "amount": typed.get(each.code + decide.AMOUNT_SUFFIX)
            or before.get(each.code + decide.AMOUNT_SUFFIX, "")
            or (claimed if each.asks_amount else ""),
        }
        for each in rulebook.triage_questions(language, edition=_edition(case))
    ]


def _known(case: Any, form: Any, language: str) -> list[str]:
    """What nobody needs to answer, because the product knows it and weighs it."""
    told = []
    beside = cases.known_beside(case)
    if earlier := int(beside.get(decide.EARLIER) or 0):
        months = decide.months_of_repetition(edition=_edition(case))
        words_ = ngettext(
            "The customer complained once before within %(months)s months.",
            "The customer complained %(count)s times before within %(months)s months.",
            earlier,
        )
        told.append(words_ % {"count": earlier, "months": months})
    if codes := beside.get(decide.CATEGORIES, "").split():
        names = [_category(code, language, _edition(case)) for code in codes]
        told.append(_("The form names: %(categories)s.") % {"categories": ", ".join(names)})
    if form and (claimed := form.fields.get("amount_requested")):
        currency = departments.organisation().currency
        told.append(_("The customer asks for %(amount)s.") % {"amount": tags.money(str(claimed), currency)})
    return told


def _category(code: str, language: str, edition: str) -> str:
    try:
        return rulebook.category(code, language, edition=edition).name
    except KeyError:
        return code


def _goes_to(case: Any, language: str) -> str:
    """Who takes such a case on, in words."""
    if case.severity == "major":
        return _("It goes to a complaints manager or the %(service)s.") % {
            "service": rulebook.service_name("complaints_office", language, edition=_edition(case))
        }
    return _("It goes to a supervisor, who can finish it at once.") if case.severity == "minor" else ""


def _proposed(case: Any, latest: Any, form: Any, flags: list[str]) -> list[Proposed]:
    if latest is None:
        return []
    names = departments.department_names()
    return [
        Proposed(
            each.department,
            names.get(each.department, each.department),
            [(why.rule_in_words(rule), why.named(rule)) for rule in why.rules_of(case, each.because)],
            ", ".join(each.words),
            each.only_words,
        )
        for each in cases.proposals(case, assessment=latest, form=form, flags=flags)
    ]


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
