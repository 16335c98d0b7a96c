"""Addresses of the calendar."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from desagravo.administration import calendar

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/days/", calendar.days, name="calendar_days"),
    path("calendar/days/<int:key>/removal/", calendar.removal, name="calendar_day_removal"),
    path("calendar/customary/", calendar.customary, name="calendar_customary"),
    path("calendar/confirmation/", calendar.confirmation, name="calendar_confirmation"),
    path("calendar/places/new/", calendar.new_place, name="calendar_new_place"),
    path("calendar/places/<slug:code>/", calendar.change_place, name="calendar_place"),
    path("calendar/places/<slug:code>/retirement/", calendar.retirement, name="calendar_place_retirement"),
]
