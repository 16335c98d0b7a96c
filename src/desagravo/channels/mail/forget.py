"""What mails hold of a customer goes when a case is erased: addresses, words, and the digests of addresses."""

import hashlib
from collections.abc import Callable

from desagravo.cases.actions import also_forget, also_take_out
from desagravo.channels.mail.letters import FOLLOWING, group
from desagravo.channels.mail.models import HELD, SENT, SHOWN, AcknowledgedAddress, OutgoingMail
from desagravo.common import clock


def forget(number: str, address: str) -> None:
    """Empty the mails to the customer of this case. What has not left stays here: there is nowhere to send it now."""
    mails = OutgoingMail.objects.filter(case_number=number, to_house=False)
    addresses = {each.strip().lower() for each in (address, *mails.values_list("to_address", flat=True))} - {""}
    mails.exclude(state__in=(SENT, SHOWN)).update(state=HELD, ended_at=clock.now())
    mails.update(to_address="", subject="", body="", note="")
    digests = [digest_of(each, of) for each in addresses for of in {group(kind) for kind in FOLLOWING}]
    AcknowledgedAddress.objects.filter(digest__in=digests).delete()


def digest_of(address: str, of_group: str) -> str:
    """Under which an address is remembered that got a mail of this group."""
    return hashlib.sha256(f"{of_group} {address.strip().lower()}".encode()).hexdigest()


def take_out(number: str, without: Callable[[str], str]) -> None:
    """The mails to the customer of this case lose words that were taken out of it. What left stays with who got it."""
    for mail in OutgoingMail.objects.select_for_update().filter(case_number=number, to_house=False):
        told = (without(mail.subject), without(mail.body), without(mail.note), mail.to_address)
        if without(mail.to_address) != mail.to_address:
            told = (*told[:3], "")
        if told != (mail.subject, mail.body, mail.note, mail.to_address):
            mail.subject, mail.body, mail.note, mail.to_address = told
            mail.subject = mail.subject[:300]
            mail.save(update_fields=["subject", "body", "note", "to_address"])
            if not mail.to_address:
                OutgoingMail.objects.filter(pk=mail.pk).exclude(state__in=(SENT, SHOWN)).update(
                    state=HELD, ended_at=clock.now()
                )


also_forget(forget)
also_take_out(take_out)
