"""Who may have an account."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are given by an administrator; nobody makes one for themselves. Customers need none."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
