"""A department contact's desk: the questions to the own departments, and one page for each."""

from django.http import Http404, HttpResponse
from django.urls import reverse

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.common import clock
from desagravo.common.refusals import Missing, Refusal
from desagravo.desk.doors import StaffRequest, page, problems, see, staff, staff_reads, wrong
from desagravo.desk.kept_files import KeptForm, kept_form
from desagravo.rulebook import queries as rulebook

_MOST = 100


@staff_reads
def questions(request: StaffRequest) -> HttpResponse:
    """The questions to the actor's departments: open ones by due date, or what was answered, newest first."""
    status = request.GET.get("status", "open")
    if status not in ("open", "answered"):
        raise Http404
    rows = cases.questions(request.actor, status=status, limit=_MOST)
    return page(request, "desk/questions.html", {"rows": rows, "status": status, "now": clock.now()})


@staff
def question(request: StaffRequest, key: int) -> HttpResponse:
    """The question, what the case is about, and the answer."""
    consultation = cases.consultation_for(request.actor, key)
    if request.method != "POST":
        return _show(request, key, KeptForm())
    kept = kept_form(request)
    if "remove_file" in request.POST:
        return _show(request, key, kept)
    declined = request.POST.get("way") == "decline"
    field = "reason" if declined else "answer"
    text = request.POST.get(field, "")
    try:
        _check(kept, text, field)
        actions.answer_consultation(consultation, answer=text, actor=request.actor, declined=declined, kept=kept.files)
    except Missing as missing:
        kept.keep()
        named = {field if name == "answer" else name: found for name, found in missing.fields.items()}
        return _show(request, key, kept, Missing(named))
    kept.drop()
    return see("desk:question_done", key=key)


def _check(kept: KeptForm, text: str, field: str) -> None:
    """Everything that is wrong, at once; to decline needs a reason, said in the words of a reason."""
    found = {"files": kept.refused} if kept.refused else {}
    if not text.strip():
        found[field] = [Refusal("needs_reason" if field == "reason" else "empty")]
    if found:
        raise Missing(found)


def _show(request: StaffRequest, key: int, kept: KeptForm, missing: Missing | None = None) -> HttpResponse:
    consultation = cases.consultation_for(request.actor, key)
    limits = rulebook.form_limits()
    found = problems(missing) if missing else []
    context = {
        "brief": cases.brief(request.actor, consultation),
        "question": consultation,
        "late": consultation.status == "open" and consultation.due_at < clock.now(),
        "typed": request.POST,
        "kept": kept,
        "problems": found,
        "wrong": wrong(found),
        "limits": limits,
        "limit_megabytes": limits.file_bytes // 2**20,
        "case_url": _case_url(request, consultation.case.number),
    }
    response = page(request, "desk/question.html", context, status=422 if missing else 200)
    actions.note_look(consultation.case.number, "read", about=f"question {key}", actor=request.actor)
    return response


def _case_url(request: StaffRequest, number: str) -> str:
    """The case's address for those who may open it; a contact has only this page."""
    if cases.visible_to(request.actor).filter(number=number).exists():
        return reverse("desk:case", args=[number])
    return ""


@staff_reads
def done(request: StaffRequest, key: int) -> HttpResponse:
    """The answer is given: what happens with it now, and what is still to be answered."""
    consultation = cases.consultation_for(request.actor, key)
    if consultation.status == "open":
        return see("desk:question", key=key)
    others = cases.questions(request.actor, limit=3)
    return page(request, "desk/question_done.html", {"question": consultation, "others": others})
