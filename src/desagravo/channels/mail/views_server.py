"""/outgoing-mail/server/: which mail server, and a test that says exactly what it answered."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from desagravo.channels.mail import compose, house_letters, server, transport
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import clock
from desagravo.common.language import active
from desagravo.common.refusals import Missing
from desagravo.common.text import tidy_line
from desagravo.entrance import StaffRequest, door, page, problems, see, wrong

_FIELDS = ("host", "port", "security", "user", "sender")
_administrators = door("GET", "POST", roles=("administrator",), back_to="mail:server")


@_administrators
def mail_server(request: StaffRequest) -> HttpResponse:
    """The connection, and its form."""
    if request.method != "POST":
        return _show(request)
    if server.of_environment() or settings.DESAGRAVO_DEMO:
        return _show(request, status=409)
    if "remove" in request.POST:
        server.disconnect(actor=request.actor)
        messages.success(request, _("The mail server is no longer used. Mails wait until there is one."))
        return see("mail:server")
    try:
        server.connect(
            **{name: request.POST.get(name, "") for name in (*_FIELDS, "password")},
            keep_password="new_password" not in request.POST,
            actor=request.actor,
        )
    except Missing as missing:
        found = problems(missing)
        return _show(request, said=request.POST, found=found, status=422)
    try:
        transport.knock()
    except transport.NotTaken as problem:
        server.did_not_work(str(problem))
        messages.warning(request, _("The connection is saved, and it does not work yet: see what the server said."))
    else:
        server.worked()
        messages.success(request, _("The mail server is connected and answers. Send a test mail to see it arrive."))
    return see("mail:server")


@door("POST", roles=("administrator",), back_to="mail:server")
def mail_test(request: StaffRequest) -> HttpResponse:
    """A mail to the one who asks, at once, and what the server said."""
    person: Any = request.user
    written = house_letters.write("test", language=active(), values={"name": person.name})
    mail = OutgoingMail(
        to_house=True,
        letter="test",
        to_address=person.email,
        language=active(),
        subject=written.subject,
        body=written.body,
        automatic=True,
        message_id=compose.new_message_id(),
        created_at=clock.now(),
    )
    if settings.DESAGRAVO_DEMO:
        return _show(request, status=409)
    try:
        message = compose.compose(mail, link="")
        said = transport.deliver(message, sender=compose.sender(), recipient=compose.recipient(mail))
    except (transport.NotTaken, ValueError) as problem:
        perhaps = isinstance(problem, transport.Perhaps)
        if not perhaps and not server.of_environment():
            server.did_not_work(str(problem))
        return _show(request, answer=tidy_line(str(problem))[:1000], tone="soon" if perhaps else "late")
    return _show(request, answer=said or _("It was handed over."), tone="kept")


def _show(
    request: StaffRequest, *, said: Any = None, found: Any = (), answer: str = "", tone: str = "", status: int = 200
) -> HttpResponse:
    known = server.shown()
    context = {
        "known": known,
        "said": said if said is not None else _as_typed(known),
        "problems": found,
        "wrong": wrong(found),
        "answer": answer,
        "tone": tone,
        "environment": server.of_environment(),
        "trouble": server.trouble(),
        "demo": settings.DESAGRAVO_DEMO,
        "email": request.user.email,  # type: ignore[union-attr]
    }
    return page(request, "mail/server.html", context, status=status)


def _as_typed(known: Any) -> dict[str, Any]:
    return {name: str(getattr(known, name)) for name in _FIELDS} if known else {"security": "starttls", "port": "587"}
