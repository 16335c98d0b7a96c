"""The customer's addresses. A private link is `/track/<token>/`; everything a customer may do hangs below it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from desagravo.portal.views import complaint, completing, downloads, links, procedure, start, steps, tracking

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.welcome, name="welcome"),
    path("privacy/", start.privacy, name="privacy"),
    path("procedure/", procedure.procedure, name="procedure"),
    path("procedure/<str:language>.pdf", procedure.document, name="procedure_document"),
    path("complaint/", complaint.complaint, name="complaint"),
    path("new-link/", links.new_link, name="new_link"),
    path("track/<str:token>/", tracking.tracking, name="tracking"),
    path("track/<str:token>/message/", steps.message, name="message"),
    path("track/<str:token>/reaction/", steps.reaction, name="reaction"),
    path("track/<str:token>/withdrawal/", steps.withdrawal, name="withdrawal"),
    path("track/<str:token>/missing/", completing.missing, name="missing"),
    path("track/<str:token>/files/<int:key>", downloads.attachment, name="file"),
    path("track/<str:token>/documents/<int:key>", downloads.document, name="document"),
    path("track/<str:token>/documents/<str:kind>", downloads.newest, name="newest"),
]
