"""How often one address may call what needs no sign-in: counted together with the pages of the portal."""

from django.http import HttpRequest

from desagravo.api.refusals import Refused
from desagravo.common.throttle import TooOften, allow


def throttle(request: HttpRequest, what: str) -> None:
    """Count this call. ``what`` is a name in ``DESAGRAVO_THROTTLES``.

    Raises:
        Refused: 429 with ``Retry-After``.
    """
    try:
        allow(request, what)
    except TooOften as refusal:
        wait = refusal.seconds
        raise Refused(429, "too_often", seconds=wait, headers={"Retry-After": str(wait)}) from None
