"""How outgoing mail stands, for whoever looks after the product."""

from collections.abc import Sequence

from django.conf import settings
from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from desagravo.channels.mail.models import FAILED, HELD, QUEUED, SENDING, UNCERTAIN, MailServer, OutgoingMail
from desagravo.common import clock
from desagravo.entrance.standing import Line


def standing() -> Sequence[Line]:
    """The mail server, what waits to leave, what needs a person."""
    return [_server(), _waiting(), _stuck()]


def _server() -> Line:
    what = _("Mail server")
    if settings.DESAGRAVO_DEMO:
        return Line("mail_server", what, _("This is the demo: nothing leaves it."))
    row = None if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") else MailServer.objects.first()
    if row and not row.worked_at:
        return Line(
            "mail_server",
            what,
            _("Connected, and it does not work yet."),
            "soon",
            advice=_("See what the mail server said, and send yourself a test."),
            url=reverse("mail:server"),
        )
    if row or settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return Line("mail_server", what, _("Connected."))
    return Line(
        "mail_server",
        what,
        _("Not connected: mail to customers and colleagues waits."),
        "soon",
        advice=_("Connect a mail server and send yourself a test."),
        url=reverse("mail:server"),
    )


def _waiting() -> Line:
    rows = OutgoingMail.objects.filter(state__in=(QUEUED, SENDING))
    oldest = rows.aggregate(oldest=Min("created_at"))["oldest"]
    age = clock.now() - oldest if oldest else None
    late = age is not None and age.total_seconds() > 900
    return Line(
        "mail_waiting",
        _("Mail that waits to leave"),
        "",
        "soon" if late else "kept",
        count=rows.count(),
        oldest=age,
        advice=_("Look at the newest answer of the mail server on one of these mails.") if late else "",
        url=reverse("mail:list"),
    )


def _stuck() -> Line:
    rows = OutgoingMail.objects.filter(state__in=(FAILED, HELD, UNCERTAIN))
    count = rows.count()
    return Line(
        "mail_stuck",
        _("Mail that needs a person"),
        "",
        "soon" if count else "kept",
        count=count,
        advice=_("Send it again, or reach the customer in another way.") if count else "",
        url=reverse("mail:list"),
    )
