"""/outgoing-mail/: what left, what is waiting, what needs a person; in the demo, what would have left."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.cases import actions as cases
from desagravo.channels.mail import compose, outgoing, queries
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common.language import active
from desagravo.common.refusals import NotYours
from desagravo.entrance import StaffRequest, door, page, see


@door("GET", back_to="mail:list")
def mail_list(request: StaffRequest) -> HttpResponse:
    """Newest first; what needs a person above."""
    before = request.GET.get("before", "")
    shown = queries.page(
        request.actor, active(), before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    return page(request, "mail/list.html", {"page": shown, "demo": settings.DESAGRAVO_DEMO})


@door("GET", back_to="mail:list")
def mail_page(request: StaffRequest, *, key: int) -> HttpResponse:
    """One mail as it leaves: headers and words."""
    row = queries.one(request.actor, key, active())
    headers, words = [], ""
    if row.readable:
        link = queries.link_shown(row.mail)
        headers = _headers(row.mail, link)
        words = compose.words(row.mail, link=link)
        _note_look(request, row.mail)
    return page(
        request, "mail/mail.html", {"row": row, "headers": headers, "words": words, "demo": settings.DESAGRAVO_DEMO}
    )


def _note_look(request: StaffRequest, mail: OutgoingMail) -> None:
    """The words of a mail are words of its case."""
    if mail.case_number:
        cases.note_look(mail.case_number, "read", about=f"mail {mail.pk}", actor=request.actor)


def _headers(mail: OutgoingMail, link: str) -> list[tuple[str, str]]:
    try:
        return list(compose.compose(mail, link=link).items())
    except ValueError:  # an address that no header can carry: such a mail has failed and is shown all the same
        return [("To", mail.to_address), ("Subject", mail.subject)]


@door("GET", back_to="mail:list")
def source(request: StaffRequest, *, key: int) -> HttpResponse:
    """The mail as mail servers see it."""
    row = queries.one(request.actor, key, active())
    if not row.readable:
        raise NotYours("not_found")
    try:
        content = compose.compose(row.mail, link=queries.link_shown(row.mail)).as_bytes()
    except ValueError:
        raise NotYours("not_found") from None
    _note_look(request, row.mail)
    name = f"{row.mail.case_number}-{row.mail.pk}.eml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
    return HttpResponse(content, content_type="message/rfc822", headers=headers)


@door("POST", back_to="mail:list")
def sending(request: StaffRequest, *, key: int) -> HttpResponse:
    """Send it again."""
    row = queries.one(request.actor, key, active())
    outgoing.send_again(row.mail, actor=request.actor)
    messages.success(request, _("The mail is on its way again."))
    return see("mail:mail", key=key)
