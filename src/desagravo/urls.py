"""Which door answers which address."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("health", include("desagravo.operations.urls")),
    path("api/v1/", include("desagravo.api.urls")),
    path("account/", include("allauth.urls")),
    path("desk/", include("desagravo.desk.urls")),
    path("outgoing-mail/", include("desagravo.channels.mail.urls")),
    path("", include("desagravo.portal.urls")),
]
