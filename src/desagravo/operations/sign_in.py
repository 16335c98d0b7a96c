"""Who may have an account, and what the sign-in library does our way: mails, second factors, what is noted."""

from __future__ import annotations

import base64
import time
from hashlib import sha256
from typing import Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desagravo.common import post
from desagravo.common.throttle import address_of
from desagravo.departments import actions, queries


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are given by an administrator; nobody makes one for themselves. Customers need none."""

    def is_safe_url(self, url: str | None) -> bool:
        """May one be sent there after signing in? What is no address at all (``http://[::1``) is none of ours."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by account and address: a stranger elsewhere cannot lock anybody out."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{address_of(request)}"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The library's mails in our words, through our queue. Strangers get none, whatever address was typed."""
        person = queries.person_with_email(email)
        if person is None or not person.is_active:
            return
        link = str(context.get("password_reset_url", ""))
        letter = "password_reset" if link else "account_changed"
        post.mail(letter, to=person.email, language=person.language, values={"name": person.name}, link=link)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, or an address that nobody here has: both are noted alike."""
        super().authentication_failed(request, **credentials)
        person = queries.person_with_email(str(credentials.get("email", "")))
        actions.note_refused(person, address=address_of(request), agent=request.headers.get("User-Agent", ""))

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """The right password of somebody who left, or was not here yet."""
        actions.note_refused(user, address=address_of(request), agent=request.headers.get("User-Agent", ""))
        return cast("HttpResponse", super().respond_user_inactive(request, user))

    def is_reauthentication_required(self, *, app: str, **words: Any) -> bool:
        """Who signed in less than five minutes ago, with all that this takes, is not asked again at once."""
        user = self.request.user
        if user.is_authenticated:
            records = get_authentication_records(self.request, user)
            since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
            if any(each.get("method") == "password" and each.get("at", 0) > since for each in records):
                return False
        return bool(super().is_reauthentication_required(app=app, **words))


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors under the organisation's name, their secrets encrypted with a key that is not in the database."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right. Take the newest one; each works once."),
        "cannot_delete_authenticator": gettext_lazy("This second factor cannot be removed."),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an app or a passkey first; the codes stand in for it."),
    }

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        return queries.organisation().name

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  (allauth's own name)
        return _("Passkey")


def _fernet() -> Fernet:
    key = sha256(b"desagravo second factor 1\x00" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
