"""The end of a case: the customer's word on the answer, withdrawal, the signature, and opening it again."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, QueryDict
from django.views.decorators.debug import sensitive_post_parameters

from desagravo.cases import actions, queries
from desagravo.cases.actions import ClosingSection
from desagravo.cases.files import picture_address
from desagravo.cases.terms import CHANNEL, ROLE, SETTLED_BY, term
from desagravo.common import clock, files, money
from desagravo.common.language import active
from desagravo.common.refusals import Missing, NotNow, Refusal
from desagravo.departments import actions as people
from desagravo.departments import queries as departments
from desagravo.desk.doors import StaffRequest, page, see, staff
from desagravo.desk.views._work import REFUSED, around, base_of, show
from desagravo.desk.words import readable
from desagravo.history.outbox import progress_of
from desagravo.rulebook import closing
from desagravo.rulebook import queries as rulebook
from desagravo.rulebook.edition import STARTER
from desagravo.rulebook.shapes import Axis

_HEARD = ("phone", "counter", "post", "email")


@staff
def reaction(request: StaffRequest, number: str) -> HttpResponse:
    """The customer said on the telephone or otherwise whether the answer settles the matter."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        channel = request.POST.get("channel", "")
        try:
            actions.react(
                case,
                settled=request.POST.get("settled") != "no",
                body=request.POST.get("body", ""),
                channel=channel if channel in _HEARD else "phone",
                actor=request.actor,
            )
            return see("desk:case", number=number)
        except REFUSED as refused:
            refusal = refused
    channels = [(code, CHANNEL[code]) for code in _HEARD]
    return show(request, "desk/case/reaction.html", around(case, channels=channels), refusal=refusal)


@staff
def withdrawal(request: StaffRequest, number: str) -> HttpResponse:
    """The customer withdraws the complaint and told us, not the page."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            actions.withdraw(case, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:case", number=number)
        except REFUSED as refused:
            refusal = refused
    return show(request, "desk/case/withdrawal.html", around(case), refusal=refusal)


@staff
def reopening(request: StaffRequest, number: str) -> HttpResponse:
    """Open a closed case again, with a reason."""
    case = queries.case_for(request.actor, number)
    refusal = None
    if request.method == "POST":
        try:
            actions.reopen(case, reason=request.POST.get("reason", ""), actor=request.actor)
            return see("desk:case", number=number)
        except REFUSED as refused:
            refusal = refused
    return show(request, "desk/case/reopening.html", around(case), refusal=refusal)


@sensitive_post_parameters("password", "code", "credential")
@staff
def closure(request: StaffRequest, number: str) -> HttpResponse:
    """The original form at the left, the closing section at the right; afterwards what was signed."""
    case = queries.case_for(request.actor, number)
    if request.method == "POST" and request.POST.get("do") == "look":
        return _form(request, case, said=request.POST)
    if request.method == "POST":
        try:
            password = request.POST.get("password", "")
            code = request.POST.get("code", "") or request.POST.get("credential", "")
            actions.sign_off(
                case, section=_section(request.POST, case), password=password, code=code, actor=request.actor
            )
            return see("desk:closure", number=number)
        except REFUSED as refusal:
            return _form(request, queries.case_for(request.actor, number), refusal=refusal)
    if case.status == "closed":
        return _signed(request, case)
    if "sign_off" not in queries.steps_open_to(request.actor, case):
        raise NotNow("cannot_sign_now")
    return _form(request, case)


def _section(said: QueryDict, case: Any) -> ClosingSection:
    return ClosingSection(
        codes=_codes(said, case),
        amount=_amount(said.get("amount", "")),
        currency=said.get("currency", ""),
        remedy_delivered=said.get("remedy_delivered", ""),
        delivered_on=said.get("delivered_on", ""),
        details={need: said.get(f"detail_{need}", "") for need in queries.CLOSING_DETAILS},
        remedies=said.getlist("remedies"),
        options_exhausted=said.get("options_exhausted") == "yes",
        lesson=said.get("lesson", ""),
        alone_reason=said.get("alone_reason", ""),
    )


def _codes(said: QueryDict, case: Any) -> dict[str, list[str]]:
    axes = rulebook.closing_codes(active(), edition=queries.edition_of(case))
    return {axis.code: said.getlist(axis.code) for axis in axes}


def _amount(text: str) -> Decimal | None:
    """The amount as it was typed; what cannot be read is not a number, which signing refuses beside the field."""
    if not text.strip():
        return None
    try:
        return money.read(text)
    except ValueError:
        return Decimal("NaN")


def _form(
    request: StaffRequest, case: Any, *, refusal: Refusal | None = None, said: QueryDict | None = None
) -> HttpResponse:
    file = queries.case_file(request.actor, case)
    said = request.POST if refusal else said
    facts = queries.closure_facts(request.actor, case, file.answer)
    edition = queries.edition_of(case)
    axes = rulebook.closing_codes(active(), edition=edition)
    wrong = refusal.fields if isinstance(refusal, Missing) else {}
    ticked = {axis.code: set(said.getlist(axis.code)) if said else _proposed(axis.code, file) for axis in axes}
    remedies = rulebook.remedies(active(), edition=edition)
    done = set(said.getlist("remedies")) if said else {each.remedy for each in file.points}
    context = around(
        file.case,
        file=file,
        axes=[axis_shown(axis, ticked[axis.code], wrong, edition) for axis in axes],
        currencies=facts.currencies,
        remedies=remedies,
        done=done,
        done_words=[each.name for each in remedies if each.code in done],
        details=_details(case, said, wrong, edition),
        reported=_reported(ticked, edition),
        role=term(ROLE, facts.role),
        now=clock.now(),
        own=facts.own,
        alone=facts.alone,
        open_questions=[
            (each, file.department_names.get(each.department, each.department))
            for each in file.consultations
            if each.status == "open" and each.required
        ],
        form_files=[each for each in file.files if each.message_id is None and each.for_customer],
        needs_lesson=facts.needs_lesson,
        unsatisfied=[each.sentence() for each in queries.unsatisfied(case)],
        told=readable(file.answer.body) if file.answer else "",
        signature=_signature(file),
        asks_code=departments.has_code_app(request.actor.id),
        passkey={"request_options": people.ask_passkey(request.actor.id)}
        if departments.signs_with_passkey(request.actor.id)
        else None,
    )
    if said:
        context["said"] = said
    anchors = {axis.code: f"f_{axis.code}_1" for axis in axes} | {"remedies": "f_remedies_1"}
    return show(request, "desk/case/closure.html", context, refusal=refusal, anchors=anchors)


def _details(
    case: Any, said: QueryDict | None, wrong: Mapping[str, list[Refusal]], edition: str
) -> list[dict[str, Any]]:
    """What codes may ask for in words: a field each, with the names of the codes that do."""
    names, words = closing.names(active(), edition=edition), closing.requirements(active(), edition=edition)
    asking: dict[str, list[str]] = {}
    for key, rule in closing.rules(edition=edition).items():
        for need in rule.requires:
            asking.setdefault(need, []).append(names[key])
    proposed = queries.proposed_details(case) if said is None else {}
    return [
        {
            "code": need,
            "name": words[need],
            "asking": asking[need],
            "value": said.get(f"detail_{need}", "") if said else proposed.get(need, ""),
            "problem": " ".join(each.sentence() for each in wrong.get(f"detail_{need}", ())),
            "short": need in ("related_case", "body"),
        }
        for need in queries.CLOSING_DETAILS
        if need in asking and need in words
    ]


def _reported(ticked: Mapping[str, set[str]], edition: str) -> tuple[closing.Reported, ...]:
    """How others will call it, once every axis has its code."""
    if not all(ticked.values()):
        return ()
    return closing.reported_as({axis: sorted(codes) for axis, codes in ticked.items()}, active(), edition=edition)


def axis_shown(axis: Axis, ticked: set[str], wrong: Mapping[str, list[Refusal]], edition: str) -> dict[str, Any]:
    """One axis with what is ticked and what is wrong with it; without codes that are not in use today."""
    rules, today = closing.rules(edition=edition), queries.local(clock.now()).date()
    return {
        "code": axis.code,
        "name": axis.name,
        "question": axis.question,
        "several": axis.several,
        "codes": [each for each in axis.codes if each.code in ticked or rules[(axis.code, each.code)].valid(today)],
        "ticked": ticked,
        "problem": " ".join(each.sentence() for each in wrong.get(axis.code, ())),
    }


def _signature(file: queries.CaseFile) -> str:
    """The drawn signature as a picture in the page, for the original form."""
    if not file.form.signature_file:
        return ""
    try:
        return picture_address(files.read(file.form.signature_file))
    except (OSError, ValueError):
        return ""


def _proposed(axis: str, file: queries.CaseFile) -> set[str]:
    """What the case itself already says; the person who signs may tick otherwise."""
    case = file.case
    if axis == "customer_position" and case.customer_position:
        return {case.customer_position}
    if axis == "outcome" and case.status == "withdrawn":
        return {"withdrawn"}
    if axis == "outcome":
        return _outcome({each.decision for each in file.points})
    return set()


def _outcome(decisions: set[str]) -> set[str]:
    """What the decided points make of the whole; nothing where they do not say it clearly."""
    if not decisions or "" in decisions:
        return set()
    if len(decisions) == 1:
        return decisions
    if decisions & {"upheld", "partly_upheld"}:
        return {"partly_upheld"}
    return {"not_upheld"} if "not_upheld" in decisions else set()


def _signed(request: StaffRequest, case: Any) -> HttpResponse:
    file = queries.case_file(request.actor, case)
    made = {each.subject: each for each in file.documents if each.kind == "sign_off" and each.stored}
    sections = [
        {
            "row": each,
            "role": term(ROLE, each.signer_role),
            "document": made.get(each.pk),
            "codes": _ticked(each.codes, each.edition),
            "remedies": _remedies(each),
            "details": _given(each),
            "settled": term(SETTLED_BY, each.settled_by) if each.settled_by else "",
            "reported": closing.reported_as(each.codes, active(), edition=each.edition or STARTER),
            "recodings": [_recoded(one) for one in each.recodings.all()],
            "sheet": f"{base_of(case.number)}closure/sheet/{each.section}/",
        }
        for each in file.sign_offs
    ]
    waiting = next((each for each in sections if not each["document"]), None)
    return page(
        request,
        "desk/case/closed.html",
        around(file.case, file=file, sections=sections, progress=_progress(case) if waiting else None),
    )


def _ticked(codes: Mapping[str, Sequence[str]], edition: str) -> list[tuple[str, list[str]]]:
    """The ticked codes of each axis in words; one that the list does not have any more is told as it is."""
    names = closing.names(active(), edition=edition or STARTER)
    return [
        (axis.name, [names.get((axis.code, each), each) for each in codes.get(axis.code, ())])
        for axis in rulebook.closing_codes(active(), edition=edition or STARTER)
    ]


def _remedies(row: Any) -> list[str]:
    names = {each.code: each.name for each in rulebook.remedies(active(), edition=row.edition or STARTER)}
    return [names.get(each, each) for each in row.remedies]


def _given(row: Any) -> list[tuple[str, str]]:
    words = closing.requirements(active(), edition=row.edition or STARTER)
    return [(words.get(need, need), row.details[need]) for need in queries.CLOSING_DETAILS if row.details.get(need)]


def _recoded(row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "codes": _ticked(row.codes, row.edition),
        "reported": closing.reported_as(row.codes, active(), edition=row.edition or STARTER),
    }


def _progress(case: Any) -> Any:
    """How far the worker is with the sheet of the last signature."""
    closed = [event for event, _who, _sentence in queries.history_of(case) if event.kind == "case.closed"]
    return progress_of(closed[-1].seq, "cases.sign_off") if closed else None
