"""Words on a case: an internal note, a message to the customer, what the customer told us, and files.

A note and a message have addresses, forms and surfaces of their own; no field decides who reads a text.
Files that came with a refused form are kept: they travel through the page as a signed list.
"""

from typing import Any, cast

from django.contrib import messages as told
from django.core import signing
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from desagravo.cases import actions, queries
from desagravo.cases.actions import KeptFile
from desagravo.cases.files import Upload
from desagravo.cases.terms import CHANNEL
from desagravo.common.refusals import Missing, Refusal
from desagravo.departments import queries as departments
from desagravo.desk import wording
from desagravo.desk.doors import StaffRequest, page, see, staff, staff_acts, staff_reads
from desagravo.desk.views._work import REFUSED, around, base_of, below, show
from desagravo.desk.views.case import case_page, letters_for_messages

_SALT = "desk.files-of-a-message"
_DAY = 24 * 3600
_HEARD = ("phone", "counter", "post", "email")


@staff
def notes(request: StaffRequest, number: str) -> HttpResponse:
    """Keep an internal note. It never reaches the customer."""
    if request.method != "POST":
        return see(f"{base_of(number)}#note-text")
    case = queries.case_for(request.actor, number)
    kept, problem = kept_files(request)
    try:
        refuse(problem)
        message = actions.note(case, body=request.POST.get("body", ""), actor=request.actor, kept=kept)
    except REFUSED as refusal:
        return case_page(request, case, refusal=refusal, box="note", kept=kept, brought=sealed(kept))
    _say_reach(request, queries.reach_of(case, message.body))
    return see(f"{base_of(number)}#m{message.pk}")


def _say_reach(request: StaffRequest, reach: queries.Reach | None) -> None:
    """Tell the writer whom the mentions reach, and whom not and why."""
    if reach is None:
        return
    if reach.told:
        told.success(request, _("Told of your note: %(names)s.") % {"names": ", ".join(reach.told)})
    if reach.blind:
        words = _("Not told, because this case is not open to them: %(names)s. A mention opens no case.")
        told.warning(request, words % {"names": ", ".join(reach.blind)})
    if reach.several:
        words = _("Not told, because several colleagues are called so: %(names)s. Write the whole name.")
        told.warning(request, words % {"names": ", ".join(reach.several)})
    if reach.nobody:
        words = _("Nobody here is called so: %(names)s. The note is kept as you wrote it.")
        told.warning(request, words % {"names": ", ".join(reach.nobody)})


@staff_reads
def colleagues(request: StaffRequest) -> JsonResponse:
    """The names that the picker of a note offers after an @."""
    return JsonResponse({"names": [name for _key, name in departments.mentionable()]})


@staff
def messages(request: StaffRequest, number: str) -> HttpResponse:
    """Send a message to the customer, after a look at it if asked for."""
    if request.method != "POST":
        return see(f"{base_of(number)}#reply-text")
    case = queries.case_for(request.actor, number)
    body = request.POST.get("body", "")
    kept, problem = kept_files(request)
    read_to = _read_to(request)
    again: dict[str, Any] = {"kept": kept, "brought": sealed(kept)}
    again["reply_marked"] = wording.marks_of_message(case, body)
    try:
        refuse(problem)
        before = _before_sending(request, case, body, read_to, again)
        if before is not None:
            return before
        refuse(_gap(body))
        message = actions.write(case, body=body, actor=request.actor, kept=kept, read_to=read_to)
    except REFUSED as refusal:
        return case_page(request, case, refusal=refusal, box="reply", **again)
    return see(f"{base_of(number)}#m{message.pk}")


def _before_sending(
    request: StaffRequest, case: Any, body: str, read_to: int | None, again: dict[str, Any]
) -> HttpResponse | None:
    """What was asked for instead of sending: a letter, a better phrase, another look. None if it shall be sent."""
    if "use" in request.POST:
        return case_page(request, case, box="reply", said={"body": _with_template(request, case, body)}, **again)
    if "better" in request.POST:
        better = wording.with_better(case, body, request.POST["better"], where="message")
        again["reply_marked"] = wording.marks_of_message(case, better)
        return case_page(request, case, box="reply", said={"body": better}, **again)
    if "change" in request.POST:
        return case_page(request, case, box="reply", said=request.POST, **again)
    if "preview" in request.POST and body.strip():
        told = {"marked": again["reply_marked"], "read_to": read_to, **again}
        return page(request, "desk/case/message_preview.html", around(case, body=body, **told))
    return None


def _with_template(request: StaffRequest, case: Any, body: str) -> str:
    """The letter that was chosen, below what was written."""
    code = request.POST.get("template", "")
    known = code in {each.code for each in letters_for_messages(case)}
    return below(body, queries.letter_body(case, code).strip()) if known else body


def _gap(body: str) -> Refusal | None:
    """A gap of a template that nobody filled does not go to the customer."""
    left = queries.open_placeholders(body)
    return Missing({"body": [Refusal("placeholder_left", name="{" + left[0] + "}")]}) if left else None


@staff_acts
def words_of(request: StaffRequest, number: str) -> HttpResponse:
    """What is said of a message while it is written: a part of the page. It keeps nothing."""
    case = queries.case_for(request.actor, number)
    context = {"case": case, "marked": wording.marks_of_message(case, request.POST.get("body", ""))}
    return page(request, "desk/case/_marks_of_message.html", context)


@staff_acts
def seen(request: StaffRequest, number: str) -> HttpResponse:
    """The owner has read what the customer wrote."""
    actions.seen(queries.case_for(request.actor, number), actor=request.actor, read_to=_read_to(request))
    return see("desk:case", number=number)


def _read_to(request: StaffRequest) -> int | None:
    """The newest message that stood on the page from which this came: a later one of the customer stays unread."""
    text = request.POST.get("read_to", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@staff
def customer_messages(request: StaffRequest, number: str) -> HttpResponse:
    """Write down what the customer said on the telephone, at the counter or in a letter."""
    case = queries.case_for(request.actor, number)
    channels = [(code, CHANNEL[code]) for code in _HEARD]
    if request.method != "POST":
        return show(request, "desk/case/customer_message.html", around(case, channels=channels))
    channel = request.POST.get("channel", "")
    kept, problem = kept_files(request)
    try:
        refuse(problem)
        message = actions.add_message(
            case,
            body=request.POST.get("body", ""),
            actor=request.actor,
            channel=channel if channel in _HEARD else "phone",
            kept=kept,
        )
    except REFUSED as refusal:
        context = around(case, channels=channels, kept=kept, brought=sealed(kept))
        return show(request, "desk/case/customer_message.html", context, refusal=refusal)
    return see(f"{base_of(number)}#m{message.pk}")


@staff
def attachments(request: StaffRequest, number: str) -> HttpResponse:
    """Put files on the case, for the company's eyes."""
    case = queries.case_for(request.actor, number)
    if request.method != "POST":
        return show(request, "desk/case/attachments.html", around(case))
    kept, problem = kept_files(request)
    try:
        refuse(problem)
        actions.add_files(case, kept=kept, actor=request.actor)
    except REFUSED as refusal:
        context = around(case, kept=kept, brought=sealed(kept))
        return show(request, "desk/case/attachments.html", context, refusal=refusal)
    return see(f"{base_of(number)}#inside")


def kept_files(request: StaffRequest) -> tuple[list[KeptFile], Refusal | None]:
    """The files of the form, stored, with those of an earlier try; and what was not taken, to be refused."""
    brought = _brought_along(request.POST.get("brought", ""))
    kept, problems = actions.keep(cast("list[Upload]", request.FILES.getlist("files")), already=len(brought))
    return [*brought, *kept], Missing({"files": list(problems)}) if problems else None


def refuse(problem: Refusal | None) -> None:
    """Raise the problem, if there is one: then nothing is done, and everything typed comes back."""
    if problem:
        raise problem


def sealed(kept: list[KeptFile]) -> str:
    """Stored files as a signed text that travels through a page and back, so that nobody names a file of others."""
    return signing.dumps([each.as_json() for each in kept], salt=_SALT) if kept else ""


def _brought_along(text: str) -> list[KeptFile]:
    try:
        return [KeptFile.from_json(raw) for raw in signing.loads(text, salt=_SALT, max_age=_DAY)] if text else []
    except signing.BadSignature:
        return []
