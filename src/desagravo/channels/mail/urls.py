"""Addresses of outgoing mail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from desagravo.channels.mail import views

app_name = "mail"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.mail_list, name="list"),
    path("<int:key>/", views.mail_page, name="mail"),
    path("<int:key>/source/", views.source, name="source"),
    path("<int:key>/sending/", views.sending, name="sending"),
]
