"""A code of somebody's app is good once. The library remembers it for half a minute, and a clock that may be half a
minute off makes it good for longer; so the number of the last one that was taken lies with the secret."""

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.db import transaction

LAST = "last_counter"


@transaction.atomic
def take(totp: auth.TOTP, code: str) -> bool:
    """Is this a code of now, and newer than every one that was taken before? Asked by two at once, one hears yes."""
    row = Authenticator.objects.select_for_update().filter(pk=totp.instance.pk).first()
    if row is None:
        return False
    secret = decrypt(row.data["secret"])
    for counter in auth.yield_hotp_counters_from_time():
        expected = auth.format_hotp_value(auth.hotp_value(secret, counter))
        if counter > row.data.get(LAST, -1) and compare_user_code(actual=code, expected=expected):
            row.data[LAST] = counter
            row.save(update_fields=["data"])
            return True
    return False


def hold() -> None:
    """From now on whoever asks for a code asks here: signing in, the own password once more, signatures."""
    auth.TOTP.validate_code = take
