"""Asking departments: several at once, each its own question; and taking a question back.

Departments that are proposed stand first with their reasons; nobody is ticked until a person ticks.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.cases.actions import Question
from desagravo.cases.queries import due_after
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments
from desagravo.desk import why
from desagravo.desk.doors import StaffRequest, see, staff
from desagravo.desk.views._work import REFUSED, around, day_of, end_of, show
from desagravo.rulebook import queries as rulebook


@dataclass(frozen=True)
class Choice:
    """A department on the form: ticked or not, why it is proposed, and what it would be asked by when."""

    code: str
    name: str
    purpose: str
    ticked: bool
    reasons: list[str]
    text: str
    due: str
    required: bool
    suggestions: tuple[str, ...]
    problem: str = ""
    silent: bool = False
    """Nobody answers for it yet: it is asked only if that is meant so."""
    meant: bool = False


@staff
def new(request: StaffRequest, number: str) -> HttpResponse:
    """Ask one or more departments in one step."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            actions.consult(case, questions=_questions(request, case), actor=request.actor)
            return see("desk:case", number=number)
        except REFUSED as refused:
            refusal = refused
    sent = request.POST if request.method == "POST" else None
    choices = _choices(request, case, sent, refusal)
    context = around(case, proposed=[each for each in choices if each.reasons], others=_others(choices))
    anchors = {
        field: field
        for each in choices
        for field in (f"question-{each.code}", f"due-{each.code}", f"although-{each.code}")
    }
    return show(request, "desk/case/consult.html", context, refusal=refusal, anchors={"department": "main", **anchors})


def _others(choices: list[Choice]) -> list[Choice]:
    return [each for each in choices if not each.reasons]


def _proposals(request: StaffRequest, case: Any) -> dict[str, Any]:
    """Department → why the rules propose it, each rule as ``edition#rule``."""
    proposed = queries.proposals(
        case,
        assessment=queries.assessment_of(case),
        form=queries.form_of(case),
        flags=request.GET.getlist("flag"),  # they come from triage with the link to here
    )
    named = {each.department: tuple(why.rules_of(case, each.because)) for each in proposed}
    return {
        each.department: replace(each, rule=named[each.department][0], because=named[each.department])
        for each in proposed
    }


def _questions(request: StaffRequest, case: Any) -> list[Question]:
    """What was ticked. Each problem is said beside the department that it belongs to."""
    found: list[Question] = []
    proposals = _proposals(request, case)
    problems: dict[str, list[Refusal]] = {}
    silent = departments.nobody_answers_for()
    for code in request.POST.getlist("department"):
        if code in silent and not request.POST.get(f"although-{code}"):
            problems[f"although-{code}"] = [Refusal("nobody_answers")]
        text = request.POST.get(f"question-{code}", "")
        if not text.strip():
            problems[f"question-{code}"] = [Refusal("empty")]
        try:
            due = end_of(request.POST.get(f"due-{code}", ""), f"due-{code}")
            if due <= clock.now():
                problems[f"due-{code}"] = [Refusal("past_date")]
            rule = proposals[code].rule if code in proposals else ""
            found.append(Question(code, text, due, request.POST.get(f"required-{code}") != "no", rule))
        except Missing as missing:
            problems.update(missing.fields)
    if problems:
        raise Missing(problems)
    if not found:
        raise Missing({"department": [Refusal("nobody_ticked")]})
    return found


def _choices(request: StaffRequest, case: Any, sent: Any, refusal: Refusal | None) -> list[Choice]:
    language = active()
    wrong = refusal.fields if isinstance(refusal, Missing) else {}
    proposals = _proposals(request, case)
    silent = departments.nobody_answers_for()
    open_now = {each.department for each in queries.open_questions(case)}
    return [
        replace(
            _choice(each, proposals.get(each.code), sent, wrong, asked=each.code in open_now, language=language),
            silent=each.code in silent,
            meant=sent is not None and bool(sent.get(f"although-{each.code}")),
        )
        for each in departments.departments()
    ]


def _choice(each: Any, proposal: Any, sent: Any, wrong: Any, *, asked: bool, language: str) -> Choice:
    try:
        known = rulebook.department(each.code, language)
        suggestions, days = tuple(question.text for question in known.questions), known.due_days
    except KeyError:  # a department of the house that the edition does not know
        suggestions, days = (), rulebook.target("follow_up")
    reasons = _reasons(proposal) if proposal and not asked else []
    text = rulebook.question_for(proposal.rule, language) if reasons and proposal else next(iter(suggestions), "")
    ticked, due, required = False, day_of(due_after(clock.now(), days)), True
    if sent is not None:
        ticked = each.code in sent.getlist("department")
        text, due = sent.get(f"question-{each.code}", text), sent.get(f"due-{each.code}", due)
        required = sent.get(f"required-{each.code}") != "no"
    problem = [one for field in ("question", "due", "although") for one in wrong.get(f"{field}-{each.code}", ())]
    words = " ".join(one.sentence() for one in problem)
    return Choice(each.code, each.name, each.purpose, ticked, reasons, text, due, required, suggestions, words)


def _reasons(proposal: Any) -> list[str]:
    """Every rule in words; what rests on words found in the text says so."""
    reasons = [why.rule_in_words(rule) for rule in proposal.because]
    if proposal.words:
        reasons.append(_("Words found in the text: %(words)s") % {"words": ", ".join(proposal.words)})
    return reasons


@staff
def withdrawal(request: StaffRequest, number: str, key: int) -> HttpResponse:
    """Take a question back, with a reason."""
    case = queries.case_for(request.actor, number)
    row = queries.question_of(case, key)
    refusal = None
    if request.method == "POST":
        try:
            actions.withdraw_consultation(row, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:case", number=number)
        except REFUSED as refused:
            refusal = refused
    name = departments.department_names().get(row.department, row.department)
    context = around(case, question=row, department=name)
    return show(request, "desk/case/withdraw_question.html", context, refusal=refusal)
