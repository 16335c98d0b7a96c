"""The few mails that the administration itself sends to colleagues; without a mail server the page says so."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from desagravo.common.language import in_language
from desagravo.departments import queries

log = logging.getLogger(__name__)


def mail_is_set_up() -> bool:
    """Does anything leave this product by mail?"""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def link_of(token: str) -> str:
    """The address that an invited person opens."""
    return f"{settings.DESAGRAVO_URL}{reverse('invitation', args=[token])}"


def send_invitation(*, to: str, name: str, language: str, link: str) -> bool:
    """Send the link; False if it did not leave, so that the page shows it instead."""
    with in_language(language):
        house = queries.organisation().name
        subject = _("%(house)s: your access to the complaint desk") % {"house": house}
        body = _(
            "Hello %(name)s,\n\n%(house)s has invited you to its complaint desk. Choose your password here:\n\n"
            "%(link)s\n\n"
            "The link works once, and for 72 hours. If you did not expect it, do nothing.\n"
        ) % {"name": name, "house": house, "link": link}
    return _send(to, subject, body)


def tell_second_factor_removed(*, to: str, name: str, language: str) -> bool:
    """Tell somebody that an administrator took the second factor off."""
    with in_language(language):
        house = queries.organisation().name
        subject = _("%(house)s: your second factor was removed") % {"house": house}
        body = _(
            "Hello %(name)s,\n\nan administrator of %(house)s removed the second factor of your sign-in, and all your "
            "sessions were ended. If you did not ask for this, tell an administrator at once.\n"
        ) % {"name": name, "house": house}
    return _send(to, subject, body)


def _send(to: str, subject: str, body: str) -> bool:
    if not mail_is_set_up():
        return False
    try:
        return EmailMessage(subject, body, to=[to]).send() == 1
    except (OSError, SMTPException):
        log.exception("a mail to a colleague did not leave")
        return False
