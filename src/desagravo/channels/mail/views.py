"""/outgoing-mail/: what left, what is waiting, what needs a person; in the demo, what would have left."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from desagravo.channels.mail import compose, outgoing, queries
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common.actor import Actor
from desagravo.common.language import active
from desagravo.common.refusals import NotAllowed, NotYours, Refusal
from desagravo.departments import queries as departments

_View = Callable[..., HttpResponse]


def _door(method: str) -> Callable[[_View], _View]:
    """For signed-in staff; refusals become pages."""

    def decorate(view: _View) -> _View:
        @wraps(view)
        def entered(request: HttpRequest, **words: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(reverse("mail:list"))
            if request.method != method and (request.method, method) != ("HEAD", "GET"):
                return HttpResponseNotAllowed([method])
            try:
                return view(request, departments.actor_for(request.user), **words)
            except NotYours as refusal:
                return page_not_found(request, refusal)
            except Refusal as refusal:
                status = 403 if isinstance(refusal, NotAllowed) else 409
                return _page(request, "mail/refused.html", {"sentence": refusal.sentence()}, status=status)

        return entered

    return decorate


@_door("GET")
def mail_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Newest first; what needs a person above."""
    before = request.GET.get("before", "")
    page = queries.page(actor, active(), before=int(before) if before.isdecimal() and len(before) < 19 else None)
    return _page(request, "mail/list.html", {"page": page})


@_door("GET")
def mail_page(request: HttpRequest, actor: Actor, *, key: int) -> HttpResponse:
    """One mail as it leaves: headers and words."""
    row = queries.one(actor, key, active())
    headers, words = [], ""
    if row.readable:
        link = queries.link_shown(row.mail)
        headers = _headers(row.mail, link)
        words = compose.words(row.mail, link=link)
    return _page(request, "mail/mail.html", {"row": row, "headers": headers, "words": words})


def _headers(mail: OutgoingMail, link: str) -> list[tuple[str, str]]:
    try:
        return list(compose.compose(mail, link=link).items())
    except ValueError:  # an address that no header can carry: such a mail has failed and is shown all the same
        return [("To", mail.to_address), ("Subject", mail.subject)]


@_door("GET")
def source(request: HttpRequest, actor: Actor, *, key: int) -> HttpResponse:
    """The mail as mail servers see it."""
    row = queries.one(actor, key, active())
    if not row.readable:
        raise NotYours("not_found")
    try:
        content = compose.compose(row.mail, link=queries.link_shown(row.mail)).as_bytes()
    except ValueError:
        raise NotYours("not_found") from None
    name = f"{row.mail.case_number}-{row.mail.pk}.eml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
    return HttpResponse(content, content_type="message/rfc822", headers=headers)


@_door("POST")
def sending(request: HttpRequest, actor: Actor, *, key: int) -> HttpResponse:
    """Send it again."""
    row = queries.one(actor, key, active())
    if not actor.has("supervisor", "manager", "administrator"):
        raise NotAllowed("mail_role")
    outgoing.send_again(row.mail, actor=actor)
    messages.success(request, _("The mail is on its way again."))
    response = HttpResponseRedirect(reverse("mail:mail", kwargs={"key": key}))
    response.status_code = 303
    return response


def _page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    frame = {"organisation": departments.organisation().name, "demo": settings.DESAGRAVO_DEMO}
    return render(request, template, {**frame, **context}, status=status)
