"""Addresses of the administration."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from desagravo.administration.views import checklist, departments, letterhead, organisation, recomputation, start

app_name = "administration"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("letterhead/", letterhead.letterhead, name="letterhead"),
    path("letterhead/image/", letterhead.image, name="letterhead_image"),
    path("checklist/", checklist.checklist, name="checklist"),
    path("checklist/duties/<int:n>/", checklist.duty, name="checklist_duty"),
    path("checklist/checklist.csv", checklist.table, name="checklist_table"),
    path("calendar/recomputation/", recomputation.recomputation, name="recomputation"),
    path("calendar/recomputation/proposal/", recomputation.proposal, name="recomputation_proposal"),
    path("calendar/recomputation/<int:key>/decision/", recomputation.decision, name="recomputation_decision"),
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.new, name="new_department"),
    path("departments/<slug:code>/", departments.department, name="department"),
    path("departments/<slug:code>/place/", departments.place, name="department_place"),
    path("departments/<slug:code>/merger/", departments.merger, name="department_merger"),
    path("departments/<slug:code>/retirement/", departments.retirement, name="department_retirement"),
    path("", include("desagravo.administration.calendar_urls")),
    path("", include("desagravo.administration.people_urls")),
    path("", include("desagravo.administration.rulebook.urls")),
]
