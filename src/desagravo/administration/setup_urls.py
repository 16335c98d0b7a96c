"""Addresses of setting up; none of them exists once there is an administrator."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from desagravo.administration import setup

app_name = "setup"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", setup.code, name="code"),
    path("organisation/", setup.organisation, name="organisation"),
    path("place/", setup.place, name="place"),
    path("administrator/", setup.administrator, name="administrator"),
]
