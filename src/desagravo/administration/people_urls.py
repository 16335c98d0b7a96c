"""Addresses of the pages about people: who works here, invitations, sign-ins."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
