"""The public address of the product: what links in mails begin with."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from desagravo.entrance.standing import Line

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1"})  # noqa: S104  (compared, not bound)


def is_local(url: str) -> bool:
    """Does this address lead nowhere but to the machine on which it is opened?"""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host in _THIS_MACHINE or host.endswith(".localhost")


def standing() -> Sequence[Line]:
    """The address, and what to do while it is only this machine's. The demo needs no other."""
    if settings.DESAGRAVO_DEMO:
        return []
    url, where = settings.DESAGRAVO_URL, reverse("operations:health_page")
    if not is_local(url):
        return [Line("address", _("Address"), url, url=where)]
    advice = _(
        "Customers and colleagues outside this machine cannot open the links in mails. Stop the product and start it "
        "again with its public address: DESAGRAVO_URL=https://complaints.example.org. The operator's guide says how."
    )
    return [Line("address", _("Address"), url, "soon", advice=advice, url=where)]
