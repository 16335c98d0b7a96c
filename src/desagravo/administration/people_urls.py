"""Addresses of the pages about people: who works here, invitations, sign-ins."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from desagravo.administration.views import access, leaving, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="new_person"),
    path("people/sign-ins/", access.sign_ins, name="sign_ins"),
    path("people/absences/<int:key>/removal/", access.absence_removal, name="absence_removal"),
    path("people/<int:key>/", people.person, name="person"),
    path("people/<int:key>/roles/", people.roles, name="person_roles"),
    path("people/<int:key>/invitation/", people.invitation, name="person_invitation"),
    path("people/<int:key>/invitation/withdrawal/", people.withdrawal, name="person_withdrawal"),
    path("people/<int:key>/leaving/", leaving.leaving, name="person_leaving"),
    path("people/<int:key>/cases/", leaving.cases_left, name="person_cases"),
    path("people/<int:key>/absence/", access.absence, name="person_absence"),
    path("people/<int:key>/sessions/", access.sessions, name="person_sessions"),
    path("people/<int:key>/second-factor/", access.second_factor, name="person_second_factor"),
]
