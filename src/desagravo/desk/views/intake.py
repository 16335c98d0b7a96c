"""Intake: an employee writes down a complaint for a customer, and completes with the customer what is missing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone

from desagravo.cases import actions
from desagravo.cases import queries as cases
from desagravo.cases.terms import CHANNEL
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments
from desagravo.departments.authority import may, require
from desagravo.desk.doors import StaffRequest, page, problems, see, staff, staff_reads, wrong
from desagravo.desk.form_fields import NEEDS, fields, moment_of, typed_fields
from desagravo.desk.kept_files import KeptForm, kept_form
from desagravo.desk.views.private_link import HANDED_OVER, handed_over_by
from desagravo.rulebook import queries as rulebook

CHANNELS = HANDED_OVER
BLOCKS = {
    "customer": ("complainant_name", "phone", "email", "postal_address", "language"),
    "customer_more": ("on_behalf_of", "contact_person", "country_of_residence", "tax_number", "support_needed"),
    "complaint": ("product", "order_number", "occurred_on", "description"),
    "complaint_more": ("location", "problem_category", "points_to_answer", "earlier_contacts", "pending_elsewhere"),
    "wishes": ("remedy_requested", "amount_requested", "harm"),
    "consent": ("consent_recording", "consent_sharing"),
    "signature": ("form_completed_on",),
}
_CODES = tuple(code for block in BLOCKS.values() for code in block)
_ANCHORS = {
    "signature": "f_signature_name",
    "received_at": "f_received_day",
    "remedy_requested": "f_remedy_requested",
}


@dataclass
class Intake:
    """What was typed into the intake form, whether or not it can be filed."""

    channel: str
    typed: dict[str, Any]
    kept: KeptForm = field(default_factory=KeptForm)
    signing: str = ""
    signature_name: str = ""
    confirmed: bool = False
    received_day: str = ""
    received_hour: str = ""
    department: str = ""


@staff
def new(request: StaffRequest) -> HttpResponse:
    """The form with its guidance. Only "File the complaint" files; everything else keeps what was typed."""
    require(request.actor, "receive")
    if request.method != "POST":
        return _show(request, _fresh(request))
    intake = _read(request)
    if request.POST.get("way") != "file":
        return _show(request, intake)
    try:
        accepted = _file(request, intake)
    except Missing as missing:
        intake.kept.keep(intake.typed)
        return _show(request, intake, missing)
    intake.kept.drop()
    return see("desk:filed", number=accepted.case.number)


def _fresh(request: StaffRequest) -> Intake:
    channel = request.GET.get("channel", CHANNELS[0])
    if channel not in CHANNELS:
        raise Http404
    now = timezone.localtime(clock.now())
    today = f"{now:%Y-%m-%d}"
    typed = {"language": request.LANGUAGE_CODE, **({} if channel == "post" else {"form_completed_on": today})}
    return Intake(channel, typed, received_day=today, received_hour=f"{now:%H:%M}")


def _read(request: StaffRequest) -> Intake:
    sent = request.POST
    chosen = sent.get("channel_now") or sent.get("channel", "")
    return Intake(
        channel=chosen if chosen in CHANNELS else CHANNELS[0],
        typed=typed_fields(sent, _CODES),
        kept=kept_form(request),
        signing=sent.get("signing", ""),
        signature_name=sent.get("signature_name", ""),
        confirmed=bool(sent.get("signature_confirmed")),
        received_day=sent.get("received_day", ""),
        received_hour=sent.get("received_hour", ""),
        department=sent.get("department_concerned", ""),
    )


def _file(request: StaffRequest, intake: Intake) -> actions.Accepted:
    """File what was read. Raises Missing with every problem of the form at once."""
    found: dict[str, list[Refusal]] = {"files": intake.kept.refused} if intake.kept.refused else {}
    received = _received_at(intake, found)
    signature = _signature(intake, found)
    department = _department(intake, found)
    complaint = None
    try:
        complaint = actions.read_complaint(
            {**intake.typed, "signature": signature},
            today=timezone.localtime(received or clock.now()).date(),
            by=("customer", "staff"),
        )
    except Missing as missing:
        found = {**missing.fields, **found}
    if found or complaint is None:
        raise Missing(found)
    return actions.receive(
        complaint,
        key=intake.kept.token,
        actor=request.actor,
        channel=intake.channel,
        language=complaint.language or request.LANGUAGE_CODE,
        kept=intake.kept.files,
        received_at=received,
        department=department,
    )


def _received_at(intake: Intake, found: dict[str, list[Refusal]]) -> datetime | None:
    """When it reached us; None is now."""
    try:
        moment = moment_of(intake.received_day, intake.received_hour)
    except Refusal as refusal:
        found["received_at"] = [refusal]
        return None
    if moment and moment > clock.now():
        found["received_at"] = [Refusal("future_receipt")]
    return moment


def _signature(intake: Intake, found: dict[str, list[Refusal]]) -> dict[str, str]:
    """How it was signed: on paper, by a name that the customer confirmed, or not yet."""
    if intake.signing not in ("paper", "typed"):
        return {}
    name = intake.signature_name.strip() or str(intake.typed.get("complainant_name", "")).strip()
    if not name:
        found["signature"] = [Refusal("name_of_signature")]
    elif intake.signing == "typed" and not intake.confirmed:
        found["signature"] = [Refusal("confirm_signature")]
    return {"method": intake.signing, "name": name}


def _department(intake: Intake, found: dict[str, list[Refusal]]) -> str:
    known = {each.code for each in departments.departments()}
    if intake.department and intake.department not in known:
        found["department_concerned"] = [Refusal("no_such_department")]
    return intake.department


def _show(request: StaffRequest, intake: Intake, missing: Missing | None = None) -> HttpResponse:
    language = active()
    found = problems(missing, anchors=_ANCHORS) if missing else []
    limits = rulebook.form_limits()
    mistakes = wrong(found)
    context = {
        "intake": intake,
        "blocks": {name: fields(codes, intake.typed, mistakes, language) for name, codes in BLOCKS.items()},
        "open_blocks": {name for name, codes in BLOCKS.items() if any(intake.typed.get(code) for code in codes)},
        "channels": [(code, CHANNEL[code]) for code in CHANNELS],
        "advice": rulebook.guidance(language, intake.channel),
        "departments": departments.departments(),
        "kept": intake.kept,
        "limits": limits,
        "limit_megabytes": limits.file_bytes // 2**20,
        "problems": found,
        "wrong": mistakes,
    }
    return page(request, "desk/intake.html", context, status=422 if missing else 200)


@staff_reads
def filed(request: StaffRequest, number: str) -> HttpResponse:
    """The complaint is filed: its number, what to tell the customer, the receipt and the link to hand over."""
    case = cases.case_for(request.actor, number)
    form = case.forms.order_by("-version")[0]
    language = active()
    closing = [
        each
        for each in rulebook.guidance(language, case.channel, edition=cases.edition_of(case))
        if each.code.startswith("close")
    ]
    context = {
        "case": case,
        "missing": [NEEDS[code] for code in form.missing if code in NEEDS] if case.status == "incomplete" else [],
        "link": handed_over_by(request.actor, case),
        "may_send_link": may(request.actor, "send_tracking_again") and bool(case.customer.email),
        "may_replace_link": may(request.actor, "renew_tracking"),
        "answer_by": cases.promised(case),
        "advice": closing,
        "receipt": case.documents.filter(kind="receipt").order_by("-pk").first(),
        "earlier": cases.earlier_of(request.actor, case),
    }
    return page(request, "desk/filed.html", context)


@staff_reads
def receipt(request: StaffRequest, number: str) -> HttpResponse:
    """The receipt as soon as it is made; until then 404, which is what the waiting page asks."""
    case = cases.case_for(request.actor, number)
    made = case.documents.filter(kind="receipt").exclude(stored="").order_by("-pk").first()
    if made is None:
        raise Http404
    return see("desk:document", number=number, key=made.pk)


_FIELDS_OF_NEED = {"contact": ("phone", "email", "postal_address")}


@staff
def completion(request: StaffRequest, number: str) -> HttpResponse:
    """What the form lacks: filled in with the customer, or taken on as it is with a reason."""
    case = cases.case_for(request.actor, number)
    if request.method != "POST":
        return _show_completion(request, case, Intake(case.channel, {}))
    if request.POST.get("way") == "waive":
        return _waive(request, case)
    intake = _read(request)
    if "remove_file" in request.POST:
        return _show_completion(request, case, intake)
    try:
        _complete(request, case, intake)
    except Missing as missing:
        intake.kept.keep(intake.typed)
        return _show_completion(request, case, intake, missing)
    intake.kept.drop()
    return see("desk:filed", number=number)


def _waive(request: StaffRequest, case: Any) -> HttpResponse:
    try:
        actions.waive_completion(case, reason=request.POST.get("reason", ""), actor=request.actor)
    except Missing as missing:
        return _show_completion(request, case, Intake(case.channel, {}), missing)
    return see("desk:assessment", number=case.number)


def _complete(request: StaffRequest, case: Any, intake: Intake) -> None:
    """Add what is known now. The customer's own words are the record and are not asked for again."""
    found: dict[str, list[Refusal]] = {"files": intake.kept.refused} if intake.kept.refused else {}
    signature = _signature(intake, found)
    form = case.forms.order_by("-version")[0]
    told = {code: intake.typed[code] for code in _CODES if code in intake.typed and code != "description"}
    if not told and not signature and not intake.kept.files and not found:
        found["completion"] = [Refusal("empty")]
    today = timezone.localtime(clock.now()).date()
    additions = None
    try:
        additions = actions.read_complaint(
            {**told, "description": form.description, "signature": signature}, today=today, by=("customer", "staff")
        )
    except Missing as missing:
        found = {**missing.fields, **found}
    if found or additions is None:
        raise Missing(found)
    actions.complete(case, additions, actor=request.actor, kept=intake.kept.files)


def _show_completion(request: StaffRequest, case: Any, intake: Intake, missing: Missing | None = None) -> HttpResponse:
    form = case.forms.order_by("-version")[0]
    lacking = tuple(form.missing) if case.status == "incomplete" else ()
    language = active()
    asked = [code for need in lacking for code in _FIELDS_OF_NEED.get(need, (need,)) if code in _CODES]
    anchors = {**_ANCHORS, "completion": f"f_{asked[0]}" if asked else "f_signing"}
    found = problems(missing, anchors=anchors) if missing else []
    limits = rulebook.form_limits()
    context = {
        "case": case,
        "form": form,
        "intake": intake,
        "lacking": [NEEDS[code] for code in lacking if code in NEEDS],
        "fields": fields(asked, intake.typed, wrong(found), language),
        "unsigned": "signature" in lacking,
        "reason": request.POST.get("reason", ""),
        "kept": intake.kept,
        "limits": limits,
        "limit_megabytes": limits.file_bytes // 2**20,
        "problems": found,
        "wrong": wrong(found),
    }
    return page(request, "desk/completion.html", context, status=422 if missing else 200)
