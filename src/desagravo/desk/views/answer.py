"""The answer: one shared draft, begun from a template, saved while it is written, shown as it will be sent, sent."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.cases.terms import DECISION, term
from desagravo.common import clock, files
from desagravo.common.dates import day, hour
from desagravo.common.documents import render
from desagravo.common.language import LANGUAGES, in_language
from desagravo.common.refusals import Conflict, NotNow, Refusal
from desagravo.common.text import whole_number
from desagravo.departments import queries as departments
from desagravo.departments.authority import may
from desagravo.desk import why, wording
from desagravo.desk.doors import StaffRequest, page, see, staff, staff_acts
from desagravo.desk.views._work import REFUSED, around, base_of, below, show
from desagravo.desk.words import readable
from desagravo.rulebook import queries as rulebook


@dataclass(frozen=True)
class Gap:
    """Something that stands in the way of sending, and where it is mended."""

    sentence: str
    path: str
    words: str


@staff
def answer(request: StaffRequest, number: str) -> HttpResponse:
    """The editor. Every button keeps what was typed before it does anything else."""
    case = queries.case_for(request.actor, number)
    if request.method != "POST":
        return _editor(request, case)
    asked = request.POST.get("do", "save")
    draft = getattr(case, "draft", None)
    text, template = request.POST.get("text", ""), draft.template if draft else ""
    text, template = _with_template(case, text, template, request) if asked == "template" else (text, template)
    what, _colon, which = asked.partition(":")
    text = _mended(case, text, what, which, template)
    try:
        actions.save_draft(case, body=text, based_on=_version(request), actor=request.actor, template=template)
        _confirm(request, case, what, which)
    except Conflict as conflict:
        return _both(request, case, conflict)
    except REFUSED as refusal:
        return _editor(request, case, refusal=refusal)
    return see("desk:answer_preview" if asked == "preview" else "desk:answer", number=number)


def _mended(case: Any, text: str, what: str, which: str, template: str) -> str:
    """The text as the button beside it wants it."""
    if what == "take":
        return _with_reply(case, text, which)
    if what == "better":
        return wording.with_better(case, text, which, where="answer")
    return wording.with_wording(case, text, which, template=template) if what == "put" else text


def _confirm(request: StaffRequest, case: Any, what: str, which: str) -> None:
    """Somebody ticks an item that no rule sees, or takes that back."""
    if what == "confirm":
        words = request.POST.get(f"evidence_{which}", "")
        actions.confirm_content(case, item=which, words=words, actor=request.actor)
    elif what == "unconfirm":
        actions.take_back_confirmation(case, item=which, actor=request.actor)


@staff_acts
def words_of(request: StaffRequest, number: str) -> HttpResponse:
    """What is said of the text while it is written: a part of the page. It keeps nothing."""
    case = queries.case_for(request.actor, number)
    saved = getattr(case, "draft", None)
    told = wording.beside(
        case,
        request.POST.get("text", ""),
        template=saved.template if saved else "",
        confirmed=saved.confirmed if saved else {},
    )
    may_change = "draft" in queries.steps_open_to(request.actor, case)
    context = {"case": case, "form_id": "answer-form", "may_change": may_change, **told}
    return page(request, "desk/case/_wording.html", context)


@staff_acts
def draft(request: StaffRequest, number: str) -> HttpResponse:
    """The editor saves by itself: JSON with the time and the new version, 409 if somebody else saved meanwhile."""
    case = queries.case_for(request.actor, number)
    known = getattr(case, "draft", None)
    try:
        row = actions.save_draft(
            case,
            body=request.POST.get("text", ""),
            based_on=_version(request),
            actor=request.actor,
            template=known.template if known else "",
        )
    except Conflict as conflict:
        return JsonResponse({"conflict": conflict.sentence(), "version": conflict.facts["version"]}, status=409)
    except REFUSED as refusal:
        return JsonResponse({"refused": refusal.sentence()}, status=422)
    return JsonResponse({"saved": hour(row.saved_at), "version": row.version})


@staff
def preview(request: StaffRequest, number: str) -> HttpResponse:
    """Exactly what will be sent, what still stands in the way, and the button that sends it."""
    case = queries.case_for(request.actor, number)
    if getattr(case, "draft", None) is None:
        return see("desk:answer", number=number)
    if request.method != "POST":
        return _preview(request, case)
    try:
        if request.POST.get("do") == "approval":
            reason = request.POST.get("admission_reason", "")
            actions.request_approval(
                case, draft_version=_version(request), actor=request.actor, admission_reason=reason
            )
        else:
            actions.respond(case, draft_version=_version(request), actor=request.actor)
    except REFUSED as refusal:
        return _preview(request, queries.case_for(request.actor, number), refusal=refusal)
    return see("desk:case", number=number)


@staff
def letter_pdf(request: StaffRequest, number: str) -> HttpResponse:
    """The draft as the letter that would be sent, with its letterhead. Every page says that it was not sent."""
    case = queries.case_for(request.actor, number)
    saved = getattr(case, "draft", None)
    if saved is None or not saved.body.strip():
        return see("desk:answer", number=number)
    signer = _signer(request, case)
    letter = queries.answer_letter(case, body=saved.body.strip(), on=clock.now(), preview=True, signer=signer)
    with in_language(case.language):
        content = render("letter", letter, case.language)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{number}-draft.pdf") or "attachment"
    response.headers["Content-Security-Policy"] = files.FENCE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _version(request: StaffRequest) -> int:
    return whole_number(request.POST.get("version", "")) or 0


def _with_template(case: Any, text: str, template: str, request: StaffRequest) -> tuple[str, str]:
    """The template below what was written; nothing is ever replaced by it."""
    code = request.POST.get("template", "")
    if code not in {each.code for each in _templates(case)}:
        return text, template
    return below(text, queries.letter_body(case, code).strip()), code


def _templates(case: Any) -> list[Any]:
    """Answers in the customer's language. Other letters are messages: sent as the answer they would end the work."""
    return [
        each
        for each in rulebook.letters_to_choose(case.language, edition=queries.edition_of(case))
        if each.code.startswith("answer_")
    ]


def _with_reply(case: Any, text: str, key: str) -> str:
    """A department's answer below what was written, with its source, in the customer's language."""
    row = case.consultations.filter(pk=whole_number(key), status="answered").first()
    if row is None:
        return text
    with in_language(case.language):
        name = departments.department_names().get(row.department, row.department)
        source = _("%(department)s, %(day)s:") % {"department": name, "day": day(row.answered_at)}
    return f"{text.rstrip()}\n\n{source}\n{row.answer.strip()}\n".lstrip("\n")


def _editor(request: StaffRequest, case: Any, *, refusal: Refusal | None = None) -> HttpResponse:
    file = queries.case_file(request.actor, case)
    saved = file.draft
    text = request.POST.get("text", "") if refusal else saved.body if saved else ""
    told = wording.beside(
        case, text, template=saved.template if saved else "", confirmed=saved.confirmed if saved else {}
    )
    told["needs"] = wording.with_problems(told["needs"], refusal)
    context = around(
        file.case,
        file=file,
        text=text,
        private_page=queries.PRIVATE_PAGE if queries.PRIVATE_PAGE in text else "",
        version=_version(request) if refusal else saved.version if saved else 0,
        templates=_templates(case),
        gaps=queries.open_placeholders(text),
        points=[(each, term(DECISION, each.decision) if each.decision else "") for each in file.points],
        replies=_replies(file),
        language=LANGUAGES.get(case.language, case.language),
        in_the_way="draft" not in file.steps,
        may_change="draft" in file.steps,
        **told,
    )
    anchors = {f"evidence_{each.need.code}": f"evidence-{each.need.code}" for each in told["needs"]}
    anchors["body"] = "answer-text"
    return show(request, "desk/case/answer.html", context, refusal=refusal, anchors=anchors)


def _replies(file: queries.CaseFile) -> list[tuple[Any, str]]:
    answered = [each for each in file.consultations if each.status in {"answered", "declined"}]
    return [(each, file.department_names.get(each.department, each.department)) for each in answered]


def _both(request: StaffRequest, case: Any, conflict: Conflict) -> HttpResponse:
    """Both texts side by side; saving from here replaces the other one knowingly."""
    now = getattr(queries.case_for(request.actor, case.number), "draft", None)
    context = around(
        case,
        conflict=conflict,
        by=now.saved_by.name if now and now.saved_by else "",
        at=now.saved_at if now else None,
        version=conflict.facts["version"],
        differences=actions.differences(conflict.theirs, conflict.yours),
    )
    return page(request, "desk/case/answer_both.html", context, status=409)


def _preview(request: StaffRequest, case: Any, *, refusal: Refusal | None = None) -> HttpResponse:
    saved = case.draft
    body = saved.body.strip()

    steps = queries.steps_open_to(request.actor, case)
    gaps = _gaps(case, body)
    needed = why.asked_for(case)
    at_stake = {"major": case.severity == "major", "approval_needed": bool(needed)}
    told = wording.beside(case, body, template=saved.template, confirmed=saved.confirmed)
    context = around(
        case,
        **told,
        letter=queries.answer_letter(case, body=body, on=clock.now(), preview=True, signer=_signer(request, case)),
        mail=_mail(case),
        version=saved.version,
        gaps=[*gaps, *_lacking(case, told["needs"])],
        not_as_decided=queries.points_not_as_decided(case, body),
        language=LANGUAGES.get(case.language, case.language),
        may_send="respond" in steps and may(request.actor, "respond", at_stake),
        needed=needed,
        may_ask="request_approval" in steps,
    )
    return show(request, "desk/case/answer_preview.html", context, refusal=refusal)


def _signer(request: StaffRequest, case: Any) -> str:
    """Whose signature the letter bears when it leaves: who asked for its approval, or else who answers for the case."""
    asks = "request_approval" in queries.steps_open_to(request.actor, case)
    return request.actor.id if asks or not case.owner_id else str(case.owner_id)


def _mail(case: Any) -> dict[str, str]:
    """The mail that tells the customer. The private link is the customer's alone, so it is not shown to us."""
    body = readable(queries.letter_body(case, "answer_ready"))
    return {"to": case.customer.email, "subject": queries.letter_subject(case, "answer_ready"), "body": body}


def _lacking(case: Any, needs: list[wording.Needed]) -> list[Gap]:
    """What must be in the letter and is not, each with its rule and what to do."""
    found = []
    for each in needs:
        if not each.need.met:
            told = {"item": each.need.name, "rule": each.asked_by, "todo": each.need.todo}
            where = f"{base_of(case.number)}answer/#content"
            found.append(Gap(NotNow("content_missing", **told).sentence(), where, _("See to it")))
    return found


def _gaps(case: Any, body: str) -> list[Gap]:
    """Everything that would be refused, said before the button is pressed."""
    base = base_of(case.number)
    names = departments.department_names()
    found = []
    for each in (each for each in queries.open_questions(case) if each.required):
        name = names.get(each.department, each.department)
        words = NotNow("question_open", department=name).sentence()
        found.append(Gap(words, f"{base}#q{each.pk}", _("See the question")))
    points = queries.points_of(case)
    if not points:
        found.append(Gap(NotNow("no_points").sentence(), f"{base}points/", _("Name the points")))
    for point in points:
        if not point.decision:
            words = NotNow("points_undecided", position=point.position).sentence()
            found.append(Gap(words, f"{base}points/{point.pk}/", _("Decide it")))
    if not body:
        found.append(Gap(NotNow("no_answer_text").sentence(), f"{base}answer/", _("Write it")))
    for name in queries.open_placeholders(body):
        words = NotNow("placeholder_left", name="{" + name + "}").sentence()
        found.append(Gap(words, f"{base}answer/", _("Fill it")))
    return found
