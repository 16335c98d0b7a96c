"""Addresses of outgoing mail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from desagravo.channels.mail import views, views_server

app_name = "mail"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.mail_list, name="list"),
    path("server/", views_server.mail_server, name="server"),
    path("server/test/", views_server.mail_test, name="server_test"),
    path("<int:key>/", views.mail_page, name="mail"),
    path("<int:key>/source/", views.source, name="source"),
    path("<int:key>/sending/", views.sending, name="sending"),
]
