"""How often one address may call what needs no sign-in: so many times in so many seconds, by settings."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from desagravo.api.refusals import Refused
from desagravo.common import clock


def throttle(request: HttpRequest, what: str) -> None:
    """Count this call. ``what`` is a name in ``DESAGRAVO_THROTTLES``.

    Windows are fixed, so that a call costs one look and one write whatever the limit.

    Raises:
        Refused: 429 with ``Retry-After``.
    """
    times, seconds = settings.DESAGRAVO_THROTTLES[what]
    window, passed = divmod(int(clock.now().timestamp()), seconds)
    key = f"throttle:api:{what}:{window}:{caller(request)}"
    count = cache.get(key, 0)
    if count >= times:
        wait = seconds - passed
        raise Refused(429, "too_often", seconds=wait, headers={"Retry-After": str(wait)})
    cache.set(key, count + 1, seconds)


def caller(request: HttpRequest) -> str:
    """The address that calls; of IPv6 the network, because one household holds a whole one.

    A forwarded address is believed only where settings say that a proxy stands in front, and then only the last
    one, which that proxy wrote itself.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.DESAGRAVO_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and not found.ipv4_mapped:
        return str(ip_network((found, 64), strict=False).network_address)
    return str(found)
