"""A stored mail as the message that leaves: headers, plain text, nothing else."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import uuid4

from django.conf import settings
from django.utils.encoding import punycode

from desagravo.cases import queries as cases
from desagravo.channels.mail import server
from desagravo.channels.mail.letters import LINK
from desagravo.channels.mail.models import OutgoingMail
from desagravo.common import sealed
from desagravo.common.actor import SYSTEM
from desagravo.common.text import tidy_line
from desagravo.departments import queries as departments

_TAGS = {"pt-pt": "pt-PT", "pt-br": "pt-BR"}


def compose(mail: OutgoingMail, *, link: str) -> EmailMessage:
    """The message, the same at every attempt.

    Raises:
        ValueError: no header can carry the address.
    """
    house = departments.organisation()
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender(), house.name)
    message["To"] = _address(recipient(mail))
    if house.email:
        message["Reply-To"] = _address(house.email, house.name)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    if mail.automatic:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(words(mail, link=link), charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = _TAGS.get(
        mail.language, mail.language
    )  # after the content, which sets all Content headers anew
    return message


def _address(address: str, name: str = "") -> Address:
    try:
        return Address(tidy_line(name), addr_spec=address)
    except (MessageError, IndexError, ValueError) as problem:
        raise ValueError(f"no header can carry the address {address}") from problem


def words(mail: OutgoingMail, *, link: str) -> str:
    """The text with the link in its place."""
    return mail.body.replace(LINK, link)


def link_of(mail: OutgoingMail) -> str:
    """The private link as it is valid now; of a mail to the house, the link that it was ordered with."""
    if mail.to_house:
        return sealed.unseal(mail.secret)
    return cases.tracking_url(cases.case_for(SYSTEM, mail.case_number))


def sender() -> str:
    """The address that mails come from: the one of the settings, or else the house's own."""
    address = server.sender() or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if not address or address.endswith("@localhost"):
        return departments.organisation().email or address or "complaints@localhost"
    return address


def recipient(mail: OutgoingMail) -> str:
    """The customer's address as mail servers write it."""
    local, _, domain = mail.to_address.rpartition("@")
    return f"{local}@{punycode(domain)}"


def new_message_id() -> str:
    """Random, so that nobody can guess the id of a mail to somebody else."""
    return f"<{uuid4().hex}@{sender().rpartition('@')[2]}>"
