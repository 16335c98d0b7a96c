"""Approving the answer to the letter: exactly the text that was put up, with what it rests on beside it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.cases.terms import DECISION, term
from desagravo.common.language import LANGUAGES
from desagravo.common.refusals import NotNow, Refusal
from desagravo.departments import queries as departments
from desagravo.desk import why, wording
from desagravo.desk.brief import brief_of
from desagravo.desk.doors import StaffRequest, page, see, staff, staff_acts, staff_reads
from desagravo.desk.views._work import REFUSED, around, show


@staff
def approval(request: StaffRequest, number: str) -> HttpResponse:
    """Read, and approve; with the last approval that it needs it is sent."""
    case, outside = queries.case_to_approve(request.actor, number)
    if request.method != "POST":
        return _page(request, case, outside=outside)
    try:
        actions.approve(
            case,
            response_sha256=request.POST.get("text_sha256", ""),
            alone_reason=request.POST.get("alone_reason", ""),
            role=request.POST.get("role", ""),
            actor=request.actor,
        )
    except REFUSED as refusal:
        return _again(request, number, refusal)
    return _done(request, number, case)


def _done(request: StaffRequest, number: str, case: Any) -> HttpResponse:
    """The case, for those who see it; else the list of what waits for them."""
    still = queries.case_now(case)
    if still.status == "awaiting_approval" and not still.leaving:
        messages.success(request, _("You approved it. It is sent when the other approvals are there too."))
    if queries.visible_to(request.actor).filter(number=number).exists():
        return see("desk:case", number=number)
    return see("desk:approvals")


@staff_reads
def approvals(request: StaffRequest) -> HttpResponse:
    """What waits for this person's approval, with the rule that asks for it."""
    waiting = [
        (each, [(row, _in_words(row.rules)) for row in each.rows]) for each in queries.waiting_for_me(request.actor)
    ]
    return page(request, "desk/approvals.html", {"waiting": waiting})


@staff_acts
def returning(request: StaffRequest, number: str) -> HttpResponse:
    """Give it back with a comment."""
    case, _outside = queries.case_to_approve(request.actor, number)
    try:
        actions.return_answer(case, comment=request.POST.get("comment", ""), actor=request.actor)
    except REFUSED as refusal:
        return _again(request, number, refusal)
    return _done(request, number, case)


def _again(request: StaffRequest, number: str, refusal: Refusal) -> HttpResponse:
    case, outside = queries.case_to_approve(request.actor, number)
    return _page(request, case, outside=outside, refusal=refusal)


def _page(request: StaffRequest, case: Any, *, outside: bool, refusal: Refusal | None = None) -> HttpResponse:
    file = queries.case_file(request.actor, case)
    pending = file.pending
    if pending is None:
        # without a text there is nothing to show; a refusal already says why
        if refusal is None and file.draft is not None and not file.leaving:
            if "draft" not in file.steps:
                raise NotNow("nothing_put_up")
            messages.info(
                request, _("Nothing waits for approval now. Here is the draft: put it up for approval again.")
            )
            return see("desk:answer", number=case.number)
        raise refusal or NotNow("answer_leaving" if file.leaving else "no_answer_text")
    needed = file.approvals
    own = request.actor.id in pending.authors
    mine = [each for each in needed if each.may]
    names = departments.names(pending.authors)
    context = around(
        file.case,
        file=file,
        pending=pending,
        authors=sorted(names.values()),
        letter=queries.answer_letter(
            case, body=pending.body, on=None, preview=True, signer=str(pending.requested_by_id or "")
        ),
        points=[(each, term(DECISION, each["decision"])) for each in pending.points],
        not_as_decided=queries.points_not_as_decided(case, pending.body),
        marked=wording.marks_of_answer(case, pending.body),
        said_of_it=wording.said_of(case, pending),
        asks=file.form.fields.get("points_to_answer") or (),
        wants=brief_of(file).wants,
        later=[each for each in file.timeline if each.surface == "customer_in"],
        language=LANGUAGES.get(case.language, case.language),
        outside=outside,
        own=own,
        needed=[(each, _in_words(each.rules)) for each in needed],
        mine=mine,
        others=[each for each in needed if each.given_at is None and each not in mine[:1]],
        alone=any(each.alone for each in mine[:1]),
        may_approve="approve" in file.steps and bool(mine),
        may_return="return_answer" in file.steps,
        replies=[
            (each, file.department_names.get(each.department, each.department))
            for each in file.consultations
            if each.status in {"answered", "declined"}
        ],
    )
    return show(request, "desk/case/approval.html", context, refusal=refusal)


def _in_words(rules: Any) -> list[tuple[str, str]]:
    """Each rule by its name, with its sentence."""
    return [(why.named(each), why.approval_rule(each)) for each in rules]
