"""The customer's private link: a token that can be made again, sent again and revoked, and is stored only as a hash.

The key lies outside the database, so that a copy of the database opens nobody's page.
"""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from desagravo.cases.models import Case
from desagravo.common import clock
from desagravo.settings import surroundings

MARK = "{private_page}"
"""Stands for the private link in every text that staff read or that is stored: whoever has the link acts as the
customer. It is filled where the customer reads (``tracked``, mails); paper says where the link is to be found. No
template may use this name, so it is never a gap."""

AFTER_CLOSING = timedelta(days=400)
"""How long a customer can read a closed case: a year in which the matter may come up again, and some weeks."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def token_of(case: Case) -> str:
    """The token of the case's present generation: 256 bits, 43 characters fit for an address."""
    words = f"tracking-v1:{case.pk}:{case.number}:{case.tracking_generation}".encode()
    return base64.urlsafe_b64encode(hmac.digest(_key(), words, "sha256")).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """What is stored of a token; empty for what cannot be one."""
    return hashlib.sha256(token.encode()).hexdigest() if _TOKEN.fullmatch(token) else ""


def url_of(case: Case) -> str:
    """The address of the customer's page, as it is sent."""
    return f"{settings.DESAGRAVO_URL}/track/{token_of(case)}/"


def end_after_closing() -> datetime:
    """Until when the link of a case that is closed now leads to it. Sending it again later makes a new one."""
    return clock.now() + AFTER_CLOSING


@cache
def _key() -> bytes:
    return surroundings.key(Path(settings.DESAGRAVO_DATA), "tracking_key").encode()
