"""Addresses of the administration."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from desagravo.administration.views import start

app_name = "administration"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("", include("desagravo.administration.people_urls")),
]
